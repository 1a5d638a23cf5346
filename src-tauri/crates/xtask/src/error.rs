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
    /// For `map_err`: names the file and what was to be done with it ("read", "written").
    pub fn file(done: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::File { done, path: path.to_owned(), source }
    }
}
