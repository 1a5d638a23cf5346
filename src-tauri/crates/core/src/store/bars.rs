//! What charts are drawn from: how many events there were in each stretch of time, counted as they are stored.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::time::Duration;

use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments as _, Connection as _, query_with};

use super::fold::UNSAID;
use super::ingest::Writing;
use super::rows::ManyRows;
use super::{Store, StoreError};
use crate::model::{Event, Kind, SourceId, Time};

/// The stretch of time that is counted by itself, in milliseconds: an hour has twelve, which is a chart.
pub const BAR: i64 = 5 * 60 * 1_000;
/// The stretch that is left of what is older than [`FINE_FOR`], in milliseconds.
pub const COARSE_BAR: i64 = 3_600 * 1_000;
/// How long the short stretches are kept, in milliseconds: a week and a day.
pub const FINE_FOR: i64 = 8 * 24 * 3_600 * 1_000;
/// What is dated later than this after it arrived counts when it arrived: it would never be old enough to be forgotten.
/// As long as a year, because it may be our clock that is wrong.
const AHEAD: Duration = Duration::from_secs(365 * 24 * 3_600);
/// The longest value that is told apart, in characters: a name for the edge of a chart.
const VALUE_LIMIT: usize = 100;
/// The greatest amount that is added up: more than all the money there is, in whatever unit, and no number of them adds
/// up to infinity. What is left of one infinity beside another is no number, which the table refuses, and the batch
/// with it.
const AMOUNT_LIMIT: f64 = 1e18;
/// The most bars of one answer: a week of one facet with a few dozen values.
const BARS_LIMIT: u32 = 50_000;

/// What events are told apart by when they are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Facet {
    /// Nothing: all of a kind.
    All,
    /// How bad an alert is: its rank.
    Severity,
    /// An alert's scenario.
    Scenario,
    /// The country of a payment or an alert.
    Country,
    /// The way a payment was made, also one that an alert is about.
    Channel,
    /// The currency of the amount, with the sum of the amounts.
    Currency,
    /// The customer that an alert is about.
    Customer,
}

impl Facet {
    pub(super) const fn code(self) -> i64 {
        self as i64
    }
}

/// How many events of one value there were in a stretch.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// When the stretch begins.
    pub at: Time,
    /// What they have in common; empty for [`Facet::All`].
    pub value: String,
    /// How many there were: payments as they arrived, alerts as they were raised.
    pub events: u64,
    /// The sum of their amounts, for [`Facet::Currency`].
    pub amount: f64,
}

type Key<'e> = (Facet, Kind, i64, Cow<'e, str>);

/// Events that are counted.
#[derive(Default)]
pub struct Counted<'e> {
    by: HashMap<Key<'e>, (i64, f64)>,
}

impl<'e> Counted<'e> {
    /// Counts an event.
    pub fn add(&mut self, event: &'e Event) {
        let (kind, facts) = (event.kind, &event.facts);
        let arrived = event.received_at;
        let happened = facts.occurred_at.filter(|at| *at <= arrived.plus(AHEAD)).unwrap_or(arrived);
        let at = happened.0.div_euclid(BAR) * BAR;
        let mut add = |facet, value: Cow<'e, str>, amount: f64| {
            let (events, sum) = self.by.entry((facet, kind, at, value)).or_default();
            *events += 1;
            *sum += amount;
        };
        add(Facet::All, Cow::Borrowed(""), 0.0);
        let mut told_apart = |facet, value: &'e Option<String>, amount: f64| {
            if let Some(value) = value {
                add(facet, Cow::Borrowed(bounded(value)), amount);
            }
        };
        if matches!(kind, Kind::Transaction | Kind::Alert) {
            let amount = facts.amount.as_deref().and_then(|amount| amount.parse().ok());
            told_apart(Facet::Country, &facts.country, 0.0);
            told_apart(Facet::Channel, &facts.channel, 0.0);
            told_apart(
                Facet::Currency,
                &facts.currency,
                amount.filter(|sum: &f64| sum.abs() <= AMOUNT_LIMIT).unwrap_or(0.0),
            );
        }
        if kind == Kind::Alert {
            told_apart(Facet::Scenario, &facts.scenario, 0.0);
            told_apart(Facet::Customer, &facts.customer, 0.0);
            let severity = facts.severity.unwrap_or(UNSAID);
            add(Facet::Severity, Cow::Owned(severity.rank().to_string()), 0.0);
        }
    }
}

fn bounded(value: &str) -> &str {
    value.char_indices().nth(VALUE_LIMIT).map_or(value, |(end, _)| &value[..end])
}

static KEEP: ManyRows = ManyRows::new(
    "INSERT INTO bar (facet, kind, at, value, source, events, amount) VALUES",
    7,
    "ON CONFLICT DO UPDATE SET events = events + excluded.events, amount = amount + excluded.amount",
);

/// Adds what was counted of a source.
pub async fn keep(
    writing: &mut Writing<'_>,
    source: SourceId,
    counted: &Counted<'_>,
) -> Result<(), StoreError> {
    let bars: Vec<_> = counted.by.iter().collect();
    for (piece, statement) in KEEP.pieces(bars.len()) {
        let mut values = SqliteArguments::default();
        for bar in &bars[piece] {
            add(&mut values, source, *bar).map_err(sqlx::Error::Encode)?;
        }
        query_with(statement, values).execute(&mut **writing).await?;
    }
    Ok(())
}

fn add(
    values: &mut SqliteArguments,
    source: SourceId,
    ((facet, kind, at, value), (events, amount)): (&Key<'_>, &(i64, f64)),
) -> Result<(), sqlx::error::BoxDynError> {
    values.add(facet.code())?;
    values.add(kind.code())?;
    values.add(*at)?;
    values.add(value.as_ref())?;
    values.add(source.0)?;
    values.add(*events)?;
    values.add(*amount)
}

/// The bars of a kind by stretch and value.
const BARS: &str = "SELECT at, value, SUM(events), SUM(amount) FROM bar
     WHERE facet = ?1 AND kind = ?2 AND at >= ?3 AND at < ?4 AND (?5 IS NULL OR source = ?5)
         AND (?6 IS NULL OR value = ?6)
     GROUP BY at, value ORDER BY at, value LIMIT ?7";
/// The values that most events of a kind had.
const TOP: &str = "SELECT ?3, value, SUM(events) AS events, SUM(amount) FROM bar
     WHERE facet = ?1 AND kind = ?2 AND at >= ?3 AND at < ?4 AND (?5 IS NULL OR source = ?5)
         AND (?6 IS NULL OR value = ?6)
     GROUP BY value ORDER BY events DESC, value LIMIT ?7";

impl Store {
    /// How many events of a kind there were from `from` until before `until`, by stretch and value, of one source or
    /// all.
    pub async fn bars(
        &self,
        facet: Facet,
        kind: Kind,
        from: Time,
        until: Time,
        source: Option<SourceId>,
    ) -> Result<Vec<Bar>, StoreError> {
        self.read_bars(BARS, (facet, kind), from..until, source, (None, BARS_LIMIT)).await
    }

    /// How many events of a kind and one value there were from `from` until before `until`, by stretch.
    pub async fn bars_of(
        &self,
        facet: Facet,
        kind: Kind,
        value: &str,
        from: Time,
        until: Time,
        source: Option<SourceId>,
    ) -> Result<Vec<Bar>, StoreError> {
        self.read_bars(BARS, (facet, kind), from..until, source, (Some(value), BARS_LIMIT)).await
    }

    /// The values that most events of a kind had from `from` until before `until`, most first; their stretch is the
    /// whole.
    pub async fn top_bars(
        &self,
        facet: Facet,
        kind: Kind,
        from: Time,
        until: Time,
        source: Option<SourceId>,
        limit: u32,
    ) -> Result<Vec<Bar>, StoreError> {
        self.read_bars(TOP, (facet, kind), from..until, source, (None, limit)).await
    }

    async fn read_bars(
        &self,
        query: &'static str,
        (facet, kind): (Facet, Kind),
        time: Range<Time>,
        source: Option<SourceId>,
        (value, limit): (Option<&str>, u32),
    ) -> Result<Vec<Bar>, StoreError> {
        let rows = sqlx::query_as::<_, (i64, String, i64, f64)>(query)
            .bind(facet.code())
            .bind(kind.code())
            .bind(time.start.0)
            .bind(time.end.0)
            .bind(source.map(|source| source.0))
            .bind(value)
            .bind(limit)
            .fetch_all(&self.readers)
            .await?;
        let bar = |(at, value, events, amount): (i64, String, i64, f64)| Bar {
            at: Time(at),
            value,
            events: u64::try_from(events).unwrap_or(0),
            amount,
        };
        Ok(rows.into_iter().map(bar).collect())
    }

    /// Makes one long stretch of the oldest short ones that are old enough; `false` when there are none.
    pub async fn coarsen_bars(&self, now: Time) -> Result<bool, StoreError> {
        let oldest: Option<i64> =
            sqlx::query_scalar("SELECT MIN(at) FROM bar WHERE at < ?1 AND at % ?2 <> 0")
                .bind(now.0.saturating_sub(FINE_FOR).div_euclid(COARSE_BAR) * COARSE_BAR)
                .bind(COARSE_BAR)
                .fetch_one(&self.readers)
                .await?;
        let Some(oldest) = oldest else { return Ok(false) };
        let begin = oldest.div_euclid(COARSE_BAR) * COARSE_BAR;
        let mut writer = self.writer().await?;
        let mut writing = writer.begin_with("BEGIN IMMEDIATE").await?;
        for statement in [
            "INSERT INTO bar (facet, kind, at, value, source, events, amount)
             SELECT facet, kind, ?1, value, source, SUM(events), SUM(amount) FROM bar
             WHERE at > ?1 AND at < ?2 GROUP BY facet, kind, value, source
             ON CONFLICT DO UPDATE SET events = events + excluded.events, amount = amount + excluded.amount",
            "DELETE FROM bar WHERE at > ?1 AND at < ?2",
        ] {
            sqlx::query(statement).bind(begin).bind(begin + COARSE_BAR).execute(&mut *writing).await?;
        }
        writing.commit().await?;
        Ok(true)
    }

    /// Forgets the bars of before `until`.
    pub async fn forget_bars(&self, until: Time) -> Result<(), StoreError> {
        let mut writer = self.writer().await?;
        sqlx::query("DELETE FROM bar WHERE at < ?").bind(until.0).execute(&mut *writer).await?;
        Ok(())
    }
}
