//! The names of the files that the store keeps beside the database: they tell what time each is of.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::model::Time;

/// A time as it stands in a name: a colon is not allowed everywhere.
const FORMAT: &str = "%Y-%m-%dT%H-%M-%SZ";

/// The database's name without its extension.
pub fn stem(database: &Path) -> String {
    database.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// `vigie-2026-11-26T05-41-02Z.sqlite`, after `vigie-`.
pub fn with_time(before: &str, at: Time, database: &Path) -> String {
    let at = Timestamp::from_millisecond(at.0).unwrap_or_default().strftime(FORMAT);
    format!("{before}{at}{}", extension(database))
}

/// The files of a folder that have a time between these in their names, with their times and sizes in bytes; none where
/// there is no folder.
pub fn dated(folder: &Path, before: &str, after: &str) -> io::Result<Vec<(PathBuf, Time, u64)>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let at = name.to_str().and_then(|name| name.strip_prefix(before)?.strip_suffix(after));
        if let Some(at) = at.and_then(time) {
            found.push((entry.path(), at, entry.metadata()?.len()));
        }
    }
    Ok(found)
}

fn time(text: &str) -> Option<Time> {
    let at = DateTime::strptime(FORMAT, text).ok()?.to_zoned(TimeZone::UTC).ok()?;
    Some(Time(at.timestamp().as_millisecond()))
}

/// Its extension with the point; nothing where it has none.
pub fn extension(database: &Path) -> String {
    database.extension().map(|extension| format!(".{}", extension.to_string_lossy())).unwrap_or_default()
}

/// The database's name with something added: SQLite's journal is `vigie.sqlite-wal`.
pub fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(database);
    name.push(suffix);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_its_time_and_other_names_tell_none() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("vigie.sqlite");
        let at = Time(1_795_671_662_000);
        let name = with_time("vigie-", at, &database);
        assert_eq!(name, "vigie-2026-11-26T05-41-02Z.sqlite");
        for other in ["vigie.sqlite", "vigie-x.sqlite", "vigie-2026-11-26T05-41-02Z.sqlite.part"] {
            std::fs::write(folder.path().join(other), "").unwrap();
        }
        std::fs::write(folder.path().join(&name), "12345").unwrap();
        let found = dated(folder.path(), "vigie-", ".sqlite").unwrap();
        assert_eq!(found, [(folder.path().join(name), at, 5)]);
        assert_eq!(dated(&folder.path().join("none"), "vigie-", ".sqlite").unwrap(), []);
    }
}
