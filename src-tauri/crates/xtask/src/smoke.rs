//! `cargo xtask smoke`: installs the deb where nothing of a build is, and starts it there.

mod tree;

use std::path::PathBuf;
use std::{fs, io};

use clap::Args;

use crate::error::{Error, Result};
use crate::setup::packages::Purpose;
use crate::{bundle, paths, setup};
use tree::Tree;

/// A desktop that has everything that Vigie speaks with: a screen, a bus, notifications, a vault and a panel.
const DESKTOP: &str = "xvfb xauth dbus-daemon libglib2.0-bin dunst gnome-keyring xfce4-panel";

/// What to install, and in what.
#[derive(Args)]
pub struct Options {
    /// This package, instead of one that is made for it
    #[arg(long, value_name = "FILE")]
    deb: Option<PathBuf>,
    /// The Debian to install it in; the oldest that the package is for
    #[arg(long, value_name = "NAME", default_value = "bookworm")]
    suite: String,
}

/// Installs and starts it. Everything is below target/smoke, and is made anew each time.
pub fn smoke(options: &Options) -> Result<()> {
    let deb = match &options.deb {
        Some(deb) => deb.clone(),
        None => made()?,
    };
    setup::prepare_system(&[Purpose::Tree])?;
    let tree = Tree::grow(&paths::target().join("smoke"), &options.suite)?;
    tree.bring(&deb, "/tmp/vigie.deb")?;
    tree.bring(&paths::packages().join("linux/smoke.sh"), "/usr/local/bin/smoke")?;
    tree.run("apt-get update --quiet=2")?;
    // By what the package asks for and nothing else; what it recommends is what a desktop has.
    tree.run("apt-get install --quiet=2 --yes --no-install-recommends /tmp/vigie.deb")?;
    tree.run("vigie --version && vigie-cli --version")?;
    tree.run(&format!("apt-get install --quiet=2 --yes --no-install-recommends {DESKTOP}"))?;
    tree.run("useradd --create-home analyst && runuser --user analyst -- sh /usr/local/bin/smoke")?;
    tree.run("apt-get purge --quiet=2 --yes vigie && ! command -v vigie")?;
    eprintln!("  The package installs, starts and can be removed again.");
    tree.fell()
}

/// Makes the package and finds it.
fn made() -> Result<PathBuf> {
    bundle::bundle(&bundle::Options::only("deb"))?;
    let folder = paths::bundle();
    let entries = fs::read_dir(&folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let entries = entries.map_err(Error::file("read", &folder))?;
    let mut debs = entries
        .into_iter()
        .map(|entry| entry.path())
        .filter(|file| file.extension().is_some_and(|end| end == "deb"));
    debs.next().ok_or(Error::NoPackages { folder })
}
