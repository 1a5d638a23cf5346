//! `cargo xtask bench`: builds everything as for a release and measures it, on Linux, which alone can drive the real
//! window.

use clap::Args;

use crate::error::Result;
use crate::setup::packages::Purpose;
use crate::{setup, shell, window};

#[derive(Args)]
pub struct Options {
    /// Only these rows: decode, ingest, sse, latency, pages, search, typing, scroll, start, memory, window, gateway
    rows: Vec<String>,
    /// Smaller numbers for every row, within two minutes
    #[arg(long)]
    quick: bool,
    /// Fail when something that must be reached is not
    #[arg(long)]
    strict: bool,
    /// Write the table into tests/BENCHMARKS.md
    #[arg(long)]
    write: bool,
    /// The small pieces by criterion instead of the table; the rows are parts of their names
    #[arg(long, conflicts_with_all = ["quick", "strict", "write"])]
    pieces: bool,
}

/// Prints the table and keeps it in target/bench.json.
pub fn bench(options: &Options) -> Result<()> {
    if options.pieces {
        setup::prepare_system(&[Purpose::Build])?;
        return shell::run_aloud(shell::cargo().args(measure("pieces")).args(&options.rows));
    }
    setup::prepare(&[Purpose::Build, Purpose::Display, Purpose::Test])?;
    setup::driver::install()?;
    window::build()?;
    // Apart from the benchmark, whose own dependencies would change what the programs are built with.
    let mut build = shell::cargo();
    build.args(["build", "--release", "--package", "vigie", "--package", "vigie-cli"]);
    build.args(["--package", "vigie-gateway", "--bins", "--example", "empty_window"]);
    shell::run(&mut build)?;
    let mut bench = shell::cargo();
    bench.args(measure("side_by_side")).args(&options.rows);
    let flags = [("--quick", options.quick), ("--strict", options.strict), ("--write", options.write)];
    bench.args(flags.iter().filter(|(_, given)| *given).map(|(flag, _)| flag));
    shell::run_aloud(&mut bench)
}

fn measure(bench: &'static str) -> [&'static str; 6] {
    ["bench", "--package", "vigie-tests", "--bench", bench, "--"]
}
