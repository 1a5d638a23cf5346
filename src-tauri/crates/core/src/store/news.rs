//! News: what is no alert and has just arrived, for the rules that want it announced. How far they have been asked is stored
//! before anything is shown, so that no crash announces anything twice.

use sqlx::Connection as _;

use super::record::TraitsRecord;
use super::{Store, StoreError};
use crate::model::{EventId, Kind, Traits};

/// The most news that are looked at one by one at a time: half a minute of 600 a second. Of more, only the newest.
pub const NEWS_LIMIT: u32 = 20_000;
/// Of these so many are in memory at once.
const SLICE: u32 = 500;

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
    /// Takes the news of these kinds since the last time, newest first; what was fetched or replayed is none, nor what
    /// came of a source that is gone. Without a last time there are none: what was there before a rule wanted it is no news
    /// either. What is given before a failure is not taken.
    pub async fn take_news(&self, kinds: &[Kind], mut each: impl FnMut(News)) -> Result<(), StoreError> {
        let kinds: Vec<i64> = kinds.iter().map(|kind| kind.code()).collect();
        let (since, newest) = sqlx::query_as::<_, (Option<i64>, i64)>(
            "SELECT (SELECT event FROM news), (SELECT COALESCE(MAX(id), 0) FROM event)",
        )
        .fetch_one(&self.readers)
        .await?;
        let mut before = newest.saturating_add(1);
        for _ in 0..NEWS_LIMIT / SLICE {
            let records = sqlx::query_as::<_, NewsRecord>(concat!(
                "SELECT event.id, ",
                traits_columns!(),
                " FROM event JOIN source ON source.id = event.source
                  WHERE event.id > ? AND event.id < ? AND event.kind IN (SELECT value FROM json_each(?)) AND history = 0
                      AND removed = 0
                  ORDER BY event.id DESC LIMIT ?"
            ))
            .bind(since.unwrap_or(newest))
            .bind(before)
            .bind(serde_json::json!(kinds).to_string())
            .bind(SLICE)
            .fetch_all(&self.readers)
            .await?;
            let is_full = u32::try_from(records.len()).is_ok_and(|count| count == SLICE);
            for NewsRecord { id, traits } in records {
                before = id;
                each(News { id, traits: traits.into() });
            }
            if !is_full {
                break;
            }
        }
        let mut writer = self.writer().await?;
        let mut writing = writer.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("DELETE FROM news").execute(&mut *writing).await?;
        sqlx::query("INSERT INTO news (event) VALUES (?)").bind(newest).execute(&mut *writing).await?;
        Ok(writing.commit().await?)
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
