//! Where an administrator sets things, on Windows.

use std::path::PathBuf;

/// The administrator's settings: below `%ProgramFiles%`, where only an administrator writes; in `%ProgramData%`
/// everybody may make a folder. `None` where the system does not say.
pub fn settings() -> Option<PathBuf> {
    Some(PathBuf::from(std::env::var_os("ProgramFiles")?).join("Vigie").join("settings.toml"))
}
