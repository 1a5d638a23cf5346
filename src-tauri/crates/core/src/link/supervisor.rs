//! Keeps one source's connection: decides what to do when it ends. It dials the stream first, then fetches what was
//! missed, and queues what arrives between; so nothing falls between the two. A live frame moves the position only once
//! everything before it is stored.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::{Notify, mpsc};
use tokio_util::task::AbortOnDropHandle;

use url::Url;

use super::Backoff;
use super::cause::Cause;
use super::commit::{Committer, Failing};
use super::lists::Missed;
use super::moment::Moment;
use super::session::{Session, SharedSession, SignInError, sign_in};
use super::unseen::Unseen;
use crate::clock::Clock;
use crate::figures::Figures;
use crate::model::{Link, SignedOutReason, Source, SourceId, Time, Trouble};
use crate::profile::{Profile, Settings};
use crate::store::{Committed, Store, StoreError};
use crate::transport::http::{Http, Validators};
use crate::transport::{Tls, TransportError};
use crate::vault::{Vault, VaultError};

/// "The server ended the session" (RFC 6455: policy violation), which an expired token is.
const POLICY_VIOLATION: u16 = 1008;

/// What a supervisor works with.
#[derive(Clone)]
pub struct Tools {
    /// For sign-in and lists.
    pub http: Http,
    /// For the WebSocket.
    pub tls: Tls,
    /// Where events go.
    pub store: Store,
    /// Where the password is.
    pub vault: Arc<dyn Vault>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What is done is counted here.
    pub figures: Figures,
    /// Whether nobody sees the window, and what the analyst is told of then.
    pub unseen: Unseen,
}

/// What a supervisor tells the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report {
    /// The link stands differently.
    Link(Link),
    /// Something was committed.
    Committed(Committed),
    /// What was fetched or replayed so far may be announced: it is complete, or has gone on for too long to wait.
    CaughtUp,
    /// Everything that the server has sent until then is stored.
    StoredUntil(Time),
    /// The store does not take what arrived; it is tried again.
    StoreFails(Failing),
}

/// Which supervisor reports: a source that signs in again has a new one, and the last words of the old one do not
/// count for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reporter {
    /// The source.
    pub source: SourceId,
    /// The number of the supervisor.
    pub run: u64,
}

/// Keeps one source's connection until it is dropped or the source is signed out.
pub struct Supervisor {
    pub(super) source: Source,
    credential: String,
    pub(super) profile: Arc<Profile>,
    pub(super) tools: Tools,
    reports: mpsc::Sender<(Reporter, Report)>,
    run: u64,
    pub(super) retry: Arc<Notify>,
    /// What the names in the profile's addresses stand for.
    pub(super) settings: Settings,
    session: SharedSession,
    pub(super) backoff: Backoff,
    /// How long the server wants us to wait before we come back.
    pub(super) asked: Option<Duration>,
    /// The transport that came up last, by its place in the profile.
    pub(super) working: usize,
    /// When a better one is tried again, by [`Clock::elapsed`].
    pub(super) better_due: Duration,
    /// How the link stands, as it was last told.
    link: Arc<Mutex<Link>>,
    /// What the server said last about each list: the address it was asked at, and what its answer can be told by.
    validators: Mutex<HashMap<String, (Url, Validators)>>,
    /// Hears out the connection that was left last; ends with the supervisor.
    pub(super) leaving: Option<AbortOnDropHandle<()>>,
    /// Until when everything is stored, as far as this supervisor has seen to it.
    stored: Mutex<Option<Moment>>,
    /// Whether the link has come live since it was dialled anew.
    pub(super) is_live: bool,
    /// Why nothing is connected, or was not when it was last so.
    pub(super) absence: Cause,
    /// The first gap that the present transport could not fill, but one that goes on after its last id may.
    pub(super) unfilled: Option<i64>,
}

/// Why a connection ended.
pub(super) enum End {
    SignedOut(SignedOutReason),
    /// The computer has slept: nobody knows whether the connection still stands, and to find out takes longer than to
    /// dial.
    Asleep,
    /// The connection of this transport stood, and ended without ever having given a sign of life.
    Mute(usize, TransportError),
    /// The vault did not give the password.
    Vault(VaultError),
    /// The session no longer counts; a new one might.
    Expired,
    Transport(TransportError),
    Store(StoreError),
}

impl From<TransportError> for End {
    fn from(error: TransportError) -> Self {
        match error {
            TransportError::Status { status: 401, .. } | TransportError::Closed(Some(POLICY_VIOLATION)) => {
                Self::Expired
            }
            error => Self::Transport(error),
        }
    }
}

impl From<StoreError> for End {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<SignInError> for End {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::PasswordRefused => Self::SignedOut(SignedOutReason::PasswordRefused),
            SignInError::CredentialRefused => Self::SignedOut(SignedOutReason::CredentialRefused),
            SignInError::Transport(error) => Self::Transport(error),
        }
    }
}

impl From<VaultError> for End {
    fn from(error: VaultError) -> Self {
        Self::Vault(error)
    }
}

impl Supervisor {
    /// A supervisor for `source`, whose password is in the vault under `credential`. It reports to `reports` as
    /// number `run`; `retry` ends a wait.
    pub fn new(
        source: Source,
        credential: String,
        profile: Arc<Profile>,
        tools: Tools,
        reports: mpsc::Sender<(Reporter, Report)>,
        run: u64,
        retry: Arc<Notify>,
    ) -> Self {
        let settings = profile.settings(&source.user, &source.parameters);
        Self {
            source,
            credential,
            profile,
            tools,
            reports,
            run,
            retry,
            settings,
            session: SharedSession::default(),
            backoff: Backoff::default(),
            asked: None,
            working: 0,
            better_due: Duration::ZERO,
            link: Arc::new(Mutex::new(Link::Connecting)),
            validators: Mutex::default(),
            leaving: None,
            stored: Mutex::default(),
            is_live: false,
            absence: Cause::NotRunning,
            unfilled: None,
        }
    }

    /// Uses the session in here, if there is one, instead of signing in again, and keeps its own there.
    pub fn with_session(mut self, session: SharedSession) -> Self {
        self.session = session;
        self
    }

    /// Says why nothing was connected until now: where nothing is said, because the program was not running.
    pub(crate) const fn after(mut self, absence: Cause) -> Self {
        self.absence = absence;
        self
    }

    /// From now on this is the session.
    pub(super) fn keep_session(&self, session: Session) {
        self.session.set(Some(session));
    }

    /// What the server said last about each list.
    pub(super) fn validators(&self) -> MutexGuard<'_, HashMap<String, (Url, Validators)>> {
        // Nothing half done is ever in it.
        self.validators.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Until when everything is stored, as far as this supervisor has seen to it.
    pub(super) fn stored(&self) -> Option<Moment> {
        *self.stored.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything until then is stored, by the store's own word.
    pub(super) async fn note_stored(&self, until: Moment) {
        *self.stored.lock().unwrap_or_else(PoisonError::into_inner) = Some(until);
        self.report(Report::StoredUntil(until.at)).await;
    }

    /// Keeps the connection. Ends only when the source is signed out.
    pub async fn run(mut self) {
        // Set from a refused session until a connection has proved itself.
        let mut renewed = false;
        // Said now: what fails from here on is not what began it.
        self.open_gap(self.absence).await;
        loop {
            let session_was_fresh = self.session.get().is_none();
            let clock = Arc::clone(&self.tools.clock);
            let end = tokio::select! {
                ended = self.connect(&mut renewed) => match ended {
                    Err(end) => end,
                    Ok(never) => match never {},
                },
                () = clock.woken() => End::Asleep,
            };
            match end {
                End::Asleep => {
                    tracing::info!(source = %self.source.id, "the computer has slept; the link is dialled anew");
                    self.backoff.reset();
                    self.open_gap(Cause::Asleep).await;
                }
                End::SignedOut(reason) => return self.sign_out(reason).await,
                End::Vault(error) => {
                    tracing::warn!(source = %self.source.id, %error, "the password could not be read; it is tried again");
                    self.wait(Trouble::VaultLocked, None).await;
                }
                End::Mute(index, error) => {
                    tracing::warn!(source = %self.source.id, %error, transport = index, "it gave no sign of life");
                    self.was_mute(index);
                    self.wait(error.trouble(), None).await;
                }
                End::Expired => {
                    let was_renewable = self.session.set(None).is_none_or(|session| session.is_renewable);
                    self.open_gap(Cause::Link(Trouble::Closed)).await;
                    if !was_renewable {
                        return self.sign_out(SignedOutReason::CredentialRefused).await;
                    }
                    if session_was_fresh && renewed {
                        return self.sign_out(SignedOutReason::SessionEnded).await;
                    }
                    renewed = true;
                }
                End::Transport(
                    error @ (TransportError::Status { status: 403, .. } | TransportError::Stopped),
                ) => {
                    let why = error.trouble();
                    tracing::warn!(source = %self.source.id, %error, "the server does not want us to come back");
                    self.open_gap(Cause::Link(why)).await;
                    // Counts from here on: whoever is told may ask at once.
                    let retried = self.retry.notified();
                    self.report(Report::Link(Link::Refused { why })).await;
                    retried.await;
                }
                End::Transport(error) => {
                    tracing::warn!(source = %self.source.id, %error, "the link is broken; it is tried again");
                    let asked = match &error {
                        TransportError::Status { retry_after, .. } => *retry_after,
                        _ => self.asked.take(),
                    };
                    self.wait(error.trouble(), asked).await;
                }
                End::Store(error) => {
                    tracing::warn!(source = %self.source.id, %error, "the store failed; what arrived is asked for again");
                    let failing = Failing::of(&error);
                    let why = failing.trouble();
                    self.report(Report::StoreFails(failing)).await;
                    self.wait(why, None).await;
                }
            }
        }
    }

    async fn connect(&mut self, renewed: &mut bool) -> Result<Infallible, End> {
        self.is_live = false;
        self.report(Report::Link(Link::Connecting)).await;
        let mut session = self.session().await?;
        let mut course = self.dial_first(&session).await?;
        let mut left = None;
        loop {
            let stood_still = self.stands_still(&course.transport);
            let (again, next, before) = self.follow(session, course, left, renewed).await?;
            (session, course, left) = (again, next, Some(before));
            if stood_still {
                self.tools.store.open_gap(self.source.id, Cause::Missed(Missed::Snapshot).word()).await?;
            }
        }
    }

    /// The session that we have, or a new one.
    async fn session(&self) -> Result<Session, End> {
        let now = self.tools.clock.elapsed();
        let kept = self.session.get();
        if let Some(session) = kept.filter(|session| session.usable_until.is_none_or(|until| now < until)) {
            return Ok(session);
        }
        let session = self.new_session().await?;
        self.keep_session(session.clone());
        Ok(session)
    }

    /// Signs in with what is in the vault.
    pub(super) async fn new_session(&self) -> Result<Session, End> {
        let asks = self.profile.sign_in.asks();
        let secret = match asks.secret {
            None => None,
            Some(_) => match self.tools.vault.get(&self.credential).await {
                // Nothing of it is in a vault that is not there.
                Err(VaultError::Unavailable(_)) if !self.source.remembered => None,
                secret => secret?,
            },
        };
        if secret.is_none() && asks.secret.is_some() && !asks.optional {
            return Err(End::SignedOut(SignedOutReason::NoCredential));
        }
        let Tools { http, clock, .. } = &self.tools;
        let (base, settings) = (&self.source.url, &self.settings);
        let asked = sign_in(http, clock.as_ref(), &self.profile, base, settings, secret.as_ref()).await;
        if let (Err(SignInError::PasswordRefused), Some(password)) = (&asked, &secret) {
            self.forget(password).await;
        }
        Ok(asked?)
    }

    /// Forgets a refused password, so that it is never tried again by itself: a few wrong tries lock an account. One
    /// that the analyst has typed meanwhile stays.
    async fn forget(&self, refused: &SecretString) {
        let vault = &self.tools.vault;
        let forgotten = match vault.get(&self.credential).await {
            Ok(Some(kept)) if kept.expose_secret() == refused.expose_secret() => {
                vault.remove(&self.credential).await
            }
            Ok(_) => Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = forgotten {
            tracing::warn!(source = %self.source.id, %error, "a refused password stays in the vault");
        }
    }

    async fn wait(&mut self, why: Trouble, asked: Option<Duration>) {
        self.open_gap(Cause::Link(why)).await;
        let wait = self.backoff.next(asked);
        let until = self.tools.clock.now().plus(wait);
        let retried = self.retry.notified();
        self.report(Report::Link(Link::Retrying { until, why, attempts: self.backoff.failures() })).await;
        let clock = Arc::clone(&self.tools.clock);
        tokio::select! {
            () = clock.sleep(wait) => {}
            () = retried => {}
            // Whatever broke it may be over by now.
            () = clock.woken() => self.backoff.reset(),
        }
    }

    /// Opens the gap, unless one lasts. What the store does not take is said again before the next connection counts.
    pub(super) async fn open_gap(&mut self, why: Cause) {
        self.absence = why;
        if let Err(error) = self.tools.store.open_gap(self.source.id, why.word()).await {
            tracing::error!(source = %self.source.id, %error, "a gap could not be kept");
        }
    }

    async fn sign_out(&self, reason: SignedOutReason) {
        self.report(Report::Link(Link::SignedOut { reason })).await;
    }

    /// Who commits for this supervisor.
    pub(super) fn committer(&self) -> Committer {
        Committer {
            reporter: Reporter { source: self.source.id, run: self.run },
            store: self.tools.store.clone(),
            clock: Arc::clone(&self.tools.clock),
            figures: self.tools.figures.clone(),
            reports: self.reports.clone(),
            retry: Arc::clone(&self.retry),
            link: Arc::clone(&self.link),
        }
    }

    /// Tells the desk.
    pub(super) async fn report(&self, report: Report) {
        if let Report::Link(link) = &report {
            self.link.lock().unwrap_or_else(PoisonError::into_inner).clone_from(link);
        }
        // A desk that is gone needs no report; this task ends with it.
        let reporter = Reporter { source: self.source.id, run: self.run };
        let _gone = self.reports.send((reporter, report)).await;
    }
}
