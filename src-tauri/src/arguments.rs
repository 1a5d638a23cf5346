//! What the program can be started with.

use std::path::PathBuf;

use clap::Parser;

/// A desktop lookout for fraud analysts.
#[derive(Debug, Parser)]
#[command(name = "vigie", version)]
pub struct Arguments {
    /// Watch a simulated bank in this very process, apart from your own sources.
    #[arg(long)]
    pub demo: bool,
    /// Keep the database in this folder instead of the system's place for it.
    #[arg(long, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
    /// Print each alert as a line when it has been stored.
    #[arg(long)]
    pub print_alerts: bool,
    /// End by itself after this many seconds.
    #[arg(long, value_name = "SECONDS")]
    pub seconds: Option<u64>,
}
