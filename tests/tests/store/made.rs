//! Events made by hand.

use tempfile::TempDir;
use vigie_core::model::{AlertState, Event, Facts, Kind, Parameters, Severity, SourceId, Time};
use vigie_core::profile::Batch;
use vigie_core::store::{NewSource, Store};

/// A store in a folder.
pub async fn store(folder: &TempDir) -> Store {
    Store::open(&folder.path().join("vigie.sqlite")).await.unwrap()
}

/// A source in a store.
pub async fn source(store: &Store, name: &str) -> SourceId {
    let new = NewSource {
        name: name.to_owned(),
        url: format!("https://{name}.example/").parse().unwrap(),
        profile: "big-defend".into(),
        user: "ada".into(),
        parameters: Parameters::new(),
        simulated: false,
        remembered: true,
    };
    store.add_source(new).await.unwrap().id
}

/// An event that arrived, and happened, so many seconds after 1970.
pub fn event(kind: Kind, subject: &str, at: i64) -> Event {
    Event {
        kind,
        what: None,
        is_history: false,
        subject: subject.to_owned(),
        digest: at,
        version: Some(at),
        facts: Facts { occurred_at: Some(Time(at * 1_000)), ..Facts::default() },
        unreadable: Vec::new(),
        received_at: Time(at * 1_000),
        raw: "{}".to_owned(),
    }
}

/// An alert.
pub fn alert(subject: &str, severity: Severity, state: AlertState, at: i64) -> Event {
    let mut event = event(Kind::Alert, subject, at);
    event.facts.severity = Some(severity);
    event.facts.state = Some(state);
    event
}

/// Stores events.
pub async fn put(store: &Store, source: SourceId, events: Vec<Event>) -> vigie_core::store::Committed {
    store.ingest(source, &Batch { events, ..Batch::default() }, None).await.unwrap()
}
