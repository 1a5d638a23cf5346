//! Reads alerts, and keeps what the analyst has seen.

use std::cmp::Ordering;
use std::collections::HashSet;

use sqlx::Connection as _;

use super::fold::{latest_change, set_latest_change};
use super::list::Side;
use super::record::AlertRecord;
use super::{Store, StoreError};
use crate::desk::view::{AlertChanges, AlertCursor, AlertFilter, AlertPage};
use crate::model::{Alert, AlertDetail, AlertId, AlertState, HistoryEntry, Severity, SourceId, Time};

/// The largest page: more rows than any screen shows.
pub const PAGE_LIMIT: u32 = 200;
/// The most changes told one by one; above it a list is loaded anew.
pub const CHANGES_LIMIT: u32 = 500;
/// The most entries of an alert's history.
pub const HISTORY_LIMIT: i64 = 100;

/// An alert beside its newest event.
macro_rules! alert_columns {
    ($rest:literal) => {
        concat!(
            "SELECT event.*, alert.id AS alert_id, alert.source AS alert_source, alert.subject AS alert_subject,
                    alert.severity AS alert_severity, alert.state AS alert_state,
                    alert.occurred_at AS alert_occurred_at, alert.received_at AS alert_received_at,
                    alert.change AS alert_change, alert.acknowledged_at,
                    CASE WHEN alert.closed = 2 THEN alert.snoozed_until END AS alert_snoozed_until
             FROM alert JOIN (SELECT id, ", facts_columns!(), " FROM event) AS event ON event.id = alert.event ",
            $rest
        )
    };
}

/// Where a page of alerts begins.
pub type AlertSide = Side<AlertCursor>;
/// Behind the newest of alerts.
pub(super) const NEWEST: AlertCursor =
    AlertCursor { severity: Severity::Critical, occurred_at: Time(i64::MAX), id: AlertId::MAX };

/// The severities and states that a filter allows.
fn sorts(filter: &AlertFilter) -> impl Iterator<Item = (i64, i64)> {
    let chosen = if filter.severities.is_empty() { &Severity::ALL[..] } else { &filter.severities };
    let all = Severity::ALL.into_iter().filter(|severity| chosen.contains(severity));
    let states = match (filter.snoozed, filter.closed) {
        (true, _) => &[2][..],
        (false, true) => &[0, 1][..],
        (false, false) => &[0][..],
    };
    all.flat_map(move |severity| states.iter().map(move |closed| (severity.rank(), *closed)))
}

/// The numbers of a page of alerts, as a statement: an arm for each severity and state, so that an index orders them.
/// Where the worst are first, those that are better or worse than the place lie all on one side of it.
pub(super) fn page_of(filter: &AlertFilter, place: Severity, is_forwards: bool) -> String {
    let (is, order) = if is_forwards { (">", "ASC") } else { ("<", "DESC") };
    let of_source = if filter.source.is_some() { "source = ?3 AND" } else { "" };
    let arms = sorts(filter).filter_map(|(severity, closed)| {
        let from_there = match severity.cmp(&place.rank()) {
            _ if !filter.worst_first => format!("AND (occurred_at, id) {is} (?1, ?2)"),
            Ordering::Equal => format!("AND (occurred_at, id) {is} (?1, ?2)"),
            // Backwards goes to what is better, forwards to what is worse.
            side => ((side == Ordering::Greater) == is_forwards).then(String::new)?,
        };
        Some(format!(
            "SELECT * FROM (SELECT id, severity, occurred_at FROM alert
                 WHERE {of_source} severity = {severity} AND closed = {closed} {from_there}
                 ORDER BY occurred_at {order}, id {order} LIMIT ?4)"
        ))
    });
    // A place of another filter may have nothing on this side.
    let none = "SELECT id, severity, occurred_at FROM alert WHERE FALSE".to_owned();
    let arms: Vec<String> = std::iter::once(none).chain(arms).collect();
    let by_severity = if filter.worst_first { format!("severity {order},") } else { String::new() };
    format!(
        "SELECT id FROM ({} ORDER BY {by_severity} occurred_at {order}, id {order} LIMIT ?4)",
        arms.join(" UNION ALL ")
    )
}

impl Store {
    /// A page of alerts, newest first.
    pub async fn alerts(
        &self,
        filter: &AlertFilter,
        side: AlertSide,
        limit: u32,
    ) -> Result<AlertPage, StoreError> {
        let limit = limit.clamp(1, PAGE_LIMIT);
        let (place, is_forwards) = (side.place(NEWEST), side.is_forwards());
        let source = filter.source.map(|source| source.0);
        let by_severity = if filter.worst_first { "alert.severity DESC," } else { "" };
        let page = page_of(filter, place.severity, is_forwards);
        let query = alert_columns!("WHERE alert.id IN ").to_owned()
            + &format!("({page}) ORDER BY {by_severity} alert.occurred_at DESC, alert.id DESC");
        // One snapshot: the page, its total and its change belong together.
        let mut reader = self.readers.acquire().await?;
        let mut reading = reader.begin().await?;
        let records = sqlx::query_as::<_, AlertRecord>(sqlx::AssertSqlSafe(query))
            .bind(place.occurred_at.0)
            .bind(place.id)
            .bind(source)
            .bind(limit)
            .fetch_all(&mut *reading)
            .await?;
        let tallies = sqlx::query_as::<_, (i64, i64, i64)>(
            "SELECT severity, closed, SUM(alerts) FROM alert_tally WHERE ?1 IS NULL OR source = ?1 GROUP BY 1, 2",
        )
        .bind(source)
        .fetch_all(&mut *reading)
        .await?;
        let change = sqlx::query_scalar("SELECT latest FROM alert_changes").fetch_one(&mut *reading).await?;
        reading.rollback().await?;
        let wanted: HashSet<(i64, i64)> = sorts(filter).collect();
        let total = tallies.iter().filter(|(severity, closed, _)| wanted.contains(&(*severity, *closed)));
        let total: i64 = total.map(|(_, _, alerts)| alerts).sum();
        let is_full = records.len() == limit as usize;
        let rows: Vec<Alert> = records.into_iter().map(Alert::from).collect();
        let next = rows.last().filter(|_| is_full && !is_forwards).map(|row| AlertCursor {
            severity: row.severity,
            occurred_at: row.occurred_at,
            id: row.id,
        });
        Ok(AlertPage { rows, next, total: u64::try_from(total).unwrap_or(0), change })
    }

    /// Of the newest `among` open alerts the first `most`: before all others those that are at least so bad and not
    /// acknowledged, and then the newest first.
    pub async fn foremost_alerts(
        &self,
        from: Severity,
        among: u32,
        most: u32,
    ) -> Result<Vec<Alert>, StoreError> {
        let newest = page_of(&AlertFilter::default(), NEWEST.severity, false);
        let order = "ORDER BY alert.acknowledged_at IS NOT NULL OR alert.severity < ?5,
                 alert.occurred_at DESC, alert.id DESC";
        // First which they are: what an event says is read of those alone.
        let query = alert_columns!("WHERE alert.id IN ").to_owned()
            + &format!("(SELECT id FROM alert WHERE id IN ({newest}) {order} LIMIT ?6) {order}");
        let records = sqlx::query_as::<_, AlertRecord>(sqlx::AssertSqlSafe(query))
            .bind(NEWEST.occurred_at.0)
            .bind(NEWEST.id)
            .bind(None::<i64>)
            .bind(among)
            .bind(from.rank())
            .bind(most)
            .fetch_all(&self.readers)
            .await?;
        Ok(records.into_iter().map(Alert::from).collect())
    }

    /// The alerts that changed after `since`, oldest change first.
    pub async fn alert_changes(&self, since: i64, limit: u32) -> Result<AlertChanges, StoreError> {
        let limit = limit.clamp(1, PAGE_LIMIT);
        // Read first: what is committed after it is asked for next time.
        let latest: i64 =
            sqlx::query_scalar("SELECT latest FROM alert_changes").fetch_one(&self.readers).await?;
        let behind = sqlx::query_scalar::<_, i64>(
            "SELECT COUNT(*) FROM (SELECT 1 FROM alert WHERE change > ? LIMIT ?)",
        )
        .bind(since)
        .bind(CHANGES_LIMIT + 1)
        .fetch_one(&self.readers)
        .await?;
        if behind > i64::from(CHANGES_LIMIT) {
            return Ok(AlertChanges { rows: Vec::new(), change: since, reset: true });
        }
        let records = sqlx::query_as::<_, AlertRecord>(alert_columns!(
            "WHERE alert.change > ? ORDER BY alert.change LIMIT ?"
        ))
        .bind(since)
        .bind(limit)
        .fetch_all(&self.readers)
        .await?;
        let rows: Vec<Alert> = records.into_iter().map(Alert::from).collect();
        let last = rows.last().map_or(since, |row| row.change);
        // A page that is not full holds all that there was: changes of alerts that are gone are behind us too.
        let change = if rows.len() < limit as usize { last.max(latest) } else { last };
        Ok(AlertChanges { rows, change, reset: false })
    }

    /// One alert as it stands now.
    pub async fn alert_row(&self, id: AlertId) -> Result<Alert, StoreError> {
        let record = sqlx::query_as::<_, AlertRecord>(alert_columns!("WHERE alert.id = ?"))
            .bind(id)
            .fetch_optional(&self.readers)
            .await?;
        record.map(Alert::from).ok_or(StoreError::NotFound)
    }

    /// The alert that the server of one of these sources calls so; of several the newest.
    pub async fn alert_called(&self, sources: &[SourceId], subject: &str) -> Result<AlertId, StoreError> {
        let sources: Vec<i64> = sources.iter().map(|source| source.0).collect();
        let alert = sqlx::query_scalar(
            "SELECT id FROM alert WHERE source IN (SELECT value FROM json_each(?)) AND subject = ?
             ORDER BY id DESC LIMIT 1",
        );
        let alert = alert.bind(serde_json::json!(sources).to_string()).bind(subject);
        alert.fetch_optional(&self.readers).await?.ok_or(StoreError::NotFound)
    }

    /// These alerts as they stand now, by number; those that are gone are left out.
    pub async fn alert_rows(&self, ids: &[AlertId]) -> Result<Vec<Alert>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let records = sqlx::query_as::<_, AlertRecord>(alert_columns!(
            "WHERE alert.id IN (SELECT value FROM json_each(?)) ORDER BY alert.id"
        ))
        .bind(serde_json::json!(ids).to_string())
        .fetch_all(&self.readers)
        .await?;
        Ok(records.into_iter().map(Alert::from).collect())
    }

    /// Everything about one alert.
    pub async fn alert(&self, id: AlertId) -> Result<AlertDetail, StoreError> {
        let alert = self.alert_row(id).await?;
        let history = sqlx::query_as::<_, HistoryRecord>(
            "SELECT id, received_at, state, severity, owner, title FROM event
             WHERE source = ? AND kind = 2 AND subject = ? ORDER BY id DESC LIMIT ?",
        )
        .bind(alert.source.0)
        .bind(&alert.subject)
        .bind(HISTORY_LIMIT)
        .fetch_all(&self.readers)
        .await?;
        let raw =
            sqlx::query_scalar("SELECT raw FROM event WHERE id = (SELECT event FROM alert WHERE id = ?)")
                .bind(id)
                .fetch_optional(&self.readers)
                .await?
                .ok_or(StoreError::NotFound)?;
        let transaction = match &alert.facts.transaction {
            Some(subject) => self.transaction(alert.source, subject).await?,
            None => None,
        };
        let history = history.into_iter().map(HistoryEntry::from).collect();
        let deeds = self.deeds_of(id).await?;
        Ok(AlertDetail { alert, history, deeds, transaction, raw })
    }

    /// Marks alerts as seen on this desk.
    pub async fn acknowledge(&self, alerts: &[AlertId], now: Time) -> Result<(), StoreError> {
        self.set_seen(alerts, Some(now)).await
    }

    /// Takes back that alerts were seen on this desk.
    pub async fn unacknowledge(&self, alerts: &[AlertId]) -> Result<(), StoreError> {
        self.set_seen(alerts, None).await
    }

    /// The open alerts that are less bad than this, that nobody has seen and that have not changed since this change:
    /// at the most so many.
    pub async fn unacknowledged_below(
        &self,
        severity: Severity,
        as_of: i64,
        limit: u32,
    ) -> Result<Vec<AlertId>, StoreError> {
        let alerts = sqlx::query_scalar(
            "SELECT id FROM alert WHERE severity < ? AND closed = 0 AND acknowledged_at IS NULL AND change <= ? LIMIT ?",
        );
        Ok(alerts.bind(severity.rank()).bind(as_of).bind(limit).fetch_all(&self.readers).await?)
    }

    async fn set_seen(&self, alerts: &[AlertId], at: Option<Time>) -> Result<(), StoreError> {
        let mut writer = self.writer().await?;
        let mut writing = writer.begin_with("BEGIN IMMEDIATE").await?;
        let mut change = latest_change(&mut writing).await?;
        for id in alerts {
            change += 1;
            sqlx::query(
                "UPDATE alert SET acknowledged_at = ?1, change = ?2
                 WHERE id = ?3 AND (acknowledged_at IS NULL) <> (?1 IS NULL)",
            )
            .bind(at.map(|at| at.0))
            .bind(change)
            .bind(id)
            .execute(&mut *writing)
            .await?;
        }
        set_latest_change(&mut writing, change).await?;
        writing.commit().await?;
        Ok(())
    }

    /// The alerts that were stored after this one, in the order they were stored.
    pub async fn alerts_after(&self, id: AlertId, limit: u32) -> Result<Vec<Alert>, StoreError> {
        let records =
            sqlx::query_as::<_, AlertRecord>(alert_columns!("WHERE alert.id > ? ORDER BY alert.id LIMIT ?"))
                .bind(id)
                .bind(limit.clamp(1, PAGE_LIMIT))
                .fetch_all(&self.readers)
                .await?;
        Ok(records.into_iter().map(Alert::from).collect())
    }

    /// The number of the alert that was stored last; zero when there is none.
    pub async fn newest_alert(&self) -> Result<AlertId, StoreError> {
        Ok(sqlx::query_scalar("SELECT COALESCE(MAX(id), 0) FROM alert").fetch_one(&self.readers).await?)
    }
}

#[derive(sqlx::FromRow)]
struct HistoryRecord {
    id: i64,
    received_at: i64,
    state: Option<String>,
    severity: Option<i64>,
    owner: Option<String>,
    title: Option<String>,
}

impl From<HistoryRecord> for HistoryEntry {
    fn from(record: HistoryRecord) -> Self {
        Self {
            event: record.id,
            received_at: Time(record.received_at),
            state: record.state.as_deref().and_then(AlertState::from_word),
            severity: record.severity.map(Severity::from_rank),
            owner: record.owner,
            title: record.title,
        }
    }
}
