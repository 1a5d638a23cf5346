//! The macOS notification centre.

use notify_rust::{NotificationHandle, NotificationResponse, Urgency};
use tokio::sync::oneshot;
use vigie_core::desk::desktop::{About, NotShown, Notification};
use vigie_core::model::Severity;
use vigie_core::policy::Sound;

use super::{Response, action};

/// Notifications have names here, and a later one of the same name takes the place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place;

/// Shows a notification in the place of an older one about the same. Outside of an application bundle the system
/// ends a program that tries, so there it is an error.
pub async fn show(
    notification: &Notification,
    _replaced: Option<&Place>,
) -> Result<(NotificationHandle, Place), NotShown> {
    notify_rust::check_bundle()
        .map_err(|error| NotShown(format!("{error}: start Vigie from its application")))?;
    let mut native = notify_rust::Notification::new();
    native
        .summary(&notification.title)
        .body(&notification.body)
        .action("show", &notification.button)
        .urgency(urgency(notification.severity))
        .id(identifier(notification.about).as_str());
    for (button, word) in &notification.buttons {
        native.action(action(*button), word);
    }
    // Without one it is silent.
    if let Some(sound) = notification.sound {
        native.sound_name(sound_name(sound));
    }
    let handle = native.show_async().await.map_err(|error| NotShown(error.to_string()))?;
    Ok((handle, Place))
}

/// Waits, on a thread of its own, until the notification is clicked or closed, or is to be withdrawn.
pub async fn response(
    handle: NotificationHandle,
    about: About,
    withdrawn: oneshot::Receiver<()>,
) -> Response {
    let (answer, answered) = oneshot::channel();
    tokio::task::spawn_blocking(move || {
        let outcome = handle.wait_for_response(|native: &NotificationResponse| {
            let response = match native {
                NotificationResponse::Default => Response::Clicked,
                NotificationResponse::Action(name) => Response::to_action(name),
                NotificationResponse::Reply(_) | NotificationResponse::Closed(_) => Response::Gone,
            };
            // Fails where nobody waits any more.
            let _given_up = answer.send(response);
        });
        if let Err(error) = outcome {
            tracing::debug!(%error, "nothing is heard of a notification any more");
        }
    });
    tokio::select! {
        answer = answered => answer.unwrap_or(Response::Gone),
        withdrawn = withdrawn => {
            if withdrawn.is_ok() {
                mac_usernotifications::close_delivered(&identifier(about)).await;
            }
            Response::Gone
        }
    }
}

/// Shows a notification that nobody waits for.
pub fn show_and_forget(notification: &notify_rust::Notification) -> Result<(), notify_rust::error::Error> {
    if notify_rust::check_bundle().is_err() {
        return Ok(());
    }
    notification.show().map(drop)
}

const fn urgency(severity: Severity) -> Urgency {
    match severity {
        Severity::Critical => Urgency::Critical,
        Severity::High | Severity::Medium => Urgency::Normal,
        Severity::Low => Urgency::Low,
    }
}

/// Sounds that every system has.
const fn sound_name(sound: Sound) -> &'static str {
    match sound {
        Sound::Alarm => "Sosumi",
        Sound::Notice => "Glass",
    }
}

fn identifier(about: About) -> String {
    match about {
        About::Alert(alert) => format!("alert-{alert}"),
        About::Digest => "digest".to_owned(),
        About::Storm => "storm".to_owned(),
        About::Rule(place) => format!("rule-{place}"),
        About::Program => "program".to_owned(),
    }
}
