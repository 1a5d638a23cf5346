//! `vigie-cli tail`: signs in, and prints what is stored as it is stored.

mod desktop;
mod line;
mod place;
#[cfg_attr(unix, path = "stop_unix.rs")]
#[cfg_attr(windows, path = "stop_windows.rs")]
mod stop;
mod stored;
mod words;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;
use vigie_core::clock::{Clock as _, SystemClock};
use vigie_core::desk::desktop::Notification;
use vigie_core::desk::view::{Failure, Overview, SignIn};
use vigie_core::desk::{Desk, Setup, credential_name, read_address};
use vigie_core::model::{Link, Parameters, Source, SourceId};
use vigie_core::profile::{Library, Profile};
use vigie_core::settings::Keeper;
use vigie_core::store::{OpenError, Store, StoreError};
use vigie_core::text::Language;
use vigie_core::transport::TransportError;
use vigie_core::vault::SessionVault;
use vigie_system::vault::SystemVault;

use self::desktop::Terminal;
use self::line::{Line, Printer};
use self::place::{Place, PlaceError};
use self::stored::Stored;
use crate::profiles::{self, ProfilesError};
use crate::secret::{self, SecretError};

/// States of the link that may wait to be printed; the desk goes on without us meanwhile.
const LINKS: usize = 256;
/// Notifications that may wait to be printed.
const NOTIFICATIONS: usize = 64;

/// Show what a backend sends as it is stored: every event, each change of the link, and what was missed.
///
/// One line each: the kind (alert, transaction, …, or link, gap, notify), the server's identifier, the time, and what
/// is known of it. It ends with Ctrl-C (exit code 0), or when the server refuses us for good (exit code 1, with the
/// reason).
///
/// The password, token or key comes from the environment variable VIGIE_PASSWORD (or VIGIE_SECRET), else from the
/// system's vault where the application keeps it, else it is asked for. It is never an argument, which everybody on the
/// computer could see.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// How the backend speaks: a name from `vigie-cli profile list`, or a file that ends in .toml.
    #[arg(long, default_value = "big-defend")]
    profile: String,
    /// Where it is: https://fraud.bank.example; http:// only for this very computer.
    #[arg(long)]
    url: String,
    /// Who signs in, where the profile asks for it.
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// What of the backend is wanted: a parameter of the profile. May be repeated, also for several values of one.
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = setting)]
    settings: Vec<(String, String)>,
    /// Print one JSON object a line, with `kind`, all facts and the message as it came. Times are milliseconds since
    /// 1970-01-01T00:00:00Z.
    #[arg(long)]
    json: bool,
    /// Keep what arrives in this file, and go on from there the next time. Without it a temporary file is used,
    /// readable by you alone, and removed at the end. One file is for one source.
    #[arg(long, value_name = "FILE")]
    store: Option<PathBuf>,
}

fn setting(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Why it ended.
#[derive(Debug, thiserror::Error)]
pub enum TailError {
    /// The profile cannot be used.
    #[error(transparent)]
    Profile(#[from] ProfilesError),
    /// What is wanted of the backend makes no sense.
    #[error("{0}: see --set and the profile's parameters")]
    Parameter(String),
    /// The profile asks who signs in.
    #[error("say with --user who signs in")]
    NoUser,
    /// There is no secret.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// There is nowhere to keep what arrives.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// The database cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file belongs to another source.
    #[error("the file holds another source already, {name} ({url}): give each source a file of its own")]
    OtherSource {
        /// What it is called.
        name: String,
        /// Where it is.
        url: String,
    },
    /// Encryption cannot be set up.
    #[error(transparent)]
    Encryption(#[from] TransportError),
    /// The desk or the server refused.
    #[error("{}", .0.message)]
    Refused(Failure),
    /// The link will not come back by itself.
    #[error("{0}")]
    Ended(String),
    /// Nobody says any more when to stop.
    #[error("the system does not tell when to stop: {0}")]
    Signals(io::Error),
    /// Nothing can be printed.
    #[error("this cannot be written to: {0}")]
    Output(#[from] io::Error),
}

impl From<Failure> for TailError {
    fn from(failure: Failure) -> Self {
        Self::Refused(failure)
    }
}

/// Runs until it is told to stop, or until the link will not come back by itself.
pub async fn run(arguments: Arguments) -> Result<(), TailError> {
    let profile = profiles::find(&arguments.profile)?;
    let asks = profile.sign_in.asks();
    let url = read_address(&arguments.url)?;
    let user = match arguments.user.as_deref().map(str::trim) {
        Some(user) if asks.user && !user.is_empty() => user.to_owned(),
        _ if asks.user => return Err(TailError::NoUser),
        // Who is not asked for is nobody.
        _ => String::new(),
    };
    let mut chosen = Parameters::new();
    for (name, value) in arguments.settings {
        chosen.entry(name).or_default().push(value);
    }
    let parameters = profile.check_parameters(&chosen).map_err(TailError::Parameter)?;
    let place = Place::of(arguments.store)?;
    let secret = secret::find(asks, &credential_name(&user, &profile.name, &url), &SystemVault).await?;
    let wanted = SignIn {
        source: None,
        name: String::new(),
        url: url.into(),
        profile: profile.name.clone(),
        user,
        parameters,
        password: secret,
        // What the application keeps in the vault stays as it is.
        remember: false,
    };
    let place = place.open()?;
    let watched = watch(&place, profile, wanted, Printer { json: arguments.json }).await;
    place.close().await?;
    watched
}

/// Watches one source.
async fn watch(
    place: &place::Open,
    profile: Profile,
    wanted: SignIn,
    printer: Printer,
) -> Result<(), TailError> {
    let store = Store::open(place.path()).await?;
    let is_other = |source: &Source| {
        let same = (source.url.as_str(), &source.profile, &source.user, &source.parameters)
            == (wanted.url.as_str(), &wanted.profile, &wanted.user, &wanted.parameters);
        !same
    };
    if let Some((source, _)) = store.sources().await?.into_iter().find(|(source, _)| is_other(source)) {
        return Err(TailError::OtherSource { name: source.name, url: source.url.to_string() });
    }
    let mut stored = Stored::from_now_on(&store).await?;
    let (announced, mut announcements) = mpsc::channel(NOTIFICATIONS);
    let terminal = Arc::new(Terminal { announced });
    let desk = Desk::start(Setup {
        store,
        // A vault of our own: the system's is only asked, and what it keeps is the application's.
        vault: Arc::new(SessionVault::default()),
        desktop: terminal.clone(),
        clock: Arc::new(SystemClock::default()),
        simulation: terminal,
        profiles: Library { profiles: vec![profile], problems: Vec::new(), folder: None },
        settings: Keeper::default(),
        language: Language::English,
        version: env!("CARGO_PKG_VERSION").to_owned(),
    })?;
    let ended = tokio::select! {
        ended = follow(&desk, wanted, &mut stored, &mut announcements, printer) => ended,
        stopped = stop::stopped() => stopped.map_err(TailError::Signals),
    };
    // What arrived until now is not left out.
    let told = match &ended {
        Err(TailError::Output(_)) => Ok(()),
        _ => stored.tell(desk.store(), printer).await,
    };
    desk.close().await?;
    ended.and(told)
}

/// Signs in and prints whatever happens.
async fn follow(
    desk: &Desk,
    wanted: SignIn,
    stored: &mut Stored,
    announcements: &mut mpsc::Receiver<Notification>,
    printer: Printer,
) -> Result<(), TailError> {
    desk.watch().await?;
    let source = desk.sign_in(wanted).await?;
    let (sender, mut links) = mpsc::channel(LINKS);
    let _watching = AbortOnDropHandle::new(tokio::spawn(pass_on(desk.clone(), source, sender)));
    let mut told: Option<Link> = None;
    loop {
        tokio::select! {
            Some(notification) = announcements.recv() => printer.say(&Line::Notification(&notification))?,
            link = links.recv() => {
                let Some(link) = link else { return Ok(()) };
                stored.tell(desk.store(), printer).await?;
                if told.as_ref().is_none_or(|told| !words::is_same(told, &link)) {
                    printer.say(&Line::Link(SystemClock::default().now(), &link))?;
                    if let Link::SignedOut { .. } | Link::Refused { .. } = link {
                        return Err(TailError::Ended(words::link(&link)));
                    }
                    told = Some(link);
                }
            }
        }
    }
}

/// Passes on how the link stands whenever the desk says that something has changed, however long the printing takes.
async fn pass_on(desk: Desk, source: SourceId, links: mpsc::Sender<Link>) {
    let link_of = |overview: &Overview| {
        overview.sources.iter().find(|one| one.id == source).map(|source| source.link.clone())
    };
    let mut overviews = desk.overviews();
    loop {
        let (number, link) = {
            let overview = overviews.borrow_and_update();
            (overview.number, link_of(&overview))
        };
        if let Some(link) = link
            && links.send(link).await.is_err()
        {
            return;
        }
        if desk.painted(number).await.is_err() || overviews.changed().await.is_err() {
            return;
        }
    }
}
