//! Does at a server what the analyst asks for, beside the loop.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::actor::Actor;
use super::view::{AlertAction, Failure, FailureCode};
use crate::link::act;
use crate::model::{ActionKind, Alert, AlertState, SourceId};
use crate::profile::Settings;

/// Something that a server is to do.
struct Deed {
    action: ActionKind,
    /// What it is about: the server's identifier.
    subject: String,
    state: Option<AlertState>,
    owner: Option<String>,
}

impl Actor {
    /// Does something to an alert.
    pub fn act(&self, alert: &Alert, action: AlertAction, reply: oneshot::Sender<Result<(), Failure>>) {
        let AlertAction { action, state, owner, .. } = action;
        let missing = match action {
            ActionKind::ChangeState => state.is_none(),
            ActionKind::Assign => owner.is_none(),
            ActionKind::Acknowledge => false,
            ActionKind::Analyse => true,
        };
        if missing {
            let _gone = reply.send(Err(Failure::new(FailureCode::NotOffered, "it does not say what to do")));
            return;
        }
        let state = state.filter(|_| action == ActionKind::ChangeState);
        let deed = Deed { action, subject: alert.subject.clone(), state, owner };
        self.perform(alert.source, deed, |_answer| (), reply);
    }

    /// Lets a server judge a transaction anew.
    pub fn analyse(
        &self,
        source: SourceId,
        subject: String,
        reply: oneshot::Sender<Result<String, Failure>>,
    ) {
        let deed = Deed { action: ActionKind::Analyse, subject, state: None, owner: None };
        self.perform(source, deed, |answer| String::from_utf8_lossy(&answer).into_owned(), reply);
    }

    fn perform<T: Send + 'static>(
        &self,
        source: SourceId,
        deed: Deed,
        read: impl FnOnce(Vec<u8>) -> T + Send + 'static,
        reply: oneshot::Sender<Result<T, Failure>>,
    ) {
        let prepared = self.sources.get(&source).and_then(|entry| {
            let profile = Arc::clone(self.profiles.get(&entry.source.profile)?);
            Some((entry.source.clone(), profile, entry.session.clone()))
        });
        let http = self.tools.http.clone();
        tokio::spawn(async move {
            let outcome = async {
                let (source, profile, session) =
                    prepared.ok_or_else(|| Failure::new(FailureCode::NotFound, "that source is gone"))?;
                let session = session.get().ok_or_else(|| {
                    Failure::new(FailureCode::Unreachable, "there is no connection to the server")
                })?;
                let mut settings: Settings = profile.settings(&source.user, &source.parameters);
                settings.insert("id".to_owned(), vec![deed.subject]);
                settings.extend(deed.owner.map(|owner| ("owner".to_owned(), vec![owner])));
                let answer =
                    act(&http, &profile, &source.url, &session, deed.action, settings, deed.state).await?;
                answer.map(read).ok_or_else(|| {
                    Failure::new(FailureCode::NotOffered, "this backend cannot be asked to do that")
                })
            };
            let _gone = reply.send(outcome.await);
        });
    }
}
