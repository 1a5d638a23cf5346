//! The window, and the way to the page in it.

use std::path::PathBuf;
use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use tauri::ipc::Channel;
use tauri::webview::PageLoadEvent;
use tauri::{AppHandle, Manager as _, WebviewUrl, WebviewWindow, WebviewWindowBuilder};
use tokio::sync::watch;
use vigie_core::desk::desktop::Wanted;
use vigie_core::desk::view::{Failure, Overview};
use vigie_core::model::AlertId;

/// The window's label, which its capability names.
pub const LABEL: &str = "main";
const TITLE: &str = "Vigie";
/// Room for the list and an open alert.
const SIZE: (f64, f64) = (1_280.0, 800.0);
/// The smallest that everything still fits in.
const SMALLEST: (f64, f64) = (720.0, 480.0);

/// What the page calls the list of alerts.
const LIST: &str = "alerts";

/// Whether a page that has left this shows the list of alerts.
pub fn is_at_list(left: &str) -> bool {
    #[derive(Deserialize)]
    struct Left {
        place: String,
    }
    serde_json::from_str(left).is_ok_and(|left: Left| left.place == LIST)
}

/// What the page is told beside the overview: where to go.
#[derive(Debug, Clone, Serialize)]
pub struct Show {
    /// Where; none: where it is.
    place: Option<&'static str>,
    alert: Option<AlertId>,
    /// With which profile to sign in.
    profile: Option<String>,
    /// Why something else is not shown.
    told: Option<Failure>,
}

impl From<Wanted> for Show {
    fn from(wanted: Wanted) -> Self {
        let at = |place| Self { place, alert: None, profile: None, told: None };
        match wanted {
            Wanted::AsItWas => at(None),
            Wanted::Alerts => at(Some(LIST)),
            Wanted::Alert(alert) => Self { alert: Some(alert), ..at(Some(LIST)) },
            Wanted::Sources => at(Some("sources")),
            Wanted::Profile(profile) => Self { profile: Some(profile), ..at(Some("sources")) },
            Wanted::Told(failure) => Self { told: Some(failure), ..at(None) },
        }
    }
}

/// The page in the window, once it watches.
#[derive(Default)]
pub struct Page {
    state: Mutex<State>,
    /// Whether one has watched.
    watched: watch::Sender<bool>,
    /// The number of the overview that it has painted last.
    painted: watch::Sender<u64>,
}

#[derive(Default)]
struct State {
    channels: Option<(Channel<Overview>, Channel<Show>)>,
    /// What to show once a page watches.
    waiting: Option<Show>,
    /// Where the analyst was: JSON of the page's own.
    left: Option<String>,
    /// While the window goes: whether it is wanted again.
    going: Option<bool>,
}

/// What a page begins with.
#[derive(Debug, Serialize)]
pub struct Begun {
    /// What was to be shown before it watched.
    show: Option<Show>,
    /// What the page before left to it.
    left: Option<String>,
}

/// The most that a page leaves, in bytes: where it is, not what it shows.
const LEFT_LIMIT: usize = 4_096;

impl Page {
    /// A page watches from now on; an older one is forgotten.
    pub fn watch(&self, overviews: Channel<Overview>, shows: Channel<Show>) {
        self.state().channels = Some((overviews, shows));
        self.watched.send_replace(true);
    }

    /// The page is gone.
    pub fn forget(&self) {
        self.state().channels = None;
    }

    /// Whether a page has watched.
    pub fn watched(&self) -> watch::Receiver<bool> {
        self.watched.subscribe()
    }

    /// The page has painted this overview.
    pub fn note_painted(&self, number: u64) {
        self.painted.send_replace(number);
    }

    /// The number of the overview that it has painted last.
    pub fn painted(&self) -> watch::Receiver<u64> {
        self.painted.subscribe()
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

    /// Lets the page show this.
    pub fn show(&self, wanted: Wanted) {
        let mut state = self.state();
        let show = Show::from(wanted);
        match &state.channels {
            Some((_, shows)) => {
                if let Err(error) = shows.send(show) {
                    tracing::warn!(%error, "the window was not told what to show");
                }
            }
            None => state.waiting = Some(show),
        }
    }

    /// What a page begins with; what was to be shown is told once.
    pub fn opened(&self) -> Begun {
        let mut state = self.state();
        Begun { show: state.waiting.take(), left: state.left.clone() }
    }

    /// Keeps where the analyst is, for the page after this one. What is too long is left out: that page begins at the
    /// beginning.
    pub fn leave(&self, left: String) {
        self.state().left = (left.len() <= LEFT_LIMIT).then_some(left);
    }

    /// The window goes from now on, until it has gone.
    fn goes(&self) {
        self.state().going = Some(false);
    }

    /// Asks for the window that goes; whether one does.
    fn comes_back(&self) -> bool {
        self.state().going.as_mut().map(|wanted| *wanted = true).is_some()
    }

    /// The window has gone, or stays after all; whether it is wanted again.
    fn gone(&self) -> bool {
        self.state().going.take().unwrap_or(false)
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// How a window begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begin {
    /// In front of the others.
    Shown,
    /// Small, where it can be found.
    Small,
    /// It waits to be asked for.
    Hidden,
}

/// Makes the window, which is shown once its page is there: an empty one would flash, and WebKitGTK stands still for
/// half a second when it is to draw a page while that starts (seen in every other start).
pub fn build(app: &AppHandle, begin: Begin) -> tauri::Result<WebviewWindow> {
    prepared(app, begin).build()
}

/// Makes a window that waits to be asked for, and whose page keeps nothing; what files an engine needs all the same are
/// in this folder.
pub fn build_apart(app: &AppHandle, files: PathBuf) -> tauri::Result<WebviewWindow> {
    prepared(app, Begin::Hidden).incognito(true).data_directory(files).build()
}

fn prepared(app: &AppHandle, begin: Begin) -> WebviewWindowBuilder<'_, tauri::Wry, AppHandle> {
    WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
        .title(TITLE)
        .inner_size(SIZE.0, SIZE.1)
        .min_inner_size(SMALLEST.0, SMALLEST.1)
        .center()
        .visible(false)
        .zoom_hotkeys_enabled(true)
        .on_page_load(move |window, page| {
            if page.event() != PageLoadEvent::Finished {
                return;
            }
            match begin {
                Begin::Shown => show(window.app_handle()),
                Begin::Small => {
                    if let Err(error) = window.minimize().and_then(|()| window.show()) {
                        tracing::warn!(%error, "the window could not be shown");
                    }
                }
                Begin::Hidden => {}
            }
        })
        // The page never leaves the program, and nothing opens another.
        .on_navigation(is_ours)
        .on_new_window(|_, _| tauri::webview::NewWindowResponse::Deny)
}

/// Whether the address is one of the program's own files.
fn is_ours(url: &url::Url) -> bool {
    url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost")
}

/// Shows the window in front of the others; one that goes is made anew once it has gone.
pub fn show(app: &AppHandle) {
    if app.state::<Page>().comes_back() {
        return;
    }
    let shown = match app.get_webview_window(LABEL) {
        Some(window) => window.show().and_then(|()| window.unminimize()).and_then(|()| window.set_focus()),
        None => build(app, Begin::Shown).map(drop),
    };
    if let Err(error) = shown {
        tracing::warn!(%error, "the window could not be shown");
    }
}

/// Lets the window go. It goes in a later turn of the event loop, and may be asked for before.
pub fn destroy(app: &AppHandle) {
    let Some(window) = app.get_webview_window(LABEL) else { return };
    let page = app.state::<Page>();
    page.goes();
    if let Err(error) = window.destroy() {
        tracing::warn!(%error, "the hidden window stays");
        page.gone();
    }
}

/// The window has gone. One that was asked for meanwhile is made once the event loop is done with this one.
pub fn gone(app: &AppHandle) {
    if !app.state::<Page>().gone() {
        return;
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let handle = app.clone();
        if let Err(error) = app.run_on_main_thread(move || show(&handle)) {
            tracing::warn!(%error, "the window could not be shown");
        }
    });
}

#[cfg(test)]
mod tests {
    use super::{Page, is_ours};

    #[test]
    fn a_window_that_is_asked_for_while_it_goes_comes_back() {
        let page = Page::default();
        assert!(!page.comes_back(), "none goes");
        page.goes();
        assert!(!page.gone(), "nobody has asked for it");
        page.goes();
        assert!(page.comes_back());
        assert!(page.gone());
        assert!(!page.gone() && !page.comes_back(), "it is there again");
    }

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
