//! Looks after a running database: whether it is sound, and what the next start has to know of that.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::health::Health;
use super::{Store, StoreError, opening};
use crate::model::Time;

/// A database is read through once in this time, or sooner after a run that did not end as it should: damage that
/// nobody meets by chance is found while a backup still is of a time before it.
const CHECK_EVERY: Duration = Duration::from_secs(24 * 3_600);

/// How the database stands, kept beside it.
pub(super) struct Condition {
    path: PathBuf,
    known: Mutex<Known>,
}

struct Known {
    health: Health,
    /// Whether the run before this one did not end as it should, and nothing has been read through since.
    doubtful: bool,
}

impl Condition {
    /// A run begins, on a database that was left like this and has been opened.
    pub fn begin(path: &Path, left: Health) -> Self {
        let health = Health { running: true, damage: None, checked_at: left.checked_at };
        health.keep(path);
        Self { path: path.to_owned(), known: Mutex::new(Known { health, doubtful: left.running }) }
    }

    /// The run ends as it should.
    pub fn end(&self) {
        self.change(|known| known.health.running = false);
    }

    fn change(&self, change: impl FnOnce(&mut Known)) {
        let mut known = self.known();
        change(&mut known);
        known.health.keep(&self.path);
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // Nothing half done is ever in it.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store {
    /// Whether the database is to be read through.
    pub fn is_check_due(&self, now: Time) -> bool {
        let known = self.condition.known();
        known.doubtful || !known.health.checked_at.is_some_and(|at| is_recent(at, now, CHECK_EVERY))
    }

    /// Reads the database through, on a connection of its own: nobody waits for it.
    pub async fn read_through(&self, now: Time) -> Result<(), StoreError> {
        let mut reader = opening::reader(self.path()).await?;
        let found = opening::read_through(&mut reader, false).await;
        opening::close(reader).await;
        if let Some(detail) = found? {
            return Err(StoreError::Damaged(detail));
        }
        self.condition.change(|known| {
            known.doubtful = false;
            known.health.checked_at = Some(now);
        });
        Ok(())
    }

    /// Damage was met: the next start looks closely before it opens the database. To change it under the feet of links
    /// and lists that are at work would risk more than to wait for that.
    pub fn note_damage(&self, detail: &str) {
        self.condition.change(|known| known.health.damage = Some(detail.to_owned()));
    }
}

/// Whether less than `limit` has passed since; a time to come is the word of a clock that was wrong.
pub(super) fn is_recent(at: Time, now: Time, limit: Duration) -> bool {
    at <= now && now.since(at) < limit
}
