//! What is announced and what is on show: the decisions of the policy on what is pending in the store, and the
//! notifications that follow from them. A decision is stored before anything is shown of it, so that no crash announces
//! anything twice; but what is critical and may not have been shown is announced again after the next start.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use url::Url;

use super::alert_link::AlertLink;
use super::desktop::{About, Notification};
use super::group::Group;
use super::raising::Raise;
use super::words::{self, Occasion};
use crate::figures::Figures;
use crate::model::{Alert, AlertId, Severity, SourceId, Time};
use crate::policy::{self, PIERCES_FROM, Situation, Sound, Sounds, Storms, Wait};
use crate::store::{Decision, Pending, SLICE, Store, StoreError};
use crate::text::Language;

/// So many notifications of one alert are known to be on show; older ones are no longer withdrawn. No desktop shows as
/// many.
const ALONE_LIMIT: usize = 1_000;

/// The least time from one wording of an alert's own notification to the next.
const REWORD_EVERY: Duration = Duration::from_secs(2);

/// How it is said.
pub struct Speech<'a> {
    pub language: Language,
    /// Without names and amounts.
    pub is_private: bool,
    /// The names of the sources.
    pub names: &'a (dyn Fn(SourceId) -> String + Sync),
    /// The addresses of the sources.
    pub addresses: &'a (dyn Fn(SourceId) -> Option<Url> + Sync),
}

impl Speech<'_> {
    /// The notification of one alert that is told of on this occasion, with the link that opens it.
    fn words_of(&self, alert: &Alert, occasion: Occasion) -> Notification {
        let name = (self.names)(alert.source);
        let link = AlertLink { subject: alert.subject.clone(), at: (self.addresses)(alert.source) };
        let mut notification = words::alone(self.language, alert, &name, self.is_private);
        if let Some(line) = occasion.words(self.language, alert.severity) {
            notification.body = format!("{line}\n{}", notification.body);
        }
        Notification { link: Some(link.to_string()), ..notification }
    }
}

/// What was decided.
#[derive(Default)]
struct Decided {
    /// When the alerts were read that are announced by themselves.
    read_at: Vec<Time>,
    /// Whether there is anything new for the digest.
    is_any_missed: bool,
}

/// An alert's own notification, on show.
struct Own {
    source: SourceId,
    severity: Severity,
    title: String,
    body: String,
    occasion: Occasion,
    /// Whether it is not known yet if it could be shown so.
    is_on_its_way: bool,
    /// When it may be worded anew, by `Clock::elapsed`.
    not_before: Duration,
}

impl Own {
    fn new(source: SourceId, notification: &Notification, occasion: Occasion, now: Duration) -> Self {
        Self {
            source,
            severity: notification.severity,
            title: notification.title.clone(),
            body: notification.body.clone(),
            occasion,
            is_on_its_way: true,
            not_before: now.saturating_add(REWORD_EVERY),
        }
    }

    /// Whether it says something else than this. What has got worse is announced, and not only worded anew.
    fn differs(&self, notification: &Notification) -> bool {
        let is_said = self.title == notification.title && self.body == notification.body;
        !is_said && notification.severity <= self.severity
    }
}

/// What is announced and what is on show.
#[derive(Default)]
pub struct Announcing {
    storms: Storms,
    sounds: Sounds,
    /// What was decided to be announced by itself, and is not shown yet.
    alone: Vec<(Alert, Occasion)>,
    /// The alerts whose own notification is on show.
    own: BTreeMap<AlertId, Own>,
    /// Those of them that have changed since.
    changed: BTreeSet<AlertId>,
    storm: Group,
    digest: Group,
    /// Up to which change of alerts it was looked whether they are dealt with.
    looked_at: i64,
}

impl Announcing {
    /// Asks the policy about what has not been decided, slice by slice, and keeps what it decides. What was decided
    /// before a failure is announced all the same. Gives when the alerts were read that are announced by themselves.
    pub async fn decide(
        &mut self,
        store: &Store,
        figures: &Figures,
        situation: &Situation,
        with_digest: bool,
    ) -> (Vec<Time>, Result<(), StoreError>) {
        let mut decided = Decided::default();
        let outcome = self.decide_all(store, figures, situation, with_digest, &mut decided).await;
        if decided.is_any_missed {
            figures.digest_asked_for();
        }
        (decided.read_at, outcome)
    }

    async fn decide_all(
        &mut self,
        store: &Store,
        figures: &Figures,
        situation: &Situation,
        with_digest: bool,
        decided: &mut Decided,
    ) -> Result<(), StoreError> {
        if self.is_nothing_on_show() {
            // Before anything is read: what is dealt with from now on is found.
            self.looked_at = store.latest_alert_change().await?;
        }
        let mut after = 0;
        loop {
            let pending = store.pending(with_digest, after).await?;
            let Some(last) = pending.last() else { return Ok(()) };
            after = last.id;
            let mut storms = self.storms.clone();
            let plan = policy::plan(&pending, situation, &mut storms);
            // Words first: what cannot be read is not yet decided.
            let mut alone = store.alert_rows(&plan.alone).await?;
            let storm = store.alert_rows(&plan.storm).await?;
            // What has got worse since it was read comes by itself as well.
            let (worse, storm): (Vec<Alert>, Vec<Alert>) =
                storm.into_iter().partition(|alert| alert.severity >= PIERCES_FROM);
            alone.extend(worse);
            let together: Vec<AlertId> = plan.digest.iter().map(|(id, _)| *id).collect();
            let digest = store.alert_rows(&together).await?;
            if !plan.is_empty() {
                let announced = alone.iter().chain(&storm).chain(&digest);
                let announced = announced.map(|alert| (alert.id, alert.severity)).collect();
                let changes: HashMap<AlertId, i64> = pending.iter().map(|one| (one.id, one.change)).collect();
                let as_read = |id: &AlertId| changes.get(id).copied();
                let quiet = plan.quiet.iter().filter_map(|(id, _)| Some((*id, as_read(id)?))).collect();
                let held = plan.held.iter().filter_map(|(id, why)| Some((*id, *why, as_read(id)?))).collect();
                store.decide(Decision { announced, quiet, held }).await?;
                figures.decided(&plan);
            }
            self.storms = storms;
            if !self.storm.is_shown() && self.storm.is_empty() && !storm.is_empty() {
                figures.storm_asked_for();
            }
            decided.is_any_missed |= plan.digest.iter().any(|(_, why)| *why != Wait::NotShown);
            // Both are in the order of the numbers.
            let is_alone = |one: &&Pending| plan.alone.binary_search(&one.id).is_ok();
            decided.read_at.extend(pending.iter().filter(is_alone).map(|one| one.read_at));
            let waited: HashMap<AlertId, Wait> = plan.digest.into_iter().collect();
            let was: HashMap<AlertId, Severity> =
                pending.iter().filter_map(|one| Some((one.id, one.announced?))).collect();
            let occasion = |alert: &Alert| Occasion {
                waited: waited.get(&alert.id).copied(),
                was: was.get(&alert.id).copied(),
            };
            storm.iter().for_each(|alert| self.storm.add(alert, occasion(alert), situation.now));
            digest.iter().for_each(|alert| self.digest.add(alert, occasion(alert), situation.now));
            self.alone.extend(alone.into_iter().map(|alert| {
                let occasion = occasion(&alert);
                (alert, occasion)
            }));
            if pending.len() < SLICE {
                return Ok(());
            }
        }
    }

    /// The notifications that follow at `now`: those of one alert and the digest at once, and what has only changed
    /// when it is time. Of several the worst is heard.
    pub async fn tell(
        &mut self,
        store: &Store,
        speech: &Speech<'_>,
        now: Duration,
    ) -> Result<Vec<Raise>, StoreError> {
        let only = match self.digest.only() {
            Some((only, occasion)) => {
                let only = store.alert_rows(&[only]).await?;
                self.digest.clear();
                only.into_iter().map(|alert| (alert, occasion)).collect()
            }
            None => Vec::new(),
        };
        let changed =
            self.changed.iter().copied().filter(|id| self.reword_due(*id).is_some_and(|due| due <= now));
        let changed = store.alert_rows(&changed.collect::<Vec<_>>()).await?;
        let mut alone = std::mem::take(&mut self.alone);
        alone.extend(only);
        let mut shown = Vec::new();
        for (alert, occasion) in &alone {
            let notification = speech.words_of(alert, *occasion);
            self.own.insert(alert.id, Own::new(alert.source, &notification, *occasion, now));
            shown.push(notification);
            if self.own.len() > ALONE_LIMIT {
                self.own.pop_first();
            }
            // It has got worse since one of them told of it.
            self.storm.remove(&[alert.id]);
            self.digest.remove(&[alert.id]);
        }
        let mut raises = self.reword(&changed, speech, now);
        let groups = [(&mut self.digest, About::Digest), (&mut self.storm, About::Storm)];
        for (group, about) in groups {
            let is_due = group.due(about == About::Storm).is_some_and(|due| due <= now);
            if !is_due {
                continue;
            }
            if group.is_empty() {
                if group.clear() {
                    raises.push(Raise::Withdraw(about));
                }
                continue;
            }
            let is_heard = about == About::Digest || !group.is_shown();
            let alerts = group.show(now);
            let told = group.told();
            let names: Vec<String> = told.sources.iter().map(|source| (speech.names)(*source)).collect();
            let notification = words::together(speech.language, about, &told, &names, alerts);
            if is_heard {
                shown.push(notification);
            } else {
                raises.push(Raise::Show(Box::new(notification)));
            }
        }
        self.sound(&mut shown, now);
        raises.extend(shown.into_iter().map(|one| Raise::Show(Box::new(one))));
        Ok(raises)
    }

    /// Words the notifications of these anew where they say something else by now.
    fn reword(&mut self, changed: &[Alert], speech: &Speech<'_>, now: Duration) -> Vec<Raise> {
        let mut raises = Vec::new();
        for alert in changed {
            self.changed.remove(&alert.id);
            let Some(own) = self.own.get_mut(&alert.id) else { continue };
            let mut notification = speech.words_of(alert, own.occasion);
            // It announces nothing.
            notification.alerts.clear();
            if !own.is_on_its_way && own.differs(&notification) {
                *own = Own::new(alert.source, &notification, own.occasion, now);
                raises.push(Raise::Reword(Box::new(notification)));
            }
        }
        raises
    }

    /// When this alert's own notification may be worded anew, by `Clock::elapsed`.
    fn reword_due(&self, alert: AlertId) -> Option<Duration> {
        self.own.get(&alert).filter(|own| !own.is_on_its_way).map(|own| own.not_before)
    }

    /// Lets one of these be heard, the worst.
    fn sound(&mut self, shown: &mut [Notification], now: Duration) {
        let newest = |one: &Notification| one.alerts.iter().map(|(_, severity)| *severity).max();
        let mut worst: Option<(&mut Notification, Severity)> = None;
        for one in shown {
            let Some(severity) = newest(one) else { continue };
            if worst.as_ref().is_none_or(|(_, so_far)| severity > *so_far) {
                worst = Some((one, severity));
            }
        }
        if let Some((notification, severity)) = worst {
            notification.sound = self.heard(severity, now);
        }
    }

    /// What is heard at `now` with something new that is so bad.
    pub fn heard(&mut self, severity: Severity, now: Duration) -> Option<Sound> {
        self.sounds.of(severity, now)
    }

    /// Looks which of those on show are dealt with by now, here or at a server: they are told of no longer. And which
    /// have changed.
    pub async fn look(&mut self, store: &Store) -> Result<Vec<Raise>, StoreError> {
        if self.is_nothing_on_show() {
            return Ok(Vec::new());
        }
        let own: Vec<AlertId> = self.own.keys().copied().collect();
        let changed = store.changed_since(self.looked_at, &own).await?;
        self.looked_at = changed.until;
        let taken = self.deal_with(&changed.dealt_with);
        self.changed.extend(changed.others);
        self.changed.retain(|id| self.own.contains_key(id));
        Ok(taken)
    }

    /// These are dealt with.
    pub fn deal_with(&mut self, alerts: &[AlertId]) -> Vec<Raise> {
        self.storm.remove(alerts);
        self.digest.remove(alerts);
        let own = alerts.iter().filter(|alert| self.own.remove(alert).is_some());
        own.map(|alert| Raise::Withdraw(About::Alert(*alert))).collect()
    }

    /// A source is gone, and its alerts with it.
    pub fn forget(&mut self, source: SourceId) -> Vec<Raise> {
        self.storm.remove_source(source);
        self.digest.remove_source(source);
        let of_it =
            self.own.iter().filter(|(_, own)| own.source == source).map(|(id, _)| *id).collect::<Vec<_>>();
        self.deal_with(&of_it)
    }

    /// The analyst looks: at this alert, or at the list.
    pub fn look_at(&mut self, alert: Option<AlertId>) -> Vec<Raise> {
        let Some(alert) = alert else {
            let groups = [(&mut self.storm, About::Storm), (&mut self.digest, About::Digest)];
            let looked_at = groups.into_iter().filter(|(group, _)| group.is_shown());
            return looked_at
                .map(|(group, about)| {
                    group.forget();
                    Raise::Withdraw(about)
                })
                .collect();
        };
        self.deal_with(&[alert])
    }

    /// The analyst has dismissed a notification at `now`: it is on show no more.
    pub fn dismiss(&mut self, about: About, now: Duration) {
        match about {
            About::Alert(alert) => drop(self.own.remove(&alert)),
            About::Storm => self.storm.dismiss(now),
            About::Digest => self.digest.dismiss(now),
            About::Rule(_) | About::Offline | About::Program => {}
        }
    }

    /// A notification was shown, or could not be: then it is not on show, and what a group tells of later is fresh.
    pub fn note_shown(&mut self, about: About, is_shown: bool) {
        let group = match about {
            About::Alert(alert) if !is_shown => {
                self.own.remove(&alert);
                return;
            }
            About::Alert(alert) => {
                if let Some(own) = self.own.get_mut(&alert) {
                    own.is_on_its_way = false;
                }
                return;
            }
            About::Storm => &mut self.storm,
            About::Digest => &mut self.digest,
            About::Rule(_) | About::Offline | About::Program => return,
        };
        if is_shown {
            group.was_shown();
        } else {
            group.forget();
        }
    }

    /// When something is to be updated, by `Clock::elapsed`.
    pub fn due(&self) -> Option<Duration> {
        let reworded = self.changed.iter().filter_map(|id| self.reword_due(*id)).min();
        [self.storm.due(true), self.digest.due(false), reworded].into_iter().flatten().min()
    }

    fn is_nothing_on_show(&self) -> bool {
        self.own.is_empty() && self.storm.is_empty() && self.digest.is_empty()
    }
}

#[cfg(test)]
mod tests;
