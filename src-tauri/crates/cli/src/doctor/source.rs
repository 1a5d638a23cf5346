//! A source: whether its server is there, trusted, takes the credential, and gives events.

use std::sync::Arc;

use tempfile::TempDir;
use tokio::sync::watch;
use vigie_core::clock::SystemClock;
use vigie_core::desk::credential_name;
use vigie_core::desk::view::{Failure, FailureCode};
use vigie_core::figures::Figures;
use vigie_core::link::{Found, Standing, Step, StepName, Tools, Trial, Unseen};
use vigie_core::model::Source;
use vigie_core::profile::Library;
use vigie_core::store::Store;
use vigie_core::transport::Tls;
use vigie_core::transport::http::Http;
use vigie_system::places;
use vigie_system::vault::SystemVault;

use super::finding::Finding;
use crate::facts::{over, time};

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
        let tools = Tools {
            http,
            tls,
            store,
            vault: Arc::new(SystemVault),
            clock,
            figures,
            unseen: Unseen::default(),
        };
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
        let trial = Trial {
            profile,
            url: source.url.clone(),
            settings: profile.settings(&source.user, &source.parameters),
            typed: None,
            credential: credential_name(&source.user, &source.profile, &source.url),
        };
        let (told, steps) = watch::channel(Step::all());
        trial.run(self.tools.clone(), &told).await;
        let steps = steps.borrow().clone();
        steps.iter().filter_map(|step| finding(source, step)).collect()
    }
}

/// What a step has found; `None`: nothing that is worth a line.
fn finding(source: &Source, step: &Step) -> Option<Finding> {
    let name = source.name.as_str();
    let url = &source.url;
    let words = match &step.standing {
        Standing::Waiting | Standing::NotReached => return None,
        Standing::Failed { why } => return Some(failed(source, step.name, why)),
        Standing::Fine { found, .. } => match found {
            Found::NotAsked => return None,
            Found::Addresses { host, count: 1 } => format!("{host} is found"),
            Found::Addresses { host, count } => format!("{host} is found, at {count} addresses"),
            Found::Proxy => "a proxy of this computer finds it".to_owned(),
            Found::Encrypted { version, valid_until } => {
                let how = version.as_deref().unwrap_or("its certificate is trusted");
                let until = valid_until.map(|until| format!(", certificate valid until {}", time(until)));
                format!("{url} answers, {how}{}", until.unwrap_or_default())
            }
            Found::Unencrypted => format!("{url} answers, without encryption"),
            Found::Accepted if source.user.is_empty() => "the server takes the credential".to_owned(),
            Found::Accepted => format!("signed in as {}", source.user),
            Found::Opened { transport, fallback } => {
                let over = over(*transport);
                let why = if *fallback { "; a better way did not come up" } else { "" };
                format!("its events can be had {over}{why}")
            }
            Found::Came => "an event came".to_owned(),
            Found::Nothing { seconds } => format!("no event came within {seconds} s, which may be right"),
            Found::Empty => "there is no event yet, which may be right".to_owned(),
        },
    };
    Some(Finding::ok(name, words))
}

fn failed(source: &Source, step: StepName, why: &Failure) -> Finding {
    let name = source.name.as_str();
    let message = &why.message;
    match why.code {
        FailureCode::NoCredential | FailureCode::Vault => {
            Finding::warn(name, format!("the sign-in was not tried: {message}"))
        }
        code if matches!(step, StepName::Address | StepName::Connection) => {
            Finding::fail(name, format!("{}: {message}: {}", source.url, cure(code)))
        }
        code => Finding::fail(name, format!("{message}: {}", cure(code))),
    }
}

const fn cure(code: FailureCode) -> &'static str {
    match code {
        FailureCode::Unreachable => "check the network and the address, or ask whoever runs it",
        FailureCode::Insecure => "ask whoever runs it, or let this computer trust the bank's authority",
        FailureCode::Unavailable => "try again later, or ask whoever runs it",
        FailureCode::Forbidden => "ask for access",
        FailureCode::PasswordRefused | FailureCode::CredentialRefused => "sign in again with the application",
        FailureCode::NotUnderstood => "check the address, and whether the profile is the right one",
        // A trial fails for no other reason.
        _ => "check this computer",
    }
}
