//! Signing in: what the analyst typed is looked at, the server is asked beside the loop, and what it accepts is kept.

use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::oneshot;
use url::Url;

use super::actor::{Actor, SOURCES_LIMIT};
use super::credentials::{Credentials, Kept};
use super::requests::Request;
use super::sources::{Entry, gone};
use super::view::{Failure, FailureCode, Notice, SignIn};
use super::{address, desktop::Simulated};
use crate::link::{Report, Reporter, Session, Tools, probe, sign_in};
use crate::model::{Link, Parameters, Source, SourceId, Trouble};
use crate::profile::{Profile, SignIn as ProfileSignIn};
use crate::store::NewSource;

/// The longest name of a source, or of who signs in, in characters: as long as a rule can name it.
const NAME_LIMIT: usize = 200;

/// A name as it was typed, unless it is too long: the window's small state has each.
pub(super) fn short(name: &str) -> Result<String, Failure> {
    let name = name.trim();
    if name.chars().count() > NAME_LIMIT {
        let why = format!("no name is longer than {NAME_LIMIT} characters");
        return Err(Failure::new(FailureCode::BadParameter, why));
    }
    Ok(name.to_owned())
}

/// A source that was known when a sign-in began.
#[derive(Clone, Copy)]
pub struct Known {
    id: SourceId,
    endings: u64,
}

impl Known {
    const fn of(entry: &Entry) -> Self {
        Self { id: entry.source.id, endings: entry.endings }
    }
}

/// A sign-in that the server has accepted.
pub struct SignedIn {
    known: Option<Known>,
    new: NewSource,
    kept: Kept,
    session: Session,
}

impl Actor {
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

    pub(super) fn prepare(&self, request: SignIn) -> Result<Prepared, Failure> {
        let url = address::read(&request.url)?;
        let profile = self.profile(&request.profile)?;
        // Who is not asked for is nobody.
        let asks_who = profile.sign_in.asks().user;
        let user = if asks_who { short(&request.user)? } else { String::new() };
        let parameters = profile
            .check_parameters(&request.parameters)
            .map_err(|why| Failure::new(FailureCode::BadParameter, why))?;
        let mut new = NewSource {
            name: short(&request.name)?,
            url,
            profile: request.profile,
            user,
            parameters,
            simulated: false,
            remembered: false,
        };
        let known = match request.source {
            Some(id) => Some(self.meant(id, &new)?),
            None => self.known(&new),
        };
        if known.is_none() {
            self.check_room()?;
        }
        if new.name.is_empty() {
            new.name =
                known.map_or_else(|| self.usual_name(&new.url, &profile), |entry| entry.source.name.clone());
        }
        let known = known.map(Known::of);
        Ok(Prepared { known, new, profile, password: request.password, remember: request.remember })
    }

    /// Whether there may be another source.
    fn check_room(&self) -> Result<(), Failure> {
        if self.sources.len() < SOURCES_LIMIT {
            return Ok(());
        }
        Err(Failure::new(FailureCode::TooManySources, format!("at most {SOURCES_LIMIT} sources")))
    }

    /// The source that this is. The same user at the same address who wants the same is the same source; anything else
    /// is another, whose positions and identities are its own. There is one simulation.
    fn known(&self, new: &NewSource) -> Option<&Entry> {
        self.sources.values().find(|entry| {
            let source = &entry.source;
            let is_same = (&source.url, &source.profile, &source.user, &source.parameters)
                == (&new.url, &new.profile, &new.user, &new.parameters);
            source.simulated == new.simulated && (new.simulated || is_same)
        })
    }

    /// The source that is meant, wherever it is now and whoever signs in: what is stored of it stays.
    fn meant(&self, id: SourceId, new: &NewSource) -> Result<&Entry, Failure> {
        let is_this = |entry: &&Entry| !entry.source.simulated && entry.source.profile == new.profile;
        let entry = self.sources.get(&id).filter(is_this).ok_or_else(gone)?;
        self.check_other_than(id, &signed_in_as(id, new.clone()))?;
        Ok(entry)
    }

    /// What to call a source that nobody has given a name: its host, and more where another is called that already.
    fn usual_name(&self, url: &Url, profile: &Profile) -> String {
        let host = url.host_str().unwrap_or_default();
        let with_title = format!("{}, {host}", profile.title);
        let with_path = format!("{with_title}{}", url.path());
        let is_free = |name: &&str| self.sources.values().all(|entry| entry.source.name != **name);
        [host, &with_title, &with_path].into_iter().find(is_free).unwrap_or(&with_path).to_owned()
    }

    pub(super) fn profile(&self, name: &str) -> Result<Arc<Profile>, Failure> {
        self.profiles.get(name).cloned().ok_or_else(|| unknown_profile(name))
    }

    /// Starts the simulation and signs in to it, beside the loop. There is one such source, used again.
    pub fn simulate(&self, reply: oneshot::Sender<Result<SourceId, Failure>>) {
        let known = self.sources.values().find(|entry| entry.source.simulated).map(Known::of);
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

    /// Keeps an accepted sign-in and connects. Where somebody else signs in now, or elsewhere, what was kept for before
    /// goes.
    pub async fn signed_in(
        &mut self,
        signed_in: SignedIn,
        reply: oneshot::Sender<Result<SourceId, Failure>>,
    ) {
        let before = signed_in.known.and_then(|known| self.sources.get(&known.id));
        let before = before.filter(|entry| !entry.source.simulated).map(|entry| entry.source.clone());
        let outcome = self.keep_signed_in(signed_in).await;
        // Whoever is answered finds it as it is now.
        self.changed().await;
        match before {
            Some(before) if outcome.is_ok() => {
                let (forgotten, told) = oneshot::channel();
                self.forget(&before, before.remembered, Ok(()), forgotten);
                tokio::spawn(async move {
                    if let Ok(Err(failure)) = told.await {
                        tracing::warn!(
                            message = failure.message,
                            "the password of before is still in the vault"
                        );
                    }
                    let _gone = reply.send(outcome);
                });
            }
            _ => {
                let _gone = reply.send(outcome);
            }
        }
    }

    async fn keep_signed_in(&mut self, signed_in: SignedIn) -> Result<SourceId, Failure> {
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
        // Another sign-in to the same may have come first.
        let Some(known) = known.or_else(|| self.known(&new).map(Known::of)) else {
            self.check_room()?;
            let source = self.store().add_source(new).await?;
            let id = source.id;
            self.sources.insert(id, Entry::new(source, Link::Connecting, None));
            return Ok(id);
        };
        let (source, now) = (signed_in_as(known.id, new), self.clock().now());
        let ended = || {
            let why = "the source was changed, paused, signed out or removed meanwhile: sign in again";
            Failure::new(FailureCode::NotFound, why)
        };
        let entry =
            self.sources.get(&known.id).filter(|entry| entry.endings == known.endings).ok_or_else(ended)?;
        let is_elsewhere = (&source.url, &source.user) != (&entry.source.url, &entry.source.user);
        if !source.simulated {
            self.check_other_than(known.id, &source)?;
        }
        let stored = if is_elsewhere && !source.simulated {
            // Before its positions go: it would write them anew.
            let was_up = match self.sources.get_mut(&known.id) {
                Some(entry) => entry.stop().await,
                None => false,
            };
            let moved = self.store().move_source(&source, now).await;
            if moved.is_err() && was_up {
                self.connect(known.id, None);
            }
            moved
        } else {
            self.store().update_source(&source).await
        };
        stored?;
        if let Some(entry) = self.sources.get_mut(&known.id) {
            entry.source = source;
        }
        Ok(known.id)
    }
}

/// The source that somebody has signed in to.
fn signed_in_as(id: SourceId, new: NewSource) -> Source {
    let NewSource { name, url, profile, user, parameters, simulated, remembered } = new;
    let (signed_out, paused) = (false, false);
    Source { id, name, url, profile, user, parameters, signed_out, paused, simulated, remembered }
}

fn unknown_profile(name: &str) -> Failure {
    Failure::new(FailureCode::UnknownProfile, format!("there is no profile `{name}`"))
}

/// What the simulation's source is called. The window has its own words for it.
const SIMULATION_NAME: &str = "Simulation";

/// A sign-in before the server has been asked.
pub(super) struct Prepared {
    known: Option<Known>,
    new: NewSource,
    profile: Arc<Profile>,
    password: SecretString,
    remember: bool,
}

impl Prepared {
    /// What the server would be asked with.
    pub(super) fn into_parts(self) -> (NewSource, Arc<Profile>, SecretString) {
        (self.new, self.profile, self.password)
    }
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
