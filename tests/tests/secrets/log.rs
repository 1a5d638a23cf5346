//! A log that can be searched. The tests of this program share it.

use std::io::Write;
use std::sync::{Mutex, Once};

static WRITTEN: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Writer;

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        WRITTEN.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// From now on, everything that we say is in the log, and what libraries say through the same subscriber as in the
/// program.
pub fn begin() {
    static BEGUN: Once = Once::new();
    BEGUN.call_once(|| {
        tracing_subscriber::fmt()
            .with_writer(|| Writer)
            .with_env_filter("debug,vigie_core=trace,sqlx=trace,reqwest=trace")
            .init();
    });
}

/// What is in it.
pub fn so_far() -> Vec<u8> {
    WRITTEN.lock().unwrap().clone()
}
