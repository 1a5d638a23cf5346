//! `cargo xtask fuzz`: every reader of untrusted bytes is given inputs that nobody has thought of.

use std::path::PathBuf;
use std::{fs, io};

use clap::Args;

use crate::error::{Error, Result};
use crate::{paths, shell};

/// An input that takes longer than so many seconds is a finding.
const SLOWEST: u16 = 10;

/// What to fuzz, and for how long.
#[derive(Args)]
pub struct Options {
    /// One target alone, by its name in tests/fuzz/targets
    target: Option<String>,
    /// How long each target runs
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
    seconds: u32,
}

/// Builds and runs the targets one after the other, up to the first finding.
pub fn fuzz(options: &Options) -> Result<()> {
    if !shell::succeeds(shell::cargo().args(["fuzz", "--version"])) {
        return Err(Error::Missing { what: "cargo-fuzz is", install: "cargo install --locked cargo-fuzz" });
    }
    let names = match &options.target {
        Some(name) => vec![name.clone()],
        None => targets().map_err(Error::file("read", &folder()))?,
    };
    names.iter().try_for_each(|name| run(name, options.seconds))
}

fn folder() -> PathBuf {
    paths::root().join("tests").join("fuzz")
}

/// The names of all targets.
fn targets() -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder().join("targets"))? {
        names.extend(entry?.path().file_stem().map(|name| name.to_string_lossy().into_owned()));
    }
    names.sort();
    Ok(names)
}

fn run(name: &str, seconds: u32) -> Result<()> {
    let dictionary = folder().join("corpus").join(format!("{name}.dict"));
    let mut cargo = shell::cargo();
    cargo.args(["fuzz", "run", "--fuzz-dir"]).arg(folder()).args([name, "--"]);
    cargo.arg(format!("-max_total_time={seconds}")).arg(format!("-timeout={SLOWEST}"));
    cargo.arg(format!("-dict={}", dictionary.display()));
    // What cargo-fuzz asks of the compiler is in the stable one too, but is only allowed to the nightly one.
    shell::run(cargo.env("RUSTC_BOOTSTRAP", "1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_program_is_run_where_none_is_named() {
        let names = targets().unwrap();
        assert!(names.len() > 1 && names.contains(&"sse".to_owned()), "{names:?}");
    }
}
