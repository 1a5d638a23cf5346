//! `vigie --smoke-test`: starts everything that the program stands on, apart from the analyst's own, and sees an alert
//! through to the screen. For packages: what a computer lacks is named.

use std::future::Future;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use rand::distr::{Alphanumeric, SampleString as _};
use secrecy::{ExposeSecret as _, SecretString};
use tauri::{AppHandle, Manager as _, RunEvent};
use tempfile::TempDir;
use tokio::sync::watch;
use vigie_core::clock::SystemClock;
use vigie_core::desk::desktop::{About, Desktop, NotSet, NotShown, Notification, Tray, Wanted};
use vigie_core::desk::view::Overview;
use vigie_core::desk::{Desk, Setup};
use vigie_core::model::Severity;
use vigie_core::profile::Library;
use vigie_core::settings::{Keeper, Theme};
use vigie_core::store::{Opened, Store};
use vigie_core::text::Language;
use vigie_core::vault::Vault as _;
use vigie_system::places::{PROFILES, STORE};
use vigie_system::vault::SystemVault;
use vigie_system::{Missing, display};

use crate::arguments::Arguments;
use crate::desktop::TauriDesktop;
use crate::simulation::EmbeddedGateway;
use crate::window::Page;
use crate::{app, logging, places, window};

/// What writes and reads a few files.
const FILES_LIMIT: Duration = Duration::from_secs(30);
/// The wait before a folder is removed again that somebody still holds.
const REMOVE_AGAIN_AFTER: Duration = Duration::from_millis(100);
/// A vault that has to be started first, and asks nobody.
const VAULT_LIMIT: Duration = Duration::from_secs(30);
/// The panel answers at once, or is not there; one that starts after us is tried again after ten seconds.
const TRAY_LIMIT: Duration = Duration::from_secs(30);
/// A browser engine on a slow computer that has never started one.
const WINDOW_LIMIT: Duration = Duration::from_secs(90);
/// Signing in on this very computer.
const LINK_LIMIT: Duration = Duration::from_secs(60);
/// The busy bank has an alert every second or so.
const ALERT_LIMIT: Duration = Duration::from_secs(60);
/// A notification service that has to be started first.
const NOTIFICATION_LIMIT: Duration = Duration::from_secs(30);
/// A screen without a graphics card.
const PAINT_LIMIT: Duration = Duration::from_secs(60);
/// The length of the name and of the secret that are put into the vault.
const SECRET_LENGTH: usize = 24;

/// What the test's notification is about: nothing that a desk ever tells of, whose place it would take.
const TESTED: About = About::Alert(-1);

/// Runs it; each step is a line, and the last says what came of it.
pub fn run(mut arguments: Arguments) -> ExitCode {
    let folder = match tempfile::Builder::new().prefix("vigie-smoke-test-").tempdir() {
        Ok(folder) => folder,
        Err(error) => return ended(told("folder", Err(format!("it cannot be made ({error})")))),
    };
    arguments.data = Some(folder.path().to_owned());
    let log = logging::begin(places::log_folder(&arguments));
    let mut passed = told("folder", Ok(folder.path().display().to_string()));
    if !told("display", display::check().map_err(|missing: Missing| missing.to_string())) {
        return ended(false);
    }
    let built = tauri::Builder::default()
        .manage(Page::default())
        .manage(log)
        .invoke_handler(app::commands())
        .build(tauri::generate_context!());
    match built {
        Ok(app) => passed &= in_the_loop(app, folder.path().to_owned()),
        Err(error) => passed &= told("window", Err(error.to_string())),
    }
    passed &= told("cleaned up", removed(&folder));
    ended(passed)
}

/// Removes what was made. The browser engine ends after us, and some systems let nobody remove what it still holds.
fn removed(folder: &TempDir) -> Result<String, String> {
    let begun = Instant::now();
    loop {
        match std::fs::remove_dir_all(folder.path()) {
            Ok(()) => return Ok("nothing is left".to_owned()),
            Err(error) if begun.elapsed() > FILES_LIMIT => return Err(error.to_string()),
            Err(_) => std::thread::sleep(REMOVE_AGAIN_AFTER),
        }
    }
}

/// Takes the steps beside the desktop's own loop, which belongs to the main thread. Whether all passed.
fn in_the_loop(app: tauri::App, folder: std::path::PathBuf) -> bool {
    let handle = app.handle().clone();
    std::thread::spawn(move || {
        let passed = tauri::async_runtime::block_on(steps(&handle, &folder));
        handle.exit(i32::from(!passed));
    });
    let code = app.run_return(|_, event| {
        // The window goes before the program does.
        if let RunEvent::ExitRequested { code: None, api, .. } = event {
            api.prevent_exit();
        }
    });
    code == 0
}

/// The steps; those that need nothing of one that failed are taken all the same.
async fn steps(app: &AppHandle, folder: &Path) -> bool {
    let mut passed = step("vault", VAULT_LIMIT, vault()).await.is_some();
    let gateway = Arc::new(EmbeddedGateway::busy(folder.join(places::SIMULATION)));
    let Some(store) = step("store", FILES_LIMIT, store(folder)).await else { return false };
    let desktop = Arc::new(NotingDesktop::new(app.clone()));
    let desk = Desk::start(Setup {
        store,
        vault: Arc::new(SystemVault),
        desktop: desktop.clone(),
        clock: Arc::new(SystemClock::default()),
        simulation: gateway,
        profiles: match Library::open(&folder.join(PROFILES)) {
            Ok(profiles) => profiles,
            Err(error) => return told("profiles", Err(error.to_string())),
        },
        settings: Keeper::open(None, None),
        language: app::language(),
        version: app.package_info().version.to_string(),
    });
    let desk = match desk {
        Ok(desk) => desk,
        Err(error) => return told("desk", Err(error.to_string())),
    };
    app.manage(desk.clone());
    desktop.real.serve(desk.clone());
    passed &= step("tray", TRAY_LIMIT, tray(&desktop)).await.is_some();
    passed &= step("window, hidden", WINDOW_LIMIT, hidden_window(app, folder)).await.is_some();
    passed &= step("gateway and link", LINK_LIMIT, link(&desk)).await.is_some();
    passed &= step("alert stored", ALERT_LIMIT, stored(&desk)).await.is_some();
    passed &= step("alert announced", NOTIFICATION_LIMIT, announced(&desktop)).await.is_some();
    passed &= step("alert painted", PAINT_LIMIT, painted(app, &desktop)).await.is_some();
    if let Some(window) = app.get_webview_window(window::LABEL)
        && let Err(error) = window.destroy()
    {
        tracing::warn!(%error, "the window stays until the program ends");
    }
    passed &= step("notification withdrawn", NOTIFICATION_LIMIT, withdrawn(&desktop)).await.is_some();
    passed & step("closed", FILES_LIMIT, async { closed(&desk).await }).await.is_some()
}

/// Takes a step, and says what came of it.
async fn step<T: Said>(
    name: &str,
    limit: Duration,
    work: impl Future<Output = Result<T, String>>,
) -> Option<T> {
    let outcome = tokio::time::timeout(limit, work).await;
    let outcome = outcome.unwrap_or_else(|_| Err(format!("not within {} s", limit.as_secs())));
    told(name, outcome.as_ref().map(Said::words).map_err(Clone::clone));
    outcome.ok()
}

/// What a step gave, in words.
trait Said {
    fn words(&self) -> String;
}

impl Said for String {
    fn words(&self) -> String {
        self.clone()
    }
}

impl Said for Store {
    fn words(&self) -> String {
        self.path().display().to_string()
    }
}

/// Says what came of a step, as a line; gives whether it passed.
fn told(name: &str, outcome: Result<String, String>) -> bool {
    let passed = outcome.is_ok();
    let line = match outcome {
        Ok(words) => format!("ok      {name}: {words}"),
        Err(why) => format!("failed  {name}: {why}"),
    };
    say(&line);
    passed
}

/// The last line, and what the program ends with.
fn ended(passed: bool) -> ExitCode {
    say(if passed { "passed" } else { "failed" });
    if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn say(line: &str) {
    let mut out = std::io::stdout();
    if let Err(error) = writeln!(out, "{line}").and_then(|()| out.flush()) {
        tracing::warn!(%error, line, "this could not be printed");
    }
}

/// Keeps a secret in the system's vault, reads it and removes it.
async fn vault() -> Result<String, String> {
    let random = || Alphanumeric.sample_string(&mut rand::rng(), SECRET_LENGTH);
    let (name, secret) = (format!("smoke-test-{}", random()), SecretString::from(random()));
    let words = |error: vigie_core::vault::VaultError| error.to_string();
    SystemVault.put(&name, &secret).await.map_err(words)?;
    let kept = SystemVault.get(&name).await;
    // Whatever came of reading it, nothing is left.
    SystemVault.remove(&name).await.map_err(words)?;
    match kept.map_err(words)? {
        Some(kept) if kept.expose_secret() == secret.expose_secret() => {}
        _ => return Err("it does not give what was put into it".to_owned()),
    }
    match SystemVault.get(&name).await.map_err(words)? {
        None => Ok("kept, read and removed".to_owned()),
        Some(_) => Err("it does not forget what was removed".to_owned()),
    }
}

async fn store(folder: &Path) -> Result<Store, String> {
    let Opened { store, .. } =
        Store::open_with_reserve(&folder.join(STORE)).await.map_err(|error| error.to_string())?;
    Ok(store)
}

/// Waits until a panel has taken the sign. Whether the analyst lets it hide signs, no panel tells.
async fn tray(desktop: &NotingDesktop) -> Result<String, String> {
    let mut standing = desktop.real.tray_standing();
    let standing = *standing.wait_for(Option::is_some).await.map_err(|_| gone())?;
    match standing {
        Some(true) => Ok("the panel has taken the sign".to_owned()),
        _ => Err(vigie_system::tray::check()
            .await
            .map_or_else(|missing| missing.to_string(), |_| "the panel did not take the sign".to_owned())),
    }
}

/// Makes a window that nobody sees, and waits until its page watches.
async fn hidden_window(app: &AppHandle, folder: &Path) -> Result<String, String> {
    let (handle, files) = (app.clone(), folder.join("page"));
    let (made, outcome) = tokio::sync::oneshot::channel();
    app.run_on_main_thread(move || {
        let built = window::build_apart(&handle, files);
        let _gone = made.send(built.map(drop));
    })
    .map_err(|error| error.to_string())?;
    outcome.await.map_err(|_| gone())?.map_err(|error| error.to_string())?;
    let mut watched = app.state::<Page>().watched();
    watched.wait_for(|watched| *watched).await.map_err(|_| gone())?;
    Ok(format!("its page is there, by {}", tauri::webview_version().map_err(|error| error.to_string())?))
}

/// Starts the bank in this process, signs in to it and waits until it is live.
async fn link(desk: &Desk) -> Result<String, String> {
    desk.try_simulation().await.map_err(|failure| failure.message)?;
    let live = |overview: &Overview| {
        use vigie_core::model::Link;
        overview.sources.iter().any(|source| matches!(source.link, Link::Live { .. }))
    };
    desk.overviews().wait_for(live).await.map_err(|_| gone())?;
    Ok("signed in, and live".to_owned())
}

async fn stored(desk: &Desk) -> Result<String, String> {
    let mut overviews = desk.overviews();
    loop {
        let first = desk.store().alerts_after(0, 1).await.map_err(|error| error.to_string())?;
        if let Some(alert) = first.first() {
            return Ok(format!("{}, {}", alert.subject, alert.severity.word()));
        }
        overviews.changed().await.map_err(|_| gone())?;
    }
}

async fn announced(desktop: &NotingDesktop) -> Result<String, String> {
    let mut notified = desktop.notified.subscribe();
    let outcome = notified.wait_for(Option::is_some).await.map_err(|_| gone())?.clone();
    match outcome {
        Some(Err(error)) => Err(error.to_string()),
        _ => Ok("the notification service has it".to_owned()),
    }
}

/// Takes the notification away again, where there was one.
async fn withdrawn(desktop: &NotingDesktop) -> Result<String, String> {
    let notified = desktop.notified.borrow().clone();
    let Some(Ok(())) = notified else { return Ok("there was none".to_owned()) };
    desktop.real.take_away(TESTED).await;
    Ok("nothing is on show".to_owned())
}

/// Shows the window and waits until it has drawn an overview that has an alert.
async fn painted(app: &AppHandle, desktop: &NotingDesktop) -> Result<String, String> {
    desktop.real.show(Wanted::Alerts);
    let mut pushed = desktop.pushed.subscribe();
    let number = pushed.wait_for(Option::is_some).await.map_err(|_| gone())?.unwrap_or(u64::MAX);
    let mut painted = app.state::<Page>().painted();
    painted.wait_for(|painted| *painted >= number).await.map_err(|_| gone())?;
    Ok("the window has drawn it".to_owned())
}

async fn closed(desk: &Desk) -> Result<String, String> {
    desk.close().await.map_err(|failure| failure.message)?;
    Ok("links and store".to_owned())
}

fn gone() -> String {
    "the program ends already".to_owned()
}

/// The real desktop, and what came of what it was asked. What the analyst has set for the program stays as it is, and
/// of what the bank makes up one alert is announced, silently and as a test: somebody may sit there.
struct NotingDesktop {
    real: TauriDesktop,
    language: Language,
    /// The notification of an alert, and what came of it.
    notified: watch::Sender<Option<Result<(), NotShown>>>,
    /// The number of the first overview that has an alert.
    pushed: watch::Sender<Option<u64>>,
}

impl NotingDesktop {
    fn new(app: AppHandle) -> Self {
        let (notified, pushed) = (watch::channel(None).0, watch::channel(None).0);
        Self { real: TauriDesktop::new(app), language: app::language(), notified, pushed }
    }

    /// The same as a test, in words, and neither heard nor urgent. What a click opens is known to this run alone.
    fn as_test(&self, notification: Notification) -> Notification {
        Notification {
            title: self.language.text("native.test.title", &[("title", &notification.title)]),
            body: self.language.text("native.test.body", &[]),
            about: TESTED,
            severity: Severity::Medium,
            link: None,
            buttons: Vec::new(),
            sound: None,
            ..notification
        }
    }
}

#[async_trait]
impl Desktop for NotingDesktop {
    async fn notify(&self, notification: Notification) -> Result<(), NotShown> {
        if notification.alerts.is_empty() {
            return self.real.notify(notification).await;
        }
        if self.notified.borrow().is_some() {
            return Ok(());
        }
        let outcome = self.real.notify(self.as_test(notification)).await;
        self.notified.send_replace(Some(outcome.clone()));
        outcome
    }

    /// It says that it is a test, and goes on to.
    async fn reword(&self, _notification: Notification) -> Result<bool, NotShown> {
        Ok(true)
    }

    async fn withdraw(&self, about: About) {
        self.real.withdraw(about).await;
    }

    fn set_tray(&self, tray: Tray) {
        self.real.set_tray(tray);
    }

    fn set_theme(&self, theme: Theme) {
        self.real.set_theme(theme);
    }

    /// Whether the analyst's own program starts at login is not asked here.
    fn set_start_at_login(&self, _wanted: bool) -> Result<(), NotSet> {
        Ok(())
    }

    fn push(&self, overview: Overview) {
        let counts = overview.open;
        if counts.critical + counts.high + counts.medium + counts.low > 0 {
            self.pushed.send_if_modified(|first| first.is_none() && first.replace(overview.number).is_none());
        }
        self.real.push(overview);
    }

    fn show(&self, wanted: Wanted) {
        self.real.show(wanted);
    }

    fn destroy_window(&self) {
        self.real.destroy_window();
    }
}
