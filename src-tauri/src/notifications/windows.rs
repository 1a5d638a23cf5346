//! Windows toasts.

use notify_rust::{NotificationHandle, NotificationResponse, Urgency};
use vigie_core::desk::desktop::{NotShown, Notification};
use vigie_core::model::Severity;

/// The AppUserModelID that the installer registers with the program's shortcut. A toast of an unregistered one
/// never shows, so a program that was not installed speaks as Windows PowerShell, which always is.
const APP_ID: &str = "app.vigie.desktop";

/// Shows a toast. The system has no way to replace one by number.
pub async fn show(
    notification: &Notification,
    _replaces: Option<u32>,
) -> Result<NotificationHandle, NotShown> {
    let mut native = notify_rust::Notification::new();
    native
        .summary(&notification.title)
        .body(&notification.body)
        .action("show", &notification.button)
        .urgency(if notification.severity == Severity::Critical {
            Urgency::Critical
        } else {
            Urgency::Normal
        });
    if is_installed() {
        native.app_id(APP_ID);
    }
    tokio::task::spawn_blocking(move || native.show())
        .await
        .map_err(|panic| NotShown(panic.to_string()))?
        .map_err(|error| NotShown(error.to_string()))
}

/// There is no number.
pub const fn number(_handle: &NotificationHandle) -> Option<u32> {
    None
}

/// Waits, on a thread of its own, until the toast is clicked or closed.
pub async fn clicked(handle: NotificationHandle) -> bool {
    let waited = tokio::task::spawn_blocking(move || {
        let mut clicked = false;
        let outcome = handle.wait_for_response(|response: &NotificationResponse| {
            clicked = matches!(response, NotificationResponse::Default | NotificationResponse::Action(_));
        });
        outcome.is_ok() && clicked
    });
    waited.await.unwrap_or(false)
}

/// Shows a toast that nobody waits for.
pub fn show_and_forget(notification: &notify_rust::Notification) -> Result<(), notify_rust::error::Error> {
    notification.show().map(drop)
}

/// Whether the program runs from where its installer put it, and not from a build folder.
fn is_installed() -> bool {
    let Ok(program) = std::env::current_exe() else { return false };
    // What the installer and the MSI each leave beside it.
    let left = ["uninstall.exe", "Uninstall Vigie.lnk"];
    program.parent().is_some_and(|folder| left.iter().any(|name| folder.join(name).exists()))
}
