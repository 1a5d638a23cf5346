//! Hands what arrived to the store, until the store has taken it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use tokio_util::task::AbortOnDropHandle;

use super::moment::Moment;
use super::supervisor::{Report, Reporter, Supervisor};
use crate::clock::Clock;
use crate::figures::Figures;
use crate::model::{Link, Time, Trouble};
use crate::profile::Batch;
use crate::store::{Committed, Store, StoreError};

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
            StoreError::Sqlite(_)
            | StoreError::NotFound
            | StoreError::OutboxFull(_)
            | StoreError::SnoozesFull(_) => Self::Otherwise,
        }
    }

    /// The same of the link.
    pub const fn trouble(&self) -> Trouble {
        match self {
            Self::DiskFull => Trouble::DiskFull,
            Self::Damaged(_) | Self::Otherwise => Trouble::StoreFailed,
        }
    }
}

impl Supervisor {
    /// Commits a batch, on a task of its own: whoever waits may decode meanwhile. When the wait is given up, so is the
    /// commit. `until`: with it, everything until then is stored.
    pub(super) async fn commit(&self, batch: Batch, until: Option<Moment>) -> Committed {
        let committer = self.committer();
        let at = until.map(|until| until.at);
        let committing =
            AbortOnDropHandle::new(tokio::spawn(async move { committer.commit(&batch, at).await }));
        match committing.await {
            Ok(committed) => {
                if let Some(until) = until {
                    self.note_stored(until).await;
                }
                committed
            }
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
}

/// Commits for a supervisor.
pub(super) struct Committer {
    pub reporter: Reporter,
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub figures: Figures,
    pub reports: mpsc::Sender<(Reporter, Report)>,
    /// The analyst wants it tried again now.
    pub retry: Arc<Notify>,
    /// How the link stands, as it was last told.
    pub link: Arc<Mutex<Link>>,
}

impl Committer {
    /// Commits a batch; tries again for as long as it takes, because to go on without it would lose it. Nothing is read
    /// meanwhile, and the link does not claim to be live.
    pub async fn commit(&self, batch: &Batch, until: Option<Time>) -> Committed {
        let source = self.reporter.source;
        self.figures.received(source, batch);
        let mut attempts = 0;
        loop {
            match self.store.ingest(source, batch, until).await {
                Ok(committed) => {
                    self.figures.committed(source, batch, committed, Moment::now(self.clock.as_ref()));
                    self.report(Report::Committed(committed)).await;
                    if attempts > 0 {
                        tracing::info!(%source, attempts, "the store takes what arrives again");
                        let link = self.link.lock().unwrap_or_else(PoisonError::into_inner).clone();
                        self.report(Report::Link(link)).await;
                    }
                    return committed;
                }
                Err(error) => {
                    attempts += 1;
                    // It may go on for a night: said once.
                    if attempts == 1 {
                        tracing::warn!(%source, %error, "a batch was not stored; it is tried again");
                    }
                    self.commit_later(&error, attempts).await;
                }
            }
        }
    }

    /// Says that and why nothing is stored, and waits a moment, or until the analyst asks to try again.
    async fn commit_later(&self, error: &StoreError, attempts: u32) {
        let failing = Failing::of(error);
        let until = self.clock.now().plus(COMMIT_AGAIN_AFTER);
        let link = Link::Retrying { until, why: failing.trouble(), attempts };
        let retried = self.retry.notified();
        self.report(Report::StoreFails(failing)).await;
        self.report(Report::Link(link)).await;
        tokio::select! {
            () = self.clock.sleep(COMMIT_AGAIN_AFTER) => {}
            () = retried => {}
        }
    }

    /// Reports, without taking note of how the link stands: it says so only for as long as the commit waits.
    pub async fn report(&self, report: Report) {
        // A desk that is gone needs no report; this task ends with it.
        let _gone = self.reports.send((self.reporter, report)).await;
    }
}
