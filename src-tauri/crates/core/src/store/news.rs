//! News: what is no alert and has just arrived, for the rules that want it announced. How far they have been asked is
//! stored before anything is shown, so that no crash announces anything twice.

use super::record::TraitsRecord;
use super::{Store, StoreError};
use crate::model::{EventId, Kind, Traits};

/// The most events that are looked at at a time: some milliseconds' work.
const LOOKED_AT: i64 = 2_000;

/// Something that has just arrived.
#[derive(Debug, Clone, PartialEq)]
pub struct News {
    /// Number of its event.
    pub id: EventId,
    /// What a rule can ask of it.
    pub traits: Traits,
}

#[derive(sqlx::FromRow)]
struct NewsRecord {
    id: i64,
    #[sqlx(flatten)]
    traits: TraitsRecord,
}

impl Store {
    /// Up to which event rules have been asked. The first time it is the newest: what was there before a rule wanted it
    /// is no news.
    pub async fn news_mark(&self) -> Result<EventId, StoreError> {
        let mut writer = self.writer().await?;
        sqlx::query(
            "INSERT INTO news (event) SELECT COALESCE((SELECT MAX(id) FROM event), 0)
             WHERE NOT EXISTS (SELECT 1 FROM news)",
        )
        .execute(&mut *writer)
        .await?;
        Ok(sqlx::query_scalar("SELECT event FROM news").fetch_one(&mut *writer).await?)
    }

    /// Rules have been asked up to this event.
    pub async fn move_news_mark(&self, event: EventId) -> Result<(), StoreError> {
        let mut writer = self.writer().await?;
        sqlx::query("UPDATE news SET event = ?").bind(event).execute(&mut *writer).await?;
        Ok(())
    }

    /// No rule is about news any more.
    pub async fn forget_news_mark(&self) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM news").execute(&mut *self.writer().await?).await?;
        Ok(())
    }

    /// The next news of these kinds after an event, oldest first, and up to which event that is; `None`: there is
    /// nothing after it. What was fetched or replayed is no news, nor what came of a source that is gone.
    pub async fn news(
        &self,
        after: EventId,
        kinds: &[Kind],
    ) -> Result<Option<(EventId, Vec<News>)>, StoreError> {
        let newest: i64 =
            sqlx::query_scalar("SELECT COALESCE(MAX(id), 0) FROM event").fetch_one(&self.readers).await?;
        if newest <= after {
            return Ok(None);
        }
        let until = newest.min(after.saturating_add(LOOKED_AT));
        let kinds: Vec<i64> = kinds.iter().map(|kind| kind.code()).collect();
        // By their numbers: an index of kinds would lead to all events there ever were.
        let records = sqlx::query_as::<_, NewsRecord>(concat!(
            "SELECT event.id, ",
            traits_columns!(),
            " FROM event NOT INDEXED JOIN source ON source.id = event.source
              WHERE event.id > ? AND event.id <= ? AND event.kind IN (SELECT value FROM json_each(?)) AND history = 0
                  AND removed = 0
              ORDER BY event.id"
        ))
        .bind(after)
        .bind(until)
        .bind(serde_json::json!(kinds).to_string())
        .fetch_all(&self.readers)
        .await?;
        let news = records.into_iter().map(|record| News { id: record.id, traits: record.traits.into() });
        Ok(Some((until, news.collect())))
    }
}
