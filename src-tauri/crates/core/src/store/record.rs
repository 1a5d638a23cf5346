//! Rows as SQLite has them, and what they are here.

use sqlx::FromRow;

use crate::model::{Activity, Alert, AlertState, Facts, Kind, Severity, SourceId, Time, Traits, Transaction};

/// The columns that facts are made of.
macro_rules! facts_columns {
    () => {
        "occurred_at, severity, score, state, owner, scenario, title, customer, customer_name, amount, currency, country,
         city, channel, merchant, txn, progress, factors, details"
    };
}

/// The columns of a [`TraitsRecord`], of an event and its source.
macro_rules! traits_columns {
    () => {
        "event.kind, source.name AS source_name, event.severity, CAST(event.amount AS REAL) AS amount, event.scenario,
         concat_ws(char(10), title, customer_name, customer, merchant, city, country, owner, event.subject) AS words"
    };
}

/// The columns of a [`TransactionRecord`].
pub const TRANSACTION_COLUMNS: &str = concat!("id, source, subject, received_at, ", facts_columns!());
/// The columns of an [`ActivityRecord`].
pub const ACTIVITY_COLUMNS: &str =
    concat!("id, source, kind, what, subject, received_at, ", facts_columns!());

#[derive(FromRow)]
pub struct FactsRecord {
    occurred_at: Option<i64>,
    severity: Option<i64>,
    score: Option<f64>,
    state: Option<String>,
    owner: Option<String>,
    scenario: Option<String>,
    title: Option<String>,
    customer: Option<String>,
    customer_name: Option<String>,
    amount: Option<String>,
    currency: Option<String>,
    country: Option<String>,
    city: Option<String>,
    channel: Option<String>,
    merchant: Option<String>,
    txn: Option<String>,
    progress: Option<f64>,
    factors: Option<String>,
    details: Option<String>,
}

impl From<FactsRecord> for Facts {
    fn from(record: FactsRecord) -> Self {
        Self {
            occurred_at: record.occurred_at.map(Time),
            severity: record.severity.map(Severity::from_rank),
            score: record.score,
            state: record.state.as_deref().and_then(AlertState::from_word),
            owner: record.owner,
            scenario: record.scenario,
            title: record.title,
            customer: record.customer,
            customer_name: record.customer_name,
            amount: record.amount,
            currency: record.currency,
            country: record.country,
            city: record.city,
            channel: record.channel,
            merchant: record.merchant,
            transaction: record.txn,
            progress: record.progress,
            factors: listed(record.factors),
            details: listed(record.details),
        }
    }
}

/// A list as the store keeps it: JSON, or nothing for none.
fn listed<T: serde::de::DeserializeOwned>(json: Option<String>) -> Vec<T> {
    // Only `ingest` writes it.
    json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default()
}

#[derive(FromRow)]
pub struct TraitsRecord {
    kind: i64,
    source_name: String,
    severity: Option<i64>,
    amount: Option<f64>,
    scenario: Option<String>,
    words: String,
}

impl From<TraitsRecord> for Traits {
    fn from(record: TraitsRecord) -> Self {
        Self {
            kind: Kind::from_code(record.kind),
            source: record.source_name,
            severity: record.severity.map(Severity::from_rank),
            amount: record.amount,
            scenario: record.scenario,
            // Once for all rules: a hostile text is long, and they are many.
            words: record.words.to_lowercase(),
        }
    }
}

#[derive(FromRow)]
pub struct TransactionRecord {
    id: i64,
    source: i64,
    subject: String,
    received_at: i64,
    #[sqlx(flatten)]
    facts: FactsRecord,
}

impl From<TransactionRecord> for Transaction {
    fn from(record: TransactionRecord) -> Self {
        Self {
            id: record.id,
            source: SourceId(record.source),
            subject: record.subject,
            received_at: Time(record.received_at),
            facts: record.facts.into(),
        }
    }
}

#[derive(FromRow)]
pub struct ActivityRecord {
    id: i64,
    source: i64,
    kind: i64,
    what: Option<String>,
    subject: String,
    received_at: i64,
    #[sqlx(flatten)]
    facts: FactsRecord,
}

impl From<ActivityRecord> for Activity {
    fn from(record: ActivityRecord) -> Self {
        Self {
            id: record.id,
            source: SourceId(record.source),
            kind: Kind::from_code(record.kind),
            what: record.what,
            subject: record.subject,
            received_at: Time(record.received_at),
            facts: record.facts.into(),
        }
    }
}

/// An alert beside the facts of its newest event. Its own columns have names of their own, because a row has
/// only one of each.
#[derive(FromRow)]
pub struct AlertRecord {
    alert_id: i64,
    alert_source: i64,
    alert_subject: String,
    alert_severity: i64,
    alert_state: String,
    alert_occurred_at: i64,
    alert_received_at: i64,
    alert_change: i64,
    acknowledged_at: Option<i64>,
    alert_snoozed_until: Option<i64>,
    #[sqlx(flatten)]
    facts: FactsRecord,
}

impl From<AlertRecord> for Alert {
    fn from(record: AlertRecord) -> Self {
        Self {
            id: record.alert_id,
            source: SourceId(record.alert_source),
            subject: record.alert_subject,
            severity: Severity::from_rank(record.alert_severity),
            state: AlertState::from_word(&record.alert_state).unwrap_or(AlertState::Open),
            occurred_at: Time(record.alert_occurred_at),
            received_at: Time(record.alert_received_at),
            facts: record.facts.into(),
            acknowledged: record.acknowledged_at.is_some(),
            snoozed_until: record.alert_snoozed_until.map(Time),
            change: record.alert_change,
        }
    }
}
