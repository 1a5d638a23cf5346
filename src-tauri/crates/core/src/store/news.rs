//! News: what is no alert and has just arrived, for the rules that want it announced. How far they have been asked is stored
//! before anything is shown, so that no crash announces anything twice.

use sqlx::Connection as _;

use super::record::TraitsRecord;
use super::{Store, StoreError};
use crate::model::{EventId, Kind, Traits};

/// The most news that are looked at one by one at a time: of a flood, only the newest.
pub const NEWS_LIMIT: u32 = 2_000;

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
    /// Takes the news of these kinds since the last time, oldest first; what was fetched or replayed is none, nor what
    /// came of a source that is gone. The first time
    /// there are none: what was there before a rule wanted it is no news either.
    pub async fn take_news(&self, kinds: &[Kind]) -> Result<Vec<News>, StoreError> {
        let kinds: Vec<i64> = kinds.iter().map(|kind| kind.code()).collect();
        let mut writer = self.writer().await?;
        let mut writing = writer.begin_with("BEGIN IMMEDIATE").await?;
        let since: Option<i64> =
            sqlx::query_scalar("SELECT event FROM news").fetch_optional(&mut *writing).await?;
        let newest: i64 =
            sqlx::query_scalar("SELECT COALESCE(MAX(id), 0) FROM event").fetch_one(&mut *writing).await?;
        let records = sqlx::query_as::<_, NewsRecord>(concat!(
            "SELECT event.id, ",
            traits_columns!(),
            " FROM event JOIN source ON source.id = event.source
              WHERE event.id > ? AND event.kind IN (SELECT value FROM json_each(?)) AND history = 0 AND removed = 0
              ORDER BY event.id DESC LIMIT ?"
        ))
        .bind(since.unwrap_or(newest))
        .bind(serde_json::json!(kinds).to_string())
        .bind(NEWS_LIMIT)
        .fetch_all(&mut *writing)
        .await?;
        sqlx::query("DELETE FROM news").execute(&mut *writing).await?;
        sqlx::query("INSERT INTO news (event) VALUES (?)").bind(newest).execute(&mut *writing).await?;
        writing.commit().await?;
        let news = records.into_iter().rev();
        Ok(news.map(|record| News { id: record.id, traits: record.traits.into() }).collect())
    }

    /// A rule is about news: what is there by now is none, unless another rule has been about it.
    pub async fn begin_news(&self) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO news (event)
             SELECT (SELECT COALESCE(MAX(id), 0) FROM event) WHERE NOT EXISTS (SELECT 1 FROM news)",
        )
        .execute(&mut *self.writer().await?)
        .await?;
        Ok(())
    }

    /// No rule is about news any more.
    pub async fn leave_news(&self) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM news").execute(&mut *self.writer().await?).await?;
        Ok(())
    }
}
