//! The real desktop behind the core's trait: notifications, tray and window.

use std::sync::OnceLock;

use async_trait::async_trait;
use tauri::{AppHandle, Manager as _};
use tokio::sync::watch;
use vigie_core::desk::Desk;
use vigie_core::desk::desktop::{About, Desktop, NotSet, NotShown, Notification, Tray, Wanted};
use vigie_core::desk::view::Overview;
use vigie_core::settings::Theme;

use crate::at_login;
use crate::notifications::{Notifier, ask_once_signed_in};
use crate::tray::TrayIcon;
use crate::window::{self, Page};

/// The real desktop.
pub struct TauriDesktop {
    app: AppHandle,
    notifier: Notifier,
    tray: TrayIcon,
    desk: OnceLock<Desk>,
}

impl TauriDesktop {
    /// The desktop that `app` runs on.
    pub fn new(app: AppHandle) -> Self {
        Self { tray: TrayIcon::default(), app, notifier: Notifier::default(), desk: OnceLock::new() }
    }

    /// Whether there is a tray; `None` until that is known.
    pub fn tray_standing(&self) -> watch::Receiver<Option<bool>> {
        self.tray.standing()
    }

    /// Takes the notification about this away, and waits until it is gone.
    pub async fn take_away(&self, about: About) {
        if let Some(task) = self.notifier.withdraw(about) {
            // Fails where it was aborted: then another is in its place.
            let _ended = task.await;
        }
    }

    /// Tells it, once, which desk its clicks go to; from now on it has a tray, and asks whether it may notify when it
    /// should.
    pub fn serve(&self, desk: Desk) {
        if self.desk.set(desk.clone()).is_ok() {
            self.tray.serve(self.app.clone(), desk.clone());
            tauri::async_runtime::spawn(ask_once_signed_in(desk));
        }
    }
}

#[async_trait]
impl Desktop for TauriDesktop {
    async fn notify(&self, notification: Notification) -> Result<(), NotShown> {
        let desk = self.desk.get().ok_or_else(|| NotShown("the program is still starting".to_owned()))?;
        self.notifier.show(notification, desk.clone()).await
    }

    async fn reword(&self, notification: Notification) -> Result<bool, NotShown> {
        let Some(desk) = self.desk.get() else { return Ok(false) };
        self.notifier.reword(notification, desk.clone()).await
    }

    async fn withdraw(&self, about: About) {
        drop(self.notifier.withdraw(about));
    }

    fn set_tray(&self, tray: Tray) {
        self.tray.set(tray);
    }

    fn set_theme(&self, theme: Theme) {
        self.app.set_theme(match theme {
            Theme::System => None,
            Theme::Light => Some(tauri::Theme::Light),
            Theme::Dark => Some(tauri::Theme::Dark),
        });
    }

    fn set_start_at_login(&self, wanted: bool) -> Result<(), NotSet> {
        at_login::set(&self.app, wanted)
    }

    fn push(&self, overview: Overview) {
        self.app.state::<Page>().push(overview);
    }

    fn show(&self, wanted: Wanted) {
        self.app.state::<Page>().show(wanted);
        let app = self.app.clone();
        if let Err(error) = self.app.run_on_main_thread(move || window::show(&app)) {
            tracing::warn!(%error, "the window could not be shown");
        }
    }

    fn destroy_window(&self) {
        self.app.state::<Page>().forget();
        let app = self.app.clone();
        if let Err(error) = self.app.run_on_main_thread(move || window::destroy(&app)) {
            tracing::warn!(%error, "the hidden window stays");
        }
    }
}
