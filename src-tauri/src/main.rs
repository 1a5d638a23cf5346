//! Vigie, the desktop application: adapters between the core and the desktop, and nothing else.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod alerts_printed;
mod app;
mod arguments;
#[cfg_attr(target_os = "macos", path = "asked_macos.rs")]
#[cfg_attr(not(target_os = "macos"), path = "asked_elsewhere.rs")]
mod asked;
mod at_login;
mod commands;
mod desktop;
#[cfg_attr(unix, path = "ending_unix.rs")]
#[cfg_attr(windows, path = "ending_windows.rs")]
mod ending;
mod handed;
mod logging;
mod notifications;
mod places;
mod report;
mod running;
mod simulation;
mod smoke_test;
mod tray;
mod updates;
mod window;

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = arguments::Arguments::read(std::env::args_os()).unwrap_or_else(|error| error.exit());
    if arguments.smoke_test {
        return smoke_test::run(arguments);
    }
    if running::tell_unheeded(&arguments) {
        return ExitCode::FAILURE;
    }
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
