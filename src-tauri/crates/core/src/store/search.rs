//! Search: newest first, over all that an analyst may remember of an event.
//!
//! What is newest is looked at event by event, and only what is older is asked of the index. So a word that most events
//! have fills its page from the newest few, and a word that the index has to go far for is rare and its list short;
//! both take milliseconds. What a question says beside its words narrows the list as words do, and is looked at in the
//! events then. And the index may follow: a flood is stored without waiting for it, and is found all the same.

use std::collections::HashMap;

use serde::Serialize;
use sqlx::{Connection as _, SqliteConnection};
use ts_rs::TS;

use super::bars::Facet;
use super::list::{self, EventList, Side};
use super::question::SearchQuery;
use super::record::{ACTIVITY_COLUMNS, ActivityRecord};
use super::word_index::{TEXT, asked, newest_and_indexed, terms};
use super::words::{QUESTION_LIMIT, has, words};
use super::{PAGE_LIMIT, Store, StoreError};
use crate::model::{Activity, AlertId, EventId, Kind};

/// The newest events that are looked at one by one, whether or not they are in the index: a word that one event in ten
/// has fills a page from them, and the index, which is slow for the beginnings of common words, is not asked.
const LOOKED_AT: i64 = 512;
/// The events that are looked at for one page of what is not in the index: some milliseconds.
const CANDIDATES: usize = 2_000;
/// The first of them that are looked at: as a rule they fill the page, and the others need not be read.
const FIRST_CANDIDATES: usize = 250;
const SLICES: [usize; 2] = [FIRST_CANDIDATES, CANDIDATES - FIRST_CANDIDATES];
/// The most values of a name.
const VALUES_LIMIT: i64 = 50;
/// The slices of [`LOOKED_AT`] that are looked at for one page, where the index is far behind.
const LOOKS: usize = 8;

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

impl Store {
    /// A page of the events that a question is about, newest first, from before an event on: those that have all of its
    /// words and are as it says. Of an alert only the newest word is found. A question that says nothing finds nothing.
    /// A page may be short and go on all the same: so many events are looked at for one, and no more.
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
        // What contradicts itself finds nothing, and the index cannot be asked for one of none.
        if query.kinds().next().is_none() || query.marks().iter().any(Vec::is_empty) {
            return Ok(Found::default());
        }
        let terms = terms(&mut reading, query, &question, &sources).await?;
        let (mut numbers, next) = if terms.is_empty() {
            let mut found = Vec::new();
            let next = sift(&mut reading, query, &terms, &sources, before, limit, &mut found).await?;
            (found, next)
        } else {
            by_index(&mut reading, query, &question, &terms, &sources, before, limit).await?
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
}

/// Numbers of events that are found, and where those that were not looked at begin (exclusive); `None`: all were.
type Numbers = (Vec<EventId>, Option<EventId>);

/// Finds by the index: looks at what is newest, and asks the index for what is older if that is not enough.
async fn by_index(
    reading: &mut SqliteConnection,
    query: &SearchQuery,
    question: &[String],
    terms: &[String],
    sources: &[i64],
    before: EventId,
    limit: usize,
) -> Result<Numbers, StoreError> {
    let (newest, until) = newest_and_indexed(reading).await?;
    let border = until.min(newest - LOOKED_AT).max(0);
    let mut found = Vec::new();
    let mut upper = before;
    let mut looks = 0;
    while upper > border + 1 && found.len() <= limit {
        if looks == LOOKS {
            return Ok((found, Some(upper)));
        }
        looks += 1;
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
        let older = asked(reading, terms, before, wanted).await?;
        let next = older.last().copied().filter(|_| older.len() == wanted);
        found.extend(query.matching(reading, sources, &older).await?);
        return Ok((found, next));
    }
    let next = sift(reading, query, terms, sources, before, limit, &mut found).await?;
    Ok((found, next))
}

/// Goes through the events that may be meant, from before one on, until more than `limit` are found or enough were
/// looked at: not all that is asked for is in the index. Without `terms` it goes through the lists. Gives where those
/// that were not looked at begin (exclusive).
async fn sift(
    reading: &mut SqliteConnection,
    query: &SearchQuery,
    terms: &[String],
    sources: &[i64],
    mut before: EventId,
    limit: usize,
    found: &mut Vec<EventId>,
) -> Result<Option<EventId>, StoreError> {
    for wanted in SLICES {
        let candidates = if terms.is_empty() {
            listed(reading, query, sources, before, wanted).await?
        } else {
            asked(reading, terms, before, wanted).await?
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

/// Looks at the newest events above one and below another, [`LOOKED_AT`] of them: those that have the words, and the
/// lowest that was looked at, unless there are no more.
async fn looked_at(
    reading: &mut SqliteConnection,
    question: &[String],
    above: EventId,
    below: EventId,
) -> Result<Numbers, StoreError> {
    let text = if question.is_empty() { "''" } else { TEXT };
    let text = format!("SELECT id, {text} FROM event WHERE id > ? AND id < ? ORDER BY id DESC LIMIT ?");
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
