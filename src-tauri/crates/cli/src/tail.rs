//! `vigie-cli tail`: signs in, and prints what is stored as it is stored.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use secrecy::SecretString;
use vigie_core::clock::SystemClock;
use vigie_core::desk::view::{Failure, SignIn};
use vigie_core::desk::{Desk, Setup};
use vigie_core::model::{Link, Transaction};
use vigie_core::profile::{Library, ProfileError};
use vigie_core::store::{OpenError, PAGE_LIMIT, Store};
use vigie_core::text::Language;
use vigie_core::transport::TransportError;
use vigie_core::vault::SessionVault;

use crate::terminal::Terminal;

/// The environment variable that may hold the password; an argument would be seen by everybody on the computer.
const PASSWORD: &str = "VIGIE_PASSWORD";

/// What to print from where.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// How the backend speaks.
    #[arg(long, default_value = "big-defend")]
    profile: String,
    /// Where it is.
    #[arg(long)]
    url: String,
    /// Who signs in. The password comes from VIGIE_PASSWORD, or is asked for.
    #[arg(long)]
    user: String,
    /// Keep the database in this file.
    #[arg(long, value_name = "FILE")]
    store: PathBuf,
}

/// Why it ended.
#[derive(Debug, thiserror::Error)]
pub enum TailError {
    /// The database cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A built-in profile is wrong.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// Encryption cannot be set up.
    #[error(transparent)]
    Encryption(#[from] TransportError),
    /// The desk refused.
    #[error("{}", .0.message)]
    Desk(Failure),
    /// The terminal is gone.
    #[error("the terminal is gone: {0}")]
    Terminal(#[from] std::io::Error),
}

impl From<Failure> for TailError {
    fn from(failure: Failure) -> Self {
        Self::Desk(failure)
    }
}

/// Runs until Ctrl-C.
pub async fn run(arguments: Arguments) -> Result<(), TailError> {
    let password = match std::env::var(PASSWORD) {
        Ok(password) => SecretString::from(password),
        Err(_) => {
            SecretString::from(rpassword::prompt_password(format!("Password of {}: ", arguments.user))?)
        }
    };
    let desk = Desk::start(Setup {
        store: Store::open(&arguments.store).await?,
        vault: Arc::new(SessionVault::default()),
        desktop: Arc::new(Terminal),
        clock: Arc::new(SystemClock::default()),
        simulation: Arc::new(Terminal),
        profiles: Library::built_in()?,
        language: Language::English,
        version: env!("CARGO_PKG_VERSION").to_owned(),
    })?;
    desk.watch().await?;
    let source = desk
        .sign_in(SignIn {
            source: None,
            parameters: vigie_core::model::Parameters::new(),
            name: String::new(),
            url: arguments.url,
            profile: arguments.profile,
            user: arguments.user,
            password,
            remember: false,
        })
        .await?;
    tokio::select! {
        ended = print(&desk) => ended?,
        stopped = tokio::signal::ctrl_c() => stopped?,
    }
    tracing::info!(%source, "stopped");
    Ok(desk.close().await?)
}

async fn print(desk: &Desk) -> Result<(), TailError> {
    let mut overviews = desk.overviews();
    let (mut alerts, mut transactions) = (0, 0);
    let mut links = Vec::new();
    loop {
        let overview = overviews.borrow_and_update().clone();
        let now: Vec<Link> = overview.sources.iter().map(|source| source.link.clone()).collect();
        if now != links {
            for (source, link) in overview.sources.iter().zip(&now) {
                say(&format!("link         {}: {link:?}", source.name))?;
            }
            links = now;
        }
        desk.painted(overview.number).await?;
        loop {
            let page = desk.store().alerts_after(alerts, PAGE_LIMIT).await.map_err(Failure::from)?;
            let Some(newest) = page.last() else { break };
            alerts = newest.id;
            for alert in &page {
                let title = alert.facts.title.as_deref().unwrap_or_default();
                say(&format!(
                    "alert        {} {} {} {title}",
                    alert.subject,
                    alert.severity.word(),
                    alert.state.word()
                ))?;
            }
        }
        loop {
            let page = desk.store().transactions(None, None, Some(transactions), PAGE_LIMIT).await;
            let rows = page.map_err(Failure::from)?.rows;
            let Some(newest) = rows.first() else { break };
            transactions = newest.id;
            for transaction in rows.iter().rev() {
                say(&format!("transaction  {}", words(transaction)))?;
            }
        }
        if overviews.changed().await.is_err() {
            return Ok(());
        }
    }
}

fn words(transaction: &Transaction) -> String {
    let facts = &transaction.facts;
    let parts =
        [Some(&transaction.subject), facts.amount.as_ref(), facts.currency.as_ref(), facts.merchant.as_ref()];
    parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ")
}

/// Prints one line; whatever a server wrote, it stays one line and moves no cursor.
pub fn say(line: &str) -> std::io::Result<()> {
    let clean: String = line.chars().filter(|c| !c.is_control()).collect();
    writeln!(std::io::stdout(), "{clean}")
}
