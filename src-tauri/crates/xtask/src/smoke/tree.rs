//! A bare Debian in a folder. What is run in it sees that folder as the whole system.

use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::{paths, setup, shell};

/// Where Debian is had from.
const MIRROR: &str = "http://deb.debian.org/debian";

/// The system.
pub struct Tree {
    folder: PathBuf,
}

impl Tree {
    /// Makes one with nothing in it but what every Debian has, in the place of an earlier one.
    pub fn grow(folder: &Path, suite: &str) -> Result<Self> {
        let tree = Self { folder: folder.to_owned() };
        tree.cut()?;
        let folder = tree.folder.to_string_lossy();
        as_root(&["debootstrap", "--variant=minbase", suite, &folder, MIRROR])?;
        Ok(tree)
    }

    /// Copies a file into it.
    pub fn bring(&self, file: &Path, to: &str) -> Result<()> {
        let to = format!("{}{to}", self.folder.display());
        as_root(&["install", "--mode=644", &file.to_string_lossy(), &to])
    }

    /// Runs a line of shell as its root. What is mounted for that is seen by it alone, and gone with it, whatever
    /// becomes of us.
    pub fn run(&self, line: &str) -> Result<()> {
        let folder = self.folder.to_string_lossy();
        let enter = paths::packages().join("linux/enter.sh");
        let unshare = ["unshare", "--mount", "--pid", "--fork", "--kill-child"];
        as_root(&[&unshare[..], &["sh", &enter.to_string_lossy(), &folder, line]].concat())
    }

    /// Removes it.
    pub fn fell(self) -> Result<()> {
        self.cut()
    }

    fn cut(&self) -> Result<()> {
        as_root(&["rm", "--recursive", "--force", "--one-file-system", &self.folder.to_string_lossy()])
    }
}

fn as_root(words: &[&str]) -> Result<()> {
    shell::run(&mut setup::as_root(words)?)
}
