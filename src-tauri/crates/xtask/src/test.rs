//! `cargo xtask test`: everything there is to check, the cheapest first, up to the first failure.

use std::env;
use std::process::Command;
use std::time::Instant;

use crate::error::{Error, Result};
use crate::setup::packages::Purpose;
use crate::{paths, setup, shell, window};

const STEPS: usize = if cfg!(target_os = "linux") { 8 } else { 7 };

/// Sets up and performs all steps.
pub fn test(args: &[String]) -> Result<()> {
    setup::prepare(&[Purpose::Build, Purpose::Display, Purpose::Test])?;
    setup::driver::install()?;
    setup::browser::install()?;

    let begun = Instant::now();
    let mut steps = Steps { done: 0 };
    steps.command("formatting", shell::cargo().args(["fmt", "--all", "--check"]))?;
    steps.command("the window's types and style", shell::npm().args(["run", "check"]))?;
    steps.command("the window's tests", shell::npm().args(["run", "test"]))?;
    steps.step("the window's build", window::build)?;
    if cfg!(target_os = "linux") {
        steps.command("the window's accessibility", shell::npm().args(["run", "axe"]))?;
    }
    let mut clippy = workspace("clippy");
    steps.command("lints", clippy.args(["--all-targets", "--", "--deny", "warnings"]))?;
    // The tests start the programs, which `cargo test` alone would not build.
    steps.command("programs", &mut workspace("build"))?;
    steps.command("tests", tests().arg("--").args(args))?;
    eprintln!("\nAll {STEPS} steps passed in {:.1} s.", begun.elapsed().as_secs_f64());
    Ok(())
}

/// The tests, which find their tools on the path.
fn tests() -> Command {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(paths::tools().join("bin")).chain(env::split_paths(&path));
    let mut tests = workspace("test");
    tests.env("PATH", env::join_paths(folders).unwrap_or(path));
    tests
}

/// A cargo command for all crates that this system can test: nothing but Linux can drive the real window.
fn workspace(command: &str) -> Command {
    let mut cargo = shell::cargo();
    cargo.args([command, "--workspace"]);
    if !cfg!(target_os = "linux") {
        cargo.args(["--exclude", "vigie-tests"]);
    }
    cargo
}

/// Gives each step its headline and its duration.
struct Steps {
    done: usize,
}

impl Steps {
    fn command(&mut self, name: &'static str, command: &mut Command) -> Result<()> {
        self.step(name, || shell::run_aloud(command))
    }

    fn step(&mut self, name: &'static str, perform: impl FnOnce() -> Result<()>) -> Result<()> {
        self.done += 1;
        let (number, total) = (self.done, STEPS);
        eprintln!("\n── {number}/{total} {name}");
        let begun = Instant::now();
        let outcome = perform();
        let took = begun.elapsed().as_secs_f64();
        outcome.map_err(|source| Error::Step { number, total, name, took, source: Box::new(source) })?;
        eprintln!("   passed in {took:.1} s");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_step_that_failed_is_named_with_its_place() {
        let mut steps = Steps { done: 0 };
        steps.step("first", || Ok(())).unwrap();
        let error = steps.step("second", || Err(Error::NoNode { needed: "20.19".into() })).unwrap_err();
        let said = error.to_string();
        assert!(said.starts_with(&format!("Stopped at step 2 of {STEPS}, second, after ")), "{said}");
        assert!(said.contains(" s: Node is missing."), "{said}");
    }
}
