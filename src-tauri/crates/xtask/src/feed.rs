//! `cargo xtask feed`: what the updater reads to learn of a version, made of packages and their signatures.

mod package;
mod signature;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use crate::error::{Error, Result};
use crate::paths;
use crate::source_date::SourceDate;

/// The version of the workspace, which all packages have to be of.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The name under which the updater asks for it.
const NAME: &str = "latest.json";

/// What to tell of.
#[derive(Args)]
pub struct Options {
    /// The folder of the packages, each with its signature beside it (`.sig`); target/bundle where none is named
    #[arg(long, value_name = "FOLDER")]
    packages: Option<PathBuf>,
    /// Where the packages will be, without their names
    #[arg(long, value_name = "URL")]
    url: String,
    /// The updater's public key, as `tauri signer generate` gives it: a signature that it does not know would leave
    /// everybody with the version they have
    #[arg(long, value_name = "KEY", env = "VIGIE_UPDATER_KEY")]
    key: String,
    /// What is new, as text
    #[arg(long, value_name = "TEXT")]
    notes: Option<String>,
}

/// The updater's static feed: <https://v2.tauri.app/plugin/updater/#static-json-file>.
#[derive(Debug, Serialize)]
struct Feed {
    version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<String>,
    pub_date: String,
    platforms: BTreeMap<String, Entry>,
}

/// Where a package is, and who says that it is ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Entry {
    signature: String,
    url: String,
}

/// Writes the feed beside the packages.
pub fn feed(options: &Options) -> Result<()> {
    let folder = options.packages.clone().unwrap_or_else(paths::bundle);
    let platforms = platforms(&folder, VERSION, &options.url, &options.key)?;
    for platform in platforms.keys() {
        eprintln!("  {platform}");
    }
    let notes = options.notes.clone();
    let feed = Feed { version: VERSION, notes, pub_date: SourceDate::find()?.rfc3339(), platforms };
    let text = serde_json::to_string_pretty(&feed).map_err(Error::json(NAME))?;
    let file = folder.join(NAME);
    fs::write(&file, text).map_err(Error::file("written", &file))?;
    eprintln!("  {} tells of {VERSION}.", file.display());
    Ok(())
}

/// All packages of a folder, by the names under which the updater looks for them.
fn platforms(folder: &Path, version: &str, url: &str, key: &str) -> Result<BTreeMap<String, Entry>> {
    let mut platforms = BTreeMap::new();
    let entries = fs::read_dir(folder).map_err(Error::file("read", folder))?;
    for entry in entries {
        let name = entry.map_err(Error::file("read", folder))?.file_name().to_string_lossy().into_owned();
        let known = package::platforms(&name, version)?;
        if known.is_empty() {
            continue;
        }
        let signature = signature::read(&folder.join(&name), version, key)?;
        let entry = Entry { signature, url: format!("{}/{name}", url.trim_end_matches('/')) };
        for platform in known {
            if platforms.insert(platform.clone(), entry.clone()).is_some() {
                return Err(Error::TwoPackages { platform });
            }
        }
    }
    if platforms.is_empty() { Err(Error::NoPackages { folder: folder.to_owned() }) } else { Ok(platforms) }
}

#[cfg(test)]
mod tests {
    use super::signature::fixture::{KEY, SIGNATURE, SIGNED, VERSION};
    use super::*;

    const URL: &str = "https://vigie.example/v1/";

    fn folder(names: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            fs::write(folder.path().join(name), SIGNED).unwrap();
            fs::write(folder.path().join(format!("{name}.sig")), SIGNATURE).unwrap();
        }
        folder
    }

    #[test]
    fn every_package_is_told_with_its_address_and_signature() {
        let names = [format!("Vigie_{VERSION}_amd64.deb"), format!("Vigie-{VERSION}-1.x86_64.rpm")];
        let folder = folder(&names.each_ref().map(String::as_str));
        fs::write(folder.path().join("SHA256SUMS"), "").unwrap();
        let platforms = platforms(folder.path(), VERSION, URL, KEY).unwrap();
        assert_eq!(platforms.keys().collect::<Vec<_>>(), ["linux-x86_64-deb", "linux-x86_64-rpm"]);
        let entry = &platforms["linux-x86_64-deb"];
        assert_eq!(entry.url, format!("https://vigie.example/v1/Vigie_{VERSION}_amd64.deb"));
        assert_eq!(entry.signature, SIGNATURE);
    }

    #[test]
    fn a_package_without_a_signature_stops_it() {
        let name = format!("Vigie_{VERSION}_amd64.deb");
        let folder = folder(&[&name]);
        fs::remove_file(folder.path().join(format!("{name}.sig"))).unwrap();
        assert!(matches!(platforms(folder.path(), VERSION, URL, KEY), Err(Error::File { done: "read", .. })));
    }

    #[test]
    fn a_package_that_was_changed_after_it_was_signed_stops_it() {
        let name = format!("Vigie_{VERSION}_amd64.deb");
        let folder = folder(&[&name]);
        fs::write(folder.path().join(&name), "something else").unwrap();
        assert!(matches!(platforms(folder.path(), VERSION, URL, KEY), Err(Error::Signature { .. })));
    }

    #[test]
    fn a_folder_without_packages_makes_no_feed() {
        assert!(matches!(platforms(folder(&[]).path(), VERSION, URL, KEY), Err(Error::NoPackages { .. })));
    }
}
