//! When the system wants the program to end: at log-out, or by Ctrl-C in the terminal that it was started from.

use std::io;

use tokio::signal::unix::{SignalKind, signal};

/// Resolves when the program is to end. From the call on, no signal is missed.
pub fn wanted() -> io::Result<impl Future<Output = ()>> {
    let [mut interrupt, mut terminate, mut hang_up] =
        [signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?, signal(SignalKind::hangup())?];
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hang_up.recv() => {}
        }
    })
}
