//! What the program says: on standard error, and in the log's files, where it can be looked up later.

use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use tracing_subscriber::filter::{EnvFilter, FilterExt as _, filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};
use vigie_system::log::{LogFiles, is_ours};

/// What is said unless `VIGIE_LOG` wants more or less.
const USUAL: &str = "warn,vigie=info,vigie_core=info,vigie_system=info";

/// Where the log is, for the window to say.
pub struct LogFolder(pub Option<PathBuf>);

/// From now on what happens is told. Without files it is told on standard error alone.
pub fn begin(folder: Option<PathBuf>) -> LogFolder {
    let files = folder.as_deref().map(LogFiles::open).transpose();
    let (files, trouble) = match files {
        Ok(files) => (files, None),
        Err(error) => (None, Some(error)),
    };
    let folder = folder.filter(|_| files.is_some());
    let on_screen =
        fmt::layer().with_writer(io::stderr).with_ansi(io::stderr().is_terminal()).with_filter(filter());
    let in_files = files.map(|files| {
        fmt::layer().with_writer(files).with_ansi(false).with_filter(filter().and(filter_fn(is_ours)))
    });
    tracing_subscriber::registry().with(on_screen).with(in_files).init();
    if let Some(error) = trouble {
        tracing::warn!(%error, "there is no log file; standard error says everything");
    }
    LogFolder(folder)
}

impl LogFolder {
    /// As the window shows it.
    pub fn shown(&self) -> Option<String> {
        self.0.as_deref().map(Path::display).map(|path| path.to_string())
    }
}

fn filter() -> EnvFilter {
    EnvFilter::try_from_env("VIGIE_LOG").unwrap_or_else(|_| EnvFilter::new(USUAL))
}
