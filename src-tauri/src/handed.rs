//! What is handed to the program: a link to an alert or a place, or a file with a profile. Linux and Windows hand it
//! over as an argument, to a second start too; macOS by an event.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tauri::AppHandle;
use tauri::Manager as _;
use vigie_core::desk::alert_link::SCHEME;
use vigie_core::desk::desktop::Choice;
use vigie_core::desk::{Desk, PROFILE_FILE};

use crate::arguments::Arguments;

/// The link to the list of alerts. Windows follows it, and the next, from a toast that is about no single alert.
pub const ALERTS: &str = "vigie://alerts";
/// The link to the sources.
pub const SOURCES: &str = "vigie://sources";

/// What a start is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handed {
    /// The window.
    Window,
    /// Nothing: a start at login.
    Nothing,
    /// The list of alerts.
    Alerts,
    /// The sources.
    Sources,
    /// The alert of a link, as it was written.
    Link(String),
    /// The profile in this file.
    Profile(PathBuf),
}

impl Handed {
    /// What these arguments hand over, from this folder.
    pub fn of(arguments: &Arguments, folder: &Path) -> Self {
        match &arguments.handed {
            Some(text) => Self::read(text, folder),
            None if arguments.hidden => Self::Nothing,
            None => Self::Window,
        }
    }

    /// What the arguments of another start hand over. Some that it did not understand are none of ours: it ends by
    /// itself.
    pub fn of_another(arguments: &[String], folder: &str) -> Self {
        Arguments::read(arguments).map_or(Self::Window, |arguments| Self::of(&arguments, folder.as_ref()))
    }

    /// A link, the address of a file or its path. What is none of them goes for a link, so that the window says what is
    /// wrong.
    pub fn read(text: &str, folder: &Path) -> Self {
        // Windows and macOS do not tell `.VIGIE-PROFILE` apart.
        let is_profile = |path: &Path| {
            path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(PROFILE_FILE))
        };
        let address = url::Url::parse(text).ok();
        if let Some(link) = address.as_ref().filter(|address| address.scheme() == SCHEME) {
            // Windows writes it with a slash at its end.
            return match link.as_str().trim_end_matches('/') {
                ALERTS => Self::Alerts,
                SOURCES => Self::Sources,
                _ => Self::Link(text.to_owned()),
            };
        }
        let of_address = address.filter(|address| address.scheme() == "file");
        let path = of_address.and_then(|address| address.to_file_path().ok());
        let path = path.unwrap_or_else(|| folder.join(text));
        if is_profile(&path) { Self::Profile(path) } else { Self::Link(text.to_owned()) }
    }

    /// Does what it is about; what is handed over before there is a desk is kept for it.
    pub fn follow(self, app: &AppHandle) {
        let Some(desk) = app.state::<Early>().desk(app, &self) else { return };
        tauri::async_runtime::spawn(async move {
            // Fails only when the program ends.
            let _ending = match self {
                Self::Nothing => Ok(()),
                Self::Window => desk.show().await,
                Self::Alerts => desk.open(None).await,
                Self::Sources => desk.choose(Choice::Sources).await,
                Self::Link(link) => desk.open_link(link).await,
                Self::Profile(file) => desk.open_profile(file).await,
            };
        });
    }
}

/// What was handed over while the program was still starting.
#[derive(Default)]
pub struct Early(Mutex<Vec<Handed>>);

/// So much is kept: more than anybody clicks while a program starts. Of what is beyond the newest counts.
const EARLY_LIMIT: usize = 16;

impl Early {
    /// The desk; where there is none yet, this is kept for it.
    fn desk(&self, app: &AppHandle, handed: &Handed) -> Option<Desk> {
        // Held while it is looked: what is kept is followed after the desk is there, or not kept.
        let mut early = self.kept();
        let desk = app.try_state::<Desk>().map(|desk| desk.inner().clone());
        if desk.is_none() {
            early.push(handed.clone());
            if early.len() > EARLY_LIMIT {
                early.remove(0);
            }
        }
        desk
    }

    /// Does what was handed over before there was a desk.
    pub fn follow(&self, app: &AppHandle) {
        let early = std::mem::take(&mut *self.kept());
        for handed in early {
            handed.follow(app);
        }
    }

    fn kept(&self) -> MutexGuard<'_, Vec<Handed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handed(arguments: &[&str]) -> Handed {
        let arguments = std::iter::once(&"vigie").chain(arguments).map(ToString::to_string);
        Handed::of_another(&arguments.collect::<Vec<_>>(), "/home/ada")
    }

    #[test]
    fn a_start_says_what_it_is_about() {
        assert_eq!(handed(&[]), Handed::Window);
        assert_eq!(handed(&["--hidden"]), Handed::Nothing);
        assert_eq!(handed(&["vigie://alert/a-1"]), Handed::Link("vigie://alert/a-1".into()));
        assert_eq!(handed(&["--data", "/x", "vigie://alert/a-1"]), Handed::Link("vigie://alert/a-1".into()));
        assert_eq!(handed(&[ALERTS]), Handed::Alerts);
        assert_eq!(handed(&["vigie://sources/"]), Handed::Sources);
        assert_eq!(handed(&["vigie://sources/1"]), Handed::Link("vigie://sources/1".into()));
        let file = |path: &str| Handed::Profile(path.into());
        assert_eq!(handed(&["/mnt/my.vigie-profile"]), file("/mnt/my.vigie-profile"));
        assert_eq!(handed(&["/mnt/MY.VIGIE-PROFILE"]), file("/mnt/MY.VIGIE-PROFILE"));
        #[cfg(unix)]
        assert_eq!(handed(&["my.vigie-profile"]), file("/home/ada/my.vigie-profile"));
        #[cfg(unix)]
        assert_eq!(handed(&["file:///mnt/a%20b.vigie-profile"]), file("/mnt/a b.vigie-profile"));
        assert_eq!(handed(&["/etc/passwd"]), Handed::Link("/etc/passwd".into()));
        assert_eq!(
            handed(&["--what"]),
            Handed::Window,
            "it is the other start that says what is wrong with it"
        );
    }
}
