//! `vigie-cli`, which every package brings beside the application.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Error, Result};
use crate::source_date::SourceDate;
use crate::{paths, shell};

const NAME: &str = "vigie-cli";

/// One file for both processors of a Mac; Rust knows it as two targets.
const UNIVERSAL: &str = "universal-apple-darwin";
const BOTH: [&str; 2] = ["aarch64-apple-darwin", "x86_64-apple-darwin"];

/// Builds it and puts it into a folder for each target that the bundler will ask for: under its name and the target's.
/// Gives the path without the target, as the bundler wants it.
pub fn build(target: Option<&str>, folder: &Path, date: SourceDate) -> Result<PathBuf> {
    match target {
        Some(UNIVERSAL) => {
            for one in BOTH {
                place(&compile(Some(one), date)?, folder, one)?;
            }
            let mut lipo = Command::new("lipo");
            lipo.args(["-create", "-output"]).arg(folder.join(named(UNIVERSAL)));
            shell::run(lipo.args(BOTH.map(|one| folder.join(named(one)))))?;
        }
        Some(target) => place(&compile(Some(target), date)?, folder, target)?,
        None => place(&compile(None, date)?, folder, &this_machine()?)?,
    }
    Ok(folder.join(NAME))
}

fn compile(target: Option<&str>, date: SourceDate) -> Result<PathBuf> {
    let mut cargo = shell::cargo();
    cargo.args(["build", "--release", "--locked", "--package", NAME, "--bins"]);
    cargo.args(target.iter().flat_map(|target| ["--target", target]));
    shell::run(date.tell(&mut cargo))?;
    let built = target.map_or_else(paths::target, |target| paths::target().join(target));
    Ok(built.join("release").join(NAME))
}

fn place(program: &Path, folder: &Path, target: &str) -> Result<()> {
    let from = if target.contains("windows") { program.with_extension("exe") } else { program.to_owned() };
    fs::copy(&from, folder.join(named(target))).map(drop).map_err(Error::file("copied", &from))
}

fn named(target: &str) -> String {
    let extension = if target.contains("windows") { ".exe" } else { "" };
    format!("{NAME}-{target}{extension}")
}

/// The target that Cargo builds for where none is named.
fn this_machine() -> Result<String> {
    let mut rustc = Command::new("rustc");
    let answer = shell::answer(rustc.args(["--print", "host-tuple"]))?;
    Ok(String::from_utf8_lossy(answer.trim_ascii()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_stands_under_the_name_that_the_bundler_looks_for() {
        assert_eq!(named("x86_64-unknown-linux-gnu"), "vigie-cli-x86_64-unknown-linux-gnu");
        assert_eq!(named("aarch64-pc-windows-msvc"), "vigie-cli-aarch64-pc-windows-msvc.exe");
    }

    #[test]
    fn this_machine_has_a_target() {
        assert!(this_machine().unwrap().contains(std::env::consts::ARCH));
    }
}
