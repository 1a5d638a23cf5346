//! The window while nobody looks at it: it stays for a while, so that it is back at once, and then goes, because a
//! hidden page frees nothing.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::Duration;

use super::actor::Actor;
use super::window::Window;
use super::words;

/// How long a hidden window stays.
pub const HIDDEN_FOR: Duration = Duration::from_secs(600);
/// The mark that the analyst was told where the program goes when its window is closed, beside the database.
const TOLD: &str = "told-of-the-tray";

impl Actor {
    /// The window was hidden. Tells, once and never again, that the program goes on.
    pub(super) fn hide(&mut self) {
        self.window.hidden_since = Some(self.clock().elapsed());
        self.tools.unseen.set(true);
        if std::mem::replace(&mut self.hidden_told, true) {
            return;
        }
        match std::fs::File::create_new(self.mark()) {
            Ok(_) => self.show(words::hidden(self.language)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => {
                tracing::warn!(%error, "it is said again after the next start that the program goes on in the tray");
                self.show(words::hidden(self.language));
            }
        }
    }

    fn mark(&self) -> PathBuf {
        self.store().path().with_file_name(TOLD)
    }

    /// When a hidden window goes, by [`crate::clock::Clock::elapsed`].
    pub(super) fn window_due(&self) -> Option<Duration> {
        Some(self.window.hidden_since? + HIDDEN_FOR)
    }

    /// Lets a window go that was hidden for long enough.
    pub(super) fn end_window(&mut self) {
        if self.window_due().is_some_and(|due| self.clock().elapsed() >= due) {
            self.window = Window { number: self.window.number, ..Window::default() };
            self.desktop.destroy_window();
        }
    }
}
