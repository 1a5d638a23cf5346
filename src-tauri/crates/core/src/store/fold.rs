//! What follows from new events: alerts as they stand, and the activity feed. All of a batch at once, by one statement
//! each.

use std::collections::{HashMap, HashSet};

use super::StoreError;
use super::ingest::Writing;
use crate::model::{AlertId, AlertState, EventId, Kind, Severity};

/// How bad an alert is that does not say: so bad that none is overlooked.
pub(super) const UNSAID: Severity = Severity::High;

/// Folds the alert events behind `last` into their alerts, in their order; `count` is how many there are. An older
/// version changes nothing; one that makes it worse or opens it again is to be looked at again by the policy, and what
/// got worse live is news even where the alert waited for a digest. What is opened again counts as never announced:
/// everybody took it for done. A snooze ends when it gets worse or is closed. Gives the events that new alerts stand
/// by.
pub async fn alerts(
    writing: &mut Writing<'_>,
    last: EventId,
    count: usize,
) -> Result<HashSet<EventId>, StoreError> {
    // At once, because each way to the writer's thread and back costs more than most of what is done there.
    let folded = sqlx::query_as::<_, (AlertId, EventId)>(
        "SELECT COALESCE(MAX(id), 0), 0 FROM alert;
         INSERT INTO alert (source, subject, event, version, severity, state, closed, occurred_at, received_at,
             change, pending, away)
         SELECT source, subject, id, version, COALESCE(severity, ?4), COALESCE(state, ?5),
             COALESCE(state, ?5) IN (?6, ?7), COALESCE(occurred_at, received_at), received_at,
             (SELECT latest FROM alert_changes) + ROW_NUMBER() OVER (ORDER BY id), 1, history
         FROM event WHERE id > ?1 AND kind = ?2 ORDER BY id
         ON CONFLICT (source, subject) DO UPDATE SET
             event = excluded.event,
             version = COALESCE(excluded.version, version),
             severity = excluded.severity,
             state = excluded.state,
             closed = CASE WHEN closed = 2 AND NOT excluded.closed AND excluded.severity <= severity THEN 2
                           ELSE excluded.closed END,
             snoozed_until = CASE WHEN NOT excluded.closed AND excluded.severity <= severity THEN snoozed_until END,
             change = excluded.change,
             acknowledged_at = CASE WHEN excluded.severity > severity THEN NULL ELSE acknowledged_at END,
             away = CASE WHEN excluded.severity <= severity AND NOT (closed = 1 AND NOT excluded.closed) THEN away
                         WHEN pending THEN MIN(away, excluded.away)
                         ELSE excluded.away END,
             pending = CASE WHEN excluded.severity > severity OR (closed = 1 AND NOT excluded.closed) THEN 1
                            ELSE pending END,
             announced = CASE WHEN closed = 1 AND NOT excluded.closed THEN NULL ELSE announced END
         WHERE version IS NULL OR excluded.version IS NULL OR excluded.version >= version
         RETURNING id, event;
         UPDATE alert_changes SET latest = latest + ?3",
    )
    .bind(last)
    .bind(Kind::Alert.code())
    .bind(i64::try_from(count).unwrap_or(i64::MAX))
    .bind(UNSAID.rank())
    .bind(AlertState::Open.word())
    .bind(AlertState::Resolved.word())
    .bind(AlertState::FalsePositive.word())
    .fetch_all(&mut **writing)
    .await?;
    let mut folded = folded.into_iter();
    let (newest, _) = folded.next().unwrap_or_default();
    let mut new: HashMap<AlertId, EventId> = HashMap::new();
    for (alert, event) in folded.filter(|(alert, _)| *alert > newest) {
        // Of several versions of one alert, it stands by the last.
        new.entry(alert).and_modify(|last| *last = event.max(*last)).or_insert(event);
    }
    Ok(new.into_values().collect())
}

/// Puts the events behind `last` into the activity feed, if that is where they belong. Of what stands somewhere, the
/// newest word takes the place of the one before.
pub async fn activity(writing: &mut Writing<'_>, last: EventId) -> Result<(), StoreError> {
    let standing: Vec<i64> =
        Kind::ALL.into_iter().filter(|kind| kind.is_standing()).map(Kind::code).collect();
    sqlx::query(
        "INSERT OR REPLACE INTO activity (event, source, kind, standing)
         SELECT id, source, kind, CASE WHEN kind IN (SELECT value FROM json_each(?4)) THEN subject END
         FROM event WHERE id > ?1 AND kind NOT IN (?2, ?3) ORDER BY id",
    )
    .bind(last)
    .bind(Kind::Transaction.code())
    .bind(Kind::Alert.code())
    .bind(serde_json::json!(standing).to_string())
    .execute(&mut **writing)
    .await?;
    Ok(())
}

/// The greatest change of any alert so far.
pub async fn latest_change(writing: &mut Writing<'_>) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar("SELECT latest FROM alert_changes").fetch_one(&mut **writing).await?)
}

/// Keeps the greatest change of any alert.
pub async fn set_latest_change(writing: &mut Writing<'_>, latest: i64) -> Result<(), StoreError> {
    sqlx::query("UPDATE alert_changes SET latest = ?").bind(latest).execute(&mut **writing).await?;
    Ok(())
}
