//! Vigie in a terminal: the same core without a desktop.

mod tail;
mod terminal;

use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Vigie in a terminal.
#[derive(Debug, Parser)]
#[command(name = "vigie-cli", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print alerts and transactions as they are stored, and how the link stands.
    Tail(tail::Arguments),
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("VIGIE_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn")),
        )
        .init();
    let Command::Tail(arguments) = Arguments::parse().command;
    match tail::run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "vigie-cli ended");
            ExitCode::FAILURE
        }
    }
}
