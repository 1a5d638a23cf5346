//! What the program can be started with.

use std::path::PathBuf;

use clap::Parser;

/// What a start at login adds: the window stays away until it is asked for.
pub const HIDDEN: &str = "--hidden";

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
    /// Start in the tray, without the window.
    #[arg(long)]
    pub hidden: bool,
    /// Start everything apart from your own data, see an alert through to the screen, say what works and what does not, and end.
    #[arg(long)]
    pub smoke_test: bool,
    /// What to open: a link to an alert, or the file of a profile.
    #[arg(value_name = "LINK OR FILE")]
    pub handed: Option<String>,
    /// End by itself after this many seconds.
    #[arg(long, value_name = "SECONDS")]
    pub seconds: Option<u64>,
}
