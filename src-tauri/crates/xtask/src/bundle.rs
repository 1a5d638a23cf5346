//! `cargo xtask bundle`: the packages that this system can make, in target/bundle.

mod command_line;
mod config;
mod deb;
mod notice;
mod sums;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;

use crate::error::{Error, Result};
use crate::setup::packages::Purpose;
use crate::source_date::SourceDate;
use crate::{paths, setup, shell, window};

/// The version of the workspace, which every package carries.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What is made where nothing else is asked for.
const KINDS: [&str; 2] = if cfg!(target_os = "linux") {
    ["deb", "rpm"]
} else if cfg!(windows) {
    ["nsis", "msi"]
} else {
    ["app", "dmg"]
};

/// What Linux has besides, where the tools for it can be had: the bundler fetches them.
const BESIDES: &str = "appimage";

/// What to make, and for which system.
#[derive(Args)]
pub struct Options {
    /// Only these kinds of packages: deb, rpm, appimage; nsis, msi; app, dmg
    #[arg(long, value_name = "KINDS", value_delimiter = ',')]
    bundles: Vec<String>,
    /// For another target than this machine's, such as universal-apple-darwin
    #[arg(long, value_name = "TRIPLE")]
    target: Option<String>,
    /// Handed to `tauri build`
    #[arg(last = true)]
    args: Vec<String>,
}

impl Options {
    /// One kind of package, for this machine.
    pub fn only(kind: &str) -> Self {
        Self { bundles: vec![kind.to_owned()], target: None, args: Vec::new() }
    }
}

/// Makes all of them and lists them.
pub fn bundle(options: &Options) -> Result<()> {
    setup::prepare(&[Purpose::Build])?;
    window::build()?;
    let date = SourceDate::find()?;
    let target = options.target.as_deref();
    let parts = empty(paths::notes().join("parts"))?;
    let notice = notice::write(&parts)?;
    let metainfo = config::metainfo(&parts, VERSION, date)?;
    let program = command_line::build(target, &parts, date)?;
    let config = config::write(&parts, &config::extra(&notice, &metainfo, &program))?;
    let tauri = |command: &str, kinds: &str| {
        let mut tauri = tauri();
        tauri.args([command, "--ci", "--bundles", kinds, "--config"]).arg(&config);
        tauri.args(target.iter().flat_map(|target| ["--target", target])).args(&options.args);
        shell::run(date.tell(&mut tauri))
    };

    let made = empty(made(target))?;
    if options.bundles.is_empty() {
        tauri("build", &KINDS.join(","))?;
        if cfg!(target_os = "linux") && tauri("bundle", BESIDES).is_err() {
            eprintln!("  No AppImage is made: its tools cannot be had here, or failed, as is said above.");
        }
    } else {
        tauri("build", &options.bundles.join(","))?;
    }

    deb::repack(&made.join("deb"), date)?;
    let bundle = empty(paths::bundle())?;
    sums::collect(&made, &bundle, VERSION, processor(target))?;
    fs::copy(&notice, bundle.join(notice::NAME)).map_err(Error::file("copied", &notice))?;
    sums::list(&bundle)
}

/// Tauri's own program, which is one of the window's packages.
fn tauri() -> Command {
    let mut node = Command::new("node");
    node.arg(paths::ui().join("node_modules/@tauri-apps/cli/tauri.js"));
    node.current_dir(paths::root().join("src-tauri"));
    node
}

/// Where the bundler puts what it makes.
fn made(target: Option<&str>) -> PathBuf {
    target.map_or_else(paths::target, |target| paths::target().join(target)).join("release/bundle")
}

/// The processor that a Mac's archive is for, in the words of the bundler.
fn processor(target: Option<&str>) -> &str {
    match target.and_then(|target| target.split('-').next()).unwrap_or(std::env::consts::ARCH) {
        "x86_64" => "x64",
        processor => processor,
    }
}

/// A folder with nothing of an earlier time in it.
fn empty(folder: PathBuf) -> Result<PathBuf> {
    remove(&folder)?;
    fs::create_dir_all(&folder).map_err(Error::file("created", &folder))?;
    Ok(folder)
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::file("removed", folder)(error))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_emptied_of_what_was_made_before() {
        let folder = tempfile::tempdir().unwrap().path().join("bundle");
        fs::create_dir_all(folder.join("deb")).unwrap();
        fs::write(folder.join("deb/Vigie_0.0.1_amd64.deb"), "").unwrap();
        empty(folder.clone()).unwrap();
        assert_eq!(fs::read_dir(folder).unwrap().count(), 0);
    }

    #[test]
    fn a_mac_is_named_as_the_bundler_does() {
        assert_eq!(processor(Some("universal-apple-darwin")), "universal");
        assert_eq!(processor(Some("x86_64-apple-darwin")), "x64");
    }
}
