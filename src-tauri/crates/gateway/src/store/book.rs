//! What contracts make of the changes: their messages, and the things that follow from them.

use serde::{Serialize, de::DeserializeOwned};

use super::{Batch, Store, StoreError, number};
use crate::{
    contract::Contract,
    model::Sequence,
    projection::{Message, Told},
};

/// Asks for a thing by its key.
const THING: &str = "SELECT body FROM things WHERE contract = ? AND kind = ? AND id = ?";

/// A contract's part of a batch.
pub(crate) struct Book<'a> {
    batch: &'a mut Batch,
    contract: &'static str,
}

impl Book<'_> {
    /// The thing of this kind and key, if there is one.
    pub async fn get<T: DeserializeOwned>(&mut self, kind: &str, id: &str) -> Result<Option<T>, StoreError> {
        let body: Option<String> = sqlx::query_scalar(THING)
            .bind(self.contract)
            .bind(kind)
            .bind(id)
            .fetch_optional(&mut *self.batch.within)
            .await?;
        Ok(body.map(|body| serde_json::from_str(&body)).transpose()?)
    }

    /// Adds a thing of a kind and an owner, or replaces it, as of a change.
    pub async fn put(
        &mut self,
        (kind, id, owner): (&str, &str, &str),
        sequence: Sequence,
        thing: &impl Serialize,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT OR REPLACE INTO things (contract, kind, id, owner, sequence, body) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(self.contract)
        .bind(kind)
        .bind(id)
        .bind(owner)
        .bind(number(sequence))
        .bind(serde_json::to_string(thing)?)
        .execute(&mut *self.batch.within)
        .await?;
        Ok(())
    }

    /// Removes a thing, if there is one.
    pub async fn remove(&mut self, kind: &str, id: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM things WHERE contract = ? AND kind = ? AND id = ?")
            .bind(self.contract)
            .bind(kind)
            .bind(id)
            .execute(&mut *self.batch.within)
            .await?;
        Ok(())
    }

    /// Removes an owner's things of a kind, but so many of the newest.
    pub async fn keep_newest(&mut self, kind: &str, owner: &str, count: u32) -> Result<(), StoreError> {
        sqlx::query(
            "DELETE FROM things WHERE contract = ?1 AND kind = ?2 AND owner = ?3 AND sequence <= (
                 SELECT sequence FROM things WHERE contract = ?1 AND kind = ?2 AND owner = ?3
                 ORDER BY sequence DESC LIMIT 1 OFFSET ?4)",
        )
        .bind(self.contract)
        .bind(kind)
        .bind(owner)
        .bind(i64::from(count))
        .execute(&mut *self.batch.within)
        .await?;
        Ok(())
    }
}

impl Batch {
    /// A contract's part of this batch.
    pub fn book(&mut self, contract: Contract) -> Book<'_> {
        Book { batch: self, contract: contract.name() }
    }

    /// How far a contract has come, and what it went by; nowhere, if it begins.
    pub async fn projected(&mut self, contract: Contract) -> Result<Option<(Sequence, String)>, StoreError> {
        let row: Option<(i64, String)> =
            sqlx::query_as("SELECT position, basis FROM projections WHERE contract = ?")
                .bind(contract.name())
                .fetch_optional(&mut *self.within)
                .await?;
        Ok(row.map(|(position, basis)| (position.max(0) as u64, basis)))
    }

    /// Lets a contract begin again, by this basis.
    pub async fn begin_projection(&mut self, contract: Contract, basis: &str) -> Result<(), StoreError> {
        for query in [
            "DELETE FROM messages WHERE contract = ?",
            "DELETE FROM things WHERE contract = ?",
            "DELETE FROM projections WHERE contract = ?",
        ] {
            sqlx::query(query).bind(contract.name()).execute(&mut *self.within).await?;
        }
        sqlx::query("INSERT INTO projections (contract, position, basis) VALUES (?, 0, ?)")
            .bind(contract.name())
            .bind(basis)
            .execute(&mut *self.within)
            .await?;
        Ok(())
    }

    /// Adds the messages of a change.
    pub async fn add_messages(&mut self, told: &Told) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO messages (contract, sequence, body) VALUES (?, ?, ?)")
            .bind(told.contract.name())
            .bind(number(told.sequence))
            .bind(serde_json::to_string(&told.messages)?)
            .execute(&mut *self.within)
            .await?;
        Ok(())
    }

    /// Says that a contract has come this far, and forgets messages of so many changes ago.
    pub async fn mark_projected(&mut self, contract: Contract, position: Sequence) -> Result<(), StoreError> {
        sqlx::query("UPDATE projections SET position = ? WHERE contract = ?")
            .bind(number(position))
            .bind(contract.name())
            .execute(&mut *self.within)
            .await?;
        sqlx::query("DELETE FROM messages WHERE contract = ? AND sequence < ?")
            .bind(contract.name())
            .bind(number(position.saturating_sub(self.told)))
            .execute(&mut *self.within)
            .await?;
        Ok(())
    }
}

impl Store {
    /// What a contract told of the changes from this one on, that of so many.
    pub async fn told(
        &self,
        contract: Contract,
        from: Sequence,
        limit: u32,
    ) -> Result<Vec<Told>, StoreError> {
        let rows: Vec<(i64, String)> = sqlx::query_as(
            "SELECT sequence, body FROM messages WHERE contract = ? AND sequence >= ? ORDER BY sequence LIMIT ?",
        )
        .bind(contract.name())
        .bind(number(from))
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        let told = rows.into_iter().map(|(sequence, body)| {
            let messages: Vec<Message> = serde_json::from_str(&body)?;
            Ok(Told { contract, sequence: sequence.max(0) as u64, messages })
        });
        told.collect()
    }

    /// The thing of this kind and key, if there is one.
    pub async fn thing<T: DeserializeOwned>(
        &self,
        contract: Contract,
        kind: &str,
        id: &str,
    ) -> Result<Option<T>, StoreError> {
        let body: Option<String> = sqlx::query_scalar(THING)
            .bind(contract.name())
            .bind(kind)
            .bind(id)
            .fetch_optional(&self.readers)
            .await?;
        Ok(body.map(|body| serde_json::from_str(&body)).transpose()?)
    }

    /// An owner's things of a kind, the newest first.
    pub async fn things<T: DeserializeOwned>(
        &self,
        contract: Contract,
        kind: &str,
        owner: &str,
        limit: u32,
    ) -> Result<Vec<T>, StoreError> {
        let bodies: Vec<String> = sqlx::query_scalar(
            "SELECT body FROM things WHERE contract = ? AND kind = ? AND owner = ?
             ORDER BY sequence DESC, id LIMIT ?",
        )
        .bind(contract.name())
        .bind(kind)
        .bind(owner)
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        Ok(bodies.iter().map(|body| serde_json::from_str(body)).collect::<Result<_, _>>()?)
    }
}
