//! The macOS notification centre, by the crate below notify-rust. That one waits for a click on a thread of its own:
//! for ever where a notification is taken away, and not at all where the main thread has something to do at that
//! moment.

use mac_usernotifications::{
    Action, CloseReason, Error, InterruptionLevel, NotificationHandle, NotificationResponse,
};
use tokio::sync::oneshot;
use vigie_core::desk::desktop::{About, NotShown, Notification};
use vigie_core::model::Severity;
use vigie_core::policy::Sound;

use super::{Response, action};

/// Notifications have names here, and a later one of the same name takes the place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place;

/// The system's notification centre, which every call finds by itself.
#[derive(Default)]
pub struct Centre;

/// Shows a notification in the place of an older one about the same. Outside of an application bundle the system
/// ends a program that tries, so there it is an error.
pub async fn show(
    _centre: &Centre,
    notification: &Notification,
    _replaced: Option<&Place>,
) -> Result<(NotificationHandle, Place), NotShown> {
    allowed().await?;
    let mut native = mac_usernotifications::Notification::new()
        .title(&notification.title)
        .message(&notification.body)
        .action(Action::button("show", notification.button.as_str()))
        .interruption_level(level(notification.severity))
        // Without one it is silent.
        .maybe_sound(notification.sound.map(sound_name))
        .id(&identifier(notification.about));
    for (button, word) in &notification.buttons {
        native = native.action(Action::button(action(*button), word.as_str()));
    }
    let handle = native.send().await.map_err(|error| NotShown(error.to_string()))?;
    Ok((handle, Place))
}

/// The system takes nothing from a program that has not asked the analyst whether it may. That is asked once; an answer
/// that was given before comes at once.
pub async fn allowed() -> Result<(), NotShown> {
    match mac_usernotifications::request_auth().await {
        Ok(true) => Ok(()),
        Ok(false) => Err(NotShown("macOS is told to show none of Vigie's".to_owned())),
        Err(error @ Error::NoBundleIdentifier) => {
            Err(NotShown(format!("{error} Start Vigie from its application")))
        }
        Err(error) => Err(NotShown(error.to_string())),
    }
}

/// Waits until the notification is clicked or closed, or is to be withdrawn.
pub async fn response(
    handle: NotificationHandle,
    about: About,
    withdrawn: oneshot::Receiver<()>,
) -> Response {
    tokio::select! {
        // Ends with an error where another has taken the place.
        answer = handle.response() => answer.map_or(Response::Gone, |native| response_of(&native)),
        withdrawn = withdrawn => {
            if withdrawn.is_ok() {
                mac_usernotifications::close_delivered(&identifier(about)).await;
            }
            Response::Gone
        }
    }
}

fn response_of(native: &NotificationResponse) -> Response {
    match native.close_reason {
        Some(CloseReason::Dismissed) => Response::Dismissed,
        Some(_) => Response::Gone,
        None if native.is_default_action() => Response::Clicked,
        None => Response::to_action(&native.action_identifier),
    }
}

/// Shows a notification that nobody waits for.
pub fn show_and_forget(notification: &notify_rust::Notification) -> Result<(), notify_rust::error::Error> {
    if mac_usernotifications::check_bundle().is_err() {
        return Ok(());
    }
    notification.show().map(drop)
}

/// What is critical is seen whatever the analyst concentrates on.
const fn level(severity: Severity) -> InterruptionLevel {
    match severity {
        Severity::Critical => InterruptionLevel::TimeSensitive,
        Severity::High | Severity::Medium => InterruptionLevel::Active,
        Severity::Low => InterruptionLevel::Passive,
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
        About::Offline => "offline".to_owned(),
        About::Program => "program".to_owned(),
    }
}
