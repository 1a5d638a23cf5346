//! What is stored, as the file has it.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use sqlx::{Connection as _, Row as _, SqliteConnection};

use crate::contract::identity;

/// Everything stored of the sources of a backend, which must not hold anything twice.
pub async fn stored(backend: &str, path: &Path) -> BTreeSet<String> {
    let mut file = SqliteConnection::connect(&format!("sqlite://{}?mode=ro", path.display())).await.unwrap();
    let rows = sqlx::query("SELECT raw FROM event JOIN source ON source.id = event.source WHERE profile = ?")
        .bind(backend)
        .fetch_all(&mut file)
        .await
        .unwrap();
    let bodies = rows.iter().map(|row| serde_json::from_str::<Value>(row.get("raw")).unwrap());
    let all: Vec<String> = bodies.filter_map(|body| identity(backend, &body)).collect();
    let set: BTreeSet<String> = all.iter().cloned().collect();
    assert_eq!(all.len(), set.len(), "something of {backend} is stored twice");
    set
}
