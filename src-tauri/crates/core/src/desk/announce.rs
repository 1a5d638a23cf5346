//! What the desk announces: what is pending in the store goes to the policy, the decision is stored, and only then
//! it is shown.

use std::time::Duration;

use super::actor::Actor;
use super::announcing::Speech;
use super::desktop::{About, NotShown, Notification};
use super::raising::Raise;
use super::requests::Request;
use super::view::Notice;
use crate::link::{Failing, Moment};
use crate::model::{AlertId, Link, Severity, SourceId};
use crate::policy::{Situation, Wait};
use crate::store::StoreError;

/// The wait before what could not be decided is decided again: nothing may arrive meanwhile.
const DECIDE_AGAIN_AFTER: Duration = Duration::from_secs(2);

/// The wait before what could not be shown is shown again: a service that has ended is started anew, or is not there.
const SHOW_AGAIN_AFTER: Duration = Duration::from_secs(20);

/// The longest that the end waits for a notification that is being shown: who has quit waits for it.
const LAST_SHOWN_WITHIN: Duration = Duration::from_secs(1);

impl Actor {
    /// Asks the policy about what has not been decided, and announces it: first the decision is stored, then it is
    /// shown, so that no crash announces anything twice but what is critical and may not have been shown.
    pub(super) async fn announce(&mut self, with_digest: bool) {
        self.announce_now(with_digest, None).await;
    }

    /// The same, and of this source also what it has fetched so far, though it goes on.
    pub(super) async fn announce_also(&mut self, source: SourceId) {
        self.announce_now(true, Some(source)).await;
    }

    /// Announces what waited for a start of the program, and what was being shown as it ended.
    pub(super) async fn take_up_announcing(&mut self) {
        if let Err(error) = self.store().take_up_announcing().await {
            self.note_undecided(&error);
        }
        self.announce(true).await;
    }

    async fn announce_now(&mut self, with_digest: bool, also: Option<SourceId>) {
        // The computer may have slept until now, or its clock was set: what is to be announced may be first to notice.
        let with_digest = self.end_hush() || with_digest;
        let situation = self.situation(also);
        let Self { announcing, tools, .. } = self;
        let (read_at, outcome) =
            announcing.decide(&tools.store, &tools.figures, &situation, with_digest).await;
        // What was decided before a failure is announced all the same.
        let told = self.show_what_is_due().await;
        self.figures().asked_for(read_at, Moment::now(self.clock()));
        let outcome = outcome.and(told);
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

    /// The situation to decide in; what `also` has fetched so far is to be announced though it goes on.
    fn situation(&self, also: Option<SourceId>) -> Situation {
        let catching_up =
            self.sources.iter().filter(|(_, entry)| matches!(entry.link, Link::CatchingUp { .. }));
        let settings = &self.settings.settings().notifications;
        let pause = self.paused_until.map(|_| Wait::Pause);
        Situation {
            now: self.clock().elapsed(),
            hushed: pause.or(self.quiet_until.map(|_| Wait::QuietHours)),
            from: settings.from,
            rules: settings.rules.clone(),
            catching_up: catching_up.map(|(id, _)| *id).filter(|id| Some(*id) != also).collect(),
        }
    }

    /// Shows what is to be shown by now.
    async fn show_what_is_due(&mut self) -> Result<(), StoreError> {
        let now = self.clock().elapsed();
        let Self { announcing, tools, sources, settings, language, .. } = self;
        let names = |source: SourceId| {
            sources.get(&source).map(|entry| entry.source.name.clone()).unwrap_or_default()
        };
        let addresses = |source: SourceId| sources.get(&source).map(|entry| entry.source.url.clone());
        let is_private = settings.settings().notifications.private;
        let speech = Speech { language: *language, is_private, names: &names, addresses: &addresses };
        let raises = announcing.tell(&tools.store, &speech, now).await?;
        self.raise(raises);
        Ok(())
    }

    fn raise(&self, raises: Vec<Raise>) {
        for raise in raises {
            self.raises.push(raise);
        }
    }

    /// Shows a notification beside the loop.
    pub(super) fn show(&self, notification: Notification) {
        self.raise(vec![Raise::Show(Box::new(notification))]);
    }

    /// Takes notifications away whose alerts are dealt with by now, and keeps the others current.
    pub(super) async fn look_at_shown(&mut self) {
        let Self { announcing, tools, .. } = self;
        let looked = announcing.look(&tools.store).await;
        self.take_away(looked).await;
    }

    /// The analyst has decided on this alert.
    pub(super) async fn decided_on(&mut self, alert: AlertId) {
        let dealt_with = self.announcing.deal_with(&[alert]);
        self.take_away(Ok(dealt_with)).await;
    }

    /// The analyst looks at this alert, or at the list.
    pub(super) async fn looks_at(&mut self, alert: Option<AlertId>) {
        let looked_at = self.announcing.look_at(alert);
        self.take_away(Ok(looked_at)).await;
    }

    /// The analyst has dismissed a notification, and knows what it told.
    pub(super) fn dismissed(&mut self, about: About) {
        self.announcing.dismiss(about, self.tools.clock.elapsed());
        if let About::Rule(place) = about {
            self.dismiss_news(place);
        }
    }

    /// A source is gone.
    pub(super) async fn tell_no_more_of(&mut self, source: SourceId) {
        let gone = self.announcing.forget(source);
        self.take_away(Ok(gone)).await;
    }

    async fn take_away(&mut self, taken: Result<Vec<Raise>, StoreError>) {
        let outcome = match taken {
            Ok(raises) => {
                self.raise(raises);
                self.show_what_is_due().await
            }
            Err(error) => Err(error),
        };
        if let Err(error) = outcome {
            tracing::warn!(%error, "notifications of what is dealt with stay until the next change");
        }
    }

    /// A notification was shown, or could not be. What is critical and could not be shown is shown again until it is,
    /// also after a restart, and what a rule wants, until the analyst looks; the rest is in the window and the tray.
    pub(super) async fn note_shown(
        &mut self,
        about: About,
        alerts: &[(AlertId, Severity)],
        outcome: Result<(), NotShown>,
    ) {
        self.announcing.note_shown(about, outcome.is_ok());
        if let (About::Rule(place), Err(_)) = (about, &outcome) {
            self.note_news_not_shown(place);
            self.show_later();
        }
        if about == About::Offline && outcome.is_err() {
            self.tell_outages_again(SHOW_AGAIN_AFTER);
        }
        let was_failing = self.notices.contains(&Notice::NotificationsFail);
        self.set_notice(Notice::NotificationsFail, outcome.is_err());
        match self.store().note_shown(alerts, outcome.is_ok()).await {
            Ok(false) => {}
            Ok(true) => self.show_later(),
            Err(error) => {
                tracing::warn!(%error, "critical alerts are announced after the next start, also where they were shown");
                self.note_failing(&Failing::of(&error));
            }
        }
        if let Err(error) = outcome {
            self.figures().not_shown();
            if !was_failing {
                tracing::warn!(%error, "the window and the tray still show it");
            }
        } else if was_failing {
            self.show_again = None;
            self.announce(true).await;
            self.tell_news_again().await;
        } else {
            return;
        }
        self.changed().await;
    }

    /// What could not be shown is shown again in a while.
    pub(super) fn show_later(&mut self) {
        self.show_again = Some(self.clock().elapsed().saturating_add(SHOW_AGAIN_AFTER));
    }

    /// Shows nothing more; what is under way is noted if it ends soon. The rest is shown after the next start.
    pub(super) async fn end_showing(&mut self) {
        self.raises.end();
        let noted = async {
            let Self { raises, inbox, tools, .. } = self;
            let mut has_ended = false;
            loop {
                let request = if has_ended {
                    inbox.try_recv().ok()
                } else {
                    tokio::select! {
                        biased;
                        Some(request) = inbox.recv() => Some(request),
                        () = raises.ended() => {
                            // What it has said last is read still.
                            has_ended = true;
                            continue;
                        }
                    }
                };
                let Some(request) = request else { break };
                if let Request::Shown { alerts, outcome, .. } = request {
                    tools.store.note_shown(&alerts, outcome.is_ok()).await?;
                }
            }
            Ok::<(), StoreError>(())
        };
        match tokio::time::timeout(LAST_SHOWN_WITHIN, noted).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(%error, "what is shown last may be shown again after the next start")
            }
            Err(_) => tracing::warn!("what is being shown may be shown again after the next start"),
        }
    }

    /// When something that is on show is to be updated, or shown again, by `Clock::elapsed`.
    pub(super) fn show_due(&self) -> Option<Duration> {
        let due = [self.announcing.due(), self.show_again].into_iter().flatten().min()?;
        Some(if self.undecided.is_some() { due.max(self.decide_due) } else { due })
    }

    /// Ends a pause that is over, and begins or ends quiet hours; whether what they held back is to be announced.
    fn end_hush(&mut self) -> bool {
        let (now, elapsed) = (self.clock().now(), self.clock().elapsed());
        let is_over = self.paused_until.is_some_and(|until| now >= until || elapsed >= self.pause_ends);
        if is_over {
            self.end_pause();
            self.window.stale = true;
        }
        let is_loud = self.is_quiet_changing() && {
            let before = self.quiet_until;
            let is_loud = self.keep_quiet();
            // Its beginning is shown, its end announces what was held back.
            self.window.stale |= self.quiet_until != before;
            is_loud
        };
        is_over || is_loud
    }

    /// Ends a pause and snoozes that are over, and announces what they held back; decides again what could not be
    /// decided. A pause is over by either clock: one may be set, and the other stands still while the computer sleeps.
    pub(super) async fn wake(&mut self) {
        let elapsed = self.clock().elapsed();
        let is_loud = self.end_hush();
        let has_woken = self.end_snoozes().await;
        self.end_window();
        if self.stop_offering() || self.tray_told.due.is_some_and(|due| due <= elapsed) {
            self.changed().await;
        }
        let is_shown_again = self.show_again.take_if(|due| *due <= elapsed).is_some();
        if is_loud || has_woken || is_shown_again || (self.undecided.is_some() && elapsed >= self.decide_due)
        {
            self.announce(true).await;
            self.changed().await;
        }
        if self.show_due().is_some_and(|due| due <= elapsed)
            && let Err(error) = self.show_what_is_due().await
        {
            self.note_undecided(&error);
        }
        if is_shown_again {
            self.tell_news_again().await;
        }
        self.tell_news().await;
        if self.post_due().is_some_and(|due| elapsed >= due) {
            self.post_all().await;
        }
    }
}
