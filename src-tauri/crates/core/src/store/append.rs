//! Appends events.

use std::collections::HashMap;

use sqlx::sqlite::{SqliteArguments, SqliteQueryResult};
use sqlx::{Arguments as _, query_with};

use super::StoreError;
use super::ingest::Writing;
use super::rows::ManyRows;
use crate::model::{AlertState, Event, EventId, Severity, SourceId};

static APPEND: ManyRows = ManyRows::new(
    "INSERT INTO event (source, kind, what, subject, digest, received_at, occurred_at, severity, score, state, owner,
         scenario, title, customer, customer_name, amount, currency, country, city, channel, merchant, txn, progress,
         factors, details, unreadable, raw, version, history)
     VALUES",
    29,
    "ON CONFLICT DO NOTHING",
);

/// The number of the newest event; zero when there is none.
pub async fn newest(writing: &mut Writing<'_>) -> Result<EventId, StoreError> {
    Ok(sqlx::query_scalar("SELECT COALESCE(MAX(id), 0) FROM event").fetch_one(&mut **writing).await?)
}

/// Appends events after the one of number `last`; gives the number of each, `None` for what is stored already.
pub async fn append(
    writing: &mut Writing<'_>,
    source: SourceId,
    events: &[Event],
    mut last: EventId,
) -> Result<Vec<Option<EventId>>, StoreError> {
    let mut numbers = Vec::with_capacity(events.len());
    for (piece, statement) in APPEND.pieces(events.len()) {
        let events = &events[piece];
        let mut values = SqliteArguments::default();
        for event in events {
            add(&mut values, source, event).map_err(sqlx::Error::Encode)?;
        }
        let done = query_with(statement, values).execute(&mut **writing).await?;
        match done.rows_affected() {
            0 => numbers.extend(events.iter().map(|_| None)),
            all if all == events.len() as u64 => numbers.extend(in_a_row(&done, events.len())),
            _ => numbers.extend(found(writing, events, last).await?),
        }
        last = numbers.iter().rev().find_map(|number| *number).unwrap_or(last);
    }
    Ok(numbers)
}

/// Rows that are all new are numbered one after the other.
fn in_a_row(done: &SqliteQueryResult, count: usize) -> impl Iterator<Item = Option<EventId>> + use<> {
    let last = done.last_insert_rowid();
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    (last - count + 1..=last).map(Some)
}

/// Which of these events are new: those that are behind `last`. Of the same thing twice, the first is the one.
async fn found(
    writing: &mut Writing<'_>,
    events: &[Event],
    last: EventId,
) -> Result<Vec<Option<EventId>>, StoreError> {
    let rows = sqlx::query_as::<_, (i64, i64, String, i64)>(
        "SELECT id, kind, subject, digest FROM event WHERE id > ?",
    )
    .bind(last)
    .fetch_all(&mut **writing)
    .await?;
    let mut new: HashMap<(i64, String, i64), EventId> =
        rows.into_iter().map(|(id, kind, subject, digest)| ((kind, subject, digest), id)).collect();
    let number = |event: &Event| new.remove(&(event.kind.code(), event.subject.clone(), event.digest));
    Ok(events.iter().map(number).collect())
}

fn add(
    values: &mut SqliteArguments,
    source: SourceId,
    event: &Event,
) -> Result<(), sqlx::error::BoxDynError> {
    let facts = &event.facts;
    values.add(source.0)?;
    values.add(event.kind.code())?;
    values.add(&event.what)?;
    values.add(&event.subject)?;
    values.add(event.digest)?;
    values.add(event.received_at.0)?;
    values.add(facts.occurred_at.map(|time| time.0))?;
    values.add(facts.severity.map(Severity::rank))?;
    values.add(facts.score)?;
    values.add(facts.state.map(AlertState::word))?;
    values.add(&facts.owner)?;
    values.add(&facts.scenario)?;
    values.add(&facts.title)?;
    values.add(&facts.customer)?;
    values.add(&facts.customer_name)?;
    values.add(&facts.amount)?;
    values.add(&facts.currency)?;
    values.add(&facts.country)?;
    values.add(&facts.city)?;
    values.add(&facts.channel)?;
    values.add(&facts.merchant)?;
    values.add(&facts.transaction)?;
    values.add(facts.progress)?;
    values.add(listed(&facts.factors))?;
    values.add(listed(&facts.details))?;
    values.add((!event.unreadable.is_empty()).then(|| event.unreadable.join(",")))?;
    values.add(&event.raw)?;
    values.add(event.version)?;
    values.add(event.is_history)
}

/// A list as the store keeps it: JSON, or nothing for none.
fn listed<T: serde::Serialize>(list: &[T]) -> Option<String> {
    // Texts and numbers always are JSON.
    if list.is_empty() { None } else { serde_json::to_string(list).ok() }
}
