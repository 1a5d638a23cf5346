//! A source: whether its server is there, trusted, takes the credential, and gives events.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tempfile::TempDir;
use vigie_core::clock::SystemClock;
use vigie_core::desk::credential_name;
use vigie_core::figures::Figures;
use vigie_core::link::{Session, SignInError, Tools, probe, sign_in};
use vigie_core::model::{Source, Trouble};
use vigie_core::profile::{Library, Profile, Settings, SignIn};
use vigie_core::store::Store;
use vigie_core::transport::http::{Credential, Http, Request};
use vigie_core::transport::{Tls, TransportError};
use vigie_system::places;
use vigie_system::vault::SystemVault;

use super::finding::Finding;

/// How long a server may take to answer at all.
const REACH_LIMIT: Duration = Duration::from_secs(20);
/// How long the vault may take to give a credential: long enough to unlock it by hand.
const VAULT_LIMIT: Duration = Duration::from_secs(30);
/// How long a server may take to answer a sign-in.
const SIGN_IN_LIMIT: Duration = Duration::from_secs(20);
/// How long all transports together may take to come up.
const EVENTS_LIMIT: Duration = Duration::from_secs(45);

/// Checks sources.
pub struct Checker<'a> {
    library: &'a Library,
    tools: Tools,
    /// Dialling wants a store, though nothing is kept: it gets an empty one that is gone at the end.
    _folder: TempDir,
}

impl<'a> Checker<'a> {
    /// Makes ready what is needed to ask a server.
    pub async fn new(library: &'a Library) -> Result<Self, Finding> {
        let failed = |why: String| Finding::fail("sources", format!("they cannot be checked: {why}"));
        let tls = Tls::new().map_err(|error| failed(error.to_string()))?;
        let http = Http::new(&tls).map_err(|error| failed(error.to_string()))?;
        let folder = tempfile::tempdir().map_err(|error| failed(error.to_string()))?;
        let store = Store::open(&folder.path().join(places::STORE)).await;
        let store = store.map_err(|error| failed(error.to_string()))?;
        let clock = Arc::new(SystemClock::default());
        let figures = Figures::new(clock.as_ref());
        let tools = Tools { http, tls, store, vault: Arc::new(SystemVault), clock, figures };
        Ok(Self { library, tools, _folder: folder })
    }

    /// Checks one source; what comes after a failure is not tried.
    pub async fn check(&self, source: &Source) -> Vec<Finding> {
        let name = source.name.as_str();
        if source.simulated {
            return vec![Finding::ok(name, "the simulation, which only the application starts")];
        }
        if source.signed_out {
            return vec![Finding::ok(name, "signed out by you: not asked")];
        }
        if source.paused {
            return vec![Finding::ok(name, "paused by you: not asked")];
        }
        let Some(profile) = self.library.profile(&source.profile) else {
            let words = format!("its profile `{}` is not known: put its file back", source.profile);
            return vec![Finding::fail(name, words)];
        };
        let mut findings = Vec::new();
        match self.ask(source, profile, &mut findings).await {
            Ok(()) => {}
            Err(finding) => findings.push(finding),
        }
        findings
    }

    async fn ask(
        &self,
        source: &Source,
        profile: &Profile,
        findings: &mut Vec<Finding>,
    ) -> Result<(), Finding> {
        let name = source.name.as_str();
        self.reach(source).await?;
        let encryption =
            if source.url.scheme() == "https" { "its certificate is trusted" } else { "without encryption" };
        findings.push(Finding::ok(name, format!("{} answers, {encryption}", source.url)));
        let settings = profile.settings(&source.user, &source.parameters);
        let session = self.sign_in(source, profile, &settings).await?;
        if matches!(profile.sign_in, SignIn::Password(_)) {
            findings.push(Finding::ok(name, format!("signed in as {}", source.user)));
        }
        let tried = probe(&self.tools, profile, &source.url, &settings, &session);
        match tokio::time::timeout(EVENTS_LIMIT, tried).await {
            Ok(Ok(())) => {
                findings.push(Finding::ok(name, "its events can be had"));
                Ok(())
            }
            Ok(Err(error)) => Err(not_signed_in(name, &error)),
            Err(_) => {
                let seconds = EVENTS_LIMIT.as_secs();
                Err(Finding::fail(
                    name,
                    format!("no stream or list came up within {seconds} s: ask whoever runs it"),
                ))
            }
        }
    }

    /// Whether something answers there over HTTP, whatever it says.
    async fn reach(&self, source: &Source) -> Result<(), Finding> {
        let name = source.name.as_str();
        let request = Request::get(source.url.clone(), Credential::none());
        match tokio::time::timeout(REACH_LIMIT, self.tools.http.send(request)).await {
            Ok(Ok(_) | Err(TransportError::Status { .. } | TransportError::TooLarge(_))) => Ok(()),
            Ok(Err(error)) => Err(Finding::fail(name, format!("{}: {}", source.url, with_cure(&error)))),
            Err(_) => {
                let seconds = REACH_LIMIT.as_secs();
                let cure = cure(Trouble::Unreachable);
                Err(Finding::fail(name, format!("{} did not answer within {seconds} s: {cure}", source.url)))
            }
        }
    }

    async fn sign_in(
        &self,
        source: &Source,
        profile: &Profile,
        settings: &Settings,
    ) -> Result<Session, Finding> {
        let name = source.name.as_str();
        let secret = self.secret(source, profile).await?;
        let Tools { http, clock, .. } = &self.tools;
        let asked = sign_in(http, clock.as_ref(), profile, &source.url, settings, secret.as_ref());
        match tokio::time::timeout(SIGN_IN_LIMIT, asked).await {
            Ok(session) => session.map_err(|error| not_signed_in(name, &error)),
            Err(_) => {
                let seconds = SIGN_IN_LIMIT.as_secs();
                Err(Finding::fail(
                    name,
                    format!("the sign-in took more than {seconds} s: ask whoever runs it"),
                ))
            }
        }
    }

    /// What the vault keeps for the source.
    async fn secret(&self, source: &Source, profile: &Profile) -> Result<Option<SecretString>, Finding> {
        let asks = profile.sign_in.asks();
        if asks.secret.is_none() {
            return Ok(None);
        }
        let name = credential_name(&source.user, &source.profile, &source.url);
        let not_tried =
            |why: &str| Finding::warn(source.name.as_str(), format!("the sign-in was not tried, {why}"));
        match tokio::time::timeout(VAULT_LIMIT, self.tools.vault.get(&name)).await {
            Ok(Ok(None)) if !asks.optional => {
                Err(not_tried("no credential is kept: sign in with the application, and keep it"))
            }
            Ok(Ok(secret)) => Ok(secret),
            Ok(Err(error)) => Err(not_tried(&error.to_string())),
            Err(_) => Err(not_tried("the vault did not answer: unlock it, then check again")),
        }
    }
}

fn not_signed_in(name: &str, error: &SignInError) -> Finding {
    Finding::fail(
        name,
        match error {
            SignInError::PasswordRefused | SignInError::CredentialRefused => {
                format!("{error}: sign in again with the application")
            }
            SignInError::Transport(error) => with_cure(error),
        },
    )
}

fn with_cure(error: &TransportError) -> String {
    format!("{error}: {}", cure(error.trouble()))
}

const fn cure(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Unreachable => "check the network and the address",
        Trouble::Insecure => "ask whoever runs it, or let this computer trust the bank's authority",
        Trouble::Closed | Trouble::Silent | Trouble::Unavailable => "try again later, or ask whoever runs it",
        Trouble::Forbidden => "ask for access",
        Trouble::Ended | Trouble::NotUnderstood => {
            "check the address, and whether the profile is the right one"
        }
        Trouble::StoreFailed | Trouble::DiskFull | Trouble::VaultLocked | Trouble::Failed => {
            "check this computer"
        }
    }
}
