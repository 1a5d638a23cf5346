//! Looks after the database beside the work: reads it through, backs it up, and tells the analyst what is wrong with
//! it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use super::actor::Actor;
use super::requests::Request;
use super::view::Notice;
use super::words;
use crate::clock::Clock;
use crate::link::Failing;
use crate::model::Trouble;
use crate::store::{BackupError, SetAside, Store, StoreError};

/// The wait before the first look: start and catching up have the disk to themselves.
const FIRST_AFTER: Duration = Duration::from_secs(60);
/// How often it is asked whether something is due: a backup, after a source was added.
const LOOK_EVERY: Duration = Duration::from_secs(600);

impl Actor {
    /// Begins to look after the database; `set_aside` was in its place before. The analyst is told of that by a
    /// notification, because the window may stay closed, and by a notice for as long as this run lasts or until it is
    /// waved away. The next start is silent: the file still has its name, and `vigie-cli doctor` and the log tell of
    /// it.
    pub(super) fn look_after_store(&mut self, set_aside: Option<SetAside>) {
        if let Some(set_aside) = set_aside {
            self.show(words::set_aside(self.language));
            self.set_notice(Notice::SetAside, true);
            self.set_aside = Some(set_aside);
        }
        let (store, clock) = (self.store().clone(), Arc::clone(&self.tools.clock));
        let care = tokio::spawn(look_after(store, clock, self.requests.clone()));
        self.care = Some(AbortOnDropHandle::new(care));
    }

    /// Takes note that the store has taken something.
    pub(super) fn note_stored(&mut self) {
        if self.undecided.is_some() {
            return;
        }
        self.set_notice(Notice::StoreFails, false);
        self.set_notice(Notice::DiskFull, false);
        self.failing_told = self.notices.contains(&Notice::StoreDamaged);
    }

    /// Why what is stored cannot be read, or not be announced.
    pub(super) fn trouble(&self) -> Option<Trouble> {
        self.unreadable.or(self.undecided)
    }

    /// Takes note that what is stored can be read.
    pub(super) fn note_readable(&mut self) {
        if self.unreadable.take().is_some() {
            tracing::info!("what is stored can be read again");
        }
    }

    /// Takes note of what could not be read: only damage says that it will not be any better.
    pub(super) fn note_unreadable(&mut self, error: &StoreError) {
        // It may go on for a night: said once.
        if self.unreadable.replace(Failing::of(error).trouble()).is_none() {
            tracing::warn!(%error, "what is stored cannot be read; window and tray show it as it was");
        }
        if let StoreError::Damaged(_) = error {
            self.note_failing(&Failing::of(error));
        }
    }

    /// Takes note that, and why, the store does not do what it should. The analyst is told of it by a notification as
    /// well, once until it works again: the window may be closed, and of what is not stored nothing is announced.
    pub(super) fn note_failing(&mut self, failing: &Failing) {
        if !std::mem::replace(&mut self.failing_told, true) {
            self.show(words::store_fails(self.language, failing));
        }
        match failing {
            Failing::DiskFull => {
                self.set_notice(Notice::DiskFull, true);
                self.set_notice(Notice::StoreFails, false);
            }
            Failing::Otherwise => {
                self.set_notice(Notice::StoreFails, true);
                self.set_notice(Notice::DiskFull, false);
            }
            Failing::Damaged(detail) => {
                if self.notices.contains(&Notice::StoreDamaged) {
                    return;
                }
                tracing::error!(detail, "the database is damaged; the next start sets it aside");
                self.store().note_damage(detail);
                self.set_notice(Notice::StoreDamaged, true);
            }
        }
    }
}

async fn look_after(store: Store, clock: Arc<dyn Clock>, requests: mpsc::WeakSender<Request>) {
    let mut is_backup_missed = false;
    clock.sleep(FIRST_AFTER).await;
    loop {
        if let Err(error) = look(&store, clock.as_ref(), &mut is_backup_missed).await {
            match &error {
                StoreError::Damaged(_) => tracing::error!(%error, "damage was found beside the work"),
                error => tracing::warn!(%error, "the database could not be looked after; it is tried again"),
            }
            if let Some(requests) = requests.upgrade() {
                let _closing = requests.send(Request::StoreFails(Failing::of(&error))).await;
            }
        }
        clock.sleep(LOOK_EVERY).await;
    }
}

/// Does what is due. What is not sound is not backed up: that would cost a backup that is.
async fn look(store: &Store, clock: &dyn Clock, is_backup_missed: &mut bool) -> Result<(), StoreError> {
    if store.is_check_due(clock.now()) {
        store.read_through(clock.now()).await?;
    }
    match back_up(store, clock).await {
        Ok(()) => *is_backup_missed = false,
        Err(BackupError::Damaged(detail)) => return Err(StoreError::Damaged(detail)),
        Err(error) => {
            // Said once, not at every look.
            if !std::mem::replace(is_backup_missed, true) {
                tracing::warn!(%error, "the database is not backed up; it is tried again");
            }
        }
    }
    Ok(())
}

async fn back_up(store: &Store, clock: &dyn Clock) -> Result<(), BackupError> {
    if store.is_backup_due(clock.now()).await? {
        let backup = store.back_up(clock.now()).await?;
        tracing::info!(path = %backup.path.display(), bytes = backup.bytes, "the database was backed up");
    }
    Ok(())
}
