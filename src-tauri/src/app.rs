//! Puts the program together and runs it.

use std::sync::Arc;
use std::time::Duration;

use tauri::{AppHandle, Manager as _, RunEvent, WindowEvent};
use tauri_plugin_window_state::StateFlags;
use vigie_core::clock::SystemClock;
use vigie_core::desk::{Desk, Setup};
use vigie_core::profile::{Library, ProfileError};
use vigie_core::settings::Keeper;
use vigie_core::store::{OpenError, Opened, Store};
use vigie_core::text::Language;
use vigie_core::transport::TransportError;
use vigie_core::updating::Updater;
use vigie_system::places::{PROFILES, SETTINGS, STORE, make_private, managed_settings};
use vigie_system::vault::SystemVault;
use vigie_system::{Missing, display};

use crate::arguments::Arguments;
use crate::desktop::TauriDesktop;
use crate::handed::{Early, Handed};
use crate::logging::LogFolder;
use crate::running::Running;
use crate::simulation::EmbeddedGateway;
use crate::updates::SignedFeed;
use crate::window::{Begin, Page};
use crate::{alerts_printed, asked, commands, ending, places, window};

/// What of the window's place is remembered.
const REMEMBERED: StateFlags = StateFlags::POSITION.union(StateFlags::SIZE).union(StateFlags::MAXIMIZED);

/// Why the program could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is nothing to show a window on.
    #[error(transparent)]
    Display(#[from] Missing),
    /// The folder for the data cannot be made.
    #[error("the folder {folder} cannot be made: {error}; check its rights")]
    Folder {
        /// The folder.
        folder: std::path::PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// The database cannot be opened.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// A built-in profile is wrong.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// Encryption cannot be set up.
    #[error(transparent)]
    Encryption(#[from] TransportError),
    /// The desktop refuses.
    #[error("the desktop refuses: {0}")]
    Tauri(#[from] tauri::Error),
    /// The desk ended as it began.
    #[error("the desk did not start: {}", .0.message)]
    Desk(vigie_core::desk::view::Failure),
    /// The simulation did not start.
    #[error("the simulation did not start: {0}")]
    Simulation(String),
}

impl StartError {
    /// What to tell the analyst, where there is no window to say so.
    pub fn words(&self, language: Language) -> String {
        match self {
            Self::Store(OpenError::Newer(path)) => {
                language.text("native.start.newer", &[("path", &path.display().to_string())])
            }
            Self::Store(OpenError::DiskFull(_)) => language.text("native.start.disk_full", &[]),
            Self::Store(OpenError::ReadOnly(path)) => {
                language.text("native.start.read_only", &[("path", &path.display().to_string())])
            }
            other => other.to_string(),
        }
    }
}

/// The analyst's language.
pub fn language() -> Language {
    Language::from_locale(&sys_locale::get_locale().unwrap_or_default())
}

/// Runs the program until it is quit.
pub fn run(arguments: Arguments, log: LogFolder) -> Result<(), StartError> {
    // The toolkit would panic.
    display::check()?;
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, arguments, folder| {
            Handed::of_another(&arguments, &folder).follow(app);
        }))
        .plugin(tauri_plugin_updater::Builder::new().build())
        // A place on a screen that is gone is not taken again. The window is shown by us, and looks as it is made.
        .plugin(tauri_plugin_window_state::Builder::new().with_state_flags(REMEMBERED).build())
        .manage(Early::default())
        .manage(Page::default())
        .manage(log)
        .invoke_handler(commands())
        .build(tauri::generate_context!())?;
    tracing::info!(version = %app.package_info().version, "Vigie has started");
    // First, because the browser engine takes longest: it comes up in a process of its own while the store is opened.
    // What the page asks is heard only once the program runs. A window that nobody wants to see is made when somebody
    // does.
    if !arguments.hidden {
        window::build(app.handle(), Begin::Shown)?;
    }
    end_when_wanted(app.handle());
    let desk = start_desk(app.handle(), &arguments)?;
    match Handed::of(&arguments, &std::env::current_dir().unwrap_or_default()) {
        Handed::Window | Handed::Nothing => {}
        handed => handed.follow(app.handle()),
    }
    app.state::<Early>().follow(app.handle());
    if arguments.hidden {
        tauri::async_runtime::spawn(keep_findable(app.handle().clone(), desk.clone()));
    }
    if arguments.print_alerts {
        tauri::async_runtime::spawn(alerts_printed::print(desk));
    }
    if let Some(seconds) = arguments.seconds {
        let handle = app.handle().clone();
        tauri::async_runtime::spawn(async move {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            handle.exit(0);
        });
    }
    app.run(on_event);
    Ok(())
}

/// Whatever the window may ask.
pub fn commands() -> impl Fn(tauri::ipc::Invoke) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        commands::acknowledge,
        commands::act,
        commands::activity,
        commands::alert,
        commands::alert_changes,
        commands::alert_groups,
        commands::alerts,
        commands::analyse,
        commands::charts,
        commands::diagnostics,
        commands::edit_source,
        commands::event,
        commands::insist,
        commands::install_update,
        commands::leave,
        commands::look_for_update,
        commands::opened,
        commands::outbox,
        commands::overview,
        commands::painted,
        commands::pause_notifications,
        commands::pause_source,
        commands::profiles,
        commands::put_off_update,
        commands::quit,
        commands::remove_source,
        commands::retry,
        commands::save_report,
        commands::search,
        commands::search_values,
        commands::set_settings,
        commands::settings,
        commands::sign_in,
        commands::sign_out,
        commands::snooze,
        commands::snoozes,
        commands::stop_test,
        commands::take_back,
        commands::test_source,
        commands::texts,
        commands::transactions,
        commands::try_simulation,
        commands::unacknowledge,
        commands::undo,
        commands::undo_snooze,
        commands::wake,
        commands::watch,
        commands::withdraw,
    ]
}

/// Ends the program as "Quit" does when the system wants it to end: what is stored is closed, and the next start need
/// not take it for a crash.
fn end_when_wanted(app: &AppHandle) {
    let app = app.clone();
    match tauri::async_runtime::block_on(async { ending::wanted() }) {
        Ok(wanted) => {
            tauri::async_runtime::spawn(async move {
                wanted.await;
                app.exit(0);
            });
        }
        Err(error) => tracing::warn!(%error, "log-out will end the program like a crash"),
    }
}

/// Opens the store and starts the desk.
fn start_desk(app: &AppHandle, arguments: &Arguments) -> Result<Desk, StartError> {
    let folder = places::data_folder(arguments, app.path().app_local_data_dir()?);
    make_private(&folder).map_err(|error| StartError::Folder { folder: folder.clone(), error })?;
    app.manage(Running::on(&folder));
    let language = language();
    let desktop = Arc::new(TauriDesktop::new(app.clone()));
    let own = app.path().app_config_dir()?;
    let profiles = Library::open(&own.join(PROFILES))?;
    let settings = Keeper::open(Some(own.join(SETTINGS)), managed_settings());
    let version = app.package_info().version.to_string();
    tauri::async_runtime::block_on(async {
        let Opened { store, set_aside } = Store::open_with_reserve(&folder.join(STORE)).await?;
        let (clock, changes) = (Arc::new(SystemClock::default()), settings.watch());
        let desk = Desk::start(Setup {
            store,
            vault: Arc::new(SystemVault),
            desktop: desktop.clone(),
            clock: clock.clone(),
            simulation: Arc::new(EmbeddedGateway::new(folder.join(places::SIMULATION))),
            profiles,
            settings,
            language,
            version,
        })?;
        desktop.serve(desk.clone());
        app.manage(desk.clone());
        let feed = SignedFeed::of(app, desk.clone());
        app.manage(Updater::start(feed, clock, changes, desk.clone()));
        desk.look_after_store(set_aside).await.map_err(StartError::Desk)?;
        let has_simulation = |overview: vigie_core::desk::view::Overview| {
            overview.sources.iter().any(|source| source.simulated)
        };
        if arguments.demo && !desk.overview().await.is_ok_and(has_simulation) {
            desk.try_simulation().await.map_err(|failure| StartError::Simulation(failure.message))?;
        }
        Ok(desk)
    })
}

fn on_event(app: &AppHandle, event: RunEvent) {
    match event {
        // The program goes on without a window; only "Quit" ends it.
        RunEvent::ExitRequested { code: None, api, .. } => api.prevent_exit(),
        RunEvent::WindowEvent { event: WindowEvent::CloseRequested { api, .. }, .. } => {
            api.prevent_close();
            hide(app);
        }
        RunEvent::WindowEvent { event: WindowEvent::Destroyed, .. } => window::gone(app),
        RunEvent::Exit => {
            if let Some(desk) = app.try_state::<Desk>() {
                let desk = desk.inner().clone();
                let _already_closed = tauri::async_runtime::block_on(desk.close());
                tracing::info!("Vigie has ended");
            }
        }
        event => {
            for handed in asked::handed_by(&event) {
                handed.follow(app);
            }
        }
    }
}

/// Where there is no tray, a window that was not shown at the start could not be found: there it is made small.
async fn keep_findable(app: AppHandle, desk: Desk) {
    use vigie_core::desk::view::Notice;
    // Fails only when the program ends.
    let _ending = desk.unseen().await;
    let mut overviews = desk.overviews();
    if overviews.wait_for(|overview| overview.notices.contains(&Notice::NoTray)).await.is_err() {
        return;
    }
    let handle = app.clone();
    let made = app.run_on_main_thread(move || {
        if handle.get_webview_window(window::LABEL).is_some() {
            return;
        }
        if let Err(error) = window::build(&handle, Begin::Small) {
            tracing::warn!(%error, "the window could not be shown");
        }
    });
    if let Err(error) = made {
        tracing::warn!(%error, "the window could not be shown");
    }
}

/// Hides the window in the tray. Where there is no tray it could not be found again, so there it is made small.
fn hide(app: &AppHandle) {
    let (app, desk) = (app.clone(), app.state::<Desk>().inner().clone());
    tauri::async_runtime::spawn(async move {
        use vigie_core::desk::view::Notice;
        let has_tray =
            desk.overview().await.is_ok_and(|overview| !overview.notices.contains(&Notice::NoTray));
        let Some(window) = app.get_webview_window(window::LABEL) else { return };
        let hidden = if has_tray { window.hide() } else { window.minimize() };
        if let Err(error) = hidden {
            tracing::warn!(%error, "the window could not be hidden");
        } else if has_tray {
            // Fails only when the program ends.
            let _ending = desk.hidden().await;
        }
    });
}
