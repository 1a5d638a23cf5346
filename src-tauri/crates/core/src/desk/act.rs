//! Asks a server to do something, beside the loop.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::actor::Actor;
use super::view::{Failure, FailureCode};
use crate::link::act;
use crate::model::{ActionKind, AlertState, SourceId};
use crate::profile::Settings;
use crate::transport::TransportError;

/// Something that a server is to do.
pub struct Ask {
    pub action: ActionKind,
    /// What it is about: the server's identifier.
    pub subject: String,
    pub state: Option<AlertState>,
    pub owner: Option<String>,
}

/// Why a server did not do it.
pub enum NotDone {
    /// The source is gone.
    Gone,
    /// There is no connection.
    Unconnected,
    /// This backend cannot be asked to.
    NotOffered,
    /// It failed, or the server refused.
    Transport(TransportError),
}

impl From<NotDone> for Failure {
    fn from(not_done: NotDone) -> Self {
        match not_done {
            NotDone::Gone => Self::new(FailureCode::NotFound, "that source is gone"),
            NotDone::Unconnected => {
                Self::new(FailureCode::Unreachable, "there is no connection to the server")
            }
            NotDone::NotOffered => {
                Self::new(FailureCode::NotOffered, "this backend cannot be asked to do that")
            }
            NotDone::Transport(error) => error.into(),
        }
    }
}

impl Actor {
    /// Lets a server judge a transaction anew.
    pub fn analyse(
        &self,
        source: SourceId,
        subject: String,
        reply: oneshot::Sender<Result<String, Failure>>,
    ) {
        let asked = self.ask(source, Ask { action: ActionKind::Analyse, subject, state: None, owner: None });
        tokio::spawn(async move {
            let answer = asked.await.map(|answer| String::from_utf8_lossy(&answer).into_owned());
            let _gone = reply.send(answer.map_err(Failure::from));
        });
    }

    /// Asks a source's server; gives what it answers. What it is asked with is read now, whatever becomes of the link.
    pub(super) fn ask(
        &self,
        source: SourceId,
        ask: Ask,
    ) -> impl Future<Output = Result<Vec<u8>, NotDone>> + Send + use<> {
        let prepared = self.sources.get(&source).and_then(|entry| {
            let profile = Arc::clone(self.profiles.get(&entry.source.profile)?);
            Some((entry.source.clone(), profile, entry.session.get()))
        });
        let http = self.tools.http.clone();
        async move {
            let (source, profile, session) = prepared.ok_or(NotDone::Gone)?;
            let session = session.ok_or(NotDone::Unconnected)?;
            let mut settings: Settings = profile.settings(&source.user, &source.parameters);
            settings.insert("id".to_owned(), vec![ask.subject]);
            settings.extend(ask.owner.map(|owner| ("owner".to_owned(), vec![owner])));
            let answer = act(&http, &profile, &source.url, &session, ask.action, settings, ask.state).await;
            answer.map_err(NotDone::Transport)?.ok_or(NotDone::NotOffered)
        }
    }
}
