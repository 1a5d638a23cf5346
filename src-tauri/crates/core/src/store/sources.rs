//! Keeps sources.

use sqlx::{Connection as _, SqliteConnection};
use url::Url;

use super::fold::{latest_change, set_latest_change};
use super::outbox;
use super::{Store, StoreError};
use crate::model::{Parameters, Source, SourceId, Time};

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

impl From<Source> for NewSource {
    fn from(source: Source) -> Self {
        let Source { name, url, profile, user, parameters, simulated, remembered, .. } = source;
        Self { name, url, profile, user, parameters, simulated, remembered }
    }
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
    /// Not in the first versions of the tables.
    #[sqlx(default)]
    paused: bool,
    simulated: bool,
    remembered: bool,
    stored_until: Option<i64>,
    /// Not in the first version of the tables.
    #[sqlx(default)]
    removed: bool,
}

impl SourceRecord {
    /// Until when everything is stored.
    pub fn stored_until(&self) -> Option<Time> {
        self.stored_until.map(Time)
    }

    /// The source; `None` when it was removed, and, with a word in the log, where its address is none.
    pub fn source(self) -> Option<Source> {
        if self.removed {
            return None;
        }
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
            paused: self.paused,
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

/// Keeps what has changed of a source.
async fn update(writer: &mut SqliteConnection, source: &Source) -> Result<(), StoreError> {
    let updated = sqlx::query(
            "UPDATE source SET name = ?, url = ?, profile = ?, user = ?, parameters = ?, signed_out = ?, paused = ?,
                 remembered = ?
             WHERE id = ?",
        )
        .bind(&source.name)
        .bind(source.url.as_str())
        .bind(&source.profile)
        .bind(&source.user)
        .bind(written(&source.parameters))
        .bind(source.signed_out)
        .bind(source.paused)
        .bind(source.remembered)
        .bind(source.id.0)
        .execute(writer)
        .await?;
    if updated.rows_affected() == 1 { Ok(()) } else { Err(StoreError::NotFound) }
}

impl Store {
    /// The sources in the order they were added, and until when everything of each is stored.
    pub async fn sources(&self) -> Result<Vec<(Source, Option<Time>)>, StoreError> {
        let records = sqlx::query_as::<_, SourceRecord>("SELECT * FROM source ORDER BY id")
            .fetch_all(&self.readers)
            .await?;
        let sources = records.into_iter().filter_map(|record| {
            let stored_until = record.stored_until();
            Some((record.source()?, stored_until))
        });
        Ok(sources.collect())
    }

    /// Adds a source.
    pub async fn add_source(&self, new: NewSource) -> Result<Source, StoreError> {
        let id = insert(&mut *self.writer().await?, &new, false).await?;
        let NewSource { name, url, profile, user, parameters, simulated, remembered } = new;
        let (signed_out, paused) = (false, false);
        Ok(Source { id, name, url, profile, user, parameters, signed_out, paused, simulated, remembered })
    }

    /// Keeps what has changed of a source.
    pub async fn update_source(&self, source: &Source) -> Result<(), StoreError> {
        update(&mut *self.writer().await?, source).await
    }

    /// Keeps that a source is elsewhere, or somebody else's. How far it has got there nobody knows: its lists are asked
    /// for from the start. What waits to be sent was meant for where it was: the analyst says whether it holds there
    /// too.
    pub async fn move_source(&self, source: &Source, now: Time) -> Result<(), StoreError> {
        let mut writer = self.writer().await?;
        let mut writing = writer.begin_with("BEGIN IMMEDIATE").await?;
        update(&mut writing, source).await?;
        sqlx::query("DELETE FROM position WHERE source = ?").bind(source.id.0).execute(&mut *writing).await?;
        outbox::question_waiting(&mut writing, source.id, now).await?;
        Ok(writing.commit().await?)
    }

    /// Removes a source with everything that came from it. It is gone at once from all that is shown; its events go
    /// slice by slice (see `retention.rs`), so that nobody has to wait for them.
    pub async fn remove_source(&self, source: SourceId) -> Result<(), StoreError> {
        let mut writer = self.writer().await?;
        let mut writing = writer.begin_with("BEGIN IMMEDIATE").await?;
        let change = latest_change(&mut writing).await?;
        set_latest_change(&mut writing, change + 1).await?;
        for statement in [
            "UPDATE source SET removed = 1, name = '', url = '', user = '', parameters = '{}' WHERE id = ?",
            "DELETE FROM alert WHERE source = ?",
            "DELETE FROM activity WHERE source = ?",
            "DELETE FROM bar WHERE source = ?",
            "DELETE FROM tally WHERE source = ?",
            "DELETE FROM rejected WHERE source = ?",
            "DELETE FROM gap WHERE source = ?",
            "DELETE FROM position WHERE source = ?",
            "DELETE FROM snooze WHERE source = ?",
        ] {
            sqlx::query(statement).bind(source.0).execute(&mut *writing).await?;
        }
        writing.commit().await?;
        drop(writer);
        self.grown.notify_one();
        Ok(())
    }

    /// Until when everything of a source is stored; `None`: it was never live.
    pub async fn stored_until(&self, source: SourceId) -> Result<Option<Time>, StoreError> {
        let until = sqlx::query_scalar::<_, Option<i64>>("SELECT stored_until FROM source WHERE id = ?")
            .bind(source.0)
            .fetch_optional(&self.readers)
            .await?;
        Ok(until.flatten().map(Time))
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
}
