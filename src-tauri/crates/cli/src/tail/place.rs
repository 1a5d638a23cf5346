//! Where what arrives is kept: a file of the analyst's choice, or a temporary one that is gone at the end.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;
use vigie_system::places;

/// What the name of a temporary folder begins with.
const PREFIX: &str = "vigie-";
/// How often a temporary folder is tried to be removed, and the time between: SQLite closes its files on a thread of
/// its own, and some systems remove no open file.
const REMOVALS: u32 = 20;
const REMOVAL_AGAIN_AFTER: Duration = Duration::from_millis(100);

/// Why there is nowhere to keep what arrives.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// The application uses that file.
    #[error("{0} is the application's own database: choose another file")]
    OfTheApplication(PathBuf),
    /// There is no folder to keep the file in.
    #[error(
        "{file} cannot be kept: there is no folder {folder}; make it, or name another file after --store"
    )]
    NoFolder {
        /// The file.
        file: PathBuf,
        /// Where it would be.
        folder: PathBuf,
    },
    /// There is a folder where the file would be.
    #[error("{0} is a folder: name a file after --store, in it or elsewhere")]
    IsFolder(PathBuf),
    /// There can be no temporary file.
    #[error("no temporary file can be made: {0}; name one with --store")]
    NoTemporary(io::Error),
    /// The temporary file is still there.
    #[error("{path} holds what arrived and could not be removed: {error}; remove it")]
    NotRemoved {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

/// Where to keep what arrives.
pub enum Place {
    Temporary,
    Kept(PathBuf),
}

impl Place {
    /// In this file, or else in a temporary one.
    pub fn of(file: Option<PathBuf>) -> Result<Self, PlaceError> {
        let Some(file) = file else { return Ok(Self::Temporary) };
        let whole = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if places::store().is_some_and(|own| whole(&own) == whole(&file)) {
            return Err(PlaceError::OfTheApplication(file));
        }
        if file.is_dir() {
            return Err(PlaceError::IsFolder(file));
        }
        // A name without a folder is one in the folder that we are in.
        match file.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir()) {
            Some(folder) => Err(PlaceError::NoFolder { folder: folder.to_owned(), file }),
            None => Ok(Self::Kept(file)),
        }
    }

    /// Makes the temporary folder, if that is the place: readable by this user only.
    pub fn open(self) -> Result<Open, PlaceError> {
        Ok(match self {
            Self::Kept(file) => Open::Kept(file),
            Self::Temporary => {
                let folder = make_private().map_err(PlaceError::NoTemporary)?;
                Open::Temporary { file: folder.path().join(places::STORE), folder }
            }
        })
    }
}

#[cfg(unix)]
fn make_private() -> io::Result<TempDir> {
    use std::os::unix::fs::PermissionsExt as _;
    const OWNER_ONLY: u32 = 0o700;
    let permissions = std::fs::Permissions::from_mode(OWNER_ONLY);
    tempfile::Builder::new().prefix(PREFIX).permissions(permissions).tempdir()
}

/// A user's own temporary folder is private by inheritance.
#[cfg(windows)]
fn make_private() -> io::Result<TempDir> {
    tempfile::Builder::new().prefix(PREFIX).tempdir()
}

/// A place that is there.
pub enum Open {
    Temporary { file: PathBuf, folder: TempDir },
    Kept(PathBuf),
}

impl Open {
    /// The file for the database.
    pub fn path(&self) -> &Path {
        match self {
            Self::Temporary { file, .. } | Self::Kept(file) => file,
        }
    }

    /// Removes what is temporary.
    pub async fn close(self) -> Result<(), PlaceError> {
        let Self::Temporary { folder, .. } = self else { return Ok(()) };
        let path = folder.keep();
        let mut tries = 0;
        loop {
            match std::fs::remove_dir_all(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    tries += 1;
                    if tries == REMOVALS {
                        return Err(PlaceError::NotRemoved { path, error });
                    }
                    tokio::time::sleep(REMOVAL_AGAIN_AFTER).await;
                }
                _ => return Ok(()),
            }
        }
    }
}
