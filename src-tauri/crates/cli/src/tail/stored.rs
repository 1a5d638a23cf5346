//! How far what is stored has been told: each event and each gap once, in the order they were stored.

use vigie_core::desk::view::GapView;
use vigie_core::model::EventId;
use vigie_core::store::{PAGE_LIMIT, Store, StoreError};

use super::TailError;
use super::line::{GapState, Line, Printer};

/// How far what is stored has been told.
pub struct Stored {
    /// The last event that was told.
    event: EventId,
    /// The first gap of which not all is told.
    gap: i64,
    /// Whether that gap is told to be open. A source has one open gap at a time.
    is_open_told: bool,
}

impl Stored {
    /// Begins with what is stored next; a gap that still lasts is told as well.
    pub async fn from_now_on(store: &Store) -> Result<Self, StoreError> {
        let (event, gap) = (store.newest_event().await?, store.first_lasting_gap().await?);
        Ok(Self { event, gap, is_open_told: false })
    }

    /// Tells what has been stored since. The end of a gap comes after the events that have filled it.
    pub async fn tell(&mut self, store: &Store, printer: Printer) -> Result<(), TailError> {
        self.tell_events(store, printer).await?;
        let gaps = store.gaps_from(self.gap).await?;
        if let Some((_, first)) = gaps.first() {
            self.open(first, printer)?;
            self.tell_events(store, printer).await?;
        }
        for (number, gap) in &gaps {
            self.open(gap, printer)?;
            if gap.end.is_none() {
                self.gap = *number;
                return Ok(());
            }
            let state = if gap.closed_at.is_some() { GapState::Closed } else { GapState::NotRecoverable };
            printer.say(&Line::Gap(state, gap))?;
            (self.gap, self.is_open_told) = (number + 1, false);
        }
        Ok(())
    }

    fn open(&mut self, gap: &GapView, printer: Printer) -> Result<(), TailError> {
        if !std::mem::replace(&mut self.is_open_told, true) {
            printer.say(&Line::Gap(GapState::Opened, gap))?;
        }
        Ok(())
    }

    async fn tell_events(&mut self, store: &Store, printer: Printer) -> Result<(), TailError> {
        loop {
            let page = store.events_after(self.event, PAGE_LIMIT).await?;
            for event in &page {
                printer.say(&Line::Event(event))?;
                self.event = event.id;
            }
            if page.len() < PAGE_LIMIT as usize {
                return Ok(());
            }
        }
    }
}
