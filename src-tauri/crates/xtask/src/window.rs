//! The window: its packages and its build, each only when something has changed.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::error::{Error, Result};
use crate::{paths, shell};

/// Installs the window's packages when the lock file is not the one of the last time.
pub fn install() -> Result<()> {
    let lock = paths::ui().join("package-lock.json");
    let noted = paths::notes().join("package-lock.json");
    let wanted = fs::read(&lock).map_err(Error::file("read", &lock))?;
    if paths::ui().join("node_modules").is_dir()
        && fs::read(&noted).is_ok_and(|installed| installed == wanted)
    {
        return Ok(());
    }
    shell::run(shell::npm().args(["ci", "--no-audit", "--no-fund"]))?;
    create_notes()?;
    fs::write(&noted, wanted).map_err(Error::file("written", &noted))
}

/// Builds the window when one of its sources is newer than the last build.
pub fn build() -> Result<()> {
    let stamp = paths::notes().join("window-built");
    let built = paths::ui().join("dist/index.html").is_file().then(|| changed(&stamp)).flatten();
    let messages = paths::root().join("src-tauri/crates/core/messages");
    if !is_stale(newest([paths::ui(), messages]), built) {
        eprintln!("  The window is built and up to date.");
        return Ok(());
    }
    // Stamped before and kept after: what changes during the build is newer than the stamp.
    create_notes()?;
    let begun = paths::notes().join("window-begun");
    File::create(&begun).map_err(Error::file("written", &begun))?;
    shell::run(shell::npm().args(["run", "build"]))?;
    fs::rename(&begun, &stamp).map_err(Error::file("written", &stamp))
}

/// Whether sources have changed since they were built; what cannot be dated is stale.
fn is_stale(newest: Option<SystemTime>, built: Option<SystemTime>) -> bool {
    match (newest, built) {
        (Some(newest), Some(built)) => newest >= built,
        _ => true,
    }
}

/// When anything below these folders last changed. A folder's own time tells that a file in it went away; the
/// time of the outermost tells nothing, as the build itself writes there.
fn newest(folders: [PathBuf; 2]) -> Option<SystemTime> {
    let mut newest = None;
    let mut folders = Vec::from(folders);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if ["node_modules", "dist"].iter().any(|made| entry.file_name() == *made) {
                continue;
            }
            let path = entry.path();
            newest = newest.max(changed(&path));
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    newest
}

fn changed(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

fn create_notes() -> Result<()> {
    fs::create_dir_all(paths::notes()).map_err(Error::file("created", &paths::notes()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(seconds: u64) -> Option<SystemTime> {
        Some(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
    }

    #[test]
    fn a_build_is_stale_when_a_source_is_newer_or_as_new() {
        assert!(is_stale(at(2), at(1)));
        assert!(is_stale(at(1), at(1)));
        assert!(!is_stale(at(1), at(2)));
    }

    #[test]
    fn what_was_never_built_is_stale() {
        assert!(is_stale(at(1), None));
        assert!(is_stale(None, None));
    }

    #[test]
    fn the_newest_source_counts_and_what_is_made_does_not() {
        let (ui, messages) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for made in ["node_modules", "dist"] {
            fs::create_dir(ui.path().join(made)).unwrap();
            fs::write(ui.path().join(made).join("made.js"), "").unwrap();
        }
        let folders = [ui.path().to_owned(), messages.path().to_owned()];
        assert_eq!(newest(folders.clone()), None);

        let message = messages.path().join("en.ftl");
        fs::write(&message, "").unwrap();
        assert_eq!(newest(folders), changed(&message));
    }
}
