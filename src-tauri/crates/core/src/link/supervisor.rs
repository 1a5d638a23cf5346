//! Keeps one source's connection. It dials the stream first, then fetches what was missed, and queues what
//! arrives between; so nothing falls between the two. A live frame moves the position only once everything
//! before it is stored.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::{Notify, mpsc};

use super::Backoff;
use super::catch_up::CaughtUp;
use super::sign_in::{SignInError, Token, sign_in};
use crate::clock::Clock;
use crate::model::{Link, SignedOutReason, Source, SourceId, Time, Trouble};
use crate::profile::{Batch, Profile};
use crate::store::{Committed, Phase, Store, StoreError};
use crate::transport::http::Http;
use crate::transport::websocket::WebSocket;
use crate::transport::{Frame, Incoming, Tls, TransportError};
use crate::vault::{Vault, VaultError};

/// The most frames in one commit: enough to make the commit's own cost small.
pub(super) const BATCH_FRAMES: usize = 1_000;
/// The most bytes in one commit.
const BATCH_BYTES: usize = 8 << 20;
/// A connection has proved itself once it has been live this long; before, the next failure waits longer.
const PROVED_AFTER: Duration = Duration::from_secs(10);
/// The wait before a commit that failed is tried again. Nothing is read meanwhile, so nothing is lost.
const COMMIT_AGAIN_AFTER: Duration = Duration::from_secs(2);
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
}

/// What a supervisor tells the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report {
    /// The link stands differently.
    Link(Link),
    /// Something was committed.
    Committed(Committed),
    /// Everything that the server has sent until then is stored.
    StoredUntil(Time),
    /// The store does not take what arrived; it is tried again.
    StoreFails,
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
    retry: Arc<Notify>,
    token: Option<Token>,
    backoff: Backoff,
}

/// Why a connection ended.
pub(super) enum End {
    SignedOut(SignedOutReason),
    /// The vault did not give the password.
    Vault(VaultError),
    /// The token no longer counts; a new one might.
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
            SignInError::Refused => Self::SignedOut(SignedOutReason::PasswordRefused),
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
        Self {
            source,
            credential,
            profile,
            tools,
            reports,
            run,
            retry,
            token: None,
            backoff: Backoff::default(),
        }
    }

    /// Uses a token that was just obtained, instead of signing in again.
    pub fn with_token(mut self, token: Token) -> Self {
        self.token = Some(token);
        self
    }

    /// Keeps the connection. Ends only when the source is signed out.
    pub async fn run(mut self) {
        // Set from a refused token until a connection has proved itself.
        let mut renewed = false;
        loop {
            let token_was_fresh = self.token.is_none();
            let end = match self.connect(&mut renewed).await {
                Err(end) => end,
                Ok(never) => match never {},
            };
            match end {
                End::SignedOut(reason) => return self.sign_out(reason).await,
                End::Vault(error) => {
                    tracing::warn!(source = %self.source.id, %error, "the password could not be read; it is tried again");
                    self.wait(Trouble::VaultLocked, None).await;
                }
                End::Expired => {
                    self.token = None;
                    if token_was_fresh && renewed {
                        return self.sign_out(SignedOutReason::SessionEnded).await;
                    }
                    renewed = true;
                }
                End::Transport(TransportError::Status { status: 403, .. }) => {
                    tracing::warn!(source = %self.source.id, "the server forbids this user");
                    self.open_gap(Trouble::Forbidden).await;
                    self.report(Report::Link(Link::Refused { why: Trouble::Forbidden })).await;
                    self.retry.notified().await;
                }
                End::Transport(error) => {
                    tracing::warn!(source = %self.source.id, %error, "the link is broken; it is tried again");
                    let asked = match &error {
                        TransportError::Status { retry_after, .. } => *retry_after,
                        _ => None,
                    };
                    self.wait(error.trouble(), asked).await;
                }
                End::Store(error) => {
                    tracing::warn!(source = %self.source.id, %error, "the store failed; what arrived is asked for again");
                    self.report(Report::StoreFails).await;
                    self.wait(Trouble::StoreFailed, None).await;
                }
            }
        }
    }

    async fn connect(&mut self, renewed: &mut bool) -> Result<std::convert::Infallible, End> {
        self.report(Report::Link(Link::Connecting)).await;
        let token = self.token().await?;
        let Tools { tls, clock, store, .. } = self.tools.clone();
        let mut socket =
            WebSocket::dial(&self.source.url, &self.profile.websocket, &token, &tls, Arc::clone(&clock))
                .await?;
        let connected_at = clock.now();
        // From the last time everything was stored until now, something may be missing.
        store.open_gap(self.source.id, "disconnected").await?;
        self.report(Report::Link(Link::CatchingUp { fetched: 0 })).await;
        let CaughtUp { mut queue, round_trip, complete } = self.catch_up(&token, &mut socket).await?;
        store.end_gap(self.source.id, connected_at, complete.then(|| clock.now())).await?;
        store.set_stored_until(self.source.id, connected_at).await?;
        tracing::info!(source = %self.source.id, "the link is live");
        let mut round_trip_ms = round_trip.map(milliseconds);
        self.report(Report::Link(Link::Live { round_trip_ms })).await;
        self.report(Report::StoredUntil(connected_at)).await;
        let live_since = clock.elapsed();
        loop {
            let (batch, round_trip, broken) = self.gather(&mut queue, &mut socket).await;
            let until = clock.now();
            if !batch.is_empty() {
                self.commit(&batch, Phase::Live { until }).await;
            }
            if let Some(round_trip) = round_trip {
                store.set_stored_until(self.source.id, until).await?;
                self.report(Report::StoredUntil(until)).await;
                let now = Some(milliseconds(round_trip));
                if now != round_trip_ms {
                    round_trip_ms = now;
                    self.report(Report::Link(Link::Live { round_trip_ms })).await;
                }
            }
            if clock.elapsed().saturating_sub(live_since) >= PROVED_AFTER {
                self.backoff.reset();
                *renewed = false;
            }
            if let Some(error) = broken {
                return Err(error.into());
            }
        }
    }

    /// The token that we have, or a new one.
    async fn token(&mut self) -> Result<SecretString, End> {
        let now = self.tools.clock.elapsed();
        if let Some(token) = &self.token
            && token.usable_until.is_none_or(|until| now < until)
        {
            return Ok(token.secret.clone());
        }
        let password = match self.tools.vault.get(&self.credential).await {
            // Nothing of it is in a vault that is not there.
            Err(VaultError::Unavailable(_)) if !self.source.remembered => None,
            password => password?,
        };
        let password = password.ok_or(End::SignedOut(SignedOutReason::NoCredential))?;
        let Tools { http, clock, .. } = &self.tools;
        let asked =
            sign_in(http, clock.as_ref(), &self.profile, &self.source.url, &self.source.user, &password)
                .await;
        if matches!(asked, Err(SignInError::Refused)) {
            self.forget(&password).await;
        }
        let token = asked?;
        let secret = token.secret.clone();
        self.token = Some(token);
        Ok(secret)
    }

    /// Waits for something, then takes all that is there, decoded. When the connection breaks, what came before
    /// is still given.
    async fn gather(
        &self,
        queue: &mut VecDeque<Frame>,
        socket: &mut WebSocket,
    ) -> (Batch, Option<Duration>, Option<TransportError>) {
        let (mut batch, mut bytes, mut round_trip) = (Batch::default(), 0, None);
        for taken in 0..BATCH_FRAMES {
            let incoming = match queue.pop_front() {
                Some(frame) => Ok(Incoming::Frame(frame)),
                None if taken == 0 => socket.next().await,
                None => match socket.ready().await {
                    Some(incoming) => incoming,
                    None => break,
                },
            };
            match incoming {
                Ok(Incoming::Frame(frame)) => {
                    bytes += frame.bytes.len();
                    self.profile.decode(&frame, &mut batch);
                }
                Ok(Incoming::RoundTrip(time)) => round_trip = Some(time),
                Err(error) => return (batch, round_trip, Some(error)),
            }
            if bytes >= BATCH_BYTES {
                break;
            }
        }
        (batch, round_trip, None)
    }

    /// Commits a batch; tries again for as long as it takes, because to go on without it would lose it.
    pub(super) async fn commit(&self, batch: &Batch, phase: Phase) {
        loop {
            match self.tools.store.ingest(self.source.id, batch, phase).await {
                Ok(committed) => {
                    self.report(Report::Committed(committed)).await;
                    if let Phase::Live { until } = phase {
                        self.report(Report::StoredUntil(until)).await;
                    }
                    return;
                }
                Err(error) => {
                    tracing::warn!(source = %self.source.id, %error, "a batch was not stored; it is tried again");
                    self.report(Report::StoreFails).await;
                    self.tools.clock.sleep(COMMIT_AGAIN_AFTER).await;
                }
            }
        }
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
        self.open_gap(why).await;
        let wait = self.backoff.next(asked);
        let until = self.tools.clock.now().plus(wait);
        self.report(Report::Link(Link::Retrying { until, why, attempts: self.backoff.failures() })).await;
        let clock = Arc::clone(&self.tools.clock);
        tokio::select! {
            () = clock.sleep(wait) => {}
            () = self.retry.notified() => {}
        }
    }

    async fn open_gap(&self, why: Trouble) {
        let reason = serde_json::to_value(why).ok().and_then(|word| word.as_str().map(str::to_owned));
        if let Err(error) = self.tools.store.open_gap(self.source.id, &reason.unwrap_or_default()).await {
            tracing::error!(source = %self.source.id, %error, "a gap could not be kept");
        }
    }

    async fn sign_out(&self, reason: SignedOutReason) {
        self.report(Report::Link(Link::SignedOut { reason })).await;
    }

    pub(super) async fn report(&self, report: Report) {
        // A desk that is gone needs no report; this task ends with it.
        let reporter = Reporter { source: self.source.id, run: self.run };
        let _gone = self.reports.send((reporter, report)).await;
    }
}

fn milliseconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}
