//! What can be asked of the record: words, and how events are to be.

use serde::Deserialize;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments as _, AssertSqlSafe, SqliteConnection, query_scalar_with};
use ts_rs::TS;

use super::{StoreError, marks};
use crate::model::{EventId, Kind, Severity, SourceId, Time};

/// What has become of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AlertIs {
    /// There is something left to do.
    Open,
    /// It is dealt with.
    Closed,
    /// The analyst has said "seen" on this desk.
    Seen,
    /// The analyst has not.
    Unseen,
    /// The analyst wants to hear of it later.
    Snoozed,
}

impl AlertIs {
    const fn condition(self) -> &'static str {
        match self {
            Self::Open => "alert.closed = 0",
            Self::Closed => "alert.closed = 1",
            Self::Seen => "alert.acknowledged_at IS NOT NULL",
            Self::Unseen => "alert.acknowledged_at IS NULL",
            Self::Snoozed => "alert.closed = 2",
        }
    }
}

/// A question; what is empty does not matter.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct SearchQuery {
    /// What was typed: all of its words have to be there, the last only as a beginning.
    pub text: String,
    /// Only these kinds; empty: all.
    pub kinds: Vec<Kind>,
    /// Only of this source.
    pub source: Option<SourceId>,
    /// Only alerts that are so bad.
    pub severities: Vec<Severity>,
    /// Only alerts of which all of this is true.
    pub is: Vec<AlertIs>,
    /// Only of this customer: an identifier or a name, whole.
    pub customer: Option<String>,
    /// Only of this scenario: its code.
    pub scenario: Option<String>,
    /// Only in this country: an ISO 3166 code.
    pub country: Option<String>,
    /// Only in this currency: an ISO 4217 code.
    pub currency: Option<String>,
    /// Only paid this way: a code.
    pub channel: Option<String>,
    /// Only more than this, in whatever currency.
    pub more_than: Option<f64>,
    /// Only less than this, in whatever currency.
    pub less_than: Option<f64>,
    /// Only what happened then or later.
    pub since: Option<Time>,
    /// Only what happened before.
    pub before: Option<Time>,
}

impl SearchQuery {
    /// The kinds that it may be about.
    pub(super) fn kinds(&self) -> impl Iterator<Item = Kind> {
        let of_alerts = !self.severities.is_empty() || !self.is.is_empty();
        Kind::ALL
            .into_iter()
            .filter(|kind| self.kinds.is_empty() || self.kinds.contains(kind))
            .filter(move |kind| !of_alerts || *kind == Kind::Alert)
    }

    /// Texts that an event has to have, which its words have then.
    pub(super) fn values(&self) -> impl Iterator<Item = &str> {
        [&self.customer, &self.scenario, &self.country, &self.currency, &self.channel]
            .into_iter()
            .filter_map(|value| value.as_deref())
    }

    /// Marks of which an event has to have one of each list: see [`super::marks`].
    pub(super) fn marks(&self) -> Vec<Vec<char>> {
        let mut all = Vec::new();
        if !self.severities.is_empty() {
            all.push(marks::severities(&self.severities));
        }
        if self.more_than.is_some() || self.less_than.is_some() {
            all.push(marks::amounts(self.more_than, self.less_than));
        }
        if self.since.is_some() || self.before.is_some() {
            all.push(marks::days(self.since, self.before));
        }
        all
    }

    /// Whether it asks for nothing but words, kinds and a source, which the index of words has.
    pub(super) fn is_words_alone(&self) -> bool {
        let Self { text, kinds, source, .. } = self.clone();
        *self == Self { text, kinds, source, ..Self::default() }
    }

    /// Whether it asks for nothing, its words apart.
    pub(super) fn says_nothing(&self) -> bool {
        *self == Self { text: self.text.clone(), ..Self::default() }
    }

    /// Those of these events that are as it says, its words apart, newest first.
    pub(super) async fn matching(
        &self,
        reading: &mut SqliteConnection,
        sources: &[i64],
        events: &[EventId],
    ) -> Result<Vec<EventId>, StoreError> {
        let mut asked = Asked::of(serde_json::json!(events))?;
        asked.any("source", sources.iter().copied())?;
        asked.any("kind", self.kinds().map(Kind::code))?;
        if !self.severities.is_empty() {
            asked.any("severity", self.severities.iter().map(|severity| severity.rank()))?;
        }
        for (column, wanted) in [
            ("scenario", &self.scenario),
            ("country", &self.country),
            ("currency", &self.currency),
            ("channel", &self.channel),
        ] {
            if let Some(wanted) = wanted {
                asked.that(&format!("{column} = ? COLLATE NOCASE"), wanted.clone())?;
            }
        }
        if let Some(customer) = &self.customer {
            // Once for each: the values are told by their place.
            asked.that("? COLLATE NOCASE IN (customer, customer_name)", customer.clone())?;
        }
        for (is, amount) in [(">", self.more_than), ("<", self.less_than)] {
            if let Some(amount) = amount {
                asked.that(&format!("CAST(amount AS REAL) {is} ?"), amount)?;
            }
        }
        for (is, time) in [(">=", self.since), ("<", self.before)] {
            if let Some(time) = time {
                asked.that(&format!("COALESCE(occurred_at, received_at) {is} ?"), time.0)?;
            }
        }
        // Of an alert the newest word counts.
        let stands: Vec<&str> =
            ["alert.event = event.id"].into_iter().chain(self.is.iter().map(|is| is.condition())).collect();
        let query = format!(
            "SELECT id FROM event WHERE {} AND (kind <> {} OR EXISTS (SELECT 1 FROM alert WHERE {})) ORDER BY id DESC",
            asked.conditions.join(" AND "),
            Kind::Alert.code(),
            stands.join(" AND ")
        );
        Ok(query_scalar_with(AssertSqlSafe(query), asked.values).fetch_all(reading).await?)
    }
}

/// Conditions, and the values in them.
struct Asked {
    conditions: Vec<String>,
    values: SqliteArguments,
}

impl Asked {
    fn of(events: serde_json::Value) -> Result<Self, StoreError> {
        let mut asked = Self { conditions: Vec::new(), values: SqliteArguments::default() };
        asked.that("id IN (SELECT value FROM json_each(?))", events.to_string())?;
        Ok(asked)
    }

    fn any(&mut self, column: &str, numbers: impl Iterator<Item = i64>) -> Result<(), StoreError> {
        let numbers: Vec<i64> = numbers.collect();
        self.that(
            &format!("{column} IN (SELECT value FROM json_each(?))"),
            serde_json::json!(numbers).to_string(),
        )
    }

    fn that<'v, V>(&mut self, condition: &str, value: V) -> Result<(), StoreError>
    where
        V: sqlx::Encode<'v, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite> + 'v,
    {
        self.conditions.push(condition.to_owned());
        self.values.add(value).map_err(sqlx::Error::Encode)?;
        Ok(())
    }
}
