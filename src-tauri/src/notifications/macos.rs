//! The macOS notification centre.

use notify_rust::{NotificationHandle, NotificationResponse};
use vigie_core::desk::desktop::{About, NotShown, Notification};

/// Shows a notification in the place of an older one about the same. Outside of an application bundle the system
/// ends a program that tries, so there it is an error.
pub async fn show(
    notification: &Notification,
    _replaces: Option<u32>,
) -> Result<NotificationHandle, NotShown> {
    notify_rust::check_bundle()
        .map_err(|error| NotShown(format!("{error}: start Vigie from its application")))?;
    let mut native = notify_rust::Notification::new();
    native
        .summary(&notification.title)
        .body(&notification.body)
        .action("show", &notification.button)
        .id(identifier(notification.about).as_str());
    native.show_async().await.map_err(|error| NotShown(error.to_string()))
}

/// Notifications have names here, not numbers.
pub const fn number(_handle: &NotificationHandle) -> Option<u32> {
    None
}

/// Waits, on a thread of its own, until the notification is clicked or closed.
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

/// Shows a notification that nobody waits for.
pub fn show_and_forget(notification: &notify_rust::Notification) -> Result<(), notify_rust::error::Error> {
    if notify_rust::check_bundle().is_err() {
        return Ok(());
    }
    notification.show().map(drop)
}

fn identifier(about: About) -> String {
    match about {
        About::Alert(alert) => format!("alert-{alert}"),
        About::Digest => "digest".to_owned(),
        About::Rule(place) => format!("rule-{place}"),
        About::Program => "program".to_owned(),
    }
}
