//! The desk's sources: signing in and out, and the links that follow from it.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio_util::task::AbortOnDropHandle;
use url::Url;

use super::actor::{Actor, Request, SOURCES_LIMIT};
use super::credentials::{Credentials, Kept};
use super::view::{Failure, FailureCode, Notice, SignIn, SourceView};
use super::{address, desktop::Simulated};
use crate::link::{Report, Reporter, Session, SharedSession, Supervisor, Tools, probe, sign_in};
use crate::model::{Link, Parameters, SignedOutReason, Source, SourceId, Time, Trouble};
use crate::profile::{Profile, SignIn as ProfileSignIn};
use crate::store::{NewSource, StoreError};
use crate::vault::{Vault as _, VaultError};

/// A source and its link.
pub struct Entry {
    pub source: Source,
    pub link: Link,
    pub stored_until: Option<Time>,
    pub rejected: u32,
    /// The number of the supervisor whose reports count.
    pub run: u64,
    /// How often the analyst has signed out: a sign-in that began before that no longer counts.
    sign_outs: u64,
    /// What its server is asked with while it is connected.
    pub session: SharedSession,
    retry: Arc<Notify>,
    /// The supervisor; it ends with the entry.
    task: Option<AbortOnDropHandle<()>>,
}

impl Entry {
    fn new(source: Source, link: Link, stored_until: Option<Time>) -> Self {
        Self {
            source,
            link,
            stored_until,
            rejected: 0,
            run: 0,
            sign_outs: 0,
            session: SharedSession::default(),
            retry: Arc::default(),
            task: None,
        }
    }

    const fn known(&self) -> Known {
        Known { id: self.source.id, sign_outs: self.sign_outs }
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

/// A source that was known when a sign-in began.
#[derive(Clone, Copy)]
pub struct Known {
    id: SourceId,
    sign_outs: u64,
}

/// A sign-in that the server has accepted.
pub struct SignedIn {
    known: Option<Known>,
    new: NewSource,
    kept: Kept,
    session: Session,
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
    fn connect(&mut self, id: SourceId, session: Option<Session>) {
        let Some(entry) = self.sources.get_mut(&id) else { return };
        let Some(profile) = self.profiles.get(&entry.source.profile) else {
            tracing::error!(source = %id, profile = entry.source.profile, "the source's profile is not known");
            entry.link = Link::Refused { why: Trouble::NotUnderstood };
            return;
        };
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
        .with_session(entry.session.clone());
        let reporter = Reporter { source: id, run: entry.run };
        let keeping = keep(supervisor, self.reports.clone(), reporter);
        entry.task = Some(AbortOnDropHandle::new(tokio::spawn(keeping)));
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
        // Who is not asked for is nobody.
        let asks_who = profile.sign_in.asks().user;
        let user = if asks_who { request.user.trim().to_owned() } else { String::new() };
        let parameters = profile
            .check_parameters(&request.parameters)
            .map_err(|why| Failure::new(FailureCode::BadParameter, why))?;
        // The same user at the same address who wants the same is the same source; anything else is another, whose
        // positions and identities are its own.
        let known = self.sources.values().find(|entry| {
            let source = &entry.source;
            let is_same = source.url == url && source.user == user && source.profile == request.profile;
            let is_meant = request.source.map_or(source.parameters == parameters, |id| id == source.id);
            is_same && is_meant && !source.simulated
        });
        if known.is_none() && self.sources.len() >= SOURCES_LIMIT {
            return Err(Failure::new(
                FailureCode::TooManySources,
                format!("at most {SOURCES_LIMIT} sources"),
            ));
        }
        let name = match request.name.trim() {
            "" => known.map_or_else(|| self.usual_name(&url, &profile), |entry| entry.source.name.clone()),
            name => name.to_owned(),
        };
        let known = known.map(Entry::known);
        let new = NewSource {
            name,
            url,
            profile: request.profile,
            user,
            parameters,
            simulated: false,
            remembered: false,
        };
        Ok(Prepared { known, new, profile, password: request.password, remember: request.remember })
    }

    /// What to call a source that nobody has given a name: its host, and more where another is called that already.
    fn usual_name(&self, url: &Url, profile: &Profile) -> String {
        let host = url.host_str().unwrap_or_default();
        let with_title = format!("{}, {host}", profile.title);
        let with_path = format!("{with_title}{}", url.path());
        let is_free = |name: &&str| self.sources.values().all(|entry| entry.source.name != **name);
        [host, &with_title, &with_path].into_iter().find(is_free).unwrap_or(&with_path).to_owned()
    }

    fn profile(&self, name: &str) -> Result<Arc<Profile>, Failure> {
        self.profiles.get(name).cloned().ok_or_else(|| unknown_profile(name))
    }

    /// Starts the simulation and signs in to it, beside the loop. There is one such source, used again.
    pub fn simulate(&self, reply: oneshot::Sender<Result<SourceId, Failure>>) {
        let known = self.sources.values().find(|entry| entry.source.simulated).map(Entry::known);
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
                    parameters: Parameters::new(),
                    simulated: true,
                    remembered: false,
                };
                let prepared = Prepared { known, new, profile, password, remember: false };
                accepted(&tools, &credentials, prepared).await
            };
            let outcome: Result<SignedIn, Failure> = outcome.await;
            if let (Err(failure), Some(Known { id: source, .. })) = (&outcome, known) {
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
        let SignedIn { known, new, kept, session } = signed_in;
        match kept {
            Kept::InVault => self.set_notice(Notice::NoVault, false),
            Kept::NoVault => self.set_notice(Notice::NoVault, true),
            Kept::ForSession => {}
        }
        let name = Credentials::name_of(&new);
        let stored = self.store_signed_in(known, new).await;
        if stored.is_err() && !self.is_used(&name) {
            self.credentials.forget(&name).await?;
        }
        let id = stored?;
        self.connect(id, Some(session));
        Ok(id)
    }

    async fn store_signed_in(&mut self, known: Option<Known>, new: NewSource) -> Result<SourceId, Failure> {
        let Some(known) = known else {
            let source = self.store().add_source(new).await?;
            let id = source.id;
            self.sources.insert(id, Entry::new(source, Link::Connecting, None));
            return Ok(id);
        };
        let gone = || Failure::new(FailureCode::NotFound, "the source was signed out or removed meanwhile");
        let entry = self
            .sources
            .get(&known.id)
            .filter(|entry| entry.sign_outs == known.sign_outs)
            .ok_or_else(gone)?;
        let NewSource { name, url, profile, user, parameters, simulated, remembered } = new;
        let source = Source {
            id: entry.source.id,
            name,
            url,
            profile,
            user,
            parameters,
            signed_out: false,
            simulated,
            remembered,
        };
        self.store().update_source(&source).await?;
        if let Some(entry) = self.sources.get_mut(&known.id) {
            entry.source = source;
        }
        Ok(known.id)
    }

    /// Ends the link, and removes the credential beside the loop.
    pub async fn sign_out(&mut self, id: SourceId, reply: oneshot::Sender<Result<(), Failure>>) {
        let Some((source, was_remembered)) = self.end(id).await else {
            let _gone = reply.send(Err(Failure::new(FailureCode::NotFound, "that source is gone")));
            return;
        };
        let stored = self.store().update_source(&source).await.map_err(Failure::from);
        self.forget(source, was_remembered, stored, reply);
    }

    /// Signs out and removes everything that came from the source.
    pub async fn remove(&mut self, id: SourceId, reply: oneshot::Sender<Result<(), Failure>>) {
        let Some((source, was_remembered)) = self.end(id).await else {
            let _gone = reply.send(Err(Failure::new(FailureCode::NotFound, "that source is gone")));
            return;
        };
        let removed = self.store().remove_source(id).await.map_err(Failure::from);
        if removed.is_ok() {
            self.sources.remove(&id);
            self.figures().forget(id);
        }
        self.forget(source, was_remembered, removed, reply);
    }

    /// Removes the credential, whatever became of the rest, and answers with the first failure.
    fn forget(
        &self,
        source: Source,
        was_remembered: bool,
        outcome: Result<(), Failure>,
        reply: oneshot::Sender<Result<(), Failure>>,
    ) {
        let credentials = Arc::clone(&self.credentials);
        let name = Credentials::name(&source);
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
            let _gone = reply.send(outcome.and(forgotten));
        });
    }

    /// Whether a source that is signed in has its credential under this name: two of one user at one address share it.
    fn is_used(&self, name: &str) -> bool {
        let mut signed_in = self.sources.values().filter(|entry| !entry.source.signed_out);
        signed_in.any(|entry| Credentials::name(&entry.source) == name)
    }

    /// Ends the link. Gives the source as signed out, and whether its password was in the vault.
    async fn end(&mut self, id: SourceId) -> Option<(Source, bool)> {
        let entry = self.sources.get_mut(&id)?;
        // The link ends first, so that no token is in use when the password goes.
        if let Some(task) = entry.task.take() {
            task.abort();
            let _ended = task.await;
        }
        entry.run = 0;
        entry.session.set(None);
        entry.sign_outs += 1;
        entry.link = Link::SignedOut { reason: SignedOutReason::ByAnalyst };
        entry.source.signed_out = true;
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

    /// Ends the wait before the next try; starts a link anew that has ended by a mistake.
    pub fn retry(&mut self, id: SourceId) -> Result<(), Failure> {
        let not_found = || Failure::new(FailureCode::NotFound, "that source is gone");
        let entry = self.sources.get(&id).ok_or_else(not_found)?;
        let has_failed = matches!(entry.link, Link::Refused { why: Trouble::Failed });
        entry.retry.notify_waiters();
        if has_failed {
            self.connect(id, None);
        }
        Ok(())
    }
}

/// Runs a supervisor. If it ends by a mistake of ours, its link must not stand as it did.
async fn keep(supervisor: Supervisor, reports: mpsc::Sender<(Reporter, Report)>, reporter: Reporter) {
    // Nothing of it is used again.
    if AssertUnwindSafe(supervisor.run()).catch_unwind().await.is_err() {
        tracing::error!(source = %reporter.source, "a link has ended by a mistake; nothing more arrives");
        let _closing = reports.send((reporter, Report::Link(Link::Refused { why: Trouble::Failed }))).await;
    }
}

fn unknown_profile(name: &str) -> Failure {
    Failure::new(FailureCode::UnknownProfile, format!("there is no profile `{name}`"))
}

/// What the simulation's source is called. The window has its own words for it.
const SIMULATION_NAME: &str = "Simulation";

/// A sign-in before the server has been asked.
struct Prepared {
    known: Option<Known>,
    new: NewSource,
    profile: Arc<Profile>,
    password: SecretString,
    remember: bool,
}

/// Asks the server; keeps the password if it accepts.
async fn accepted(tools: &Tools, credentials: &Credentials, prepared: Prepared) -> Result<SignedIn, Failure> {
    let Prepared { known, mut new, profile, password, remember } = prepared;
    let settings = profile.settings(&new.user, &new.parameters);
    let clock = tools.clock.as_ref();
    let session = sign_in(&tools.http, clock, &profile, &new.url, &settings, Some(&password)).await?;
    if !matches!(profile.sign_in, ProfileSignIn::Password(_)) {
        // Nothing has shown yet whether the server takes it.
        probe(tools, &profile, &new.url, &settings, &session).await?;
    }
    let kept = if password.expose_secret().is_empty() {
        Kept::ForSession
    } else {
        credentials.keep(&Credentials::name_of(&new), &password, remember).await?
    };
    new.remembered = kept == Kept::InVault;
    Ok(SignedIn { known, new, kept, session })
}
