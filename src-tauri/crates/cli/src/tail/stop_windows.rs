//! When to stop: Ctrl-C, or a terminal that is closed.

use std::io;

use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close};

/// Waits until the program is to stop.
pub async fn stopped() -> io::Result<()> {
    let (mut interrupt, mut stop, mut close) = (ctrl_c()?, ctrl_break()?, ctrl_close()?);
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = stop.recv() => {}
        _ = close.recv() => {}
    }
    Ok(())
}
