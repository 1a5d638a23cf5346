//! A notification that tells of several alerts: of those of them that nobody has dealt with yet. It is kept current in
//! its place.

use std::collections::BTreeMap;
use std::time::Duration;

use super::words::{Occasion, Told};
use crate::model::{Alert, AlertId, Severity, SourceId};
use crate::policy::{CALM_AFTER, PIERCES_FROM};

/// The least time from one update of it to the next: what joins a storm may arrive without end.
const UPDATE_EVERY: Duration = Duration::from_secs(2);
/// So many alerts are known one by one, and so many of those that are still to be told of; what is beyond is counted
/// until the analyst looks. There may be a night's. Who tells of a critical one is always known: it counts as announced
/// by that.
const KNOWN_LIMIT: usize = 10_000;
/// The longest that it rests once it was dismissed: who wants quiet for longer has pauses, of which this is the
/// shortest.
const REST_LIMIT: Duration = Duration::from_secs(15 * 60);
/// So many critical alerts are named by their scenario: more is no line that is read.
const NAMED: usize = 3;

/// An alert that it tells of.
struct Member {
    source: SourceId,
    severity: Severity,
    /// Of a critical one.
    scenario: Option<String>,
    occasion: Occasion,
}

/// A notification that tells of several alerts. Its times are by `Clock::elapsed`.
#[derive(Default)]
pub struct Group {
    members: BTreeMap<AlertId, Member>,
    /// Those beyond the limit.
    beyond: Told,
    /// Those of them that no notification has told of.
    fresh_beyond: Told,
    /// Those that no notification has told of.
    fresh: BTreeMap<AlertId, Severity>,
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
    /// It is to tell of this one too, since `now` and on this occasion.
    pub fn add(&mut self, alert: &Alert, occasion: Occasion, now: Duration) {
        let rest = self.rest.take().filter(|rest| alert.severity <= rest.worst && now < rest.until());
        self.rest = rest.map(|rest| Rest { calm_at: now.saturating_add(CALM_AFTER), ..rest });
        if self.fresh.len() < KNOWN_LIMIT || alert.severity >= PIERCES_FROM {
            self.fresh.insert(alert.id, alert.severity);
        }
        self.is_stale = true;
        let scenario = alert.facts.scenario.clone().filter(|_| alert.severity == Severity::Critical);
        if self.members.len() < KNOWN_LIMIT || self.members.contains_key(&alert.id) {
            let member = Member { source: alert.source, severity: alert.severity, scenario, occasion };
            self.members.insert(alert.id, member);
        } else {
            for told in [&mut self.beyond, &mut self.fresh_beyond] {
                *told.counts.of(alert.severity) += 1;
                told.sources.insert(alert.source);
                told.waited.extend(occasion.waited);
            }
        }
    }

    /// Somebody has dealt with these, or they are told of otherwise.
    pub fn remove(&mut self, alerts: &[AlertId]) {
        for alert in alerts {
            self.is_stale |= self.members.remove(alert).is_some();
            self.fresh.remove(alert);
        }
    }

    /// A source is gone.
    pub fn remove_source(&mut self, source: SourceId) {
        let of_it = self.members.iter().filter(|(_, one)| one.source == source).map(|(id, _)| *id);
        self.remove(&of_it.collect::<Vec<_>>());
        self.beyond.sources.remove(&source);
        self.fresh_beyond.sources.remove(&source);
    }

    /// What it told of is told otherwise, or there is nothing left of it. Whether it was on show.
    pub fn clear(&mut self) -> bool {
        std::mem::take(self).is_shown
    }

    /// What it told of is not on show: it could not be, or the analyst looks at it. What has come since is still to be
    /// told.
    pub fn forget(&mut self) {
        let Self { mut members, fresh, fresh_beyond, not_before, .. } = std::mem::take(self);
        members.retain(|id, _| fresh.contains_key(id));
        let (beyond, is_stale) = (fresh_beyond.clone(), !fresh.is_empty());
        *self = Self { members, beyond, fresh_beyond, fresh, is_stale, not_before, ..Self::default() };
    }

    /// The analyst has dismissed it at `now`: what it told of is told, and what joins is told of once it has been calm
    /// for a while, or something worse joins. An update that is on its way comes all the same: nobody has seen what is
    /// new in it.
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

    /// The only alert that it tells of, where it is not on show, and on which occasion.
    pub fn only(&self) -> Option<(AlertId, Occasion)> {
        let mut members = self.members.iter();
        let (id, first) = members.next().filter(|_| !self.is_shown && self.beyond.counts.total() == 0)?;
        members.next().is_none().then_some((*id, first.occasion))
    }

    /// It is being shown at `now` as it is; gives what no notification before has told of.
    pub fn show(&mut self, now: Duration) -> Vec<(AlertId, Severity)> {
        self.is_shown = true;
        self.is_on_its_way = true;
        self.is_stale = false;
        self.rest = None;
        self.not_before = now.saturating_add(UPDATE_EVERY);
        self.fresh_beyond = Told::default();
        std::mem::take(&mut self.fresh).into_iter().collect()
    }

    /// It was shown.
    pub const fn was_shown(&mut self) {
        self.is_on_its_way = false;
    }

    /// What it tells of.
    pub fn told(&self) -> Told {
        let mut told = self.beyond.clone();
        for member in self.members.values().rev() {
            *told.counts.of(member.severity) += 1;
            told.sources.insert(member.source);
            told.waited.extend(member.occasion.waited);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AlertState, Facts, Time};

    /// Adds so many, by number from this one on.
    fn add(group: &mut Group, first: usize, count: usize, source: SourceId, severity: Severity) {
        for number in first..first + count {
            let alert = Alert {
                id: i64::try_from(number).unwrap(),
                source,
                subject: String::new(),
                severity,
                state: AlertState::Open,
                occurred_at: Time(0),
                received_at: Time(0),
                facts: Facts::default(),
                acknowledged: false,
                snoozed_until: None,
                change: 1,
            };
            group.add(&alert, Occasion::default(), Duration::ZERO);
        }
    }

    #[test]
    fn what_is_beyond_the_limit_and_not_told_keeps_its_count_and_its_source_when_the_rest_is_forgotten() {
        let mut group = Group::default();
        add(&mut group, 0, KNOWN_LIMIT + 1, SourceId(1), Severity::High);
        group.show(Duration::ZERO);
        group.was_shown();
        add(&mut group, KNOWN_LIMIT + 1, 5, SourceId(2), Severity::High);
        group.forget();
        let told = group.told();
        assert_eq!((told.counts.total(), told.sources.into_iter().collect()), (5, vec![SourceId(2)]));
        group.show(Duration::ZERO);
        group.forget();
        assert!(group.is_empty());
    }

    #[test]
    fn of_those_that_are_still_to_be_told_of_so_many_are_known_and_every_critical_one() {
        let mut group = Group::default();
        add(&mut group, 0, 3 * KNOWN_LIMIT, SourceId(1), Severity::High);
        add(&mut group, 3 * KNOWN_LIMIT, 2, SourceId(1), Severity::Critical);
        let all = (0..i64::try_from(KNOWN_LIMIT).unwrap() / 2).collect::<Vec<_>>();
        group.remove(&all);
        assert_eq!(group.show(Duration::ZERO).len(), KNOWN_LIMIT / 2 + 2);
        assert_eq!(usize::try_from(group.told().counts.total()).unwrap(), KNOWN_LIMIT * 5 / 2 + 2);
    }
}
