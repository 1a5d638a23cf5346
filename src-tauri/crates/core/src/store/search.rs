//! Search: newest first, over all that an analyst may remember of an event.
//!
//! What is newest is looked at event by event, and only what is older is asked of the index. So a word that most events have
//! fills its page from the newest few, and a word that the index has to go far for is rare and its list short; both take
//! milliseconds. And the index may follow: a flood is stored without waiting for it, and is found all the same.

use std::collections::HashMap;

use serde::Serialize;
use sqlx::{Connection as _, SqliteConnection, query_with, sqlite::SqliteArguments};
use ts_rs::TS;

use super::bars::Facet;
use super::list::{self, EventList, Side};
use super::question::SearchQuery;
use super::record::{ACTIVITY_COLUMNS, ActivityRecord};
use super::rows::ManyRows;
use super::words::{QUESTION_LIMIT, WORDS_LIMIT, has, words};
use super::{PAGE_LIMIT, Store, StoreError};
use crate::model::{Activity, AlertId, EventId, Kind};

/// The newest events that are looked at one by one, whether or not they are in the index: a word that one event in ten has
/// fills a page from them, and the index, which is slow for the beginnings of common words, is not asked.
const LOOKED_AT: i64 = 512;
/// The events that are put into the index at once: a writer who waits for them waits some milliseconds.
const INDEXED_AT_ONCE: i64 = 256;
/// The events that the index may be behind. To add many at once costs far less than each by itself.
const BEHIND: i64 = 512;
/// The events that are looked at for one page of what is not in the index: some milliseconds.
const CANDIDATES: usize = 2_000;
/// The first of them that are looked at: as a rule they fill the page, and the others need not be read.
const FIRST_CANDIDATES: usize = 250;
const SLICES: [usize; 2] = [FIRST_CANDIDATES, CANDIDATES - FIRST_CANDIDATES];
/// The longest beginnings, in characters, that the index has lists of: see the migration that made it.
const BEGINNINGS_LISTED: usize = 4;
/// The most words with one beginning that are asked for word by word.
const SPELLED_OUT: usize = 32;
/// The most values of a name.
const VALUES_LIMIT: i64 = 50;
/// Marks a word that is a kind or a source: no text has it (private use).
const MARK: char = '\u{E000}';

/// The text of an event that is searched, of a row `event`.
const TEXT: &str = "concat_ws(' ', event.subject, what, title, owner, scenario, customer, customer_name, amount, currency,
    country, city, channel, merchant, txn,
    (SELECT group_concat(value ->> '$.value', ' ') FROM json_each(details)),
    (SELECT group_concat(concat_ws(' ', value ->> '$.name', value ->> '$.text'), ' ') FROM json_each(factors)))";

/// An event that was found.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct FoundRow {
    /// The event.
    #[serde(flatten)]
    pub event: Activity,
    /// The alert that stands by it.
    pub alert: Option<AlertId>,
}

/// What a question may ask for by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct SearchValues {
    /// Codes of scenarios.
    pub scenarios: Vec<String>,
    /// ISO 3166 codes.
    pub countries: Vec<String>,
    /// Codes of channels.
    pub channels: Vec<String>,
    /// ISO 4217 codes.
    pub currencies: Vec<String>,
}

/// What was found, newest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, TS)]
pub struct Found {
    /// The events.
    pub rows: Vec<FoundRow>,
    /// Number of the event where the next, older page begins (exclusive); `None` at the end.
    pub next: Option<EventId>,
}

static INDEX: ManyRows = ManyRows::new("INSERT INTO event_words (rowid, words) VALUES", 2, "");

impl Store {
    /// A page of the events that a question is about, newest first, from before an event on: those that have all of its words
    /// and are as it says. Of an alert only the newest word is found. A question that says nothing finds nothing. A page may
    /// be short and go on all the same: so many events are looked at for one, and no more.
    pub async fn search(
        &self,
        query: &SearchQuery,
        before: Option<EventId>,
        limit: u32,
    ) -> Result<Found, StoreError> {
        let limit = limit.clamp(1, PAGE_LIMIT) as usize;
        let question: Vec<String> = words(&query.text).take(QUESTION_LIMIT).collect();
        if question.is_empty() && query.says_nothing() {
            return Ok(Found::default());
        }
        let mut reader = self.readers.acquire().await?;
        let mut reading = reader.begin().await?;
        let sources = list::sources(&mut reading, query.source).await?;
        if sources.is_empty() {
            return Ok(Found::default());
        }
        let before = before.unwrap_or(i64::MAX);
        let (mut numbers, next) = if question.is_empty() {
            let mut found = Vec::new();
            let next = sift(&mut reading, query, &question, &sources, before, limit, &mut found).await?;
            (found, next)
        } else {
            with_words(&mut reading, query, &question, &sources, before, limit).await?
        };
        let is_cut = numbers.len() > limit;
        numbers.truncate(limit);
        let next = if is_cut { numbers.last().copied() } else { next };
        let records: Vec<ActivityRecord> = list::rows(&mut reading, ACTIVITY_COLUMNS, &numbers).await?;
        let alerts = alerts_of(&mut reading, &numbers).await?;
        reading.rollback().await?;
        let rows = records.into_iter().map(Activity::from).map(|event| {
            let alert = alerts.get(&event.id).copied();
            FoundRow { event, alert }
        });
        Ok(Found { rows: rows.collect(), next })
    }

    /// What a question may ask for by name, the most frequent first: scenarios, countries, channels and currencies.
    pub async fn search_values(&self) -> Result<SearchValues, StoreError> {
        let of = async |facet: Facet| -> Result<Vec<String>, StoreError> {
            Ok(sqlx::query_scalar(
                "SELECT value FROM bar WHERE facet = ? GROUP BY value ORDER BY SUM(events) DESC LIMIT ?",
            )
            .bind(facet.code())
            .bind(VALUES_LIMIT)
            .fetch_all(&self.readers)
            .await?)
        };
        Ok(SearchValues {
            scenarios: of(Facet::Scenario).await?,
            countries: of(Facet::Country).await?,
            channels: of(Facet::Channel).await?,
            currencies: of(Facet::Currency).await?,
        })
    }

    /// Puts the oldest events that are not yet in the index into it, if there are enough; `false` when there is nothing to
    /// do.
    pub async fn index_words(&self) -> Result<bool, StoreError> {
        let mut reader = self.readers.acquire().await?;
        let (newest, until) = newest_and_indexed(&mut reader).await?;
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

/// Numbers of events that are found, and where those that were not looked at begin (exclusive); `None`: all were.
type Numbers = (Vec<EventId>, Option<EventId>);

/// The newest event, and the newest in the index.
async fn newest_and_indexed(reading: &mut SqliteConnection) -> Result<(EventId, EventId), StoreError> {
    let both = "SELECT (SELECT COALESCE(MAX(id), 0) FROM event), (SELECT event FROM words_until)";
    Ok(sqlx::query_as(both).fetch_one(reading).await?)
}

/// Finds by words: looks at what is newest, and asks the index for what is older if that is not enough.
async fn with_words(
    reading: &mut SqliteConnection,
    query: &SearchQuery,
    question: &[String],
    sources: &[i64],
    before: EventId,
    limit: usize,
) -> Result<Numbers, StoreError> {
    let (newest, until) = newest_and_indexed(reading).await?;
    let border = until.min(newest - LOOKED_AT).max(0);
    let mut found = Vec::new();
    let mut upper = before;
    while upper > border + 1 && found.len() <= limit {
        let (having, lowest) = looked_at(reading, question, border, upper).await?;
        found.extend(query.matching(reading, sources, &having).await?);
        let Some(lowest) = lowest else { break };
        upper = lowest;
    }
    if found.len() > limit || border == 0 {
        return Ok((found, None));
    }
    let before = before.min(border + 1);
    if query.is_words_alone() {
        let wanted = limit + 1 - found.len();
        let older = asked(reading, query, question, sources, before, wanted).await?;
        let next = older.last().copied().filter(|_| older.len() == wanted);
        found.extend(query.matching(reading, sources, &older).await?);
        return Ok((found, next));
    }
    let next = sift(reading, query, question, sources, before, limit, &mut found).await?;
    Ok((found, next))
}

/// Goes through the events that may be meant, from before one on, until more than `limit` are found or enough were looked at:
/// what else is asked for is in no index. Gives where those that were not looked at begin (exclusive).
async fn sift(
    reading: &mut SqliteConnection,
    query: &SearchQuery,
    question: &[String],
    sources: &[i64],
    mut before: EventId,
    limit: usize,
    found: &mut Vec<EventId>,
) -> Result<Option<EventId>, StoreError> {
    for wanted in SLICES {
        let candidates = if question.is_empty() {
            listed(reading, query, sources, before, wanted).await?
        } else {
            asked(reading, query, question, sources, before, wanted).await?
        };
        found.extend(query.matching(reading, sources, &candidates).await?);
        let Some(oldest) = candidates.last().filter(|_| candidates.len() == wanted) else { return Ok(None) };
        before = *oldest;
        if found.len() > limit {
            break;
        }
    }
    Ok(Some(before))
}

/// Asks the lists of the kinds that are asked for, for what is older than `before`.
async fn listed(
    reading: &mut SqliteConnection,
    query: &SearchQuery,
    sources: &[i64],
    before: EventId,
    limit: usize,
) -> Result<Vec<EventId>, StoreError> {
    let kinds: Vec<i64> = query.kinds().map(Kind::code).collect();
    let is_all = kinds.len() == Kind::ALL.len() && query.source.is_none();
    let listed = EventList { table: "event", number: "id", kinds: &kinds, sources, is_all };
    listed.page(reading, Side::Before(before), u32::try_from(limit).unwrap_or(u32::MAX)).await
}

/// Looks at the newest events above one and below another, [`LOOKED_AT`] of them: those that have the words, and the lowest
/// that was looked at, unless there are no more.
async fn looked_at(
    reading: &mut SqliteConnection,
    question: &[String],
    above: EventId,
    below: EventId,
) -> Result<Numbers, StoreError> {
    let text = format!("SELECT id, {TEXT} FROM event WHERE id > ? AND id < ? ORDER BY id DESC LIMIT ?");
    let events = sqlx::query_as::<_, (i64, String)>(sqlx::AssertSqlSafe(text))
        .bind(above)
        .bind(below)
        .bind(LOOKED_AT)
        .fetch_all(&mut *reading)
        .await?;
    let is_all = i64::try_from(events.len()).is_ok_and(|events| events < LOOKED_AT);
    let lowest = events.last().map(|(id, _)| *id).filter(|_| !is_all);
    let having = events.into_iter().filter(|(_, text)| has(text, question)).map(|(id, _)| id);
    Ok((having.collect(), lowest))
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
    if let (Some(last), Some(beginning)) = (terms.last_mut(), question.last()) {
        *last = beginnings(reading, beginning).await?;
    }
    let any = |mark: char, of: &mut dyn Iterator<Item = i64>| {
        let terms: Vec<String> = of.map(|number| format!("\"{MARK}{mark}{number}\"")).collect();
        format!("({})", terms.join(" OR "))
    };
    if query.kinds().count() < Kind::ALL.len() {
        terms.push(any('k', &mut query.kinds().map(Kind::code)));
    }
    if query.source.is_some() {
        terms.push(any('s', &mut sources.iter().copied()));
    }
    Ok(sqlx::query_scalar(
        "SELECT rowid FROM event_words WHERE event_words MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?",
    )
    .bind(terms.join(" AND "))
    .bind(before)
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
    .fetch_all(&mut *reading)
    .await?)
}

/// What the index is asked for words that begin so. It has lists of short beginnings; for a long one it would put together the
/// whole lists of all words that have it, where the words themselves, if they are few, are read only as far as a page goes.
async fn beginnings(reading: &mut SqliteConnection, beginning: &str) -> Result<String, StoreError> {
    let any = format!("\"{beginning}\"*");
    if beginning.chars().count() <= BEGINNINGS_LISTED {
        return Ok(any);
    }
    let words: Vec<String> = sqlx::query_scalar(
        "SELECT term FROM event_terms WHERE term >= ?1 AND term <= ?1 || char(0x10FFFF) LIMIT ?2",
    )
    .bind(beginning)
    .bind(i64::try_from(SPELLED_OUT + 1).unwrap_or(i64::MAX))
    .fetch_all(reading)
    .await?;
    if words.is_empty() || words.len() > SPELLED_OUT {
        return Ok(any);
    }
    let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    Ok(format!("({})", words.join(" OR ")))
}

/// The alerts that stand by these events.
async fn alerts_of(
    reading: &mut SqliteConnection,
    events: &[EventId],
) -> Result<HashMap<EventId, AlertId>, StoreError> {
    let alerts = "SELECT event, id FROM alert WHERE event IN (SELECT value FROM json_each(?))";
    let alerts: Vec<(EventId, AlertId)> =
        sqlx::query_as(alerts).bind(serde_json::json!(events).to_string()).fetch_all(reading).await?;
    Ok(alerts.into_iter().collect())
}
