//! The desktop's notification service, over D-Bus. notify-rust shows each notification on a connection of its own and
//! begins to listen only afterwards, so it shows none but the one that nobody waits for; `linux/line.rs` says what
//! comes of that.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::{Mutex, oneshot};
use vigie_core::desk::desktop::{About, NotShown, Notification};
use vigie_core::model::Severity;
use vigie_core::policy::Sound;
use zbus::Variant;
use zbus::fdo;

use super::{APP_NAME, Response, action};

#[path = "linux/line.rs"]
mod line;

pub use line::Place;
use line::{Line, Shower};

/// The name of the desktop entry that the packages install; the service takes icon and settings from it.
const DESKTOP_ENTRY: &str = "Vigie";
/// How long one stays, in milliseconds: as the service does with others, or until somebody has seen it.
const AS_USUAL: i32 = -1;
const UNTIL_SEEN: i32 = 0;

/// The line to the service, once something was shown. Who holds it may speak.
#[derive(Default)]
pub struct Centre(Arc<Mutex<Option<Line>>>);

/// A notification, while somebody waits for what becomes of it.
pub struct Handle {
    place: Place,
    response: oneshot::Receiver<Response>,
}

/// Shows a notification in the place of an older one.
pub async fn show(
    centre: &Centre,
    notification: &Notification,
    replaced: Option<&Place>,
) -> Result<(Handle, Place), NotShown> {
    let mut turn = centre.0.clone().lock_owned().await;
    let line = match turn.as_ref().filter(|line| line.is_open()) {
        Some(line) => line.clone(),
        None => turn.insert(Line::open().await.map_err(not_shown)?).clone(),
    };
    let shower = line.shower().await.map_err(not_shown)?;
    let replaces = replaced.and_then(|place| place.number(&line, &shower));
    let (notification, (told, shown)) = (notification.clone(), oneshot::channel());
    // Beside us, who may give up: then it counts as not shown, and is taken away should it come after all. Until that
    // is known nothing more is asked of a service that does not answer.
    tokio::spawn(async move {
        let shown = raise(&line, &shower, &notification, replaces).await;
        if let Err(Ok(late)) = told.send(shown) {
            take_away(&late.place).await;
        }
        drop(turn);
    });
    let shown = shown.await.map_err(|_| NotShown("the program ends".to_owned()))?;
    let handle = shown.map_err(not_shown)?;
    let place = handle.place.clone();
    Ok((handle, place))
}

async fn raise(
    line: &Line,
    shower: &Shower,
    notification: &Notification,
    replaces: Option<u32>,
) -> zbus::Result<Handle> {
    let mut actions = Vec::new();
    if shower.does("actions") {
        // Without this one a click does nothing.
        actions.extend(["default", notification.button.as_str()]);
        for (button, word) in &notification.buttons {
            actions.extend([action(*button), word.as_str()]);
        }
    }
    let mut hints = HashMap::from([
        ("desktop-entry", Variant::from(DESKTOP_ENTRY)),
        ("category", Variant::from("im.received")),
        ("urgency", Variant::from(urgency(notification.severity))),
    ]);
    match notification.sound {
        // By the freedesktop sound naming specification. A service that makes no sounds heeds neither.
        Some(sound) => hints.insert("sound-name", Variant::from(sound_name(sound))),
        None => hints.insert("suppress-sound", Variant::from(true)),
    };
    let stays = if notification.severity == Severity::Critical { UNTIL_SEEN } else { AS_USUAL };
    let (title, body) = (notification.title.as_str(), body(&notification.body, shower));
    let asked = (APP_NAME, replaces.unwrap_or_default(), "", title, body.as_ref(), actions, hints, stays);
    let (place, response) = line.raise(shower, &asked).await?;
    Ok(Handle { place, response })
}

/// Whether notifications may be shown: that is asked of nobody here.
#[expect(clippy::unused_async, reason = "another system waits for the analyst's answer")]
pub async fn allowed() -> Result<(), NotShown> {
    Ok(())
}

/// Waits until the notification is clicked or closed, or is to be withdrawn.
pub async fn response(handle: Handle, _about: About, withdrawn: oneshot::Receiver<()>) -> Response {
    tokio::select! {
        // Ends without an answer where another has taken the place, or who showed it has gone.
        response = handle.response => response.unwrap_or(Response::Gone),
        withdrawn = withdrawn => {
            // It gives way to another without a word: then it is not taken away.
            if withdrawn.is_ok() {
                take_away(&handle.place).await;
            }
            Response::Gone
        }
    }
}

async fn take_away(place: &Place) {
    if let Err(error) = place.close().await {
        tracing::debug!(%error, "a notification stays that is not needed any more");
    }
}

fn not_shown(error: zbus::Error) -> NotShown {
    NotShown(match error {
        zbus::Error::FDO(error) if matches!(*error, fdo::Error::ServiceUnknown(_)) => {
            "this desktop has no notification service".to_owned()
        }
        error => error.to_string(),
    })
}

/// Shows a notification that nobody waits for.
pub fn show_and_forget(notification: &notify_rust::Notification) -> Result<(), notify_rust::error::Error> {
    notification.show().map(drop)
}

/// How urgent it is, in the specification's numbers.
const fn urgency(severity: Severity) -> u8 {
    match severity {
        Severity::Critical => 2,
        Severity::High | Severity::Medium => 1,
        Severity::Low => 0,
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
