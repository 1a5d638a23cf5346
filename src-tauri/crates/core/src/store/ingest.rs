//! Writes what arrived: events, what follows from them, and the position, in one transaction.

use std::collections::HashMap;
use std::sync::atomic::Ordering;

use sqlx::{Arguments as _, Connection as _, Sqlite, Transaction, query_with, sqlite::SqliteArguments};

use super::append::{append, newest};
use super::bars::{self, Counted};
use super::rows::ManyRows;
use super::{Store, StoreError, fold, trouble};
use crate::model::{EventId, Kind, SourceId, Time};
use crate::profile::{Batch, Positions};

/// What a commit did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Committed {
    /// Events stored.
    pub stored: u32,
    /// Events that were stored before.
    pub duplicates: u32,
    /// Frames that could not be read.
    pub rejected: u32,
    /// Alerts that are new or changed.
    pub alerts: u32,
}

/// The events after which somebody may look after what was written.
const LOOKED_AFTER: u64 = 512;

static TALLY: ManyRows = ManyRows::new(
    "INSERT INTO tally (source, kind, events, newest) VALUES",
    4,
    "ON CONFLICT DO UPDATE SET events = events + excluded.events, newest = excluded.newest",
);

static MOVE: ManyRows = ManyRows::new(
    "INSERT INTO position (source, name, value) VALUES",
    3,
    "ON CONFLICT DO UPDATE SET value = excluded.value",
);

/// A write under way.
pub type Writing<'c> = Transaction<'c, Sqlite>;

impl Store {
    /// Stores a batch and moves the source's positions, both or neither. `until` is given when with this batch
    /// everything until then is stored.
    pub async fn ingest(
        &self,
        source: SourceId,
        batch: &Batch,
        until: Option<Time>,
    ) -> Result<Committed, StoreError> {
        let mut writer = self.writer().await?;
        let mut writing = writer.begin_with("BEGIN IMMEDIATE").await?;
        let mut committed = Committed { rejected: count(batch.rejected.len()), ..Committed::default() };
        if !batch.events.is_empty() {
            self.add(&mut writing, source, batch, &mut committed).await?;
        }
        trouble::keep(&mut writing, source, &batch.rejected).await?;
        move_positions(&mut writing, source, &batch.positions).await?;
        if let Some(until) = until {
            sqlx::query("UPDATE source SET stored_until = ? WHERE id = ?")
                .bind(until.0)
                .bind(source.0)
                .execute(&mut *writing)
                .await?;
        }
        writing.commit().await?;
        let stored = u64::from(committed.stored);
        let before = self.stored.fetch_add(stored, Ordering::Relaxed);
        // To look after little costs more than it is worth.
        if before / LOOKED_AFTER != (before + stored) / LOOKED_AFTER {
            self.grown.notify_one();
        }
        Ok(committed)
    }

    async fn add(
        &self,
        writing: &mut Writing<'_>,
        source: SourceId,
        batch: &Batch,
        committed: &mut Committed,
    ) -> Result<(), StoreError> {
        let last = newest(writing).await?;
        let numbers = append(writing, source, &batch.events, last).await?;
        let stored = || {
            let numbered = batch.events.iter().zip(&numbers);
            numbered.filter_map(|(event, number)| Some((event, (*number)?)))
        };
        let mut tally: HashMap<Kind, (i64, EventId)> = HashMap::new();
        for (event, number) in stored() {
            let (events, newest) = tally.entry(event.kind).or_default();
            *events += 1;
            *newest = number;
        }
        committed.stored = count(stored().count());
        committed.duplicates = count(batch.events.len()) - committed.stored;
        let alerts = tally.get(&Kind::Alert).map_or(0, |(events, _)| usize::try_from(*events).unwrap_or(0));
        committed.alerts = count(alerts);
        let raised = if alerts > 0 { fold::alerts(writing, last, alerts).await? } else { Default::default() };
        if tally.keys().any(|kind| !matches!(kind, Kind::Transaction | Kind::Alert)) {
            fold::activity(writing, last).await?;
        }
        let mut counted = Counted::default();
        for (event, number) in stored() {
            // An alert counts once, when it is raised, and not with each of its versions.
            if event.kind != Kind::Alert || raised.contains(&number) {
                counted.add(event);
            }
        }
        bars::keep(writing, source, &counted).await?;
        let tally: Vec<_> = tally.into_iter().collect();
        for (piece, statement) in TALLY.pieces(tally.len()) {
            let mut values = SqliteArguments::default();
            for (kind, (events, newest)) in &tally[piece] {
                let added = values.add(source.0).and_then(|()| values.add(kind.code()));
                added
                    .and_then(|()| values.add(*events))
                    .and_then(|()| values.add(*newest))
                    .map_err(sqlx::Error::Encode)?;
            }
            query_with(statement, values).execute(&mut **writing).await?;
        }
        Ok(())
    }

    /// How far into its lists and streams the source is.
    pub async fn positions(&self, source: SourceId) -> Result<HashMap<String, String>, StoreError> {
        let rows = sqlx::query_as::<_, (String, String)>("SELECT name, value FROM position WHERE source = ?")
            .bind(source.0)
            .fetch_all(&self.readers)
            .await?;
        Ok(rows.into_iter().collect())
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

async fn move_positions(
    writing: &mut Writing<'_>,
    source: SourceId,
    positions: &Positions,
) -> Result<(), StoreError> {
    if positions.is_empty() {
        return Ok(());
    }
    let stored = sqlx::query_as::<_, (String, String)>("SELECT name, value FROM position WHERE source = ?")
        .bind(source.0)
        .fetch_all(&mut **writing)
        .await?;
    let stored: HashMap<String, String> = stored.into_iter().collect();
    let moved: Vec<_> = positions.iter().collect();
    for (piece, statement) in MOVE.pieces(moved.len()) {
        let mut values = SqliteArguments::default();
        for (name, step) in &moved[piece] {
            let value = step.after(stored.get(name).map(String::as_str));
            let added = values.add(source.0).and_then(|()| values.add(name));
            added.and_then(|()| values.add(value)).map_err(sqlx::Error::Encode)?;
        }
        query_with(statement, values).execute(&mut **writing).await?;
    }
    Ok(())
}
