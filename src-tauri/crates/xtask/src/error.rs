//! What can go wrong in a chore, and what to do about it.

use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;
use std::{io, result};

use thiserror::Error;

pub type Result<T> = result::Result<T, Error>;

#[derive(Debug, Error)]
pub enum Error {
    #[error("`{command}` failed ({status}). Correct what it says above, then run this again.")]
    Failed { command: String, status: ExitStatus },

    #[error("`{command}` could not be started ({source}). Install {program}, then run this again.")]
    NotStarted { command: String, program: String, source: io::Error },

    #[error("{path} could not be {done} ({source}). Check that it exists and that you may change it.")]
    File { done: &'static str, path: PathBuf, source: io::Error },

    #[error(
        "Node {found} is too old. Install Node {needed} or newer (https://nodejs.org), then run this again."
    )]
    OldNode { found: String, needed: String },

    #[error("Node is missing. Install Node {needed} or newer (https://nodejs.org), then run this again.")]
    NoNode { needed: String },

    #[error("System packages are missing and neither root nor sudo is there. As root, run: {install}")]
    NotRoot { install: String },

    #[error("{what} missing. Install it with: {install}")]
    Missing { what: &'static str, install: &'static str },

    #[error(
        "SOURCE_DATE_EPOCH is no number of seconds ({found:?}). Set it, or run this in a clone with its history."
    )]
    SourceDate { found: String },

    #[error(
        "{tool} answered in a form that is not known ({source}). Is its version the one in xtask's setup?"
    )]
    Json { tool: &'static str, source: serde_json::Error },

    #[error(
        "{package} has the licence {licence}, which is not in {list}. May it be shipped? Then add it there."
    )]
    Licence { package: String, licence: String, list: PathBuf },

    #[error("{list} is not as it should be ({source}). Correct it, then run this again.")]
    List { list: PathBuf, source: toml::de::Error },

    #[error("{package} is not of version {version}. Remove it, or build it anew with `cargo xtask bundle`.")]
    OtherVersion { package: String, version: String },

    #[error("{platform} has two packages. Leave one of them in the folder.")]
    TwoPackages { platform: String },

    #[error("There is no package in {folder}. Make some with `cargo xtask bundle`.")]
    NoPackages { folder: PathBuf },

    #[error("The updater would refuse {package}: {why}. Sign it anew with `tauri signer sign`.")]
    Signature { package: PathBuf, why: String },

    #[error("{program} said nothing of its {what} and ended. Start it by hand to see why: {command}")]
    Silent { program: String, what: &'static str, command: String },

    #[error(
        "vigie was still running {0:?} after the time it was given, and was ended. Run it again without --seconds."
    )]
    Overran(Duration),

    #[error("vigie was ended by a signal ({0}). Run it again with RUST_BACKTRACE=1 to see where it was.")]
    Killed(ExitStatus),

    #[error("Ctrl-C cannot be handled ({0}). Run this from a terminal of its own.")]
    Handler(#[from] ctrlc::Error),

    #[error("Stopped at step {number} of {total}, {name}, after {took:.1} s: {source}")]
    Step { number: usize, total: usize, name: &'static str, took: f64, source: Box<Error> },
}

impl Error {
    /// For `map_err`: names whose answer it was.
    pub fn json(tool: &'static str) -> impl FnOnce(serde_json::Error) -> Self {
        move |source| Self::Json { tool, source }
    }

    /// For `map_err`: names the file and what was to be done with it ("read", "written").
    pub fn file(done: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::File { done, path: path.to_owned(), source }
    }
}
