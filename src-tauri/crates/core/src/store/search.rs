//! Search: newest first, over all that an analyst may remember of an event.
//!
//! What is newest is looked at event by event, and only what is older is asked of the index. So a word that most events have
//! fills its page from the newest few, and a word that the index has to go far for is rare and its list short; both take
//! milliseconds. And the index may follow: a flood is stored without waiting for it, and is found all the same.

use sqlx::{Connection as _, SqliteConnection, query_with, sqlite::SqliteArguments};

use super::list;
use super::record::{ACTIVITY_COLUMNS, ActivityRecord};
use super::rows::ManyRows;
use super::words::{QUESTION_LIMIT, WORDS_LIMIT, has, words};
use super::{PAGE_LIMIT, Store, StoreError};
use crate::model::{Activity, EventId, Kind, SourceId};

/// The newest events that are looked at one by one, whether or not they are in the index: a word that one event in ten has
/// fills a page from them, and the index, which is slow for the beginnings of common words, is not asked.
const LOOKED_AT: i64 = 512;
/// The events that are put into the index at once: a writer who waits for them waits some milliseconds.
const INDEXED_AT_ONCE: i64 = 256;
/// The events that the index may be behind. To add many at once costs far less than each by itself.
const BEHIND: i64 = 512;
/// Marks a word that is a kind or a source: no text has it (private use).
const MARK: char = '\u{E000}';

/// The text of an event that is searched, of a row `event`.
const TEXT: &str = "concat_ws(' ', event.subject, what, title, owner, scenario, customer, customer_name, amount, currency,
    country, city, channel, merchant, txn,
    (SELECT group_concat(value ->> '$.value', ' ') FROM json_each(details)),
    (SELECT group_concat(concat_ws(' ', value ->> '$.name', value ->> '$.text'), ' ') FROM json_each(factors)))";

/// A question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchQuery {
    /// What was typed: all of its words have to be there, the last only as a beginning.
    pub text: String,
    /// Only these kinds; empty: all.
    pub kinds: Vec<Kind>,
    /// Only of this source.
    pub source: Option<SourceId>,
}

/// What was found, newest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// The events.
    pub rows: Vec<Activity>,
    /// Number of the event where the next, older page begins (exclusive); `None` at the end.
    pub next: Option<EventId>,
}

static INDEX: ManyRows = ManyRows::new("INSERT INTO event_words (rowid, words) VALUES", 2, "");

impl Store {
    /// A page of the events that have all words of a question, newest first, from before an event on. A question without a
    /// word finds nothing.
    pub async fn search(
        &self,
        query: &SearchQuery,
        before: Option<EventId>,
        limit: u32,
    ) -> Result<Found, StoreError> {
        let limit = limit.clamp(1, PAGE_LIMIT) as usize;
        let question: Vec<String> = words(&query.text).take(QUESTION_LIMIT).collect();
        if question.is_empty() {
            return Ok(Found::default());
        }
        let mut reader = self.readers.acquire().await?;
        let mut reading = reader.begin().await?;
        let sources = list::sources(&mut reading, query.source).await?;
        if sources.is_empty() {
            return Ok(Found::default());
        }
        let (newest, until) = sqlx::query_as::<_, (i64, i64)>(
            "SELECT (SELECT COALESCE(MAX(id), 0) FROM event), (SELECT event FROM words_until)",
        )
        .fetch_one(&mut *reading)
        .await?;
        let border = until.min(newest - LOOKED_AT).max(0);
        let before = before.unwrap_or(i64::MAX);
        let mut numbers = looked_at(&mut reading, query, &question, &sources, border..before, limit).await?;
        if numbers.len() < limit && border > 0 {
            let wanted = limit - numbers.len();
            let older = before.min(border + 1);
            numbers.extend(asked(&mut reading, query, &question, &sources, older, wanted).await?);
        }
        let records: Vec<ActivityRecord> = list::rows(&mut reading, ACTIVITY_COLUMNS, &numbers).await?;
        reading.rollback().await?;
        let next = numbers.last().copied().filter(|_| numbers.len() == limit);
        Ok(Found { rows: records.into_iter().map(Activity::from).collect(), next })
    }

    /// Puts the oldest events that are not yet in the index into it, if there are enough; `false` when there is nothing to
    /// do.
    pub async fn index_words(&self) -> Result<bool, StoreError> {
        let mut reader = self.readers.acquire().await?;
        let until: i64 = sqlx::query_scalar("SELECT event FROM words_until").fetch_one(&mut *reader).await?;
        let newest = sqlx::query_scalar::<_, i64>("SELECT COALESCE(MAX(id), 0) FROM event")
            .fetch_one(&mut *reader)
            .await?;
        if newest - until < BEHIND {
            return Ok(false);
        }
        let query = format!("SELECT id, kind, source, {TEXT} FROM event WHERE id > ? ORDER BY id LIMIT ?");
        let events = sqlx::query_as::<_, (i64, i64, i64, String)>(sqlx::AssertSqlSafe(query))
            .bind(until)
            .bind(INDEXED_AT_ONCE)
            .fetch_all(&mut *reader)
            .await?;
        drop(reader);
        let Some((last, ..)) = events.last() else { return Ok(false) };
        let last = *last;
        let texts: Vec<(i64, String)> = events
            .into_iter()
            .map(|(id, kind, source, text)| {
                let mut all = format!("{MARK}k{kind} {MARK}s{source}");
                for word in words(&text).take(WORDS_LIMIT) {
                    all.push(' ');
                    all.push_str(&word);
                }
                (id, all)
            })
            .collect();
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

/// Looks at the newest events, those above the lower end of `range` and below its upper one.
async fn looked_at(
    reading: &mut SqliteConnection,
    query: &SearchQuery,
    question: &[String],
    sources: &[i64],
    range: std::ops::Range<EventId>,
    limit: usize,
) -> Result<Vec<EventId>, StoreError> {
    let text = format!(
        "SELECT id, kind, source, {TEXT} FROM event WHERE id > ? AND id < ? ORDER BY id DESC LIMIT ?"
    );
    let (mut found, mut upper) = (Vec::new(), range.end);
    loop {
        let events = sqlx::query_as::<_, (i64, i64, i64, String)>(sqlx::AssertSqlSafe(text.as_str()))
            .bind(range.start)
            .bind(upper)
            .bind(LOOKED_AT)
            .fetch_all(&mut *reading)
            .await?;
        let is_all = i64::try_from(events.len()).is_ok_and(|events| events < LOOKED_AT);
        for (id, kind, source, text) in events {
            upper = id;
            let is_wanted = sources.contains(&source)
                && (query.kinds.is_empty() || query.kinds.contains(&Kind::from_code(kind)));
            if is_wanted && has(&text, question) {
                found.push(id);
                if found.len() == limit {
                    return Ok(found);
                }
            }
        }
        if is_all {
            return Ok(found);
        }
    }
}

/// Asks the index for what is older than `before`.
async fn asked(
    reading: &mut SqliteConnection,
    query: &SearchQuery,
    question: &[String],
    sources: &[i64],
    before: EventId,
    limit: usize,
) -> Result<Vec<EventId>, StoreError> {
    // Folded words are letters and digits: nothing in them means anything to the index.
    let mut terms: Vec<String> = question.iter().map(|word| format!("\"{word}\"")).collect();
    if let Some(last) = terms.last_mut() {
        last.push('*');
    }
    let any = |mark: char, of: &mut dyn Iterator<Item = i64>| {
        let terms: Vec<String> = of.map(|number| format!("\"{MARK}{mark}{number}\"")).collect();
        (!terms.is_empty()).then(|| format!("({})", terms.join(" OR ")))
    };
    terms.extend(any('k', &mut query.kinds.iter().map(|kind| kind.code())));
    if query.source.is_some() {
        terms.extend(any('s', &mut sources.iter().copied()));
    }
    Ok(sqlx::query_scalar(
        "SELECT event.id FROM event_words JOIN event ON event.id = event_words.rowid
         WHERE event_words MATCH ?1 AND event_words.rowid < ?2
             AND event.source IN (SELECT id FROM source WHERE removed = 0)
         ORDER BY event_words.rowid DESC LIMIT ?3",
    )
    .bind(terms.join(" AND "))
    .bind(before)
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
    .fetch_all(reading)
    .await?)
}
