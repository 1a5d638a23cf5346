//! The index of words: how it follows what is stored, and how it is asked.

use sqlx::{Connection as _, SqliteConnection, query_with, sqlite::SqliteArguments};

use super::marks;
use super::question::SearchQuery;
use super::rows::ManyRows;
use super::words::{QUESTION_LIMIT, WORDS_LIMIT, words};
use super::{Store, StoreError};
use crate::model::{EventId, Kind, Time};

/// How the index follows what is stored. To add many events at once costs less than each by itself, and a writer who
/// waits for them waits longer.
#[derive(Debug, Clone, Copy)]
pub struct Following {
    /// The events that are put into the index at once.
    pub at_once: i64,
    /// How many of them it is behind before it follows.
    pub behind: i64,
}

impl Following {
    /// While somebody may ask it and look how fast everything is: a writer waits some milliseconds.
    pub const CLOSELY: Self = Self { at_once: 256, behind: 512 };
    /// While nobody asks it anything: a writer waits some ten milliseconds.
    pub const FROM_AFAR: Self = Self { at_once: 1_024, behind: 4_096 };
}

/// The events that are read for it at once: some dozen megabytes at the worst. What is kept of each for the index is
/// [`WORDS_LIMIT`] words, 130 KB at the worst.
const READ_AT_ONCE: i64 = 64;
/// The longest beginnings, in characters, that the index has lists of: see the migration that made it.
const BEGINNINGS_LISTED: usize = 4;
/// The most words with one beginning that are asked for word by word.
const SPELLED_OUT: usize = 32;
/// Begins a word that is a kind or a source: no text has it (private use).
const MARK: char = '\u{E000}';

/// The text of an event that is searched, of a row `event`. What can be asked for by name comes first: only so many
/// words of an event are in the index.
pub const TEXT: &str = "concat_ws(' ', customer, customer_name, scenario, country, currency, channel, event.subject, what,
    title, owner, amount, city, merchant, txn,
    (SELECT group_concat(value ->> '$.value', ' ') FROM json_each(details)),
    (SELECT group_concat(concat_ws(' ', value ->> '$.name', value ->> '$.text'), ' ') FROM json_each(factors)))";

static INDEX: ManyRows = ManyRows::new("INSERT INTO event_words (rowid, words) VALUES", 2, "");

impl Store {
    /// Puts the oldest events that are not yet in the index into it, if there are enough; `false` when there is nothing
    /// to do.
    pub async fn index_words(&self, following: Following) -> Result<bool, StoreError> {
        let mut reader = self.readers.acquire().await?;
        let (newest, until) = newest_and_indexed(&mut reader).await?;
        if newest - until < following.behind {
            return Ok(false);
        }
        let mut texts = Vec::new();
        for _ in 0..following.at_once / READ_AT_ONCE {
            let after = texts.last().map_or(until, |(id, _)| *id);
            texts.extend(unindexed(&mut reader, after).await?);
        }
        drop(reader);
        let Some(last) = texts.last().map(|(id, _)| *id) else { return Ok(false) };
        let mut writer = self.writer().await?;
        let mut writing = writer.begin_with("BEGIN IMMEDIATE").await?;
        // Another program may have been quicker.
        let moved = sqlx::query("UPDATE words_until SET event = ? WHERE event = ?")
            .bind(last)
            .bind(until)
            .execute(&mut *writing)
            .await?;
        if moved.rows_affected() == 1 {
            for (piece, statement) in INDEX.pieces(texts.len()) {
                let mut values = SqliteArguments::default();
                for (id, text) in &texts[piece] {
                    use sqlx::Arguments as _;
                    values.add(*id).and_then(|()| values.add(text)).map_err(sqlx::Error::Encode)?;
                }
                query_with(statement, values).execute(&mut *writing).await?;
            }
        }
        writing.commit().await?;
        Ok(true)
    }
}

/// An event that is to be put into the index: its number, kind, source, severity, amount, time and text.
type Unindexed = (EventId, i64, i64, Option<i64>, Option<String>, i64, String);

/// The numbers of the next events after one, and what the index has of each.
async fn unindexed(
    reading: &mut SqliteConnection,
    after: EventId,
) -> Result<impl Iterator<Item = (EventId, String)> + use<>, StoreError> {
    // As one value: each row by itself would wake who waits for it.
    let query = format!(
        "SELECT json_group_array(json_array(id, kind, source, severity, amount,
             COALESCE(occurred_at, received_at), {TEXT}) ORDER BY id)
         FROM (SELECT * FROM event WHERE id > ? ORDER BY id LIMIT ?) AS event"
    );
    let events: String = sqlx::query_scalar(sqlx::AssertSqlSafe(query))
        .bind(after)
        .bind(READ_AT_ONCE)
        .fetch_one(reading)
        .await?;
    let events: Vec<Unindexed> =
        serde_json::from_str(&events).map_err(|error| sqlx::Error::Decode(error.into()))?;
    Ok(events.into_iter().map(|(id, kind, source, severity, amount, happened, text)| {
        let mut all = format!("{MARK}k{kind} {MARK}s{source}");
        let amount = amount.and_then(|amount| amount.parse().ok());
        for mark in marks::marks(severity, amount, Time(happened)) {
            all.extend([' ', mark]);
        }
        for word in words(&text).take(WORDS_LIMIT) {
            all.push(' ');
            all.push_str(&word);
        }
        (id, all)
    }))
}

/// The newest event, and the newest in the index.
pub async fn newest_and_indexed(reading: &mut SqliteConnection) -> Result<(EventId, EventId), StoreError> {
    let both = "SELECT (SELECT COALESCE(MAX(id), 0) FROM event), (SELECT event FROM words_until)";
    Ok(sqlx::query_as(both).fetch_one(reading).await?)
}

/// What the index is asked for, all of it to be there: the words, and what follows from the rest of the question. Empty
/// where it asks for nothing that narrows it but kinds and a source, of which there are lists.
pub async fn terms(
    reading: &mut SqliteConnection,
    query: &SearchQuery,
    question: &[String],
    sources: &[i64],
) -> Result<Vec<String>, StoreError> {
    // Folded words are letters and digits: nothing in them means anything to the index.
    let quoted = |word: &String| format!("\"{word}\"");
    let mut terms: Vec<String> = question.iter().map(quoted).collect();
    if let (Some(last), Some(beginning)) = (terms.last_mut(), question.last()) {
        *last = beginnings(reading, beginning).await?;
    }
    for value in query.values() {
        terms.extend(words(value).take(QUESTION_LIMIT).map(|word| quoted(&word)));
    }
    terms.extend(query.marks().iter().map(any));
    if terms.is_empty() {
        return Ok(terms);
    }
    let numbered = |letter: char, number: i64| format!("{MARK}{letter}{number}");
    if query.kinds().count() < Kind::ALL.len() {
        terms.push(any(query.kinds().map(|kind| numbered('k', kind.code()))));
    }
    if query.source.is_some() {
        terms.push(any(sources.iter().map(|source| numbered('s', *source))));
    }
    Ok(terms)
}

/// One of these words, as the index is asked for it.
fn any(words: impl IntoIterator<Item = impl std::fmt::Display>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| format!("\"{word}\"")).collect();
    format!("({})", words.join(" OR "))
}

/// Asks the index for what is older than `before`.
pub async fn asked(
    reading: &mut SqliteConnection,
    terms: &[String],
    before: EventId,
    limit: usize,
) -> Result<Vec<EventId>, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT rowid FROM event_words WHERE event_words MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?",
    )
    .bind(terms.join(" AND "))
    .bind(before)
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
    .fetch_all(&mut *reading)
    .await?)
}

/// What the index is asked for words that begin so. It has lists of short beginnings; for a long one it would put
/// together the whole lists of all words that have it, where the words themselves, if they are few, are read only as
/// far as a page goes.
async fn beginnings(reading: &mut SqliteConnection, beginning: &str) -> Result<String, StoreError> {
    let all = format!("\"{beginning}\"*");
    if beginning.chars().count() <= BEGINNINGS_LISTED {
        return Ok(all);
    }
    let words: Vec<String> = sqlx::query_scalar(
        "SELECT term FROM event_terms WHERE term >= ?1 AND term <= ?1 || char(0x10FFFF) LIMIT ?2",
    )
    .bind(beginning)
    .bind(i64::try_from(SPELLED_OUT + 1).unwrap_or(i64::MAX))
    .fetch_all(reading)
    .await?;
    if words.is_empty() || words.len() > SPELLED_OUT {
        return Ok(all);
    }
    Ok(any(words))
}
