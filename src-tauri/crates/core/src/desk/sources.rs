//! The desk's sources: signing in and out, and the links that follow from it.

use std::sync::Arc;

use secrecy::SecretString;
use tokio::sync::{Notify, oneshot};
use tokio_util::task::AbortOnDropHandle;

use super::actor::{Actor, Request, SOURCES_LIMIT};
use super::credentials::{Credentials, Kept};
use super::view::{Failure, FailureCode, Notice, SignIn, SourceView};
use super::{address, desktop::Simulated};
use crate::link::{Report, Reporter, Supervisor, Token, Tools, sign_in};
use crate::model::{Link, SignedOutReason, Source, SourceId, Time, Trouble};
use crate::profile::Profile;
use crate::store::{NewSource, StoreError};

/// A source and its link.
pub struct Entry {
    pub source: Source,
    pub link: Link,
    pub stored_until: Option<Time>,
    pub rejected: u32,
    /// The number of the supervisor whose reports count.
    pub run: u64,
    retry: Arc<Notify>,
    /// The supervisor; it ends with the entry.
    task: Option<AbortOnDropHandle<()>>,
}

impl Entry {
    fn new(source: Source, link: Link, stored_until: Option<Time>) -> Self {
        Self { source, link, stored_until, rejected: 0, run: 0, retry: Arc::default(), task: None }
    }

    /// As the window shows it.
    pub fn view(&self) -> SourceView {
        SourceView {
            id: self.source.id,
            name: self.source.name.clone(),
            url: self.source.url.to_string(),
            profile: self.source.profile.clone(),
            user: self.source.user.clone(),
            simulated: self.source.simulated,
            link: self.link.clone(),
            stored_until: self.stored_until,
            remembered: self.source.remembered,
            rejected: self.rejected,
        }
    }
}

/// A sign-in that the server has accepted.
pub struct SignedIn {
    known: Option<SourceId>,
    new: NewSource,
    kept: Kept,
    token: Token,
}

impl Actor {
    /// Connects the stored sources.
    pub async fn start_sources(&mut self) -> Result<(), StoreError> {
        for (source, stored_until) in self.store().sources().await? {
            let (id, simulated, signed_out) = (source.id, source.simulated, source.signed_out);
            let link = if signed_out {
                Link::SignedOut { reason: SignedOutReason::ByAnalyst }
            } else {
                Link::Connecting
            };
            self.sources.insert(id, Entry::new(source, link, stored_until));
            match (signed_out, simulated) {
                (true, _) => {}
                // The simulation listens elsewhere at each start: it is signed in to anew.
                (false, true) => self.simulate(oneshot::channel().0),
                (false, false) => self.connect(id, None),
            }
        }
        Ok(())
    }

    /// Starts the supervisor of a source; one that runs is ended.
    fn connect(&mut self, id: SourceId, token: Option<Token>) {
        let Some(entry) = self.sources.get_mut(&id) else { return };
        let Some(profile) = self.profiles.get(&entry.source.profile) else {
            tracing::error!(source = %id, profile = entry.source.profile, "the source's profile is not known");
            entry.link = Link::Refused { why: Trouble::NotUnderstood };
            return;
        };
        entry.link = Link::Connecting;
        entry.run = self.next_run;
        self.next_run += 1;
        let mut supervisor = Supervisor::new(
            entry.source.clone(),
            Credentials::name(&entry.source.user, &entry.source.url),
            Arc::clone(profile),
            self.tools.clone(),
            self.reports.clone(),
            entry.run,
            Arc::clone(&entry.retry),
        );
        if let Some(token) = token {
            supervisor = supervisor.with_token(token);
        }
        entry.task = Some(AbortOnDropHandle::new(tokio::spawn(supervisor.run())));
    }

    /// Asks the server and keeps the password, beside the loop.
    pub fn sign_in(&self, request: SignIn, reply: oneshot::Sender<Result<SourceId, Failure>>) {
        let prepared = self.prepare(request);
        let (tools, credentials, requests) =
            (self.tools.clone(), Arc::clone(&self.credentials), self.requests.clone());
        tokio::spawn(async move {
            let outcome = match prepared {
                Ok(prepared) => accepted(&tools, &credentials, prepared).await,
                Err(failure) => Err(failure),
            };
            if let Some(requests) = requests.upgrade() {
                let _closing = requests.send(Request::SignedIn(Box::new(outcome), reply)).await;
            }
        });
    }

    fn prepare(&self, request: SignIn) -> Result<Prepared, Failure> {
        let url = address::read(&request.url)?;
        let profile = self.profile(&request.profile)?;
        let user = request.user.trim().to_owned();
        // The same user at the same address is the same source.
        let same = |source: &Source| {
            source.url == url && source.user == user && source.profile == request.profile && !source.simulated
        };
        let found = self.sources.values().map(|entry| &entry.source).find(|source| same(source));
        let known = request.source.or(found.map(|source| source.id));
        match known {
            Some(id) if !self.sources.contains_key(&id) => {
                return Err(Failure::new(FailureCode::NotFound, "that source is gone"));
            }
            None if self.sources.len() >= SOURCES_LIMIT => {
                return Err(Failure::new(
                    FailureCode::TooManySources,
                    format!("at most {SOURCES_LIMIT} sources"),
                ));
            }
            _ => {}
        }
        let name = match request.name.trim() {
            "" => found
                .map_or_else(|| url.host_str().unwrap_or_default().to_owned(), |source| source.name.clone()),
            name => name.to_owned(),
        };
        let old_name = known
            .and_then(|id| self.sources.get(&id))
            .map(|entry| Credentials::name(&entry.source.user, &entry.source.url));
        let new =
            NewSource { name, url, profile: request.profile, user, simulated: false, remembered: false };
        Ok(Prepared { known, old_name, new, profile, password: request.password, remember: request.remember })
    }

    fn profile(&self, name: &str) -> Result<Arc<Profile>, Failure> {
        self.profiles.get(name).cloned().ok_or_else(|| unknown_profile(name))
    }

    /// Starts the simulation and signs in to it, beside the loop. There is one such source, used again.
    pub fn simulate(&self, reply: oneshot::Sender<Result<SourceId, Failure>>) {
        let known = self.sources.values().find(|entry| entry.source.simulated).map(|entry| entry.source.id);
        let (profiles, simulation) = (self.profiles.clone(), Arc::clone(&self.simulation));
        let (tools, credentials) = (self.tools.clone(), Arc::clone(&self.credentials));
        let (requests, reports) = (self.requests.clone(), self.reports.clone());
        tokio::spawn(async move {
            let outcome = async {
                let failed = |why| Failure::new(FailureCode::Simulation, why);
                let Simulated { url, profile: name, user, password } =
                    simulation.start().await.map_err(failed)?;
                let profile = profiles.get(&name).cloned().ok_or_else(|| unknown_profile(&name))?;
                let new = NewSource {
                    name: SIMULATION_NAME.to_owned(),
                    url,
                    profile: name,
                    user,
                    simulated: true,
                    remembered: false,
                };
                let prepared = Prepared { known, old_name: None, new, profile, password, remember: false };
                accepted(&tools, &credentials, prepared).await
            };
            let outcome: Result<SignedIn, Failure> = outcome.await;
            if let (Err(failure), Some(source)) = (&outcome, known) {
                tracing::error!(message = failure.message, "the simulation did not start");
                let refused = Report::Link(Link::Refused { why: Trouble::Unreachable });
                let _closing = reports.send((Reporter { source, run: 0 }, refused)).await;
            }
            if let Some(requests) = requests.upgrade() {
                let _closing = requests.send(Request::SignedIn(Box::new(outcome), reply)).await;
            }
        });
    }

    /// Keeps an accepted sign-in and connects.
    pub async fn signed_in(&mut self, signed_in: SignedIn) -> Result<SourceId, Failure> {
        let SignedIn { known, new, kept, token } = signed_in;
        match kept {
            Kept::InVault => self.set_notice(Notice::NoVault, false),
            Kept::NoVault => self.set_notice(Notice::NoVault, true),
            Kept::ForSession => {}
        }
        let id = if let Some(id) = known.filter(|id| self.sources.contains_key(id)) {
            let NewSource { name, url, profile, user, simulated, remembered } = new;
            let source = Source { id, name, url, profile, user, signed_out: false, simulated, remembered };
            self.store().update_source(&source).await?;
            if let Some(entry) = self.sources.get_mut(&id) {
                entry.source = source;
            }
            id
        } else {
            let source = self.store().add_source(new).await?;
            let id = source.id;
            self.sources.insert(id, Entry::new(source, Link::Connecting, None));
            id
        };
        self.connect(id, Some(token));
        Ok(id)
    }

    /// Ends the link, and removes the credential beside the loop.
    pub async fn sign_out(&mut self, id: SourceId, reply: oneshot::Sender<Result<(), Failure>>) {
        let outcome = self.end(id).await;
        let credentials = Arc::clone(&self.credentials);
        tokio::spawn(async move {
            let outcome = match outcome {
                Ok(source) => forget(&credentials, &source).await,
                Err(failure) => Err(failure),
            };
            let _gone = reply.send(outcome);
        });
    }

    /// Signs out and removes everything that came from the source.
    pub async fn remove(&mut self, id: SourceId, reply: oneshot::Sender<Result<(), Failure>>) {
        let outcome = self.end(id).await;
        let removed = match &outcome {
            Ok(_) => self.store().remove_source(id).await.map_err(Failure::from),
            Err(_) => Ok(()),
        };
        if removed.is_ok() {
            self.sources.remove(&id);
        }
        let credentials = Arc::clone(&self.credentials);
        tokio::spawn(async move {
            let outcome = match (outcome, removed) {
                (Ok(source), Ok(())) => forget(&credentials, &source).await,
                (Err(failure), _) | (_, Err(failure)) => Err(failure),
            };
            let _gone = reply.send(outcome);
        });
    }

    /// Ends the link and keeps that the analyst signed out.
    async fn end(&mut self, id: SourceId) -> Result<Source, Failure> {
        let not_found = || Failure::new(FailureCode::NotFound, "that source is gone");
        let entry = self.sources.get_mut(&id).ok_or_else(not_found)?;
        // The link ends first, so that no token is in use when the password goes.
        if let Some(task) = entry.task.take() {
            task.abort();
            let _ended = task.await;
        }
        entry.run = 0;
        entry.link = Link::SignedOut { reason: SignedOutReason::ByAnalyst };
        entry.source.remembered = false;
        entry.source.signed_out = true;
        let source = entry.source.clone();
        self.store().update_source(&source).await?;
        Ok(source)
    }

    /// A link signed itself out: unless the vault only did not answer, the password is no longer there.
    pub async fn forgotten(&mut self, id: SourceId) {
        let Some(entry) = self.sources.get_mut(&id) else { return };
        let kept = Link::SignedOut { reason: SignedOutReason::VaultUnavailable };
        if entry.link == kept || !entry.source.remembered {
            return;
        }
        entry.source.remembered = false;
        let source = entry.source.clone();
        if let Err(error) = self.store().update_source(&source).await {
            tracing::warn!(%error, "the source still counts as remembered; at the next start it is signed out");
        }
    }

    /// Ends the wait before the next try. A source that is signed out for want of a vault tries again too.
    pub fn retry(&mut self, id: SourceId) -> Result<(), Failure> {
        let not_found = || Failure::new(FailureCode::NotFound, "that source is gone");
        let entry = self.sources.get(&id).ok_or_else(not_found)?;
        match entry.link {
            Link::SignedOut { reason: SignedOutReason::VaultUnavailable } => self.connect(id, None),
            _ => entry.retry.notify_waiters(),
        }
        Ok(())
    }
}

fn unknown_profile(name: &str) -> Failure {
    Failure::new(FailureCode::UnknownProfile, format!("there is no profile `{name}`"))
}

async fn forget(credentials: &Credentials, source: &Source) -> Result<(), Failure> {
    Ok(credentials.forget(&Credentials::name(&source.user, &source.url)).await?)
}

/// What the simulation's source is called. The window has its own words for it.
const SIMULATION_NAME: &str = "Simulation";

/// A sign-in before the server has been asked.
struct Prepared {
    known: Option<SourceId>,
    /// Under which name the vault has the known source's password.
    old_name: Option<String>,
    new: NewSource,
    profile: Arc<Profile>,
    password: SecretString,
    remember: bool,
}

/// Asks the server; keeps the password if it accepts.
async fn accepted(tools: &Tools, credentials: &Credentials, prepared: Prepared) -> Result<SignedIn, Failure> {
    let Prepared { known, old_name, mut new, profile, password, remember } = prepared;
    let token = sign_in(&tools.http, tools.clock.as_ref(), &profile, &new.url, &new.user, &password).await?;
    let name = Credentials::name(&new.user, &new.url);
    let kept = credentials.keep(&name, &password, remember).await?;
    if let Some(old) = old_name.filter(|old| *old != name) {
        credentials.forget(&old).await?;
    }
    new.remembered = kept == Kept::InVault;
    Ok(SignedIn { known, new, kept, token })
}
