//! The desktop's notification service, over D-Bus.

use notify_rust::{Hint, NotificationHandle, NotificationResponse, Timeout, Urgency};
use vigie_core::desk::desktop::{NotShown, Notification};
use vigie_core::model::Severity;

/// The name of the desktop entry that the packages install; the service takes icon and settings from it.
const DESKTOP_ENTRY: &str = "Vigie";

/// Shows a notification in the place of an older one. The handle holds the connection: some services close a
/// notification whose sender has gone.
pub async fn show(
    notification: &Notification,
    replaces: Option<u32>,
) -> Result<NotificationHandle, NotShown> {
    let mut native = notify_rust::Notification::new();
    native
        .appname(super::APP_NAME)
        .summary(&notification.title)
        .body(&escaped(&notification.body))
        .hint(Hint::DesktopEntry(DESKTOP_ENTRY.to_owned()))
        .hint(Hint::Category("im.received".to_owned()))
        .action("default", &notification.button)
        .urgency(urgency(notification.severity));
    if notification.severity == Severity::Critical {
        // Stays until somebody has seen it.
        native.timeout(Timeout::Never);
    }
    if let Some(number) = replaces {
        native.id(number);
    }
    native.show_async().await.map_err(|error| NotShown(error.to_string()))
}

/// The number under which a later notification replaces this one.
pub fn number(handle: &NotificationHandle) -> Option<u32> {
    Some(handle.id())
}

/// Waits until the notification is clicked or closed.
pub async fn clicked(handle: NotificationHandle) -> bool {
    let mut clicked = false;
    handle
        .wait_for_action_async(|response| {
            clicked = matches!(response, NotificationResponse::Default | NotificationResponse::Action(_));
        })
        .await;
    clicked
}

/// Shows a notification that nobody waits for.
pub fn show_and_forget(notification: &notify_rust::Notification) -> Result<(), notify_rust::error::Error> {
    notification.show().map(drop)
}

const fn urgency(severity: Severity) -> Urgency {
    match severity {
        Severity::Critical => Urgency::Critical,
        Severity::High | Severity::Medium => Urgency::Normal,
        Severity::Low => Urgency::Low,
    }
}

/// The body is markup by the specification, so plain text is escaped.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_body_is_text_and_not_markup() {
        assert_eq!(super::escaped("<b>A & B</b>"), "&lt;b&gt;A &amp; B&lt;/b&gt;");
    }
}
