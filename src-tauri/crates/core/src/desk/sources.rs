//! The desk's sources and their links, signing out and removing.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio_util::task::AbortOnDropHandle;

use super::actor::Actor;
use super::credentials::Credentials;
use super::outbox::Posting;
use super::view::{Failure, FailureCode, SourceView};
use super::words;
use crate::link::{Cause, Report, Reporter, Session, SharedSession, Supervisor};
use crate::model::{Link, SignedOutReason, Source, SourceId, Time, Trouble};
use crate::profile::Profile;
use crate::store::StoreError;
use crate::vault::{Vault as _, VaultError};

/// A source and its link.
pub struct Entry {
    pub source: Source,
    pub link: Link,
    pub stored_until: Option<Time>,
    pub rejected: u32,
    /// The number of the supervisor whose reports count.
    pub run: u64,
    /// How often the analyst has signed out, paused or edited: a sign-in that began before that no longer counts.
    pub endings: u64,
    /// What its server is asked with while it is connected.
    pub session: SharedSession,
    /// The sending of what the analyst does there.
    pub posting: Posting,
    retry: Arc<Notify>,
    /// The supervisor; it ends with the entry.
    task: Option<AbortOnDropHandle<()>>,
}

impl Entry {
    pub(super) fn new(source: Source, link: Link, stored_until: Option<Time>) -> Self {
        Self {
            source,
            link,
            stored_until,
            rejected: 0,
            run: 0,
            endings: 0,
            session: SharedSession::default(),
            posting: Posting::default(),
            retry: Arc::default(),
            task: None,
        }
    }

    /// Why nothing is connected, for whoever connects it.
    const fn absence(&self, signs_in: bool) -> Cause {
        match self.link {
            Link::SignedOut { .. } => Cause::SignedOut,
            Link::Paused => Cause::Paused,
            Link::Refused { why: Trouble::Failed } => Cause::Link(Trouble::Failed),
            // Nothing has connected it since the program started.
            _ if self.run == 0 => Cause::NotRunning,
            _ if signs_in => Cause::SignedInAgain,
            _ => Cause::Edited,
        }
    }

    /// Ends the supervisor; says whether there was one. What it still does to the store is done or undone then.
    pub(super) async fn stop(&mut self) -> bool {
        let Some(task) = self.task.take() else { return false };
        task.abort();
        let _ended = task.await;
        true
    }

    /// Ends the link, which then stands so. Nothing of it is heard any more, and nobody asks with its session.
    async fn end(&mut self, link: Link) {
        self.stop().await;
        self.run = 0;
        self.session.set(None);
        self.link = link;
    }

    /// As the window shows it; `profile` is its own, if that is known.
    pub fn view(&self, profile: Option<&Profile>) -> SourceView {
        SourceView {
            id: self.source.id,
            name: self.source.name.clone(),
            url: self.source.url.to_string(),
            profile: self.source.profile.clone(),
            user: self.source.user.clone(),
            parameters: self.source.parameters.clone(),
            actions: profile.map(|profile| profile.actions.keys().copied().collect()).unwrap_or_default(),
            simulated: self.source.simulated,
            link: self.link.clone(),
            stored_until: self.stored_until,
            remembered: self.source.remembered,
            rejected: self.rejected,
        }
    }
}

impl Actor {
    /// Connects the stored sources.
    pub async fn start_sources(&mut self) -> Result<(), StoreError> {
        for (source, stored_until) in self.store().sources().await? {
            let id = source.id;
            let link = if source.signed_out {
                Link::SignedOut { reason: SignedOutReason::ByAnalyst }
            } else if source.paused {
                Link::Paused
            } else {
                Link::Connecting
            };
            let is_wanted = link == Link::Connecting;
            self.sources.insert(id, Entry::new(source, link, stored_until));
            if is_wanted {
                self.begin(id);
            }
        }
        Ok(())
    }

    /// Connects a source with what is kept for it.
    fn begin(&mut self, id: SourceId) {
        // The simulation listens elsewhere at each start: it is signed in to anew.
        if self.sources.get(&id).is_some_and(|entry| entry.source.simulated) {
            self.simulate(oneshot::channel().0);
        } else {
            self.connect(id, None);
        }
    }

    /// Pauses a source, or lets it go on. Of one that is signed out there is nothing to pause.
    pub async fn pause_source(&mut self, id: SourceId, paused: bool) -> Result<(), Failure> {
        let entry = self.sources.get(&id).ok_or_else(gone)?;
        if entry.source.paused == paused || entry.source.signed_out {
            return Ok(());
        }
        let source = Source { paused, ..entry.source.clone() };
        // Kept first: what is not kept would connect at the next start.
        self.store().update_source(&source).await?;
        let Some(entry) = self.sources.get_mut(&id) else { return Ok(()) };
        entry.source = source;
        if !paused {
            self.begin(id);
            return Ok(());
        }
        entry.end(Link::Paused).await;
        entry.endings += 1;
        if let Err(error) = self.store().open_gap(id, Cause::Paused.word()).await {
            tracing::error!(source = %id, %error, "a gap could not be kept; it is said again when the source goes on");
        }
        Ok(())
    }

    /// Starts the supervisor of a source; one that runs is ended.
    pub(super) fn connect(&mut self, id: SourceId, session: Option<Session>) {
        let Some(entry) = self.sources.get_mut(&id) else { return };
        let Some(profile) = self.profiles.get(&entry.source.profile) else {
            tracing::error!(source = %id, profile = entry.source.profile, "the source's profile is not known");
            entry.link = Link::Refused { why: Trouble::NotUnderstood };
            return;
        };
        let absence = entry.absence(session.is_some());
        entry.link = Link::Connecting;
        entry.run = self.next_run;
        self.next_run += 1;
        // A session of its own: the last word of a supervisor that ends must not reach this one's.
        entry.session = SharedSession::default();
        entry.session.set(session);
        let supervisor = Supervisor::new(
            entry.source.clone(),
            Credentials::name(&entry.source),
            Arc::clone(profile),
            self.tools.clone(),
            self.reports.clone(),
            entry.run,
            Arc::clone(&entry.retry),
        )
        .with_session(entry.session.clone())
        .after(absence);
        let reporter = Reporter { source: id, run: entry.run };
        let keeping = keep(supervisor, self.reports.clone(), reporter);
        entry.task = Some(AbortOnDropHandle::new(tokio::spawn(keeping)));
    }

    /// Ends the link, and removes the credential beside the loop.
    pub async fn sign_out(&mut self, id: SourceId, reply: oneshot::Sender<Result<(), Failure>>) {
        let Some((source, was_remembered)) = self.end(id).await else {
            let _gone = reply.send(Err(gone()));
            return;
        };
        let stored = self.store().update_source(&source).await.map_err(Failure::from);
        self.forget(&source, was_remembered, stored, reply);
    }

    /// Signs out and removes everything that came from the source.
    pub async fn remove(&mut self, id: SourceId, reply: oneshot::Sender<Result<(), Failure>>) {
        let Some((source, was_remembered)) = self.end(id).await else {
            let _gone = reply.send(Err(gone()));
            return;
        };
        let removed = self.store().remove_source(id).await.map_err(Failure::from);
        if removed.is_ok() {
            self.sources.remove(&id);
            self.stop_test(Some(id));
            self.figures().forget(id);
            self.follow_snoozes().await;
        }
        self.forget(&source, was_remembered, removed, reply);
    }

    /// Removes the credential, whatever became of the rest, and answers with the first failure.
    pub(super) fn forget<T: Send + 'static>(
        &self,
        source: &Source,
        was_remembered: bool,
        outcome: Result<T, Failure>,
        reply: oneshot::Sender<Result<T, Failure>>,
    ) {
        let credentials = Arc::clone(&self.credentials);
        let name = Credentials::name(source);
        if self.is_used(&name) {
            let _gone = reply.send(outcome);
            return;
        }
        tokio::spawn(async move {
            let forgotten = match credentials.remove(&name).await {
                // Nothing was in a vault that is not there.
                Err(VaultError::Unavailable(_)) if !was_remembered => Ok(()),
                forgotten => forgotten.map_err(Failure::from),
            };
            let _gone = reply.send(outcome.and_then(|answer| forgotten.map(|()| answer)));
        });
    }

    /// Whether a source that is signed in has its credential under this name: two of one user at one address share it.
    pub(super) fn is_used(&self, name: &str) -> bool {
        let mut signed_in = self.sources.values().filter(|entry| !entry.source.signed_out);
        signed_in.any(|entry| Credentials::name(&entry.source) == name)
    }

    /// Ends the link. Gives the source as signed out, and whether its password was in the vault.
    async fn end(&mut self, id: SourceId) -> Option<(Source, bool)> {
        let entry = self.sources.get_mut(&id)?;
        // The link ends first, so that no token is in use when the password goes.
        entry.end(Link::SignedOut { reason: SignedOutReason::ByAnalyst }).await;
        entry.endings += 1;
        entry.source.signed_out = true;
        entry.source.paused = false;
        let was_remembered = std::mem::replace(&mut entry.source.remembered, false);
        Some((entry.source.clone(), was_remembered))
    }

    /// A link signed itself out: the password is no longer in the vault.
    pub async fn forgotten(&mut self, id: SourceId) {
        let Some(entry) = self.sources.get_mut(&id).filter(|entry| entry.source.remembered) else { return };
        entry.source.remembered = false;
        let source = entry.source.clone();
        if let Err(error) = self.store().update_source(&source).await {
            tracing::warn!(%error, "the source still counts as remembered; at the next start it is signed out");
        }
    }

    /// A server has signed the analyst out. They are told by a notification as well: the window may be closed, and
    /// nothing arrives until they sign in.
    pub fn tell_signed_out(&self, id: SourceId, reason: SignedOutReason) {
        let why = match reason {
            SignedOutReason::PasswordRefused => "signed_out.password_refused",
            SignedOutReason::CredentialRefused => "signed_out.credential_refused",
            SignedOutReason::SessionEnded => "signed_out.session_ended",
            // They know.
            SignedOutReason::ByAnalyst | SignedOutReason::NoCredential => return,
        };
        let Some(entry) = self.sources.get(&id) else { return };
        tracing::warn!(source = %id, ?reason, "signed out by the server; nothing arrives until the analyst signs in");
        self.show(words::signed_out(self.language, &entry.source.name, why));
    }

    /// Ends the wait before the next try; starts a link anew that has ended by a mistake.
    pub fn retry(&mut self, id: SourceId) -> Result<(), Failure> {
        let entry = self.sources.get(&id).ok_or_else(gone)?;
        let has_failed = matches!(entry.link, Link::Refused { why: Trouble::Failed });
        entry.retry.notify_waiters();
        if has_failed {
            self.connect(id, None);
        }
        Ok(())
    }
}

pub(super) fn gone() -> Failure {
    Failure::new(FailureCode::NotFound, "that source is gone")
}

/// Runs a supervisor. If it ends by a mistake of ours, its link must not stand as it did.
async fn keep(supervisor: Supervisor, reports: mpsc::Sender<(Reporter, Report)>, reporter: Reporter) {
    // Nothing of it is used again.
    if AssertUnwindSafe(supervisor.run()).catch_unwind().await.is_err() {
        tracing::error!(source = %reporter.source, "a link has ended by a mistake; nothing more arrives");
        let _closing = reports.send((reporter, Report::Link(Link::Refused { why: Trouble::Failed }))).await;
    }
}
