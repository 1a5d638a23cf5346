//! What has still to be announced. It is stored with the alert, so that a crash between the commit and the
//! notification forgets nothing and repeats nothing.

use sqlx::Connection as _;

use super::record::TraitsRecord;
use super::{Store, StoreError};
use crate::model::{AlertId, Severity, SourceId, Time, Traits};
use crate::policy::{PIERCES_FROM, Wait};

/// The most that are decided at once: a storm is decided in slices.
pub const SLICE: usize = 500;

/// What stands in the place of why an alert waits while it is critical and was decided to be announced, and nobody
/// knows yet that it was shown: what is left of that at a start was not, as far as is known. No reason has this number.
pub(super) const BEING_SHOWN: i64 = 100;

/// An alert that the policy has still to decide on.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    /// Its number.
    pub id: AlertId,
    /// Where it comes from.
    pub source: SourceId,
    /// When its newest version was read.
    pub read_at: Time,
    /// How bad it is.
    pub severity: Severity,
    /// What a rule can ask of it.
    pub traits: Traits,
    /// Whether there is nothing left to do about it.
    pub closed: bool,
    /// Whether the analyst has seen it.
    pub acknowledged: bool,
    /// Why it waits for a digest; `None`: it does not.
    pub away: Option<Wait>,
    /// The greatest severity that was announced.
    pub announced: Option<Severity>,
    /// Whether its customer or scenario is snoozed.
    pub snoozed: bool,
    /// Whether it has come back from a snooze of its own.
    pub woken: bool,
    /// The change as of which this holds.
    pub change: i64,
}

/// What was decided on alerts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decision {
    /// Those that are being announced, and how bad they are said to be.
    pub announced: Vec<(AlertId, Severity)>,
    /// Those that are not, and the change as of which that was decided.
    pub quiet: Vec<(AlertId, i64)>,
    /// Those that wait for a digest, why, and the change as of which that was decided.
    pub held: Vec<(AlertId, Wait, i64)>,
}

/// What has changed of alerts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changed {
    /// Those that are dealt with: closed, snoozed, or seen by the analyst.
    pub dealt_with: Vec<AlertId>,
    /// Those that are not.
    pub others: Vec<AlertId>,
    /// Up to which change that is.
    pub until: i64,
}

#[derive(sqlx::FromRow)]
struct PendingRecord {
    id: i64,
    source: i64,
    read_at: i64,
    alert_severity: i64,
    #[sqlx(flatten)]
    traits: TraitsRecord,
    closed: bool,
    acknowledged: bool,
    away: i64,
    announced: Option<i64>,
    snoozed: bool,
    woken: bool,
    change: i64,
}

impl From<PendingRecord> for Pending {
    fn from(record: PendingRecord) -> Self {
        Self {
            id: record.id,
            source: SourceId(record.source),
            read_at: Time(record.read_at),
            severity: Severity::from_rank(record.alert_severity),
            // An alert that does not say how bad it is counts as bad.
            traits: Traits {
                severity: Some(Severity::from_rank(record.alert_severity)),
                ..record.traits.into()
            },
            closed: record.closed,
            acknowledged: record.acknowledged,
            away: Wait::from_code(record.away),
            announced: record.announced.map(Severity::from_rank),
            snoozed: record.snoozed,
            woken: record.woken,
            change: record.change,
        }
    }
}

impl Store {
    /// A slice of the alerts to decide on, by number from `after` on; those of a digest only when asked for, and what a
    /// snooze holds back for one not at all: it may be very much, and would be read again and again.
    pub async fn pending(&self, with_away: bool, after: AlertId) -> Result<Vec<Pending>, StoreError> {
        let records = sqlx::query_as::<_, PendingRecord>(
            concat!(
                "SELECT alert.id, alert.source, event.received_at AS read_at, alert.severity AS alert_severity,
                     closed = 1 AS closed, acknowledged_at IS NOT NULL AS acknowledged, away, announced, change,
                     snoozed_until IS NOT NULL AS woken,
                     EXISTS (SELECT 1 FROM snooze WHERE snooze.source = alert.source AND what = 1
                                 AND value = COALESCE(event.customer, event.customer_name))
                     OR EXISTS (SELECT 1 FROM snooze WHERE snooze.source = alert.source AND what = 2
                                    AND value = event.scenario) AS snoozed, ", traits_columns!(), "
                 FROM alert JOIN event ON event.id = alert.event JOIN source ON source.id = alert.source
                 WHERE pending = 1 AND closed <> 2 AND (?1 OR away = 0) AND away <> ?5 AND alert.id > ?2
                     AND NOT (away > 0 AND snoozed AND alert.severity < ?4)
                 ORDER BY alert.id LIMIT ?3"
            ),
        )
        .bind(with_away)
        .bind(after)
        .bind(i64::try_from(SLICE).unwrap_or(i64::MAX))
        .bind(PIERCES_FROM.rank())
        .bind(BEING_SHOWN)
        .fetch_all(&self.readers)
        .await?;
        Ok(records.into_iter().map(Pending::from).collect())
    }

    /// Keeps what was decided. An alert that has changed since it was read is decided on again: of one that got worse,
    /// only what was said counts as announced, and one that was to be quiet or to wait stays as it is. What is critical
    /// and being announced is kept as such until it is known to have been shown ([`Store::note_shown`]).
    pub async fn decide(&self, decision: Decision) -> Result<(), StoreError> {
        let Decision { announced, quiet, held } = decision;
        let marked = |severity| if severity >= PIERCES_FROM { BEING_SHOWN } else { 0 };
        let announced: Vec<(AlertId, i64, i64)> =
            announced.into_iter().map(|(id, severity)| (id, severity.rank(), marked(severity))).collect();
        let held: Vec<(AlertId, i64, i64)> =
            held.into_iter().map(|(id, why, change)| (id, change, why.code())).collect();
        let mut writer = self.writer().await?;
        let mut writing = writer.begin_with("BEGIN IMMEDIATE").await?;
        for (decided, statement) in [
            (
                serde_json::json!(announced),
                "UPDATE alert SET announced = decided.value, away = decided.mark,
                     pending = decided.mark > 0 OR alert.severity > decided.value,
                     snoozed_until = CASE WHEN closed = 2 THEN snoozed_until END
                 FROM (SELECT value ->> 0 AS id, value ->> 1 AS value, value ->> 2 AS mark FROM json_each(?)) AS decided
                 WHERE alert.id = decided.id",
            ),
            (
                serde_json::json!(quiet),
                "UPDATE alert SET pending = 0, away = 0, snoozed_until = CASE WHEN closed = 2 THEN snoozed_until END
                 FROM (SELECT value ->> 0 AS id, value ->> 1 AS value FROM json_each(?)) AS decided
                 WHERE alert.id = decided.id AND alert.change = decided.value",
            ),
            (
                serde_json::json!(held),
                "UPDATE alert SET away = decided.why
                 FROM (SELECT value ->> 0 AS id, value ->> 1 AS value, value ->> 2 AS why FROM json_each(?)) AS decided
                 WHERE alert.id = decided.id AND alert.change = decided.value",
            ),
        ] {
            if decided.as_array().is_some_and(|decided| !decided.is_empty()) {
                sqlx::query(statement).bind(decided.to_string()).execute(&mut *writing).await?;
            }
        }
        writing.commit().await?;
        Ok(())
    }

    /// The notification that told of these, and how bad it said that each is, was shown, or could not be. What is
    /// critical and could not be shown is to be announced in a digest, where it is not dealt with by then, or is opened
    /// again. Whether there is any.
    pub async fn note_shown(
        &self,
        alerts: &[(AlertId, Severity)],
        is_shown: bool,
    ) -> Result<bool, StoreError> {
        // Only what is critical waits to be known as shown; what could not be may have become so since.
        let is_marked = |(_, severity): &&(AlertId, Severity)| !is_shown || *severity >= PIERCES_FROM;
        let alerts: Vec<AlertId> = alerts.iter().filter(is_marked).map(|(id, _)| *id).collect();
        if alerts.is_empty() {
            return Ok(false);
        }
        let mut writer = self.writer().await?;
        let statement = if is_shown {
            "UPDATE alert SET pending = 0, away = 0
             WHERE id IN (SELECT value FROM json_each(?1)) AND pending = 1 AND away = ?2"
        } else {
            "UPDATE alert SET announced = NULL, pending = 1,
                 away = CASE WHEN pending = 1 AND away <> ?2 THEN away ELSE ?3 END
             WHERE id IN (SELECT value FROM json_each(?1)) AND severity >= ?4"
        };
        let noted = sqlx::query(statement)
            .bind(serde_json::json!(alerts).to_string())
            .bind(BEING_SHOWN)
            .bind(Wait::NotShown.code())
            .bind(PIERCES_FROM.rank())
            .execute(&mut *writer)
            .await?;
        Ok(!is_shown && noted.rows_affected() > 0)
    }

    /// The program starts: what was being shown as it ended is to be announced in a digest.
    pub async fn take_up_announcing(&self) -> Result<(), StoreError> {
        let mut writer = self.writer().await?;
        sqlx::query("UPDATE alert SET announced = NULL, away = ? WHERE pending = 1 AND away = ?")
            .bind(Wait::NotShown.code())
            .bind(BEING_SHOWN)
            .execute(&mut *writer)
            .await?;
        Ok(())
    }

    /// The greatest change of any alert so far.
    pub async fn latest_alert_change(&self) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar("SELECT latest FROM alert_changes").fetch_one(&self.readers).await?)
    }

    /// What of alerts has changed since. Of those that are not dealt with, only these are looked at.
    pub async fn changed_since(&self, change: i64, of: &[AlertId]) -> Result<Changed, StoreError> {
        let rows = sqlx::query_as::<_, (i64, bool, bool)>(
            "SELECT latest, TRUE, FALSE FROM alert_changes
             UNION ALL
             SELECT id, FALSE, closed <> 0 OR acknowledged_at IS NOT NULL AS dealt_with FROM alert
             WHERE change > ?1 AND (dealt_with OR id IN (SELECT value FROM json_each(?2)))",
        )
        .bind(change)
        .bind(serde_json::json!(of).to_string())
        .fetch_all(&self.readers)
        .await?;
        let mut changed = Changed::default();
        for (number, is_latest, is_dealt_with) in rows {
            match (is_latest, is_dealt_with) {
                (true, _) => changed.until = number,
                (false, true) => changed.dealt_with.push(number),
                (false, false) => changed.others.push(number),
            }
        }
        Ok(changed)
    }
}
