//! What the next start has to know before it opens the database: whether the last run ended cleanly, when the database
//! was last read through, and whether it was found damaged. It stands in a small file beside the database, because a
//! database that is damaged, or has no room, could not be asked for it.

use std::io::Write as _;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{names, private};
use crate::model::Time;

/// What is added to the database's name.
const SUFFIX: &str = "-health";

/// How a database was left.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// Whether a run has begun and not ended: it runs, or it crashed.
    pub running: bool,
    /// When it was last read through and found sound.
    pub checked_at: Option<Time>,
    /// What was found wrong with it.
    pub damage: Option<String>,
}

impl Health {
    /// How this database was left. A record that is missing or cannot be read says nothing good: it counts as a run
    /// that did not end.
    pub fn of(database: &Path) -> Self {
        let unknown = Self { running: true, ..Self::default() };
        let Ok(text) = std::fs::read(names::beside(database, SUFFIX)) else { return unknown };
        serde_json::from_slice(&text).unwrap_or(unknown)
    }

    /// Whether it was ever written down how this database was left: then there was something in it.
    pub fn is_known(database: &Path) -> bool {
        names::beside(database, SUFFIX).exists()
    }

    /// Writes it down. Where that fails (a full disk) the next start checks more than it must: nothing is lost.
    pub fn keep(&self, database: &Path) {
        let path = names::beside(database, SUFFIX);
        let kept = serde_json::to_vec(self)
            .map_err(std::io::Error::from)
            .and_then(|text| private::make(&path).and_then(|()| overwrite(&path, &text)));
        if let Err(error) = kept {
            tracing::warn!(%error, "how the database stands could not be written down; the next start checks it");
        }
    }
}

/// Writes over what is there, which needs no room on a full disk.
fn overwrite(path: &Path, text: &[u8]) -> std::io::Result<()> {
    let mut file = std::fs::File::options().write(true).open(path)?;
    file.write_all(text)?;
    file.set_len(text.len() as u64)
}
