//! `cargo xtask`: all set-up and every chore of the project.
//!
//! Each command first makes the machine ready for itself and skips what is already done, so that a fresh clone
//! needs one line. What it says goes to the standard error; the standard output belongs to what it runs.
#![allow(clippy::print_stderr, reason = "it talks to the person at the terminal")]

mod bench;
mod bundle;
mod error;
mod feed;
mod fuzz;
mod icons;
mod paths;
mod run;
mod sbom;
mod setup;
mod shell;
mod smoke;
mod source_date;
mod started;
mod test;
mod window;
mod window_packages;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::error::Result;

/// Sets up, runs and tests Vigie.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Build and start Vigie with its demo; without a screen, on a virtual one that is pictured in target/vigie.png
    Run(run::Options),
    /// Check and test everything, the cheapest first, and stop at the first failure
    Test {
        /// Handed to the tests, for example a part of their names
        #[arg(last = true)]
        args: Vec<String>,
    },
    /// Give whatever reads untrusted bytes inputs that nobody has thought of, up to the first that breaks a promise
    Fuzz(fuzz::Options),
    /// Measure everything beside its limit, in one run and one table
    Bench(bench::Options),
    /// Make the packages that this system can, with the licences of everything in them, in target/bundle
    Bundle(bundle::Options),
    /// Install the deb in a bare Debian and see there that Vigie starts, stores, announces and paints
    Smoke(smoke::Options),
    /// Write what every package is made of, as CycloneDX, into target/bundle
    Sbom,
    /// Write what the updater reads to learn of a version: latest.json, of signed packages
    Feed(feed::Options),
    /// Write the window's TypeScript types anew from the Rust ones
    Bindings,
    /// Render all icons anew from their SVG
    Icons,
}

fn main() -> ExitCode {
    match perform(Cli::parse().chore) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn perform(chore: Chore) -> Result<ExitCode> {
    match chore {
        Chore::Run(options) => return run::run(&options),
        Chore::Test { args } => test::test(&args)?,
        Chore::Fuzz(options) => fuzz::fuzz(&options)?,
        Chore::Bench(options) => bench::bench(&options)?,
        Chore::Bundle(options) => bundle::bundle(&options)?,
        Chore::Smoke(options) => smoke::smoke(&options)?,
        Chore::Sbom => sbom::write()?,
        Chore::Feed(options) => feed::feed(&options)?,
        Chore::Bindings => bindings()?,
        Chore::Icons => icons::render()?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The test that compares the types writes them when asked to.
fn bindings() -> Result<()> {
    let mut cargo = shell::cargo();
    cargo.args(["test", "--package", "vigie-core", "--test", "bindings"]);
    shell::run(cargo.env("VIGIE_WRITE_BINDINGS", "1"))
}
