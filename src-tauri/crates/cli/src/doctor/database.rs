//! The database: read, and never made, migrated or written.

use std::path::{Path, PathBuf};
use std::time::Duration;

use vigie_core::model::Source;
use vigie_core::store::{CheckError, Checked, check};
use vigie_system::places;

use super::finding::Finding;

/// How long the database may take to be read through: gigabytes of it on a slow disk take longer, and are left alone.
const READ_LIMIT: Duration = Duration::from_secs(30);

/// What was found.
pub struct Looked {
    pub finding: Finding,
    /// The sources in it.
    pub sources: Vec<Source>,
    /// Where it is; `None` where the system knows no folder for it.
    pub path: Option<PathBuf>,
}

/// Looks at this database, or else at the application's own.
pub async fn look(chosen: Option<PathBuf>) -> Looked {
    let is_own = chosen.is_none();
    let what = "database";
    let Some(path) = chosen.or_else(places::store) else {
        let finding =
            Finding::fail(what, "the system knows no folder for it: set HOME, or name it with --store");
        return Looked { finding, sources: Vec::new(), path: None };
    };
    let (finding, sources) = match tokio::time::timeout(READ_LIMIT, check(&path)).await {
        Ok(Ok(Checked { version, is_older, sources })) => {
            let mut words = format!("{}, {}, version {version}", path.display(), size(&path));
            if is_older {
                words.push_str(", which Vigie brings up to date when it starts");
            }
            (Finding::ok(what, words), sources)
        }
        Ok(Err(CheckError::Absent(path))) if is_own => {
            let words = format!("none yet: Vigie makes it when it starts, at {}", path.display());
            (Finding::ok(what, words), Vec::new())
        }
        Ok(Err(error @ CheckError::Absent(_))) => {
            (Finding::fail(what, format!("{error}: check the path after --store")), Vec::new())
        }
        Ok(Err(error)) => (Finding::fail(what, error.to_string()), Vec::new()),
        Err(_) => {
            let (seconds, size) = (READ_LIMIT.as_secs(), size(&path));
            let words =
                format!("{size} could not be read through within {seconds} s: check it when nothing uses it");
            (Finding::warn(what, words), Vec::new())
        }
    };
    Looked { finding, sources, path: Some(path) }
}

fn size(path: &Path) -> String {
    std::fs::metadata(path)
        .map_or_else(|_| "of unknown size".to_owned(), |file| format!("{} KiB", file.len().div_ceil(1 << 10)))
}
