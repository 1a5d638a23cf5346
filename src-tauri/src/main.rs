//! Vigie, the desktop application: adapters between the core and the desktop, and nothing else.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod alerts_printed;
mod app;
mod arguments;
mod commands;
mod desktop;
#[cfg_attr(unix, path = "ending_unix.rs")]
#[cfg_attr(windows, path = "ending_windows.rs")]
mod ending;
mod logging;
mod notifications;
mod places;
mod report;
mod simulation;
mod tray;
mod updates;
mod window;

use std::process::ExitCode;

use clap::Parser as _;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = arguments::Arguments::parse();
    let log = logging::begin(places::log_folder(&arguments));
    match app::run(arguments, log) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "Vigie could not start");
            notifications::could_not_start(&error.words(app::language()));
            ExitCode::FAILURE
        }
    }
}
