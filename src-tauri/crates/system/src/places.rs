//! Where the program keeps its files: the system's own folders, below the application's identifier.

#[cfg_attr(unix, path = "places/private_unix.rs")]
#[cfg_attr(windows, path = "places/private_windows.rs")]
mod private;

use std::path::PathBuf;

#[cfg_attr(target_os = "linux", path = "places/managed_linux.rs")]
#[cfg_attr(target_os = "macos", path = "places/managed_macos.rs")]
#[cfg_attr(windows, path = "places/managed_windows.rs")]
mod managed;

pub use managed::settings as managed_settings;
pub use private::make as make_private;

/// The application's identifier, as `tauri.conf.json` has it.
pub const IDENTIFIER: &str = "app.vigie.desktop";
/// The database's name in its folder.
pub const STORE: &str = "vigie.sqlite";
/// The folder of the analyst's own profiles, in the folder for the configuration.
pub const PROFILES: &str = "profiles";

/// The analyst's settings, in the folder for the configuration.
pub const SETTINGS: &str = "settings.toml";

/// The folder of the log, in the folder for the data.
pub const LOGS: &str = "logs";

/// The folder for the data; `None` where the system knows none.
pub fn data() -> Option<PathBuf> {
    dirs::data_local_dir().map(|folder| folder.join(IDENTIFIER))
}

/// The application's database; `None` where the system knows no folder for it.
pub fn store() -> Option<PathBuf> {
    data().map(|folder| folder.join(STORE))
}

/// The folder of the analyst's own profiles; `None` where the system knows no folder for it.
pub fn profiles() -> Option<PathBuf> {
    dirs::config_dir().map(|folder| folder.join(IDENTIFIER).join(PROFILES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_identifier_is_the_applications() {
        let config: serde_json::Value =
            serde_json::from_str(include_str!("../../../tauri.conf.json")).unwrap();
        assert_eq!(config["identifier"], IDENTIFIER);
    }
}
