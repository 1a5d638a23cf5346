//! Tries a source step by step, as its link would: the address, the connection and its encryption, the sign-in, the
//! stream, the first event. It has a connection and a session of its own, and touches neither link nor store nor vault,
//! which it only reads.

mod reach;
mod step;

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::watch;
use url::Url;

use self::step::{Steps, Stop};
use super::session::{Session, SignInError, Up, open_first, sign_in};
use super::supervisor::Tools;
use crate::desk::view::{Failure, FailureCode};
use crate::profile::{Batch, Profile, Settings, SignIn, Transport};
use crate::transport::http::Http;
use crate::transport::{Incoming, TransportError};

pub use self::step::{Found, Standing, Step, StepName};

/// How long a name may take to be found.
const ADDRESS_LIMIT: Duration = Duration::from_secs(10);
/// How long a server may take to answer at all, and how long to answer a sign-in.
const ANSWER_LIMIT: Duration = Duration::from_secs(20);
/// How long the vault may take to give a credential: long enough to unlock it by hand.
const VAULT_LIMIT: Duration = Duration::from_secs(30);
/// How long all transports together may take to come up.
const STREAM_LIMIT: Duration = Duration::from_secs(45);
/// How long the first event is waited for: whoever looks on waits as long, and a server where nothing happens is none
/// that is broken.
pub const FIRST_EVENT_LIMIT: Duration = Duration::from_secs(10);

/// What is tried.
pub struct Trial<'profile> {
    /// How it speaks.
    pub profile: &'profile Profile,
    /// Where it is.
    pub url: Url,
    /// What the names in the profile's addresses stand for.
    pub settings: Settings,
    /// What the analyst has typed; without it the vault is asked.
    pub typed: Option<SecretString>,
    /// The name of the credential in the vault.
    pub credential: String,
}

impl Trial<'_> {
    /// Tries one step after the other and tells each as it goes; after one that fails none is tried.
    pub async fn run(self, tools: Tools, told: &watch::Sender<Vec<Step>>) {
        let mut steps = Steps::new(tools.clock.as_ref(), told);
        if let Err(Stop(failed, why)) = self.try_all(&tools, &mut steps).await {
            steps.fail(failed, why);
        }
    }

    async fn try_all(&self, tools: &Tools, steps: &mut Steps<'_>) -> Result<(), Stop> {
        let addresses = steps.take(StepName::Address, ADDRESS_LIMIT, self.find()).await?;
        // Nothing of the link's connections is used, so that each part is seen to work.
        let tls = tools.tls.forgetful();
        let http = Http::new(&tls).map_err(|error| Stop(StepName::Connection, error.into()))?;
        let tools = Tools { http, tls, ..tools.clone() };
        steps.take(StepName::Connection, ANSWER_LIMIT, self.reach(&tools, &addresses)).await?;
        let secret = self.secret(&tools).await.map_err(|why| Stop(StepName::SignIn, why))?;
        let limit = ANSWER_LIMIT + STREAM_LIMIT;
        let (session, opened) =
            steps.take(StepName::SignIn, limit, self.sign_in(&tools, secret.as_ref())).await?;
        let (index, up) =
            steps.take(StepName::Stream, STREAM_LIMIT, self.open(&tools, &session, opened)).await?;
        let transport = &self.profile.transports[index];
        // It ends by itself: none comes in time.
        let limit = FIRST_EVENT_LIMIT * 2;
        steps.take(StepName::Event, limit, self.first_event(&tools, transport, up)).await
    }

    /// What was typed, or what the vault has.
    async fn secret(&self, tools: &Tools) -> Result<Option<SecretString>, Failure> {
        let asks = self.profile.sign_in.asks();
        if asks.secret.is_none() || self.typed.is_some() {
            return Ok(self.typed.clone());
        }
        let asked = tokio::select! {
            asked = tools.vault.get(&self.credential) => asked?,
            () = tools.clock.sleep(VAULT_LIMIT) => {
                return Err(Failure::new(FailureCode::Vault, "the vault did not answer: unlock it, then try again"));
            }
        };
        if asked.is_none() && !asks.optional {
            let why = "no credential is kept: sign in, and keep it";
            return Err(Failure::new(FailureCode::NoCredential, why));
        }
        Ok(asked)
    }

    /// Signs in. Whether a token or key counts shows only with what is asked with it: then the stream is opened here.
    async fn sign_in(
        &self,
        tools: &Tools,
        secret: Option<&SecretString>,
    ) -> Result<((Session, Option<Opened>), Found), Failure> {
        let (profile, base, settings) = (self.profile, &self.url, &self.settings);
        let session = sign_in(&tools.http, tools.clock.as_ref(), profile, base, settings, secret).await?;
        let is_shown = secret.is_some_and(|secret| !secret.expose_secret().is_empty());
        if !is_shown || !matches!(profile.sign_in, SignIn::Token { .. }) {
            let found = if is_shown { Found::Accepted } else { Found::NotAsked };
            return Ok(((session, None), found));
        }
        match open_first(tools, profile, base, settings, &session).await {
            Err(error @ SignInError::CredentialRefused) => Err(error.into()),
            opened => {
                let found = if opened.is_ok() { Found::Accepted } else { Found::NotAsked };
                Ok(((session, Some(opened)), found))
            }
        }
    }

    async fn open(
        &self,
        tools: &Tools,
        session: &Session,
        opened: Option<Opened>,
    ) -> Result<((usize, Up), Found), Failure> {
        let (index, up) = match opened {
            Some(opened) => opened?,
            None => open_first(tools, self.profile, &self.url, &self.settings, session).await?,
        };
        let transport = self.profile.transports[index].kind;
        Ok(((index, up), Found::Opened { transport, fallback: index > 0 }))
    }

    /// Waits for the first event that can be read. What is not the first list's is not waited for.
    async fn first_event(
        &self,
        tools: &Tools,
        transport: &Transport,
        up: Up,
    ) -> Result<((), Found), Failure> {
        let mut connection = match up {
            Up::Streams(connection) => connection,
            Up::List(list, answer) => {
                let page =
                    self.profile.decode_list(&self.profile.lists[list], &answer.body, tools.clock.now());
                let page = page.map_err(TransportError::Protocol)?;
                return Ok(((), if page.batch.events.is_empty() { Found::Empty } else { Found::Came }));
            }
        };
        let first = async {
            loop {
                let (index, incoming) = connection.next(self.profile).await?;
                let Incoming::Frame(frame) = incoming else { continue };
                let mut batch = Batch::default();
                self.profile.decode(&transport.streams[index], &frame, &mut batch);
                if let Some(rejected) = batch.rejected.first() {
                    let what = format!("{}, {}", rejected.reason.word(), rejected.detail);
                    return Err(TransportError::Protocol(what));
                }
                if !batch.events.is_empty() {
                    return Ok(());
                }
            }
        };
        let found = tokio::select! {
            first = first => first.map(|()| Found::Came),
            () = tools.clock.sleep(FIRST_EVENT_LIMIT) => {
                let seconds = u32::try_from(FIRST_EVENT_LIMIT.as_secs()).unwrap_or(u32::MAX);
                Ok(Found::Nothing { seconds })
            }
        };
        connection.close().await;
        Ok(((), found?))
    }
}

/// What came of opening the stream.
type Opened = Result<(usize, Up), SignInError>;
