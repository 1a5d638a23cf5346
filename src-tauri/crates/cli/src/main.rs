//! Vigie in a terminal: the same core without a desktop.

mod doctor;
mod facts;
mod output;
mod profile;
mod profiles;
mod secret;
mod tail;

use std::io::{self, ErrorKind, IsTerminal as _};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How long what still runs may take once all is said: a vault that never answered, say.
const END_LIMIT: Duration = Duration::from_millis(500);

/// Vigie in a terminal: shows what backends send, checks this computer, and helps to write profiles.
///
/// Exit codes: 0 all is well; 1 something is wrong, and was said; 2 the command was not understood. With the
/// environment variable VIGIE_LOG=warn (or debug) the program says more on standard error.
#[derive(Debug, Parser)]
#[command(name = "vigie-cli", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Tail(Box<tail::Arguments>),
    Doctor(doctor::Arguments),
    #[command(subcommand)]
    Profile(profile::Command),
}

/// Why a command ended early.
#[derive(Debug, thiserror::Error)]
enum CliError {
    #[error(transparent)]
    Tail(#[from] tail::TailError),
    #[error(transparent)]
    Profile(#[from] profile::CommandError),
    #[error("this cannot be written to: {0}")]
    Output(#[from] io::Error),
    #[error("the system gives no threads: {0}")]
    Threads(io::Error),
}

impl CliError {
    /// Whether nobody reads any more, as behind `| head`: that is an end like any other.
    fn is_end_of_reading(&self) -> bool {
        let (Self::Tail(tail::TailError::Output(error))
        | Self::Profile(profile::CommandError::Output(error))
        | Self::Output(error)) = self
        else {
            return false;
        };
        error.kind() == ErrorKind::BrokenPipe
    }
}

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_env_filter(EnvFilter::try_from_env("VIGIE_LOG").unwrap_or_else(|_| EnvFilter::new("error")))
        .init();
    match run(Arguments::parse().command) {
        Ok(code) => code,
        Err(error) if error.is_end_of_reading() => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode, CliError> {
    let runtime = tokio::runtime::Runtime::new().map_err(CliError::Threads)?;
    let ended = runtime.block_on(async {
        Ok(match command {
            Command::Tail(arguments) => {
                tail::run(*arguments).await?;
                ExitCode::SUCCESS
            }
            Command::Doctor(arguments) => doctor::run(arguments).await?,
            Command::Profile(command) => profile::run(command)?,
        })
    });
    runtime.shutdown_timeout(END_LIMIT);
    ended
}
