//! The database: read, and never made, migrated or written.

use std::path::{Path, PathBuf};
use std::time::Duration;

use vigie_core::clock::{Clock as _, SystemClock};
use vigie_core::model::Source;
use vigie_core::store::{CheckError, Checked, backups, bytes_of, check, set_aside_files};
use vigie_system::places;

use super::finding::Finding;

/// How long the database may take to be read through: gigabytes of it on a slow disk take longer, and are left alone.
const READ_LIMIT: Duration = Duration::from_secs(30);

/// A newest backup that is older than this is worth a word: even a large database has one each week.
const BACKUP_WANTED: Duration = Duration::from_secs(8 * 24 * 3_600);

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

/// What is kept beside the database: backups, and damaged files that were set aside.
pub fn kept(path: &Path) -> Vec<Finding> {
    [backed_up(path), set_aside(path)].into_iter().flatten().collect()
}

fn backed_up(path: &Path) -> Option<Finding> {
    let what = "backups";
    let backups = match backups(path) {
        Ok(backups) => backups,
        Err(error) => {
            return Some(Finding::warn(what, format!("they cannot be listed ({error}): look yourself")));
        }
    };
    let (newest, all) = (backups.first()?, backups.len());
    let folder = newest.path.parent().unwrap_or(path).display();
    let size = mebibytes(backups.iter().map(|backup| backup.bytes));
    let age = SystemClock::default().now().since(newest.at);
    let words = format!("{all}, the newest {} h old, {size} MiB in {folder}", age.as_secs() / 3_600);
    Some(if age < BACKUP_WANTED {
        Finding::ok(what, words)
    } else {
        Finding::warn(what, format!("{words}: start Vigie, and make room where there is little"))
    })
}

fn set_aside(path: &Path) -> Option<Finding> {
    let what = "set aside";
    let files = match set_aside_files(path) {
        Ok(files) => files,
        Err(error) => {
            return Some(Finding::warn(what, format!("they cannot be listed ({error}): look yourself")));
        }
    };
    let newest = files.first()?.path.display();
    let size = mebibytes(files.iter().map(|file| file.bytes));
    let words = format!("{} damaged databases, {size} MiB, the newest {newest}", files.len());
    Some(Finding::warn(what, format!("{words}: remove them when nobody needs what is in them")))
}

fn mebibytes(sizes: impl Iterator<Item = u64>) -> u64 {
    sizes.sum::<u64>().div_ceil(1 << 20)
}

fn size(path: &Path) -> String {
    format!("{} KiB", bytes_of(path).div_ceil(1 << 10))
}
