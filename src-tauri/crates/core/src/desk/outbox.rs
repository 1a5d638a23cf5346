//! The outbox: what the analyst does to alerts is kept at once, and sent when there is a connection, source by source
//! and in its order. A request whose answer was lost is sent again: what it asks for is a state, and to ask for it
//! twice does no harm.

use std::time::Duration;

use super::act::{Ask, NotDone};
use super::actor::Actor;
use super::desktop::Button;
use super::requests::Request;
use super::view::{AlertAction, Failure, FailureCode, OutboxCounts};
use crate::link::{Backoff, Failing};
use crate::model::{ActionKind, Alert, DeedId, Link, SnoozeFor, SnoozeOf, SnoozeRequest, SourceId, Standing};
use crate::store::{Due, NewDeed};
use crate::transport::TransportError;

/// The sending of a source's deeds.
#[derive(Debug, Default)]
pub struct Posting {
    /// The one that is on its way.
    pub sending: Option<DeedId>,
    /// When to try again after a failure, by [`crate::clock::Clock::elapsed`].
    pub due: Option<Duration>,
    backoff: Backoff,
}

/// What became of a deed that was sent.
pub enum Sent {
    /// It stands so now.
    Settled(Standing),
    /// It waits on, for as long as the server asks at least.
    NotNow(Option<Duration>),
}

impl Sent {
    /// Only who understood a request can refuse it; anything else may be otherwise the next time.
    fn of(outcome: Result<(), NotDone>) -> Self {
        match outcome {
            Ok(()) => Self::Settled(Standing::Confirmed),
            Err(NotDone::NotOffered) => Self::Settled(Standing::Refused { status: None }),
            Err(NotDone::Transport(TransportError::Status { status: 409 | 412, .. })) => {
                Self::Settled(Standing::Conflict)
            }
            Err(NotDone::Transport(TransportError::Status { status, retry_after })) => match status {
                // Who asks has to sign in again, or was too early, or too often.
                401 | 408 | 425 | 429 => Self::NotNow(retry_after),
                400..=499 => Self::Settled(Standing::Refused { status: Some(status) }),
                _ => Self::NotNow(retry_after),
            },
            Err(NotDone::Gone | NotDone::Unconnected | NotDone::Transport(_)) => Self::NotNow(None),
        }
    }
}

impl Actor {
    /// Keeps what the analyst does to an alert, and sends it if it can be sent.
    pub(super) async fn act(&mut self, alert: &Alert, action: AlertAction) -> Result<DeedId, Failure> {
        let AlertAction { action, state, owner, .. } = action;
        let state = state.filter(|_| action == ActionKind::ChangeState);
        let owner = owner.filter(|_| action == ActionKind::Assign);
        let says_what = match action {
            ActionKind::ChangeState => state.is_some(),
            ActionKind::Assign => owner.is_some(),
            ActionKind::Acknowledge => true,
            ActionKind::Analyse => false,
        };
        if !says_what {
            return Err(Failure::new(FailureCode::NotOffered, "it does not say what to do"));
        }
        let entry = self.sources.get(&alert.source).ok_or(NotDone::Gone)?;
        let profile = self.profiles.get(&entry.source.profile).ok_or(NotDone::NotOffered)?;
        if !profile.actions.get(&action).is_some_and(|offered| offered.takes(state)) {
            return Err(NotDone::NotOffered.into());
        }
        let id = self.store().keep_deed(NewDeed { alert, action, state, owner }, self.clock().now()).await?;
        self.decided_on(alert.id).await;
        self.post(alert.source).await;
        self.outbox_changed().await;
        Ok(id)
    }

    /// Does what a button on an alert's notification says: it is marked as seen here, and at its server where that can
    /// be asked, or snoozed for an hour.
    pub(super) async fn press(&mut self, alert: &Alert, button: Button) -> Result<(), Failure> {
        match button {
            Button::Acknowledge => {
                self.store().acknowledge(&[alert.id], self.clock().now()).await?;
                self.look_at_shown().await;
                self.changed().await;
                let action = ActionKind::Acknowledge;
                let profile = self
                    .sources
                    .get(&alert.source)
                    .and_then(|entry| self.profiles.get(&entry.source.profile));
                if profile.is_some_and(|profile| profile.actions.contains_key(&action)) {
                    self.act(alert, AlertAction { alert: alert.id, action, state: None, owner: None })
                        .await?;
                }
                Ok(())
            }
            Button::Snooze => {
                let (alerts, of, lasts) = (vec![alert.id], SnoozeOf::Alert, SnoozeFor::Hour);
                self.snooze(SnoozeRequest { alerts, of, lasts }).await.map(drop)
            }
        }
    }

    /// The analyst no longer wants a deed.
    pub(super) async fn withdraw(&mut self, id: DeedId) -> Result<(), Failure> {
        if self.sources.values().any(|entry| entry.posting.sending == Some(id)) {
            return Err(Failure::new(FailureCode::BeingSent, "it is on its way to the server"));
        }
        self.store().withdraw_deed(id, self.clock().now()).await?;
        // What waited behind it may go.
        self.post_all().await;
        self.outbox_changed().await;
        Ok(())
    }

    /// Undoes a deed: withdraws it, or has its server put back what was before. Not everything can be put back.
    pub(super) async fn undo(&mut self, id: DeedId) -> Result<(), Failure> {
        let deed = self.store().deed(id).await?;
        let (state, owner) = match deed.standing {
            Standing::Waiting | Standing::Refused { .. } | Standing::Conflict => {
                return self.withdraw(id).await;
            }
            Standing::Withdrawn => return Ok(()),
            Standing::Confirmed => match deed.action {
                ActionKind::ChangeState => (Some(deed.before_state), None),
                ActionKind::Assign => (None, deed.before_owner),
                ActionKind::Acknowledge | ActionKind::Analyse => (None, None),
            },
        };
        if state.is_none() && owner.is_none() {
            return Err(NotDone::NotOffered.into());
        }
        let alert = self.store().alert_row(deed.alert).await?;
        let back = AlertAction { alert: deed.alert, action: deed.action, state, owner };
        self.act(&alert, back).await.map(drop)
    }

    /// The analyst wants a deed all the same.
    pub(super) async fn insist(&mut self, id: DeedId) -> Result<(), Failure> {
        let source = self.store().insist_on_deed(id).await?;
        self.post(source).await;
        self.outbox_changed().await;
        Ok(())
    }

    /// A link has become another, or the analyst does not want to wait: what waits may be sent now, however long it was
    /// to wait after a failure.
    pub(super) async fn post_anew(&mut self, source: SourceId) {
        if let Some(entry) = self.sources.get_mut(&source) {
            entry.posting.due = None;
        }
        self.post(source).await;
        self.outbox_changed().await;
    }

    /// Sends whatever may be sent.
    pub(super) async fn post_all(&mut self) {
        let sources: Vec<SourceId> = self.sources.keys().copied().collect();
        for source in sources {
            self.post(source).await;
        }
    }

    /// What became of a deed that was sent.
    pub(super) async fn sent(&mut self, source: SourceId, id: DeedId, sent: Sent) {
        let again = match sent {
            Sent::NotNow(asked) => Some(asked),
            Sent::Settled(standing) => match self.store().settle_deed(id, standing, self.clock().now()).await
            {
                Ok(()) => None,
                Err(error) => {
                    tracing::warn!(%error, "what became of an action could not be kept; it is asked for again");
                    self.note_failing(&Failing::of(&error));
                    // Later: a store that fails must not have the server asked without end.
                    Some(None)
                }
            },
        };
        let now = self.clock().elapsed();
        if let Some(entry) = self.sources.get_mut(&source) {
            entry.posting.sending = None;
            match again {
                Some(asked) => {
                    let wait = entry.posting.backoff.next(asked);
                    entry.posting.due = Some(now.saturating_add(wait));
                }
                None => entry.posting.backoff.reset(),
            }
        }
        self.post(source).await;
        self.outbox_changed().await;
    }

    /// When a deed is to be tried again, by [`crate::clock::Clock::elapsed`].
    pub(super) fn post_due(&self) -> Option<Duration> {
        self.sources.values().filter_map(|entry| entry.posting.due).min()
    }

    /// Reads how many deeds are not confirmed, and tells the window.
    pub(super) async fn outbox_changed(&mut self) {
        match self.store().outbox_counts().await {
            Ok(counts) => {
                self.outbox = OutboxCounts { change: self.outbox.change + 1, ..counts };
            }
            Err(error) => self.note_unreadable(&error),
        }
        self.changed().await;
    }

    /// Sends the deed of a source whose turn it is, unless one is on its way. It waits until the link is live: what
    /// others have done meanwhile is known only then.
    async fn post(&mut self, source: SourceId) {
        while let Some(due) = self.next_of(source).await {
            let now = self.clock().now();
            let settled = if due.is_so() {
                Standing::Confirmed
            } else if due.is_overtaken() {
                Standing::Conflict
            } else {
                self.send(source, due);
                return;
            };
            if let Err(error) = self.store().settle_deed(due.deed.id, settled, now).await {
                self.note_failing(&Failing::of(&error));
                return;
            }
        }
    }

    async fn next_of(&mut self, source: SourceId) -> Option<Due> {
        let now = self.clock().elapsed();
        let entry = self.sources.get_mut(&source)?;
        if entry.posting.due.is_some_and(|due| now < due) {
            return None;
        }
        // Whatever comes of it: a time that has passed would let the loop go round and round.
        entry.posting.due = None;
        if entry.posting.sending.is_some()
            || !matches!(entry.link, Link::Live { .. })
            || entry.session.get().is_none()
        {
            return None;
        }
        match self.store().due_deed(source).await {
            Ok(due) => due,
            Err(error) => {
                self.note_unreadable(&error);
                None
            }
        }
    }

    fn send(&mut self, source: SourceId, due: Due) {
        let id = due.deed.id;
        let ask = Ask {
            action: due.deed.action,
            subject: due.subject,
            state: due.deed.state,
            owner: due.deed.owner,
        };
        let asked = self.ask(source, ask);
        if let Some(entry) = self.sources.get_mut(&source) {
            entry.posting.sending = Some(id);
        }
        let requests = self.requests.clone();
        tokio::spawn(async move {
            let sent = Sent::of(asked.await.map(drop));
            if let Some(requests) = requests.upgrade() {
                let _closing = requests.send(Request::Sent(source, id, sent)).await;
            }
        });
    }
}
