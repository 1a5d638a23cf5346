//! When to stop: Ctrl-C, being asked to end, or a terminal that is closed.

use std::io;

use tokio::signal::unix::{SignalKind, signal};

/// Waits until the program is to stop.
pub async fn stopped() -> io::Result<()> {
    let [mut interrupt, mut terminate, mut hang_up] =
        [signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?, signal(SignalKind::hangup())?];
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hang_up.recv() => {}
    }
    Ok(())
}
