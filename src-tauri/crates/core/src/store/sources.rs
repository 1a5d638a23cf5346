//! Keeps sources and their gaps.

use sqlx::{Connection as _, SqliteConnection};
use url::Url;

use super::ingest::{latest_change, set_latest_change};
use super::{Store, StoreError};
use crate::model::{Parameters, Source, SourceId, Time};

/// The gaps that are kept of a source, the newest: years of an unsteady line.
const GAPS_KEPT: i64 = 1_000;

/// A source to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSource {
    /// What the analyst calls it.
    pub name: String,
    /// Where it is.
    pub url: Url,
    /// The name of its profile.
    pub profile: String,
    /// Who signs in; empty where the profile asks for nobody.
    pub user: String,
    /// What of the backend is wanted.
    pub parameters: Parameters,
    /// Whether it is the simulation in this very process.
    pub simulated: bool,
    /// Whether the password is in the system's vault.
    pub remembered: bool,
}

#[derive(sqlx::FromRow)]
pub struct SourceRecord {
    id: i64,
    name: String,
    url: String,
    profile: String,
    user: String,
    parameters: String,
    signed_out: bool,
    simulated: bool,
    remembered: bool,
    stored_until: Option<i64>,
}

impl SourceRecord {
    /// The source; `None`, with a word in the log, where its address is none.
    pub fn source(self) -> Option<Source> {
        let Ok(url) = Url::parse(&self.url) else {
            tracing::error!(source = self.id, "a stored source has no usable address and is left out");
            return None;
        };
        Some(Source {
            id: SourceId(self.id),
            name: self.name,
            url,
            profile: self.profile,
            user: self.user,
            parameters: serde_json::from_str(&self.parameters).unwrap_or_default(),
            signed_out: self.signed_out,
            simulated: self.simulated,
            remembered: self.remembered,
        })
    }
}

/// Parameters as the store keeps them.
fn written(parameters: &Parameters) -> String {
    serde_json::json!(parameters).to_string()
}

/// Adds a source.
pub async fn insert(
    writer: &mut SqliteConnection,
    new: &NewSource,
    signed_out: bool,
) -> Result<SourceId, sqlx::Error> {
    let id = sqlx::query_scalar(
        "INSERT INTO source (name, url, profile, user, parameters, signed_out, simulated, remembered)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
    )
    .bind(&new.name)
    .bind(new.url.as_str())
    .bind(&new.profile)
    .bind(&new.user)
    .bind(written(&new.parameters))
    .bind(signed_out)
    .bind(new.simulated)
    .bind(new.remembered)
    .fetch_one(writer)
    .await?;
    Ok(SourceId(id))
}

impl Store {
    /// The sources in the order they were added, and until when everything of each is stored.
    pub async fn sources(&self) -> Result<Vec<(Source, Option<Time>)>, StoreError> {
        let records = sqlx::query_as::<_, SourceRecord>("SELECT * FROM source ORDER BY id")
            .fetch_all(&self.readers)
            .await?;
        let sources = records.into_iter().filter_map(|record| {
            let stored_until = record.stored_until.map(Time);
            Some((record.source()?, stored_until))
        });
        Ok(sources.collect())
    }

    /// Adds a source.
    pub async fn add_source(&self, new: NewSource) -> Result<Source, StoreError> {
        let id = insert(&mut *self.writer().await?, &new, false).await?;
        let NewSource { name, url, profile, user, parameters, simulated, remembered } = new;
        Ok(Source { id, name, url, profile, user, parameters, signed_out: false, simulated, remembered })
    }

    /// Keeps what has changed of a source.
    pub async fn update_source(&self, source: &Source) -> Result<(), StoreError> {
        let updated = sqlx::query(
            "UPDATE source SET name = ?, url = ?, profile = ?, user = ?, parameters = ?, signed_out = ?, remembered = ?
             WHERE id = ?",
        )
        .bind(&source.name)
        .bind(source.url.as_str())
        .bind(&source.profile)
        .bind(&source.user)
        .bind(written(&source.parameters))
        .bind(source.signed_out)
        .bind(source.remembered)
        .bind(source.id.0)
        .execute(&mut *self.writer().await?)
        .await?;
        if updated.rows_affected() == 1 { Ok(()) } else { Err(StoreError::NotFound) }
    }

    /// Removes a source with everything that came from it.
    pub async fn remove_source(&self, source: SourceId) -> Result<(), StoreError> {
        let mut writer = self.writer().await?;
        let mut writing = writer.begin_with("BEGIN IMMEDIATE").await?;
        let change = latest_change(&mut writing).await?;
        set_latest_change(&mut writing, change + 1).await?;
        // Alerts point at events, so they go first.
        for statement in ["DELETE FROM alert WHERE source = ?", "DELETE FROM source WHERE id = ?"] {
            sqlx::query(statement).bind(source.0).execute(&mut *writing).await?;
        }
        writing.commit().await?;
        Ok(())
    }

    /// Everything that the server has sent until now is stored.
    pub async fn set_stored_until(&self, source: SourceId, until: Time) -> Result<(), StoreError> {
        sqlx::query("UPDATE source SET stored_until = ? WHERE id = ?")
            .bind(until.0)
            .bind(source.0)
            .execute(&mut *self.writer().await?)
            .await?;
        Ok(())
    }

    /// Forgets how far into a list or stream the source is: the server has begun anew.
    pub async fn forget_position(&self, source: SourceId, name: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM position WHERE source = ? AND name = ?")
            .bind(source.0)
            .bind(name)
            .execute(&mut *self.writer().await?)
            .await?;
        Ok(())
    }

    /// From the last moment that everything was stored, something may be missing. A gap that lasts stays one gap; a
    /// source that was never live misses nothing yet.
    pub async fn open_gap(&self, source: SourceId, reason: &str) -> Result<(), StoreError> {
        let mut writer = self.writer().await?;
        sqlx::query(
            "DELETE FROM gap WHERE source = ?1 AND id <= (
                 SELECT id FROM gap WHERE source = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
        )
        .bind(source.0)
        .bind(GAPS_KEPT)
        .execute(&mut *writer)
        .await?;
        sqlx::query(
            "INSERT INTO gap (source, start, reason)
             SELECT id, stored_until, ?2 FROM source WHERE id = ?1 AND stored_until IS NOT NULL
                 AND NOT EXISTS (SELECT 1 FROM gap WHERE gap.source = ?1 AND end IS NULL)",
        )
        .bind(source.0)
        .bind(reason)
        .execute(&mut *writer)
        .await?;
        Ok(())
    }

    /// The gap that lasts has ended; `filled` is when all of it had been fetched, or else why the server could not give
    /// it.
    pub async fn end_gap(
        &self,
        source: SourceId,
        end: Time,
        filled: Result<Time, &str>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE gap SET end = ?, closed_at = ?, reason = COALESCE(?, reason) WHERE source = ? AND end IS NULL",
        )
        .bind(end.0)
        .bind(filled.ok().map(|time| time.0))
        .bind(filled.err())
        .bind(source.0)
        .execute(&mut *self.writer().await?)
        .await?;
        Ok(())
    }
}
