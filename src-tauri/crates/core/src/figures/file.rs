//! The figures as a file beside the database, for other programs: `vigie-cli doctor` runs in a process of its own.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::FiguresView;
use crate::store::make_private;

/// It stands beside the database, with this in place of the database's ending.
const ENDING: &str = "figures.json";
/// Where it is written before it takes the place of the last.
const UNFINISHED: &str = "figures.json.new";
/// A greater file is none of ours: 16 sources take a few kilobytes.
const LIMIT: u64 = 1 << 20;

/// The figures as they are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFigures {
    /// The version of the program that wrote them.
    pub version: String,
    /// Whether the program went on after it wrote them.
    pub running: bool,
    /// The figures; their age is by `until`.
    pub figures: FiguresView,
}

/// Why kept figures cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FiguresError {
    /// The system does not let us.
    #[error("{path} cannot be read: {error}; check its rights")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Another version has written it, or something else.
    #[error("{0} holds no figures of this version: Vigie writes it anew while it runs")]
    NotOurs(PathBuf),
}

/// Where the figures of the database at `store` are.
pub fn path(store: &Path) -> PathBuf {
    store.with_extension(ENDING)
}

/// Writes them, for the owner only, in the place of the last: all or nothing.
pub fn write(store: &Path, kept: &KeptFigures) -> io::Result<()> {
    write_private(&store.with_extension(UNFINISHED), &path(store), kept)
}

/// Writes `object` to `unfinished`, for the owner only, which then becomes `path`.
pub(super) fn write_private(unfinished: &Path, path: &Path, object: &impl Serialize) -> io::Result<()> {
    make_private(unfinished)?;
    std::fs::write(unfinished, serde_json::to_vec_pretty(object)?)?;
    std::fs::rename(unfinished, path)
}

/// Reads those of the database at `store`; `None` where there are none.
pub fn read(store: &Path) -> Result<Option<KeptFigures>, FiguresError> {
    let path = path(store);
    let mut json = Vec::new();
    match std::fs::File::open(&path).and_then(|file| file.take(LIMIT).read_to_end(&mut json)) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(FiguresError::Unreadable { path, error }),
    }
    serde_json::from_slice(&json).map(Some).map_err(|_| FiguresError::NotOurs(path))
}
