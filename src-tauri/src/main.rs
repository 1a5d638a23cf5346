//! Vigie, the desktop application: adapters between the core and the desktop, and nothing else.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod alerts_printed;
mod app;
mod arguments;
mod commands;
mod desktop;
mod notifications;
mod places;
mod simulation;
mod tray;
mod window;

use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("VIGIE_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,vigie=info,vigie_core=info")),
        )
        .init();
    match app::run(arguments::Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "Vigie could not start");
            notifications::could_not_start(&error.words(app::language()));
            ExitCode::FAILURE
        }
    }
}
