//! The tray icon and its menu. Everything is in the menu, because some desktops deliver no clicks.

mod icons;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tauri::menu::{Menu, MenuBuilder, MenuItemBuilder};
use tauri::tray::{MouseButton, MouseButtonState, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager as _};
use vigie_core::desk::Desk;
use vigie_core::desk::desktop::Tray;

const ID: &str = "vigie";
/// How long "Pause notifications" pauses.
const PAUSE: Duration = Duration::from_secs(3_600);
/// At most so often the tray changes: each change is drawn by the panel, and nobody reads a number that runs.
const SHOW_EVERY: Duration = Duration::from_millis(500);
/// How long to wait before a tray is tried again: at login the panel may start after us.
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(10);

/// The tray icon; on a desktop without a tray it keeps trying, and says so.
pub struct TrayIcon {
    app: AppHandle,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    icon: Option<tauri::tray::TrayIcon>,
    /// What it is to show.
    wanted: Option<Tray>,
    /// What it shows.
    shown: Option<Tray>,
    /// Whether it is shown what is wanted, as often as it may.
    keeping_up: bool,
    /// Whether there is no tray, and it is being tried again.
    missing: bool,
}

impl TrayIcon {
    /// A tray icon for `app`; nothing is shown yet.
    pub fn new(app: AppHandle) -> Self {
        Self { app, state: Arc::default() }
    }

    /// Shows this: at once, or soon after what it was told before.
    pub fn set(&self, tray: Tray) {
        let mut locked = lock(&self.state);
        locked.wanted = Some(tray);
        if !std::mem::replace(&mut locked.keeping_up, true) {
            tauri::async_runtime::spawn(keep_up(self.app.clone(), Arc::clone(&self.state)));
        }
    }
}

/// Brings the icon to what is wanted until nothing else is.
async fn keep_up(app: AppHandle, state: Arc<Mutex<State>>) {
    let mut asked_for = None;
    loop {
        {
            let mut locked = lock(&state);
            if locked.wanted == asked_for {
                locked.keeping_up = false;
                return;
            }
            asked_for = locked.wanted.clone();
        }
        let (handle, state) = (app.clone(), Arc::clone(&state));
        // Menus belong to the main thread.
        if let Err(error) = app.run_on_main_thread(move || refresh(&handle, &state)) {
            tracing::warn!(%error, "the tray stays as it was");
        }
        tokio::time::sleep(SHOW_EVERY).await;
    }
}

fn lock(state: &Mutex<State>) -> std::sync::MutexGuard<'_, State> {
    state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Brings the icon to what is wanted; makes it when there is none.
fn refresh(app: &AppHandle, state: &Arc<Mutex<State>>) {
    let mut locked = lock(state);
    let Some(tray) = locked.wanted.clone() else { return };
    match &locked.icon {
        Some(icon) => match show(app, icon, locked.shown.as_ref(), &tray) {
            Ok(()) => locked.shown = Some(tray),
            Err(error) => tracing::warn!(%error, "the tray stays as it was"),
        },
        None if locked.missing => {}
        None => make(app, state, &mut locked, &tray),
    }
}

/// Makes the icon; where there is no tray, tries again by itself.
fn make(app: &AppHandle, state: &Arc<Mutex<State>>, locked: &mut State, tray: &Tray) {
    match build(app, tray) {
        Ok(icon) => {
            locked.icon = Some(icon);
            locked.shown = Some(tray.clone());
            locked.missing = false;
            tell(app, true);
        }
        Err(error) => {
            if !std::mem::replace(&mut locked.missing, true) {
                tracing::warn!(%error, "there is no tray here; everything else works without it");
                tell(app, false);
            }
            try_again(app.clone(), Arc::clone(state));
        }
    }
}

fn try_again(app: AppHandle, state: Arc<Mutex<State>>) {
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(TRY_AGAIN_AFTER).await;
        let handle = app.clone();
        // Fails only when the program ends.
        let _ending = app.run_on_main_thread(move || {
            let mut locked = lock(&state);
            if let Some(tray) = locked.wanted.clone() {
                make(&handle, &state, &mut locked, &tray);
            }
        });
    });
}

fn tell(app: &AppHandle, available: bool) {
    if let Some(desk) = app.try_state::<Desk>() {
        let desk = desk.inner().clone();
        tauri::async_runtime::spawn(async move {
            // Fails only when the program ends.
            let _ending = desk.tray_available(available).await;
        });
    }
}

fn build(app: &AppHandle, tray: &Tray) -> tauri::Result<tauri::tray::TrayIcon> {
    let icon = TrayIconBuilder::with_id(ID)
        .icon(icons::image(tray.sign)?)
        .tooltip(tray.lines.join("\n"))
        .title(title(tray))
        .menu(&menu(app, tray)?)
        .show_menu_on_left_click(false)
        .on_menu_event(|app, event| chosen(app, event.id().as_ref()))
        .on_tray_icon_event(|icon, event| {
            if let TrayIconEvent::Click {
                button: MouseButton::Left,
                button_state: MouseButtonState::Up,
                ..
            } = event
            {
                chosen(icon.app_handle(), OPEN);
            }
        })
        .build(app)?;
    Ok(icon)
}

/// Changes what is to be changed: each part is drawn anew by the panel.
fn show(
    app: &AppHandle,
    icon: &tauri::tray::TrayIcon,
    shown: Option<&Tray>,
    tray: &Tray,
) -> tauri::Result<()> {
    if shown.is_none_or(|shown| shown.sign != tray.sign) {
        icon.set_icon(Some(icons::image(tray.sign)?))?;
    }
    icon.set_tooltip(Some(tray.lines.join("\n")))?;
    icon.set_title(Some(title(tray)))?;
    let said = |tray: &Tray| (tray.language, tray.lines.clone(), tray.paused);
    if shown.is_none_or(|shown| said(shown) != said(tray)) {
        icon.set_menu(Some(menu(app, tray)?))?;
    }
    Ok(())
}

/// The count beside the icon.
#[cfg(not(target_os = "linux"))]
fn title(tray: &Tray) -> String {
    if tray.unacknowledged == 0 { String::new() } else { tray.unacknowledged.to_string() }
}

/// Here nothing stands beside the icon: a title is the program's name, in the tooltip and for those who hear it.
#[cfg(target_os = "linux")]
fn title(_tray: &Tray) -> String {
    "Vigie".to_owned()
}

const OPEN: &str = "open";
const PAUSE_ITEM: &str = "pause";
const RESUME: &str = "resume";
const QUIT: &str = "quit";

fn menu(app: &AppHandle, tray: &Tray) -> tauri::Result<Menu<tauri::Wry>> {
    let language = tray.language;
    let mut menu = MenuBuilder::new(app);
    for (number, line) in tray.lines.iter().enumerate() {
        menu =
            menu.item(&MenuItemBuilder::with_id(format!("state-{number}"), line).enabled(false).build(app)?);
    }
    let (pause, pause_text) =
        if tray.paused { (RESUME, "native.tray.resume") } else { (PAUSE_ITEM, "native.tray.pause") };
    menu.separator()
        .text(OPEN, language.text("native.tray.open", &[]))
        .text(pause, language.text(pause_text, &[]))
        .separator()
        .text(QUIT, language.text("native.tray.quit", &[]))
        .build()
}

/// Does what was chosen in the menu.
fn chosen(app: &AppHandle, item: &str) {
    let desk = app.state::<Desk>().inner().clone();
    let app = app.clone();
    let item = item.to_owned();
    tauri::async_runtime::spawn(async move {
        let done = match item.as_str() {
            OPEN => desk.open(None).await,
            PAUSE_ITEM => desk.pause_notifications(Some(PAUSE)).await,
            RESUME => desk.pause_notifications(None).await,
            QUIT => {
                app.exit(0);
                Ok(())
            }
            _ => Ok(()),
        };
        if let Err(failure) = done {
            tracing::warn!(message = failure.message, "the tray's menu was not followed");
        }
    });
}
