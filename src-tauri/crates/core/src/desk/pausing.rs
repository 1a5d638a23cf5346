//! The pause of notifications. It is kept beside the database, so that an update of the program or a crash does not end
//! it.

use std::io::{self, ErrorKind, Read as _};
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::actor::Actor;
use crate::figures::file::write_private;
use crate::model::Time;

/// The file that it is kept in, beside the database, and where that is written first.
const KEPT: &str = "paused.json";
const UNFINISHED: &str = "paused.json.new";
/// A greater file is none of ours, in bytes.
const LIMIT: u64 = 1 << 10;

/// A pause as it is kept, by the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    began: Time,
    until: Time,
}

impl Kept {
    /// How much of it is left at `now`: never more than it was to last, wherever the clock was set meanwhile.
    fn left(self, now: Time) -> Duration {
        self.until.since(now).min(self.until.since(self.began))
    }
}

impl Actor {
    /// Pauses notifications for so long; `None` resumes them.
    pub(super) async fn pause(&mut self, pause: Option<Duration>) {
        match pause {
            Some(lasts) => {
                self.begin_pause(lasts);
                let began = self.clock().now();
                let kept = Kept { began, until: began.plus(lasts) };
                if let Err(error) = write(self.store().path(), kept) {
                    tracing::warn!(%error, "the pause ends with the program");
                }
            }
            None => {
                self.end_pause();
                self.announce(true).await;
            }
        }
        self.changed().await;
    }

    /// Goes on with the pause that was under way when the program ended, if any of it is left.
    pub(super) fn take_up_pause(&mut self) {
        match read(self.store().path()) {
            Ok(None) => {}
            Ok(Some(kept)) => match kept.left(self.clock().now()) {
                Duration::ZERO => self.end_pause(),
                left => self.begin_pause(left),
            },
            Err(error) => {
                tracing::warn!(%error, "whether notifications were paused cannot be read; they are not any more");
                self.end_pause();
            }
        }
    }

    fn begin_pause(&mut self, lasts: Duration) {
        self.paused_until = Some(self.clock().now().plus(lasts));
        self.pause_ends = self.clock().elapsed().saturating_add(lasts);
    }

    pub(super) fn end_pause(&mut self) {
        self.paused_until = None;
        match std::fs::remove_file(self.store().path().with_file_name(KEPT)) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                tracing::warn!(%error, "a pause that has ended may come back with the next start");
            }
            _ => {}
        }
    }
}

fn write(store: &Path, kept: Kept) -> io::Result<()> {
    write_private(&store.with_file_name(UNFINISHED), &store.with_file_name(KEPT), &kept)
}

fn read(store: &Path) -> io::Result<Option<Kept>> {
    let file = match std::fs::File::open(store.with_file_name(KEPT)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let mut text = String::new();
    file.take(LIMIT).read_to_string(&mut text)?;
    Ok(Some(serde_json::from_str(&text)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_a_pause_is_never_more_than_it_was_to_last() {
        let kept = Kept { began: Time(1_000_000), until: Time(4_600_000) };
        let left = |now| kept.left(Time(now)).as_secs();
        assert_eq!([1_000_000, 4_000_000, 4_600_000, 9_000_000].map(left), [3_600, 600, 0, 0]);
        assert_eq!(left(0), 3_600, "the clock was set back");
    }

    #[test]
    fn what_is_no_pause_is_an_error_however_long_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("vigie.sqlite");
        assert_eq!(read(&store).unwrap(), None);
        std::fs::write(store.with_file_name(KEPT), " ".repeat(1 << 20)).unwrap();
        assert!(read(&store).is_err());
        let kept = Kept { began: Time(1), until: Time(2) };
        write(&store, kept).unwrap();
        assert_eq!(read(&store).unwrap(), Some(kept));
    }
}
