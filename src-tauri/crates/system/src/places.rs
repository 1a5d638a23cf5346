//! Where the program keeps its files: the system's own folders, below the application's identifier.

use std::path::PathBuf;

/// The application's identifier, as `tauri.conf.json` has it.
pub const IDENTIFIER: &str = "app.vigie.desktop";
/// The database's name in its folder.
pub const STORE: &str = "vigie.sqlite";
/// The folder of the analyst's own profiles, in the folder for the configuration.
pub const PROFILES: &str = "profiles";

/// The application's database; `None` where the system knows no folder for it.
pub fn store() -> Option<PathBuf> {
    dirs::data_local_dir().map(|folder| folder.join(IDENTIFIER).join(STORE))
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
