//! The window, and the way to the page in it.

use std::sync::Mutex;

use serde::Serialize;
use tauri::ipc::Channel;
use tauri::webview::PageLoadEvent;
use tauri::{AppHandle, Manager as _, WebviewUrl, WebviewWindow, WebviewWindowBuilder};
use vigie_core::desk::view::Overview;
use vigie_core::model::AlertId;

/// The window's label, which its capability names.
pub const LABEL: &str = "main";
const TITLE: &str = "Vigie";
/// Room for the list and an open alert.
const SIZE: (f64, f64) = (1_280.0, 800.0);
/// The smallest that everything still fits in.
const SMALLEST: (f64, f64) = (720.0, 480.0);

/// What the page is told beside the overview: which alert to show.
#[derive(Debug, Clone, Serialize)]
pub struct Show {
    alert: Option<AlertId>,
}

/// The page in the window, once it watches.
#[derive(Default)]
pub struct Page(Mutex<State>);

#[derive(Default)]
struct State {
    channels: Option<(Channel<Overview>, Channel<Show>)>,
    /// What to show once a page watches.
    waiting: Option<Show>,
}

impl Page {
    /// A page watches from now on; an older one is forgotten.
    pub fn watch(&self, overviews: Channel<Overview>, shows: Channel<Show>) {
        self.state().channels = Some((overviews, shows));
    }

    /// Hands an overview to the page.
    pub fn push(&self, overview: Overview) {
        if let Some((overviews, _)) = &self.state().channels
            && let Err(error) = overviews.send(overview)
        {
            // The desk pushes the next one in a second at the latest.
            tracing::warn!(%error, "an overview did not reach the window");
        }
    }

    /// Lets the page show an alert, or the list.
    pub fn show(&self, alert: Option<AlertId>) {
        let mut state = self.state();
        let show = Show { alert };
        match &state.channels {
            Some((_, shows)) => {
                if let Err(error) = shows.send(show) {
                    tracing::warn!(%error, "the window was not told what to show");
                }
            }
            None => state.waiting = Some(show),
        }
    }

    /// What was to be shown before the page watched; once.
    pub fn opened(&self) -> Option<AlertId> {
        self.state().waiting.take().and_then(|show| show.alert)
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Makes the window, which is shown once its page is there: an empty one would flash, and WebKitGTK stands still for half a
/// second when it is to draw a page while that starts (seen in every other start). Not `shown`: it waits to be asked for.
pub fn build(app: &AppHandle, shown: bool) -> tauri::Result<WebviewWindow> {
    WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
        .title(TITLE)
        .inner_size(SIZE.0, SIZE.1)
        .min_inner_size(SMALLEST.0, SMALLEST.1)
        .center()
        .visible(false)
        .zoom_hotkeys_enabled(true)
        .on_page_load(move |window, page| {
            if shown && page.event() == PageLoadEvent::Finished {
                show(window.app_handle());
            }
        })
        // The page never leaves the program, and nothing opens another.
        .on_navigation(is_ours)
        .on_new_window(|_, _| tauri::webview::NewWindowResponse::Deny)
        .build()
}

/// Whether the address is one of the program's own files.
fn is_ours(url: &url::Url) -> bool {
    url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost")
}

/// Shows the window in front of the others.
pub fn show(app: &AppHandle) {
    let shown = match app.get_webview_window(LABEL) {
        Some(window) => window.show().and_then(|()| window.unminimize()).and_then(|()| window.set_focus()),
        None => build(app, true).map(drop),
    };
    if let Err(error) = shown {
        tracing::warn!(%error, "the window could not be shown");
    }
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn the_page_stays_in_the_program() {
        let is_ours = |url: &str| is_ours(&url.parse().unwrap());
        assert!(is_ours("tauri://localhost/index.html") && is_ours("http://tauri.localhost/"));
        assert!(
            !is_ours("https://bank.example/")
                && !is_ours("file:///etc/passwd")
                && !is_ours("data:text/html,x")
        );
    }
}
