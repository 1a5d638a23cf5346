//! A notification that tells of several alerts: of those of them that nobody has dealt with yet. It is kept current in its
//! place.

use std::collections::BTreeMap;
use std::time::Duration;

use super::words::Told;
use crate::model::{Alert, AlertId, Severity, SourceId};
use crate::policy::CALM_AFTER;

/// The least time from one update of it to the next: what joins a storm may arrive without end.
const UPDATE_EVERY: Duration = Duration::from_secs(2);
/// So many alerts are known one by one; what is beyond is counted until the analyst looks. There may be a night's.
const KNOWN_LIMIT: usize = 10_000;
/// The longest that it rests once it was dismissed: who wants quiet for longer has pauses, of which this is the shortest.
const REST_LIMIT: Duration = Duration::from_secs(15 * 60);
/// So many critical alerts are named by their scenario: more is no line that is read.
const NAMED: usize = 3;

/// An alert that it tells of.
struct Member {
    source: SourceId,
    severity: Severity,
    /// Of a critical one.
    scenario: Option<String>,
}

/// A notification that tells of several alerts. Its times are by `Clock::elapsed`.
#[derive(Default)]
pub struct Group {
    members: BTreeMap<AlertId, Member>,
    /// Those beyond the limit.
    beyond: Told,
    /// Those that no notification has told of.
    fresh: Vec<(AlertId, Severity)>,
    /// Whether it is on show.
    is_shown: bool,
    /// Whether what is on show is not how it is.
    is_stale: bool,
    /// Whether it is not known yet if the last update could be shown.
    is_on_its_way: bool,
    not_before: Duration,
    /// The rest since it was dismissed.
    rest: Option<Rest>,
}

/// For how long nothing is told of what is no worse than what was dismissed.
struct Rest {
    /// The worst that was told of.
    worst: Severity,
    /// When it has been calm for long enough.
    calm_at: Duration,
    /// When it ends, calm or not.
    ends_at: Duration,
}

impl Rest {
    fn until(&self) -> Duration {
        self.calm_at.min(self.ends_at)
    }
}

impl Group {
    /// It is to tell of this one too, since `now`.
    pub fn add(&mut self, alert: &Alert, now: Duration) {
        let rest = self.rest.take().filter(|rest| alert.severity <= rest.worst && now < rest.until());
        self.rest = rest.map(|rest| Rest { calm_at: now.saturating_add(CALM_AFTER), ..rest });
        self.fresh.push((alert.id, alert.severity));
        self.is_stale = true;
        let scenario = alert.facts.scenario.clone().filter(|_| alert.severity == Severity::Critical);
        if self.members.len() < KNOWN_LIMIT {
            let member = Member { source: alert.source, severity: alert.severity, scenario };
            self.members.insert(alert.id, member);
        } else {
            *self.beyond.counts.of(alert.severity) += 1;
            self.beyond.sources.insert(alert.source);
        }
    }

    /// Somebody has dealt with these, or they are told of otherwise.
    pub fn remove(&mut self, alerts: &[AlertId]) {
        for alert in alerts {
            self.is_stale |= self.members.remove(alert).is_some();
        }
        if self.is_stale && !self.fresh.is_empty() {
            self.fresh.retain(|(id, _)| !alerts.contains(id));
        }
    }

    /// A source is gone.
    pub fn remove_source(&mut self, source: SourceId) {
        let of_it = self.members.iter().filter(|(_, one)| one.source == source).map(|(id, _)| *id);
        self.remove(&of_it.collect::<Vec<_>>());
        self.beyond.sources.remove(&source);
    }

    /// What it told of is told otherwise, or there is nothing left of it. Whether it was on show.
    pub fn clear(&mut self) -> bool {
        std::mem::take(self).is_shown
    }

    /// What it told of is not on show: it could not be, or the analyst looks at it. What has come since is still to be told.
    pub fn forget(&mut self) {
        let Self { mut members, fresh, not_before, .. } = std::mem::take(self);
        members.retain(|id, _| fresh.iter().any(|(one, _)| one == id));
        for (_, severity) in fresh.iter().filter(|(id, _)| !members.contains_key(id)) {
            *self.beyond.counts.of(*severity) += 1;
        }
        let is_stale = !fresh.is_empty();
        *self = Self { members, fresh, is_stale, not_before, ..std::mem::take(self) };
    }

    /// The analyst has dismissed it at `now`: what it told of is told, and what joins is told of once it has been calm for a
    /// while, or something worse joins. An update that is on its way comes all the same: nobody has seen what is new in it.
    pub fn dismiss(&mut self, now: Duration) {
        if !self.is_shown || self.is_on_its_way {
            return;
        }
        let worst = self.told().worst().unwrap_or(Severity::Low);
        self.forget();
        let (calm_at, ends_at) = (now.saturating_add(CALM_AFTER), now.saturating_add(REST_LIMIT));
        self.rest = Some(Rest { worst, calm_at, ends_at });
    }

    /// When it is to be updated; at once where there is nothing left to tell of, or something new that does not wait.
    pub fn due(&self, new_waits: bool) -> Option<Duration> {
        let is_urgent = (self.is_shown && self.is_empty()) || (!new_waits && !self.fresh.is_empty());
        let is_due = self.is_stale && !self.is_on_its_way;
        let rests_until = self.rest.as_ref().map_or(Duration::ZERO, Rest::until);
        is_urgent.then_some(Duration::ZERO).or(is_due.then_some(self.not_before.max(rests_until)))
    }

    /// Whether it is on show, or about to be.
    pub const fn is_shown(&self) -> bool {
        self.is_shown
    }

    /// Whether there is nothing to tell of.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty() && self.beyond.counts.total() == 0
    }

    /// The only alert that it tells of, where it is not on show.
    pub fn only(&self) -> Option<AlertId> {
        let mut members = self.members.keys();
        let first = members.next().filter(|_| !self.is_shown && self.beyond.counts.total() == 0)?;
        members.next().is_none().then_some(*first)
    }

    /// It is being shown at `now` as it is; gives what no notification before has told of.
    pub fn show(&mut self, now: Duration) -> Vec<(AlertId, Severity)> {
        self.is_shown = true;
        self.is_on_its_way = true;
        self.is_stale = false;
        self.rest = None;
        self.not_before = now.saturating_add(UPDATE_EVERY);
        std::mem::take(&mut self.fresh)
    }

    /// It was shown.
    pub const fn was_shown(&mut self) {
        self.is_on_its_way = false;
    }

    /// What it tells of.
    pub fn told(&self) -> Told {
        let mut told =
            Told { counts: self.beyond.counts, sources: self.beyond.sources.clone(), scenarios: Vec::new() };
        for member in self.members.values().rev() {
            *told.counts.of(member.severity) += 1;
            told.sources.insert(member.source);
            if let Some(scenario) = &member.scenario
                && told.scenarios.len() < NAMED
                && !told.scenarios.contains(scenario)
            {
                told.scenarios.push(scenario.clone());
            }
        }
        told
    }
}
