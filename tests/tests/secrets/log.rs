//! A log that can be searched: all that is said, and what of it reaches the program's files. The tests of this program
//! share it.

use std::io::Write;
use std::sync::{Mutex, OnceLock};

use tempfile::TempDir;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::{EnvFilter, filter_fn};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use vigie_system::log::{LogFiles, is_ours};

static WRITTEN: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static FILES: OnceLock<TempDir> = OnceLock::new();

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
/// program. In the files is as much as the program ever puts into its own: all levels, of what is ours.
pub fn begin() {
    FILES.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let searched = fmt::layer()
            .with_writer(|| Writer)
            .with_filter(EnvFilter::new("debug,vigie_core=trace,sqlx=trace,reqwest=trace"));
        let files = LogFiles::open(folder.path()).unwrap();
        let in_files = fmt::layer().with_writer(files).with_ansi(false).with_filter(filter_fn(is_ours));
        tracing_subscriber::registry().with(searched).with(in_files).init();
        folder
    });
}

/// What is in it.
pub fn so_far() -> Vec<u8> {
    WRITTEN.lock().unwrap().clone()
}

/// What is in its files.
pub fn in_files() -> String {
    let files = std::fs::read_dir(FILES.get().unwrap()).unwrap();
    files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect()
}
