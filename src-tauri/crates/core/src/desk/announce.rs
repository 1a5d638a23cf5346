//! What the desk announces: what is pending in the store goes to the policy, the decision is stored, and only then
//! it is shown.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use super::actor::Actor;
use super::desktop::Notification;
use super::requests::Request;
use super::words;
use crate::link::{Failing, Moment};
use crate::model::{Alert, AlertId, Link, Severity, SourceId, Time};
use crate::policy::{self, Situation};
use crate::store::{Decision, Pending, SLICE, StoreError};

/// The wait before what could not be decided is decided again: nothing may arrive meanwhile.
const DECIDE_AGAIN_AFTER: Duration = Duration::from_secs(2);

/// What was decided to be announced.
#[derive(Default)]
struct Decided {
    alone: Vec<Notification>,
    /// When the alerts of those were read.
    read_at: Vec<Time>,
    digest: Digest,
}

/// What is announced together, as far as one notification tells of it: there may be very many.
#[derive(Default)]
struct Digest {
    alerts: Vec<(AlertId, Severity)>,
    sources: BTreeSet<SourceId>,
    /// The first: if there is no other, it is announced by itself.
    first: Option<Alert>,
}

impl Digest {
    fn add(&mut self, alerts: Vec<Alert>) {
        for alert in alerts {
            self.alerts.push((alert.id, alert.severity));
            self.sources.insert(alert.source);
            self.first.get_or_insert(alert);
        }
    }
}

impl Actor {
    /// Asks the policy about what has not been decided, and announces it: first the decision is stored, then it is
    /// shown, so that no crash announces anything twice.
    pub(super) async fn announce(&mut self, with_digest: bool) {
        self.announce_now(with_digest, None).await;
    }

    /// The same, and of this source also what it has fetched so far, though it goes on.
    pub(super) async fn announce_also(&mut self, source: SourceId) {
        self.announce_now(true, Some(source)).await;
    }

    async fn announce_now(&mut self, with_digest: bool, also: Option<SourceId>) {
        let mut decided = Decided::default();
        let outcome = self.decide(with_digest, also, &mut decided).await;
        // What was decided before a failure is announced all the same.
        for notification in decided.alone {
            self.show(notification);
        }
        self.figures().asked_for(decided.read_at, Moment::now(self.clock()));
        if let Some(notification) = self.digest(decided.digest) {
            self.figures().digest_asked_for();
            self.show(notification);
        }
        match outcome {
            Err(error) => self.note_undecided(&error),
            Ok(()) if self.undecided.take().is_some() => self.note_stored(),
            Ok(()) => {}
        }
    }

    /// What is to be announced could not be decided: it is decided again.
    pub(super) fn note_undecided(&mut self, error: &StoreError) {
        let failing = Failing::of(error);
        self.decide_due = self.clock().elapsed() + DECIDE_AGAIN_AFTER;
        // It may go on for a night: said once.
        if self.undecided.replace(failing.trouble()).is_none() {
            tracing::error!(%error, "alerts could not be announced; the window and the tray show them");
        }
        self.note_failing(&failing);
    }

    async fn decide(
        &self,
        with_digest: bool,
        also: Option<SourceId>,
        decided: &mut Decided,
    ) -> Result<(), StoreError> {
        let catching_up =
            self.sources.iter().filter(|(_, entry)| matches!(entry.link, Link::CatchingUp { .. }));
        let settings = &self.settings.settings().notifications;
        let situation = Situation {
            paused: self.paused_until.is_some() || self.quiet_until.is_some(),
            from: settings.from,
            rules: settings.rules.clone(),
            catching_up: catching_up.map(|(id, _)| *id).filter(|id| Some(*id) != also).collect(),
        };
        let mut after = 0;
        loop {
            let pending = self.store().pending(with_digest, after).await?;
            let Some(last) = pending.last() else { return Ok(()) };
            after = last.id;
            let plan = policy::plan(&pending, &situation);
            // Words first: what cannot be read is not yet decided.
            let alone = self.store().alert_rows(&plan.alone).await?;
            let together: Vec<AlertId> = plan.digest.iter().map(|(id, _)| *id).collect();
            let digest = self.store().alert_rows(&together).await?;
            if !plan.is_empty() {
                let announced = alone.iter().chain(&digest).map(|alert| (alert.id, alert.severity)).collect();
                let changes: HashMap<AlertId, i64> = pending.iter().map(|one| (one.id, one.change)).collect();
                let as_read = |id: &AlertId| Some((*id, *changes.get(id)?));
                let quiet = plan.quiet.iter().filter_map(|(id, _)| as_read(id)).collect();
                let held = plan.held.iter().chain(&plan.snoozed).filter_map(as_read).collect();
                self.store().decide(Decision { announced, quiet, held }).await?;
                self.figures().decided(&plan);
            }
            let words = |alert: &Alert| self.words(alert);
            let alone: Vec<Notification> = alone.iter().map(words).collect();
            // Both are in the order of the numbers.
            let is_alone = |one: &&Pending| plan.alone.binary_search(&one.id).is_ok();
            decided.read_at.extend(pending.iter().filter(is_alone).map(|one| one.read_at));
            decided.alone.extend(alone);
            decided.digest.add(digest);
            if pending.len() < SLICE {
                return Ok(());
            }
        }
    }

    fn digest(&self, digest: Digest) -> Option<Notification> {
        let Digest { alerts, sources, first } = digest;
        let first = first?;
        if alerts.len() == 1 {
            return Some(self.words(&first));
        }
        let names: BTreeSet<&str> = sources.iter().map(|source| self.name_of(*source)).collect();
        Some(words::digest(self.language, alerts, &names.into_iter().collect::<Vec<_>>()))
    }

    fn words(&self, alert: &Alert) -> Notification {
        let is_private = self.settings.settings().notifications.private;
        words::alone(self.language, alert, self.name_of(alert.source), is_private)
    }

    fn name_of(&self, source: SourceId) -> &str {
        self.sources.get(&source).map_or("", |entry| entry.source.name.as_str())
    }

    /// Shows a notification beside the loop: a notification service may take its time.
    pub(super) fn show(&self, notification: Notification) {
        let (desktop, requests) = (Arc::clone(&self.desktop), self.requests.clone());
        tokio::spawn(async move {
            let outcome = desktop.notify(notification).await;
            if let Some(requests) = requests.upgrade() {
                let _closing = requests.send(Request::Shown(outcome)).await;
            }
        });
    }

    /// Ends a pause and snoozes that are over, and announces what they held back; decides again what could not be decided. A pause is over by
    /// either clock: one may be set, and the other stands still while the computer sleeps.
    pub(super) async fn wake(&mut self) {
        let (now, elapsed) = (self.clock().now(), self.clock().elapsed());
        let is_over = self.paused_until.is_some_and(|until| now >= until || elapsed >= self.pause_ends);
        if is_over {
            self.paused_until = None;
        }
        let is_loud = self.is_quiet_changing() && {
            // Its beginning is shown, its end announces what was held back.
            self.window.stale = true;
            self.keep_quiet()
        };
        let has_woken = self.end_snoozes().await;
        self.end_window();
        if self.stop_offering() {
            self.changed().await;
        }
        if is_over || is_loud || has_woken || (self.undecided.is_some() && elapsed >= self.decide_due) {
            self.announce(true).await;
            self.changed().await;
        }
        self.tell_news().await;
        if self.post_due().is_some_and(|due| elapsed >= due) {
            self.post_all().await;
        }
    }
}
