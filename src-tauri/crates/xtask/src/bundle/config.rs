//! What a package has that is made for it alone: laid over `tauri.conf.json`, which a plain build can thus read
//! without.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::notice;
use crate::error::{Error, Result};
use crate::paths;
use crate::source_date::SourceDate;

/// The name of the AppStream metadata, which is the application's identifier.
const METAINFO: &str = "app.vigie.desktop.metainfo.xml";

/// Puts version and day into the metadata.
pub fn metainfo(folder: &Path, version: &str, date: SourceDate) -> Result<PathBuf> {
    let template = paths::packages().join("linux/metainfo.xml");
    let text = fs::read_to_string(&template).map_err(Error::file("read", &template))?;
    let file = folder.join(METAINFO);
    fs::write(&file, filled(&text, version, &date.day())).map_err(Error::file("written", &file))?;
    Ok(file)
}

fn filled(template: &str, version: &str, day: &str) -> String {
    template.replace("@VERSION@", version).replace("@DATE@", day)
}

/// The files that were made, each where its system looks for it.
pub fn extra(notice: &Path, metainfo: &Path, command_line: &Path) -> Value {
    let mut bundle = json!({ "externalBin": [command_line] });
    if cfg!(target_os = "linux") {
        let files = |folder: &str| {
            json!({ "files": {
                format!("{folder}/{}", notice::NAME): notice,
                format!("/usr/share/metainfo/{METAINFO}"): metainfo,
            }})
        };
        bundle["linux"] =
            json!({ "deb": files("/usr/share/doc/vigie"), "rpm": files("/usr/share/licenses/vigie") });
    } else {
        let mut resources = json!({ notice.to_string_lossy(): notice::NAME });
        for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
            resources[paths::root().join(licence).to_string_lossy().as_ref()] = json!(licence);
        }
        bundle["resources"] = resources;
    }
    json!({ "bundle": bundle })
}

/// Writes it to where `--config` reads it.
pub fn write(folder: &Path, config: &Value) -> Result<PathBuf> {
    let file = folder.join("tauri.json");
    fs::write(&file, config.to_string()).map_err(Error::file("written", &file))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_metadata_tells_the_version_of_the_workspace() {
        let date = SourceDate::find().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let text = fs::read_to_string(metainfo(folder.path(), "1.2.3", date).unwrap()).unwrap();
        let release = format!("<release version=\"1.2.3\" date=\"{}\"/>", date.day());
        assert!(text.contains(&release) && !text.contains('@'), "{text}");
    }

    /// A version of its own would some day be another one than that of the programs.
    #[test]
    fn no_package_has_a_version_of_its_own() {
        for name in
            ["tauri.conf.json", "tauri.linux.conf.json", "tauri.windows.conf.json", "tauri.macos.conf.json"]
        {
            let text = fs::read_to_string(paths::root().join("src-tauri").join(name)).unwrap();
            let config: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(config.get("version"), None, "{name}");
        }
    }
}
