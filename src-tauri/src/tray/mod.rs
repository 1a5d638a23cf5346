//! The tray: the sign and its menu, kept to what the desk wants. What differs between the systems stands in a file for
//! each.

mod icons;
#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "native.rs")]
mod system;

use std::time::Duration;

use tauri::AppHandle;
use tokio::sync::watch;
use vigie_core::desk::Desk;
use vigie_core::desk::desktop::{Choice, Tray};
use vigie_system::panel::{self, Panel};

/// What the system knows the item as.
const ID: &str = "vigie";
/// At most so often the tray changes: each change is drawn by the panel, and nobody reads a number that runs.
const SHOW_EVERY: Duration = Duration::from_millis(500);
/// How long to wait before a tray is tried again: at login the panel may start after us.
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(10);

/// There is no tray here, or it does not do what it is told.
#[derive(Debug, thiserror::Error)]
#[error("there is no tray here ({0})")]
struct NoTray(String);

/// What is chosen in the tray goes here.
#[derive(Clone)]
struct Hand {
    app: AppHandle,
    desk: Desk,
    standing: watch::Sender<Option<bool>>,
}

impl Hand {
    /// Does what was chosen.
    fn choose(&self, choice: Choice) {
        let desk = self.desk.clone();
        tauri::async_runtime::spawn(async move {
            if let Err(failure) = desk.choose(choice).await {
                tracing::warn!(message = failure.message, "the tray's menu was not followed");
                // Fails only when the program ends.
                let _ending = desk.tell(failure).await;
            }
        });
    }

    /// Ends the program.
    fn quit(&self) {
        self.app.exit(0);
    }

    /// Tells the desk whether there is a tray.
    async fn tell(&self, available: bool) {
        self.standing.send_replace(Some(available));
        // Fails only when the program ends.
        let _ending = self.desk.tray_available(available).await;
    }
}

/// The tray icon; on a desktop without a tray it keeps trying, and says so.
pub struct TrayIcon {
    wanted: watch::Sender<Option<Tray>>,
    standing: watch::Sender<Option<bool>>,
}

impl Default for TrayIcon {
    fn default() -> Self {
        Self { wanted: watch::channel(None).0, standing: watch::channel(None).0 }
    }
}

impl TrayIcon {
    /// Shows this: at once, or soon after what it was told before.
    pub fn set(&self, tray: Tray) {
        self.wanted.send_replace(Some(tray));
    }

    /// Whether there is a tray; `None` until that is known.
    pub fn standing(&self) -> watch::Receiver<Option<bool>> {
        self.standing.subscribe()
    }

    /// From now on it is shown; what is chosen in it goes to this desk.
    pub fn serve(&self, app: AppHandle, desk: Desk) {
        let (wanted, hand) = (self.wanted.subscribe(), Hand { app, desk, standing: self.standing.clone() });
        tauri::async_runtime::spawn(async move {
            // Ends when nobody can want anything any more.
            let _ended = keep(hand, wanted).await;
        });
    }
}

/// Keeps an icon in the tray, and makes it anew where it has ended, for as long as anything can be wanted.
async fn keep(hand: Hand, mut wanted: watch::Receiver<Option<Tray>>) -> Result<(), watch::error::RecvError> {
    let mut panel = panel::watch();
    let mut is_missing = false;
    loop {
        let Some(tray) = wanted.wait_for(Option::is_some).await?.clone() else { return Ok(()) };
        let on = *panel.borrow_and_update();
        let error = match system::Icon::make(&hand, tray, on).await {
            Ok(mut icon) => {
                is_missing = false;
                hand.tell(true).await;
                let ended = follow(&mut icon, &hand, &mut wanted, &mut panel).await?;
                icon.remove().await;
                ended
            }
            Err(error) => error,
        };
        if !std::mem::replace(&mut is_missing, true) {
            tracing::warn!(%error, "everything else works without it");
            hand.tell(false).await;
        }
        tokio::time::sleep(TRY_AGAIN_AFTER).await;
    }
}

/// Brings the icon to what is wanted until it does not follow any more, and gives why.
async fn follow(
    icon: &mut system::Icon,
    hand: &Hand,
    wanted: &mut watch::Receiver<Option<Tray>>,
    panel: &mut watch::Receiver<Panel>,
) -> Result<NoTray, watch::error::RecvError> {
    loop {
        tokio::time::sleep(SHOW_EVERY).await;
        let mut is_back = false;
        tokio::select! {
            changed = wanted.changed() => changed?,
            // Once nobody tells any more it stays as it is.
            Ok(()) = panel.changed() => {}
            shown = icon.shown() => match shown {
                Ok(true) => is_back = true,
                Ok(false) => {
                    hand.tell(false).await;
                    continue;
                }
                Err(ended) => return Ok(ended),
            }
        }
        let Some(tray) = wanted.borrow_and_update().clone() else { continue };
        let on = *panel.borrow_and_update();
        if let Err(error) = icon.show(tray, on).await {
            return Ok(error);
        }
        if is_back {
            // Nothing can be changed before the panel has taken it in.
            hand.tell(true).await;
        }
    }
}
