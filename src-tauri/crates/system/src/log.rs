//! The log as files: one a day, for a week, none larger than [`A_DAY`].

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tracing::{Level, Metadata};
use tracing_appender::rolling::{InitError, RollingFileAppender, Rotation};
use tracing_subscriber::fmt::MakeWriter;

/// How many days are kept: long enough to ask for help about last week.
const DAYS: usize = 7;
/// The most that is written in a day, in bytes: at the usual level a day is a few kilobytes, and a disk must not fill
/// up because a server breaks every connection. All days together stay below 60 MB.
pub const A_DAY: u64 = 8 << 20;
/// What the files' names begin and end with; the date is between.
const NAME: (&str, &str) = ("vigie", "log");
/// What is said when a day has said enough.
const ENOUGH: &str = "The log of this day is as large as it may be: it goes on tomorrow.\n";
/// The appender's day, which begins at midnight UTC.
const DAY: Duration = Duration::from_secs(24 * 3_600);

/// Why there is no log.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The folder cannot be made.
    #[error("the folder {folder} cannot be made: {error}; check its rights")]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The file cannot be opened.
    #[error("the log cannot be opened: {0}; check the rights of its folder")]
    File(#[from] InitError),
}

/// The log's files, to be given to a subscriber as its writer. What is written is on the disk when the call is over:
/// the last words before a crash are the ones that count.
pub struct LogFiles {
    files: RollingFileAppender,
    written: Mutex<Written>,
}

/// What a day has said.
struct Written {
    day: u64,
    bytes: u64,
}

impl LogFiles {
    /// Goes on with the log in `folder`, which is made, for this user only, if it is not there.
    pub fn open(folder: &Path) -> Result<Self, LogError> {
        crate::places::make_private(folder)
            .map_err(|error| LogError::Folder { folder: folder.to_owned(), error })?;
        let files = RollingFileAppender::builder()
            .rotation(Rotation::DAILY)
            .filename_prefix(NAME.0)
            .filename_suffix(NAME.1)
            .max_log_files(DAYS)
            .build(folder)?;
        let written = Written { day: today(), bytes: newest(folder) };
        Ok(Self { files, written: Mutex::new(written) })
    }

    /// Whether so many bytes may still be written today, or the day's last words.
    fn allow(&self, bytes: u64) -> Allowed {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let today = today();
        if written.day != today {
            *written = Written { day: today, bytes: 0 };
        }
        let was_enough = written.bytes >= A_DAY;
        written.bytes = written.bytes.saturating_add(bytes);
        match (was_enough, written.bytes >= A_DAY) {
            (true, _) => Allowed::Nothing,
            (false, true) => Allowed::LastWords,
            (false, false) => Allowed::All,
        }
    }
}

enum Allowed {
    All,
    LastWords,
    Nothing,
}

impl Write for &LogFiles {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        match self.allow(line.len() as u64) {
            Allowed::All => self.files.make_writer().write_all(line)?,
            Allowed::LastWords => self.files.make_writer().write_all(ENOUGH.as_bytes())?,
            Allowed::Nothing => {}
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.files.make_writer().flush()
    }
}

impl<'a> MakeWriter<'a> for LogFiles {
    type Writer = &'a Self;

    fn make_writer(&'a self) -> Self::Writer {
        self
    }
}

/// Whether something may be in the log: what we say ourselves, and of libraries only what went wrong. What they say
/// beside that (a frame, a statement, a header) may hold anything.
pub fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with("vigie") || *metadata.level() <= Level::WARN
}

fn today() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() / DAY.as_secs()
}

/// The length of the newest file, which is today's: the date in its name is its order.
fn newest(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let newest = entries
        .flatten()
        .filter(|entry| entry.file_name().to_str().is_some_and(|name| name.starts_with(NAME.0)))
        .max_by_key(std::fs::DirEntry::file_name);
    newest.and_then(|entry| entry.metadata().ok()).map_or(0, |file| file.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All that the files in a folder hold.
    fn written(folder: &Path) -> String {
        let files = std::fs::read_dir(folder).unwrap();
        files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect()
    }

    #[test]
    fn what_is_written_is_there_at_once_and_the_next_start_goes_on() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("logs");
        for line in ["one\n", "two\n"] {
            let log = LogFiles::open(&folder).unwrap();
            log.make_writer().write_all(line.as_bytes()).unwrap();
            assert!(written(&folder).ends_with(line));
        }
        assert_eq!(written(&folder), "one\ntwo\n");
    }

    #[test]
    fn a_day_has_an_end_also_over_many_starts() {
        let folder = tempfile::tempdir().unwrap();
        let line = vec![b'x'; 1 << 20];
        for _ in 0..4 {
            let log = LogFiles::open(folder.path()).unwrap();
            for _ in 0..5 {
                log.make_writer().write_all(&line).unwrap();
            }
        }
        let text = written(folder.path());
        assert!(text.len() as u64 <= A_DAY + ENOUGH.len() as u64, "{} bytes", text.len());
        assert!(text.contains(ENOUGH) && text.len() > 4 << 20);
    }

    #[test]
    fn no_more_days_are_kept_than_there_should_be() {
        let folder = tempfile::tempdir().unwrap();
        for day in 10..30 {
            std::fs::write(folder.path().join(format!("vigie.2020-01-{day}.log")), "old").unwrap();
        }
        LogFiles::open(folder.path()).unwrap().make_writer().write_all(b"new\n").unwrap();
        assert!(std::fs::read_dir(folder.path()).unwrap().count() <= DAYS);
        assert!(written(folder.path()).contains("new"));
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_look_into_the_folder() {
        use std::os::unix::fs::PermissionsExt as _;
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("logs");
        LogFiles::open(&folder).unwrap();
        assert_eq!(std::fs::metadata(folder).unwrap().permissions().mode() & 0o777, 0o700);
    }
}
