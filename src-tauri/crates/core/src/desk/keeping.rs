//! Keeps the figures beside the database, for whoever looks from another process.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::task::AbortOnDropHandle;

use super::actor::Actor;
use crate::clock::Clock;
use crate::figures::Figures;
use crate::figures::file::{self, KeptFigures};
use crate::store::Store;

/// What a crash may cost of the figures; a few kilobytes on the disk each time.
const KEPT_EVERY: Duration = Duration::from_secs(60);

/// What it takes to keep the figures.
struct Keeper {
    figures: Figures,
    store: Store,
    clock: Arc<dyn Clock>,
    version: String,
}

impl Keeper {
    /// Keeps them every so often.
    async fn keep(self) {
        let mut has_failed = false;
        loop {
            let kept = self.keep_now(true).await;
            if let (Err(why), false) = (&kept, has_failed) {
                tracing::warn!(why, "the figures were not kept; it is tried again");
            }
            has_failed = kept.is_err();
            self.clock.sleep(KEPT_EVERY).await;
        }
    }

    async fn keep_now(&self, running: bool) -> Result<(), String> {
        let holdings = self.store.holdings().await.map_err(|error| error.to_string())?;
        let sources = self.store.sources().await.map_err(|error| error.to_string())?;
        let names = sources.into_iter().map(|(source, _)| (source.id, source.name)).collect();
        let figures = self.figures.view(self.clock.now(), &holdings);
        let before = file::read(self.store.path()).unwrap_or_else(|error| {
            tracing::info!(%error, "the figures of the last run are not kept");
            None
        });
        let before = before.and_then(|kept| kept.before(figures.since));
        let kept = KeptFigures { version: self.version.clone(), running, figures, names, before };
        file::write(self.store.path(), &kept).map_err(|error| error.to_string())
    }
}

impl Actor {
    fn keeper(&self) -> Keeper {
        Keeper {
            figures: self.figures().clone(),
            store: self.store().clone(),
            clock: Arc::clone(&self.tools.clock),
            version: self.version.clone(),
        }
    }

    /// Keeps the figures every so often, beside the loop, until the handle is dropped.
    pub(super) fn keep_figures(&self) -> AbortOnDropHandle<()> {
        AbortOnDropHandle::new(tokio::spawn(self.keeper().keep()))
    }

    /// Keeps them a last time. Whoever keeps them every so often has ended by then: two must not write one file.
    pub(super) async fn keep_last_figures(&self, keeping: AbortOnDropHandle<()>) {
        keeping.abort();
        let _ended = keeping.await;
        if let Err(why) = self.keeper().keep_now(false).await {
            tracing::warn!(why, "the last figures were not kept");
        }
    }
}
