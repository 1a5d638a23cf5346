//! The outbox: what the analyst has done to alerts, kept until their servers have confirmed it.

use sqlx::{Connection as _, FromRow};

use super::ingest::Writing;
use super::{Store, StoreError};
use crate::desk::view::OutboxCounts;
use crate::model::{ActionKind, Alert, AlertId, AlertState, Deed, DeedId, SourceId, Standing, Time};

/// The most deeds that wait at once: more than anybody does in a day without a connection.
pub const OUTBOX_LIMIT: i64 = 1_000;
/// The most deeds of an alert that are shown.
const DEEDS_SHOWN: i64 = 100;

const WAITING: i64 = 0;
const CONFIRMED: i64 = 1;
const REFUSED: i64 = 2;
const CONFLICT: i64 = 3;
const WITHDRAWN: i64 = 4;

/// Something that an analyst does to an alert.
#[derive(Debug, Clone)]
pub struct NewDeed<'a> {
    /// The alert as it stands.
    pub alert: &'a Alert,
    /// What is done.
    pub action: ActionKind,
    /// The state that it is to have.
    pub state: Option<AlertState>,
    /// Who is to have it.
    pub owner: Option<String>,
}

/// A deed whose turn it is, and how its alert stands now.
#[derive(Debug, Clone)]
pub struct Due {
    /// The deed.
    pub deed: Deed,
    /// The server's identifier of the alert.
    pub subject: String,
    /// The alert's state.
    pub state: AlertState,
    /// Who has it.
    pub owner: Option<String>,
    /// Whether the alert is as an earlier deed of the same analyst has made it.
    pub is_own: bool,
}

impl Due {
    /// Whether the alert is already as the deed would make it.
    pub fn is_so(&self) -> bool {
        match self.deed.action {
            ActionKind::ChangeState => self.deed.state == Some(self.state),
            ActionKind::Assign => self.deed.owner == self.owner,
            ActionKind::Acknowledge | ActionKind::Analyse => false,
        }
    }

    /// Whether somebody else has changed since what the deed is to change.
    pub fn is_overtaken(&self) -> bool {
        let is_another = match self.deed.action {
            ActionKind::ChangeState => self.deed.before_state != self.state,
            ActionKind::Assign => self.deed.before_owner != self.owner,
            ActionKind::Acknowledge | ActionKind::Analyse => false,
        };
        is_another && !self.is_own && !self.is_so()
    }
}

#[derive(FromRow)]
struct DeedRecord {
    id: i64,
    alert: i64,
    action: String,
    state: Option<String>,
    owner: Option<String>,
    before_state: String,
    before_owner: Option<String>,
    asked_at: i64,
    standing: i64,
    status: Option<u16>,
    settled_at: Option<i64>,
}

impl From<DeedRecord> for Deed {
    fn from(record: DeedRecord) -> Self {
        let state = |word: &str| AlertState::from_word(word);
        Self {
            id: record.id,
            alert: record.alert,
            // Only `keep_deed` writes them.
            action: ActionKind::from_word(&record.action).unwrap_or(ActionKind::Acknowledge),
            state: record.state.as_deref().and_then(state),
            owner: record.owner,
            before_state: state(&record.before_state).unwrap_or(AlertState::Open),
            before_owner: record.before_owner,
            asked_at: Time(record.asked_at),
            standing: match record.standing {
                WAITING => Standing::Waiting,
                CONFIRMED => Standing::Confirmed,
                REFUSED => Standing::Refused { status: record.status },
                CONFLICT => Standing::Conflict,
                _ => Standing::Withdrawn,
            },
            settled_at: record.settled_at.map(Time),
        }
    }
}

#[derive(FromRow)]
struct DueRecord {
    #[sqlx(flatten)]
    deed: DeedRecord,
    subject: String,
    now_state: String,
    now_owner: Option<String>,
    is_own: bool,
}

const fn code(standing: Standing) -> (i64, Option<u16>) {
    match standing {
        Standing::Waiting => (WAITING, None),
        Standing::Confirmed => (CONFIRMED, None),
        Standing::Refused { status } => (REFUSED, status),
        Standing::Conflict => (CONFLICT, None),
        Standing::Withdrawn => (WITHDRAWN, None),
    }
}

/// What waits to be sent to a source stands as if somebody else had come before it.
pub(super) async fn question_waiting(
    writing: &mut Writing<'_>,
    source: SourceId,
    now: Time,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE outbox SET standing = ?, settled_at = ?
         WHERE standing = ? AND alert IN (SELECT id FROM alert WHERE source = ?)",
    )
    .bind(CONFLICT)
    .bind(now.0)
    .bind(WAITING)
    .bind(source.0)
    .execute(&mut **writing)
    .await?;
    Ok(())
}

impl Store {
    /// Keeps a deed that waits to be sent. One like it that the server has refused, or that somebody came before, is
    /// withdrawn: the analyst has decided anew.
    pub async fn keep_deed(&self, new: NewDeed<'_>, now: Time) -> Result<DeedId, StoreError> {
        let mut writer = self.writer().await?;
        let mut writing = writer.begin_with("BEGIN IMMEDIATE").await?;
        let waiting: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM outbox WHERE standing = ?")
            .bind(WAITING)
            .fetch_one(&mut *writing)
            .await?;
        if waiting >= OUTBOX_LIMIT {
            return Err(StoreError::OutboxFull(waiting));
        }
        sqlx::query(
            "UPDATE outbox SET standing = ?, settled_at = ? WHERE alert = ? AND action = ? AND standing IN (?, ?)",
        )
        .bind(WITHDRAWN)
        .bind(now.0)
        .bind(new.alert.id)
        .bind(new.action.word())
        .bind(REFUSED)
        .bind(CONFLICT)
        .execute(&mut *writing)
        .await?;
        let kept = sqlx::query(
            "INSERT INTO outbox (alert, action, state, owner, before_state, before_owner, asked_at, standing)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(new.alert.id)
        .bind(new.action.word())
        .bind(new.state.map(AlertState::word))
        .bind(new.owner)
        .bind(new.alert.state.word())
        .bind(&new.alert.facts.owner)
        .bind(now.0)
        .bind(WAITING)
        .execute(&mut *writing)
        .await?;
        let id = kept.last_insert_rowid();
        writing.commit().await?;
        Ok(id)
    }

    /// The deed of a source whose turn it is; `None` when none waits. What was done to an alert goes in its order, and
    /// waits behind what the analyst has to decide.
    pub async fn due_deed(&self, source: SourceId) -> Result<Option<Due>, StoreError> {
        let record = sqlx::query_as::<_, DueRecord>(
            "SELECT outbox.*, alert.subject, alert.state AS now_state, event.owner AS now_owner,
                 EXISTS (SELECT 1 FROM outbox AS earlier
                         WHERE earlier.alert = outbox.alert AND earlier.id < outbox.id AND earlier.standing = ?2
                             AND earlier.action = outbox.action
                             AND (earlier.state = alert.state OR earlier.owner = event.owner)) AS is_own
             FROM outbox JOIN alert ON alert.id = outbox.alert JOIN event ON event.id = alert.event
             WHERE outbox.standing = ?3 AND alert.source = ?1
                 AND NOT EXISTS (SELECT 1 FROM outbox AS earlier
                                 WHERE earlier.alert = outbox.alert AND earlier.id < outbox.id
                                     AND earlier.standing = ?4)
             ORDER BY outbox.id LIMIT 1",
        )
        .bind(source.0)
        .bind(CONFIRMED)
        .bind(WAITING)
        .bind(CONFLICT)
        .fetch_optional(&self.readers)
        .await?;
        Ok(record.map(|record| Due {
            deed: record.deed.into(),
            subject: record.subject,
            state: AlertState::from_word(&record.now_state).unwrap_or(AlertState::Open),
            owner: record.now_owner,
            is_own: record.is_own,
        }))
    }

    /// A deed.
    pub async fn deed(&self, id: DeedId) -> Result<Deed, StoreError> {
        let record = sqlx::query_as::<_, DeedRecord>("SELECT * FROM outbox WHERE id = ?")
            .bind(id)
            .fetch_optional(&self.readers)
            .await?;
        record.map(Deed::from).ok_or(StoreError::NotFound)
    }

    /// A waiting deed has come to stand so. One that was withdrawn meanwhile stays withdrawn.
    pub async fn settle_deed(&self, id: DeedId, standing: Standing, now: Time) -> Result<(), StoreError> {
        let (standing, status) = code(standing);
        sqlx::query(
            "UPDATE outbox SET standing = ?, status = ?, settled_at = ? WHERE id = ? AND standing = ?",
        )
        .bind(standing)
        .bind(status)
        .bind(now.0)
        .bind(id)
        .bind(WAITING)
        .execute(&mut *self.writer().await?)
        .await?;
        Ok(())
    }

    /// The analyst no longer wants a deed that is not confirmed.
    pub async fn withdraw_deed(&self, id: DeedId, now: Time) -> Result<(), StoreError> {
        let withdrawn = sqlx::query(
            "UPDATE outbox SET standing = ?, settled_at = ? WHERE id = ? AND standing IN (?, ?, ?)",
        )
        .bind(WITHDRAWN)
        .bind(now.0)
        .bind(id)
        .bind(WAITING)
        .bind(REFUSED)
        .bind(CONFLICT)
        .execute(&mut *self.writer().await?)
        .await?;
        if withdrawn.rows_affected() == 0 { Err(StoreError::NotFound) } else { Ok(()) }
    }

    /// The analyst still wants a deed that was refused, or that somebody came before: it waits again, and is measured
    /// by how the alert stands now.
    pub async fn insist_on_deed(&self, id: DeedId) -> Result<SourceId, StoreError> {
        let mut writer = self.writer().await?;
        let source: Option<i64> = sqlx::query_scalar(
            "UPDATE outbox SET standing = ?1, status = NULL, settled_at = NULL,
                 before_state = (SELECT state FROM alert WHERE alert.id = outbox.alert),
                 before_owner = (SELECT owner FROM event JOIN alert ON alert.event = event.id
                                 WHERE alert.id = outbox.alert)
             WHERE id = ?2 AND standing IN (?3, ?4)
             RETURNING (SELECT source FROM alert WHERE alert.id = outbox.alert)",
        )
        .bind(WAITING)
        .bind(id)
        .bind(REFUSED)
        .bind(CONFLICT)
        .fetch_optional(&mut *writer)
        .await?;
        source.map(SourceId).ok_or(StoreError::NotFound)
    }

    /// The deeds that are not confirmed, oldest first, at most [`OUTBOX_LIMIT`] and as many that were refused or
    /// overtaken.
    pub async fn unsettled_deeds(&self) -> Result<Vec<Deed>, StoreError> {
        let records = sqlx::query_as::<_, DeedRecord>(
            "SELECT * FROM outbox WHERE standing IN (?, ?, ?) ORDER BY id LIMIT ?",
        )
        .bind(WAITING)
        .bind(REFUSED)
        .bind(CONFLICT)
        .bind(2 * OUTBOX_LIMIT)
        .fetch_all(&self.readers)
        .await?;
        Ok(records.into_iter().map(Deed::from).collect())
    }

    /// How many deeds are not confirmed; `change` is left to the desk.
    pub async fn outbox_counts(&self) -> Result<OutboxCounts, StoreError> {
        let counts = sqlx::query_as::<_, (i64, u32)>(
            "SELECT standing, COUNT(*) FROM outbox WHERE standing IN (?, ?, ?) GROUP BY standing",
        )
        .bind(WAITING)
        .bind(REFUSED)
        .bind(CONFLICT)
        .fetch_all(&self.readers)
        .await?;
        let of = |standing| counts.iter().find(|(code, _)| *code == standing).map_or(0, |(_, count)| *count);
        Ok(OutboxCounts { waiting: of(WAITING), refused: of(REFUSED), conflicts: of(CONFLICT), change: 0 })
    }

    /// What was done to an alert, newest first.
    pub(super) async fn deeds_of(&self, alert: AlertId) -> Result<Vec<Deed>, StoreError> {
        let records =
            sqlx::query_as::<_, DeedRecord>("SELECT * FROM outbox WHERE alert = ? ORDER BY id DESC LIMIT ?")
                .bind(alert)
                .bind(DEEDS_SHOWN)
                .fetch_all(&self.readers)
                .await?;
        Ok(records.into_iter().map(Deed::from).collect())
    }
}
