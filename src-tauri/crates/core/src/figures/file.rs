//! The figures as a file beside the database, for other programs: `vigie-cli doctor` runs in a process of its own.

use std::collections::BTreeMap;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::FiguresView;
use crate::model::{SourceId, Time};
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
    /// What the analyst calls the sources: whoever reads this may not be able to read the database.
    #[serde(default)]
    pub names: BTreeMap<SourceId, String>,
    /// Those of the run before this one that had any: a crash is looked into when the program runs again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Box<KeptFigures>>,
}

impl KeptFigures {
    /// What there is to keep of these in the run that began at `since`: they may be of that run, or of the one before.
    pub(crate) fn before(self, since: Time) -> Option<Box<Self>> {
        // A run that has nothing to tell must not push out one that has.
        if self.figures.since == since || self.figures.sources.is_empty() {
            return self.before;
        }
        Some(Box::new(Self { before: None, ..self }))
    }
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
pub(crate) fn write_private(unfinished: &Path, path: &Path, object: &impl Serialize) -> io::Result<()> {
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
