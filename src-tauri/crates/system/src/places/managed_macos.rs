//! Where an administrator sets things, on macOS.

use std::path::PathBuf;

/// The administrator's settings: in the library of all users, where only an administrator writes.
#[allow(clippy::unnecessary_wraps, reason = "not every system has such a place")]
pub fn settings() -> Option<PathBuf> {
    Some(PathBuf::from("/Library/Application Support/Vigie/settings.toml"))
}
