//! Windows toasts, by the system's own interface: notify-rust can neither put a toast in the place of another nor take
//! one away, and a storm would fill the screen.

use tokio::sync::{mpsc, oneshot};
use vigie_core::desk::desktop::{About, NotShown, Notification};
use vigie_core::model::Severity;
use vigie_core::policy::Sound;
use windows::Data::Xml::Dom::XmlDocument;
use windows::Foundation::TypedEventHandler;
use windows::UI::Notifications::{
    NotificationSetting, ToastActivatedEventArgs, ToastDismissalReason, ToastDismissedEventArgs,
    ToastNotification, ToastNotificationManager,
};
use windows::core::{HSTRING, IInspectable, Interface as _};

use super::{Response, action};
use crate::handed::{ALERTS, SOURCES};

/// The AppUserModelID that the installer registers with the program's shortcut. A toast of an unregistered one
/// never shows, so a program that was not installed speaks as Windows PowerShell, which always is.
const APP_ID: &str = "app.vigie.desktop";
const POWERSHELL_APP_ID: &str =
    "{1AC14E77-02E7-4E5D-B744-2EB1AE5198B7}\\WindowsPowerShell\\v1.0\\powershell.exe";
/// Tags are told apart within their group.
const GROUP: &str = "vigie";

/// Toasts have tags, and a later one with the same tag takes the place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place;

/// The system's notification centre, which every call finds by itself.
#[derive(Default)]
pub struct Centre;

/// A toast, while somebody waits for it.
pub struct Handle {
    _toast: ToastNotification,
    responses: mpsc::UnboundedReceiver<Response>,
}

/// Shows a toast in the place of an older one about the same.
pub async fn show(
    _centre: &Centre,
    notification: &Notification,
    replaced: Option<&Place>,
) -> Result<(Handle, Place), NotShown> {
    let (notification, is_update) = (notification.clone(), replaced.is_some());
    let shown = tokio::task::spawn_blocking(move || {
        if is_switched_off() {
            return Err(NotShown("Windows is told to show none of Vigie's".to_owned()));
        }
        toast(&notification, is_update).map_err(|error| NotShown(error.message()))
    });
    let handle = shown.await.map_err(|panic| NotShown(panic.to_string()))??;
    Ok((handle, Place))
}

/// Whether notifications may be shown: that is asked of nobody here.
#[expect(clippy::unused_async, reason = "another system waits for the analyst's answer")]
pub async fn allowed() -> Result<(), NotShown> {
    Ok(())
}

/// Whether the analyst or an administrator has switched our toasts off: then one is taken without an error and never
/// seen. Before the first toast Windows may not know; that is no reason not to try.
fn is_switched_off() -> bool {
    ToastNotificationManager::CreateToastNotifierWithId(&HSTRING::from(app_id()))
        .and_then(|notifier| notifier.Setting())
        .is_ok_and(|setting| setting != NotificationSetting::Enabled)
}

fn toast(notification: &Notification, is_update: bool) -> windows::core::Result<Handle> {
    let document = XmlDocument::new()?;
    document.LoadXml(&HSTRING::from(xml(notification, is_installed())))?;
    let toast = ToastNotification::CreateToastNotification(&document)?;
    toast.SetTag(&HSTRING::from(tag(notification.about)))?;
    toast.SetGroup(&HSTRING::from(GROUP))?;
    // What only tells more of the same comes into the list without a word.
    toast.SetSuppressPopup(is_update && notification.sound.is_none())?;
    let (sender, responses) = mpsc::unbounded_channel();
    let (activated, dismissed) = (sender.clone(), sender);
    toast.Activated(&TypedEventHandler::<ToastNotification, IInspectable>::new(move |_, arguments| {
        // Fails where nobody waits any more.
        let _given_up = activated.send(response_of(arguments.as_ref()));
        Ok(())
    }))?;
    toast.Dismissed(&TypedEventHandler::<ToastNotification, ToastDismissedEventArgs>::new(
        move |_, left| {
            // One that nobody touched leaves the screen after some seconds, and is in the list from then on.
            let reason = left.as_ref().and_then(|left| left.Reason().ok());
            let response = match reason {
                Some(ToastDismissalReason::TimedOut) => return Ok(()),
                Some(ToastDismissalReason::UserCanceled) => Response::Dismissed,
                _ => Response::Gone,
            };
            let _given_up = dismissed.send(response);
            Ok(())
        },
    ))?;
    ToastNotificationManager::CreateToastNotifierWithId(&HSTRING::from(app_id()))?.Show(&toast)?;
    Ok(Handle { _toast: toast, responses })
}

/// A button has its name, and a click is none of them. Where the click is a link, Windows opens that instead of telling
/// us.
fn response_of(arguments: Option<&IInspectable>) -> Response {
    let chosen = arguments
        .and_then(|arguments| arguments.cast::<ToastActivatedEventArgs>().ok())
        .and_then(|arguments| arguments.Arguments().ok());
    chosen.map_or(Response::Clicked, |chosen| Response::to_action(&chosen.to_string_lossy()))
}

/// Waits until the toast is clicked or closed, or is to be withdrawn.
pub async fn response(mut handle: Handle, about: About, withdrawn: oneshot::Receiver<()>) -> Response {
    tokio::select! {
        response = handle.responses.recv() => response.unwrap_or(Response::Gone),
        withdrawn = withdrawn => {
            if withdrawn.is_ok()
                && let Err(error) = remove(about)
            {
                tracing::debug!(%error, "a toast stays that is not needed any more");
            }
            Response::Gone
        }
    }
}

fn remove(about: About) -> windows::core::Result<()> {
    let (tag, group, app_id) = (HSTRING::from(tag(about)), HSTRING::from(GROUP), HSTRING::from(app_id()));
    ToastNotificationManager::History()?.RemoveGroupedTagWithId(&tag, &group, &app_id)
}

/// Shows a toast that nobody waits for.
pub fn show_and_forget(notification: &notify_rust::Notification) -> Result<(), notify_rust::error::Error> {
    // Without it Windows says that PowerShell has sent it.
    notification.clone().app_id(app_id()).show().map(drop)
}

/// The toast. Of an installed program a click opens a link: it lies in the list for days, and we may not run any more,
/// or have more of them than we wait for. A button does nothing then; no link may do what it does, since anybody can
/// make one.
fn xml(notification: &Notification, has_links: bool) -> String {
    // A critical one stays until somebody has seen it.
    let scenario = if notification.severity == Severity::Critical { r#" scenario="reminder""# } else { "" };
    let audio = match notification.sound {
        Some(Sound::Alarm) => r#"<audio src="ms-winsoundevent:Notification.Reminder"/>"#,
        Some(Sound::Notice) => r#"<audio src="ms-winsoundevent:Notification.Default"/>"#,
        None => r#"<audio silent="true"/>"#,
    };
    let place = if notification.about == About::Offline { SOURCES } else { ALERTS };
    let link = escaped(notification.link.as_deref().unwrap_or(place));
    let (launch, show) = if has_links {
        let by_link = r#"activationType="protocol""#;
        (format!(r#" {by_link} launch="{link}""#), format!(r#"{by_link} arguments="{link}""#))
    } else {
        (String::new(), r#"arguments="show""#.to_owned())
    };
    let mut actions = format!(r#"<action content="{}" {show}/>"#, escaped(&notification.button));
    for (button, word) in &notification.buttons {
        let (name, word) = (action(*button), escaped(word));
        actions.push_str(&format!(r#"<action content="{word}" arguments="{name}"/>"#));
    }
    format!(
        r#"<toast{scenario}{launch}><visual><binding template="ToastGeneric"><text>{}</text><text>{}</text></binding></visual>{audio}<actions>{actions}</actions></toast>"#,
        escaped(&notification.title),
        escaped(&notification.body)
    )
}

/// Plain text as XML; what XML cannot say is left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\u{FFFE}' | '\u{FFFF}' => {}
            c if c.is_control() && c != '\n' => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// At most 16 characters on the oldest systems, which an alert's number fits.
fn tag(about: About) -> String {
    match about {
        About::Alert(alert) => format!("a{alert}"),
        About::Digest => "digest".to_owned(),
        About::Storm => "storm".to_owned(),
        About::Rule(place) => format!("rule{place}"),
        About::Offline => "offline".to_owned(),
        About::Program => "program".to_owned(),
    }
}

fn app_id() -> &'static str {
    if is_installed() { APP_ID } else { POWERSHELL_APP_ID }
}

/// Whether the program runs from where its installer put it, and not from a build folder.
fn is_installed() -> bool {
    let Ok(program) = std::env::current_exe() else { return false };
    // What the installer and the MSI each leave beside it.
    let left = ["uninstall.exe", "Uninstall Vigie.lnk"];
    program.parent().is_some_and(|folder| left.iter().any(|name| folder.join(name).exists()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_text_is_text_and_not_markup() {
        assert_eq!(super::escaped("<b a=\"1\">\u{1}&\n"), "&lt;b a=&quot;1&quot;&gt;&amp;\n");
    }
}
