//! `cargo xtask bench`: what Vigie does beside the limit of the machine or a peer, in one run and one table. Each row
//! is a file in `rows/` that says what is measured and how. It runs on Linux, which alone can drive the real window.
//!
//! The benchmark starts itself again in two roles: the flood that pours events at the desk, and the listeners at the
//! gateway. So nothing that is measured shares a process with what it is measured by.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark that cannot go on has failed, and says where"
)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it talks to the person at the terminal")]

mod delays;
mod desk;
mod flood;
mod line;
mod listeners;
mod machine;
mod plain;
mod process;
mod report;
mod rows;
mod scale;
mod stored;
mod traffic;
mod window;

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use futures_util::FutureExt as _;
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::line::{Line, Verdict};
use crate::machine::Machine;
use crate::report::Report;
use crate::rows::Row;
use crate::scale::Scale;
use crate::stored::Stored;

/// As the programs have it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures everything side by side.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench")]
struct Arguments {
    /// Only these rows
    rows: Vec<Row>,
    /// Smaller numbers for every row, within two minutes
    #[arg(long)]
    quick: bool,
    /// End with 1 when something that must be reached is not
    #[arg(long)]
    strict: bool,
    /// Write the table into tests/BENCHMARKS.md
    #[arg(long)]
    write: bool,
    /// Given by Cargo
    #[arg(long, hide = true)]
    bench: bool,
}

/// What the rows share.
pub struct Bench {
    /// How much of everything.
    pub scale: Scale,
    /// Where databases are made: on the disk that the build is on, and not in a file system in memory.
    folder: TempDir,
    stored: OnceCell<Stored>,
}

impl Bench {
    /// A folder of its own for a database, or whatever else has to be on the disk.
    pub fn folder(&self) -> TempDir {
        tempfile::tempdir_in(self.folder.path()).unwrap()
    }

    /// The database that everything is already in.
    pub async fn stored(&self) -> &Stored {
        let make = || async {
            eprintln!("  … storing {} events to read from", self.scale.stored);
            Stored::make(self.folder.path().join("stored"), self.scale.stored).await
        };
        self.stored.get_or_init(make).await
    }
}

/// The folder of what is built.
fn target() -> PathBuf {
    std::env::current_exe().unwrap().ancestors().nth(3).unwrap().to_owned()
}

#[tokio::main]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.first().map(String::as_str) {
        Some(flood::ROLE) => flood::serve(&words[1..]).await,
        Some(listeners::ROLE) => listeners::listen(&words[1..]).await,
        _ => return run(&Arguments::parse()).await,
    }
    ExitCode::SUCCESS
}

async fn run(arguments: &Arguments) -> ExitCode {
    let (begun, machine) = (Instant::now(), Machine::look());
    let folder = tempfile::Builder::new().prefix("bench-").tempdir_in(target()).unwrap();
    let scale = if arguments.quick { Scale::QUICK } else { Scale::WHOLE };
    let bench = Bench { scale, folder, stored: OnceCell::new() };
    let chosen = if arguments.rows.is_empty() { Row::ALL } else { &arguments.rows[..] };
    let mut lines = Vec::new();
    for row in chosen {
        eprintln!("› {}", row.name());
        let since = Instant::now();
        // A row that fails does not take the others with it.
        match AssertUnwindSafe(row.measure(&bench)).catch_unwind().await {
            Ok(measured) => lines.extend(measured),
            Err(panic) => lines.push(Line::failed(row.name(), words_of(panic.as_ref()))),
        }
        eprintln!("  {:.1} s", since.elapsed().as_secs_f64());
    }
    let report = Report { machine, quick: arguments.quick, took: begun.elapsed().as_secs_f64(), lines };
    println!("{}", report.markdown());
    report.keep(&target().join("bench.json"));
    if arguments.write {
        report.write_into(&Path::new(env!("CARGO_MANIFEST_DIR")).join("BENCHMARKS.md"));
    }
    let fails = |line: &Line| match line.verdict {
        Verdict::Failed(_) => true,
        Verdict::Missed => arguments.strict,
        _ => false,
    };
    if report.lines.iter().any(fails) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// What a panic says.
fn words_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}
