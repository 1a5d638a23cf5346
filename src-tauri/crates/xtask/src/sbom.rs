//! `cargo xtask sbom`: what the packages are made of, for scanners to read (CycloneDX), in target/bundle.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::setup::tools;
use crate::source_date::SourceDate;
use crate::window_packages::{self, Package};
use crate::{paths, setup, shell};

/// The version of the workspace.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The programs that every package has, by their folders.
const PROGRAMS: [(&str, &str); 2] = [("vigie", "src-tauri"), ("vigie-cli", "src-tauri/crates/cli")];

/// Under which name the tool writes beside each manifest of the workspace, whichever was asked for.
const WRITTEN: &str = "sbom-in-the-making";

/// Writes one for each program, for all systems together, and one for the window.
pub fn write() -> Result<()> {
    setup::prepare(&[])?;
    let tool = tools::install(&tools::CYCLONEDX)?;
    let folder = paths::bundle();
    fs::create_dir_all(&folder).map_err(Error::file("created", &folder))?;
    let date = SourceDate::find()?;

    let mut cyclonedx = Command::new(tool);
    cyclonedx.current_dir(paths::root());
    cyclonedx.args([
        "cyclonedx",
        "--manifest-path",
        "src-tauri/Cargo.toml",
        "--format",
        "json",
        "--target",
        "all",
    ]);
    cyclonedx.args(["--no-build-deps", "--spec-version", "1.5", "--override-filename", WRITTEN]);
    shell::run(date.tell(&mut cyclonedx))?;
    for (program, crate_folder) in PROGRAMS {
        let written = paths::root().join(crate_folder).join(WRITTEN).with_extension("json");
        let text = fs::read_to_string(&written).map_err(Error::file("read", &written))?;
        keep(&folder, program, &of_any_machine(&text, &paths::root()))?;
    }
    for member in members()? {
        let written = member.join(WRITTEN).with_extension("json");
        if written.exists() {
            fs::remove_file(&written).map_err(Error::file("removed", &written))?;
        }
    }

    keep(&folder, "vigie-window", &window(&window_packages::all()?, date).to_string())
}

/// The same of the packages in the window's script.
fn window(packages: &[Package], date: SourceDate) -> Value {
    let component = |package: &Package| {
        let Package { name, version, licence, .. } = package;
        // An @ begins a scope, and would otherwise begin the version.
        let purl = format!("pkg:npm/{}@{version}", name.replace('@', "%40"));
        json!({ "type": "library", "bom-ref": purl, "name": name, "version": version, "scope": "required",
                "licenses": [{ "expression": licence }], "purl": purl })
    };
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "timestamp": date.rfc3339(),
            "component": { "type": "application", "name": "vigie-window", "version": VERSION },
        },
        "components": packages.iter().map(component).collect::<Vec<_>>(),
    })
}

/// Only one that is whole: what a tool could not write is empty.
fn keep(folder: &Path, name: &str, text: &str) -> Result<()> {
    let sbom: Value = serde_json::from_str(text).map_err(Error::json("The tool for the SBOM"))?;
    let file = folder.join(format!("{name}_{}.cdx.json", VERSION));
    fs::write(&file, text).map_err(Error::file("written", &file))?;
    let components = sbom["components"].as_array().map_or(0, Vec::len);
    eprintln!("  {} has {components} components.", file.display());
    Ok(())
}

/// Without the folder that it was made in, which is nobody's business.
fn of_any_machine(text: &str, root: &Path) -> String {
    text.replace(root.to_string_lossy().as_ref(), "")
}

/// The folders that the tool writes into.
fn members() -> Result<Vec<PathBuf>> {
    let crates = paths::root().join("src-tauri/crates");
    let entries = fs::read_dir(&crates).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    let mut members: Vec<PathBuf> = entries.map_err(Error::file("read", &crates))?;
    members.extend(["src-tauri", "tests"].map(|member| paths::root().join(member)));
    Ok(members)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_told_of_the_machine() {
        let text = r#"{"bom-ref": "path+file:///home/ada/vigie/src-tauri#vigie@1.2.3"}"#;
        let told = of_any_machine(text, Path::new("/home/ada/vigie"));
        assert_eq!(told, r#"{"bom-ref": "path+file:///src-tauri#vigie@1.2.3"}"#);
    }

    #[test]
    fn a_package_of_a_scope_is_named_as_scanners_know_it() {
        let package = Package {
            folder: "node_modules/@scope/runs".to_owned(),
            name: "@scope/runs".to_owned(),
            version: "1.2.3".to_owned(),
            licence: "MIT".to_owned(),
        };
        let sbom = window(&[package], SourceDate::find().unwrap());
        assert_eq!(sbom["components"][0]["purl"], "pkg:npm/%40scope/runs@1.2.3");
    }

    #[test]
    fn what_is_no_list_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(keep(folder.path(), "vigie", ""), Err(Error::Json { .. })));
    }
}
