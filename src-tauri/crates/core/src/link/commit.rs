//! Hands what arrived to the store, until the store has taken it.

use std::time::Duration;

use super::supervisor::{Report, Supervisor};
use crate::model::{Link, Time, Trouble};
use crate::profile::Batch;
use crate::store::{Committed, StoreError};

/// The wait before a commit that failed is tried again. Nothing is read meanwhile, so nothing is lost.
const COMMIT_AGAIN_AFTER: Duration = Duration::from_secs(2);

/// Why the store does not take what arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failing {
    /// There is no room.
    DiskFull,
    /// The database is damaged: what was found.
    Damaged(String),
    /// Anything else.
    Otherwise,
}

impl Failing {
    /// What the analyst can tell apart of this.
    pub fn of(error: &StoreError) -> Self {
        match error {
            StoreError::DiskFull => Self::DiskFull,
            StoreError::Damaged(detail) => Self::Damaged(detail.clone()),
            StoreError::Sqlite(_) | StoreError::NotFound => Self::Otherwise,
        }
    }

    /// The same of the link.
    pub(super) const fn trouble(&self) -> Trouble {
        match self {
            Self::DiskFull => Trouble::DiskFull,
            Self::Damaged(_) | Self::Otherwise => Trouble::StoreFailed,
        }
    }
}

impl Supervisor {
    /// Commits a batch; tries again for as long as it takes, because to go on without it would lose it. Nothing is read
    /// meanwhile, and the link does not claim to be live. `until`: with it, everything until then is stored.
    pub(super) async fn commit(&self, batch: &Batch, until: Option<Time>) -> Committed {
        let mut attempts = 0;
        loop {
            match self.tools.store.ingest(self.source.id, batch, until).await {
                Ok(committed) => {
                    self.report(Report::Committed(committed)).await;
                    if let Some(until) = until {
                        self.report(Report::StoredUntil(until)).await;
                    }
                    if attempts > 0 {
                        tracing::info!(source = %self.source.id, attempts, "the store takes what arrives again");
                        let link = self.link().clone();
                        self.report(Report::Link(link)).await;
                    }
                    return committed;
                }
                Err(error) => {
                    attempts += 1;
                    // It may go on for a night: said once.
                    if attempts == 1 {
                        tracing::warn!(source = %self.source.id, %error, "a batch was not stored; it is tried again");
                    }
                    self.commit_later(&error, attempts).await;
                }
            }
        }
    }

    /// Says that and why nothing is stored, and waits a moment, or until the analyst asks to try again.
    async fn commit_later(&self, error: &StoreError, attempts: u32) {
        let failing = Failing::of(error);
        let until = self.tools.clock.now().plus(COMMIT_AGAIN_AFTER);
        let link = Link::Retrying { until, why: failing.trouble(), attempts };
        let retried = self.retry.notified();
        self.send(Report::StoreFails(failing)).await;
        self.send(Report::Link(link)).await;
        tokio::select! {
            () = self.tools.clock.sleep(COMMIT_AGAIN_AFTER) => {}
            () = retried => {}
        }
    }
}
