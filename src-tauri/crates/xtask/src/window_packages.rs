//! What of other people is in the window's script, by the lock file of npm.

use std::collections::BTreeMap;
use std::fs;

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::paths;

/// A package that the window needs when it runs, or that one of those needs.
#[derive(Debug, PartialEq, Eq)]
pub struct Package {
    /// Its folder in the window's: `node_modules/…`.
    pub folder: String,
    /// As it is published.
    pub name: String,
    /// As it is locked.
    pub version: String,
    /// By SPDX, as its authors declare it.
    pub licence: String,
}

#[derive(Deserialize)]
struct Lock {
    packages: BTreeMap<String, Locked>,
}

#[derive(Deserialize)]
struct Locked {
    #[serde(default)]
    version: String,
    #[serde(default, rename = "license")]
    licence: String,
    #[serde(default)]
    dev: bool,
    #[serde(default, rename = "devOptional")]
    dev_optional: bool,
}

/// All of them, by name. npm's own list lacks those that a tool of the build wants as well.
pub fn all() -> Result<Vec<Package>> {
    let file = paths::ui().join("package-lock.json");
    let text = fs::read_to_string(&file).map_err(Error::file("read", &file))?;
    read(&text)
}

fn read(lock: &str) -> Result<Vec<Package>> {
    let lock: Lock = serde_json::from_str(lock).map_err(Error::json("npm"))?;
    let shipped = lock.packages.into_iter().filter(|(_, locked)| !locked.dev && !locked.dev_optional);
    let packages = shipped.filter_map(|(folder, Locked { version, licence, .. })| {
        let name = folder.rsplit_once("node_modules/")?.1.to_owned();
        Some(Package { folder, name, version, licence })
    });
    Ok(packages.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_builds_the_window_is_not_in_it() {
        let lock = r#"{"packages": {
            "": {"name": "vigie-ui", "version": "0.1.0"},
            "node_modules/@scope/runs": {"version": "1.0.0", "license": "MIT"},
            "node_modules/@scope/runs/node_modules/inner": {"version": "2.0.0", "license": "ISC"},
            "node_modules/builds": {"version": "3.0.0", "license": "GPL-3.0", "dev": true}
        }}"#;
        let found = read(lock).unwrap();
        let names: Vec<_> =
            found.iter().map(|package| (package.name.as_str(), package.licence.as_str())).collect();
        assert_eq!(names, [("@scope/runs", "MIT"), ("inner", "ISC")]);
    }

    #[test]
    fn the_window_is_made_with_svelte() {
        assert!(all().unwrap().iter().any(|package| package.name == "svelte"));
    }
}
