//! The desktop's notification service, over D-Bus. It is asked who it is and what it can whenever something is shown: it may
//! have ended and been started anew.

use std::borrow::Cow;

use notify_rust::{Hint, NotificationHandle, Timeout, Urgency};
use tokio::sync::oneshot;
use vigie_core::desk::desktop::{About, NotShown, Notification};
use vigie_core::model::Severity;
use vigie_core::policy::Sound;
use vigie_system::notifications::{Deed, Done, Shower, shower};

use super::{APP_NAME, Response, action};

/// The name of the desktop entry that the packages install; the service takes icon and settings from it.
const DESKTOP_ENTRY: &str = "Vigie";

/// Why one has closed, in the specification's numbers.
const BY_ANALYST: u32 = 2;

/// Where a notification is: its number, and who has given it. To another service the number is somebody else's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    owner: String,
    number: u32,
}

/// A notification, while somebody waits for it.
pub struct Handle {
    native: NotificationHandle,
    owner: String,
    done: Done,
}

impl Handle {
    /// Whether who shows notifications now is who shows this one.
    async fn is_theirs(&self) -> bool {
        shower().await.is_ok_and(|(shower, _)| shower.owner == self.owner)
    }
}

/// Shows a notification in the place of an older one. The handle holds the connection: some services close a
/// notification whose sender has gone.
pub async fn show(
    notification: &Notification,
    replaced: Option<&Place>,
) -> Result<(Handle, Place), NotShown> {
    // Heard before it is shown: no click is too quick.
    let (shower, done) = shower().await.map_err(|missing| NotShown(missing.why))?;
    let mut native = native(notification, &shower);
    if let Some(place) = replaced.filter(|place| place.owner == shower.owner) {
        native.id(place.number);
    }
    let native = native.show_async().await.map_err(|error| NotShown(error.to_string()))?;
    let place = Place { owner: shower.owner.clone(), number: native.id() };
    Ok((Handle { native, owner: shower.owner, done }, place))
}

fn native(notification: &Notification, shower: &Shower) -> notify_rust::Notification {
    let mut native = notify_rust::Notification::new();
    native
        .appname(APP_NAME)
        .summary(&notification.title)
        .body(&body(&notification.body, shower))
        .hint(Hint::DesktopEntry(DESKTOP_ENTRY.to_owned()))
        .hint(Hint::Category("im.received".to_owned()))
        .urgency(urgency(notification.severity));
    if shower.does("actions") {
        native.action("default", &notification.button);
        for (button, word) in &notification.buttons {
            native.action(action(*button), word);
        }
    }
    match notification.sound {
        // By the freedesktop sound naming specification. A service that makes no sounds heeds neither.
        Some(sound) => native.hint(Hint::SoundName(sound_name(sound).to_owned())),
        None => native.hint(Hint::SuppressSound(true)),
    };
    if notification.severity == Severity::Critical {
        // Stays until somebody has seen it.
        native.timeout(Timeout::Never);
    }
    native
}

/// Waits until the notification is clicked or closed, or is to be withdrawn. notify-rust could wait too, but hears nothing of
/// what comes right behind something else. A service that was started anew gives the numbers of the old one to others: what
/// is done to those is not heard, and none of them is taken away.
pub async fn response(mut handle: Handle, _about: About, withdrawn: oneshot::Receiver<()>) -> Response {
    let is_withdrawn = tokio::select! {
        deed = handle.done.to(handle.native.id()) => {
            return deed.map_or(Response::Gone, |deed| match deed {
                Deed::Chosen(action) => Response::to_action(&action),
                Deed::Closed(BY_ANALYST) => Response::Dismissed,
                Deed::Closed(_) => Response::Gone,
            });
        }
        // It gives way to another without a word: then nobody waits for it either.
        withdrawn = withdrawn => withdrawn.is_ok(),
    };
    if is_withdrawn && handle.is_theirs().await {
        handle.native.close_async().await;
    }
    Response::Gone
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

const fn sound_name(sound: Sound) -> &'static str {
    match sound {
        Sound::Alarm => "dialog-warning",
        Sound::Notice => "message-new-instant",
    }
}

/// The body is markup where the service says so; there plain text is escaped.
fn body<'a>(text: &'a str, shower: &Shower) -> Cow<'a, str> {
    if shower.does("body-markup") {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").into()
    } else {
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_text_and_not_markup_whatever_the_service_takes() {
        let body = |can: &[&str]| {
            let can = can.iter().map(|&one| one.to_owned()).collect();
            body("<b>A & B</b>", &Shower { owner: ":1.2".into(), can }).into_owned()
        };
        assert_eq!(body(&["body", "body-markup"]), "&lt;b&gt;A &amp; B&lt;/b&gt;");
        assert_eq!(body(&["body"]), "<b>A & B</b>");
    }
}
