//! When the program is to end by the terminal that it was started from. A log-off is told to the window, which ends the
//! event loop as "Quit" does.

use std::io;

use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close};

/// Resolves when the program is to end. From the call on, nothing is missed.
pub fn wanted() -> io::Result<impl Future<Output = ()>> {
    let (mut interrupt, mut stop, mut close) = (ctrl_c()?, ctrl_break()?, ctrl_close()?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = stop.recv() => {}
            _ = close.recv() => {}
        }
    })
}
