//! What has happened, by the gateway's own state: what a desktop should have stored, or know that it has not.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use sqlx::{Connection as _, Row as _, SqliteConnection};

use crate::contract::{Backend, identity};

/// Things that have happened, each with the number of the change that brought it about.
pub type Truth = BTreeMap<String, i64>;

/// Everything that has happened, as far as this backend tells it at all.
pub async fn happened(backend: Backend, state: &Path) -> Truth {
    let url = format!("sqlite://{}?mode=ro", state.display());
    let mut file = SqliteConnection::connect(&url).await.unwrap();
    match backend.name {
        "big-defend" | "aml" => tables(backend.name, &mut file).await,
        contract => messages(contract, &mut file).await,
    }
}

/// Transactions, and alerts as they stand.
async fn tables(contract: &str, file: &mut SqliteConnection) -> Truth {
    let mut truth = Truth::new();
    let is_aml = contract == "aml";
    for row in sqlx::query("SELECT id, sequence FROM transactions").fetch_all(&mut *file).await.unwrap() {
        let (id, sequence): (String, i64) = (row.get("id"), row.get("sequence"));
        truth.insert(format!("transaction {}", if is_aml { sequence.to_string() } else { id }), sequence);
    }
    for row in sqlx::query("SELECT body, sequence, added FROM alerts").fetch_all(file).await.unwrap() {
        let (body, sequence, added): (String, i64, i64) =
            (row.get("body"), row.get("sequence"), row.get("added"));
        let alert: Value = serde_json::from_str(&body).unwrap();
        if is_aml {
            // It tells an alert once, as it stands then.
            truth.insert(format!("alert {added} "), added);
            continue;
        }
        let at: jiff::Timestamp = alert["updated_at"].as_str().unwrap().parse().unwrap();
        let told = ["id", "status", "assigned_to", "description"].map(|field| alert[field].as_str());
        let [Some(id), Some(status), owner, Some(text)] = told else { panic!("no alert: {alert}") };
        let parts = [Some(id), Some(&format!("{at:.3}")), Some(status), owner, Some(text)];
        let thing = format!("alert {}", parts.into_iter().flatten().collect::<Vec<_>>().join(" "));
        truth.insert(thing, sequence);
    }
    truth
}

/// Messages of the contract's own.
async fn messages(contract: &str, file: &mut SqliteConnection) -> Truth {
    let rows = sqlx::query("SELECT sequence, body FROM messages WHERE contract = ?").bind(contract);
    let mut truth = Truth::new();
    for row in rows.fetch_all(file).await.unwrap() {
        let messages: Vec<Value> = serde_json::from_str(row.get("body")).unwrap();
        for message in messages {
            let frame = &message["data"];
            let body = match contract {
                "generic" => &frame["payload"],
                "trading" => &frame["data"],
                _ => frame,
            };
            if let Some(thing) = identity(contract, body) {
                truth.entry(thing).or_insert(row.get("sequence"));
            }
        }
    }
    truth
}

/// Whether this is stored: what the truth knows by its beginning only is, if anything begins so.
pub fn has(stored: &std::collections::BTreeSet<String>, thing: &str) -> bool {
    match thing.ends_with(' ') {
        true => stored.range(thing.to_owned()..).next().is_some_and(|one| one.starts_with(thing)),
        false => stored.contains(thing),
    }
}
