//! Where an administrator sets things, on Linux.

use std::path::PathBuf;

/// The administrator's settings: below `/etc`, where only root writes.
#[allow(clippy::unnecessary_wraps, reason = "not every system has such a place")]
pub fn settings() -> Option<PathBuf> {
    Some(PathBuf::from("/etc/vigie/settings.toml"))
}
