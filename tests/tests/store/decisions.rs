//! What is decided counts for what was read, and not for what has become of it meanwhile.

use tempfile::tempdir;
use vigie_core::model::{AlertState, Severity};
use vigie_core::policy::Wait;
use vigie_core::store::Decision;

use crate::made::{alert, put, source, store};

#[tokio::test]
async fn an_alert_that_got_worse_while_it_was_announced_is_decided_on_again() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let source = source(&store, "one").await;
    let version = |severity, at| alert("a", severity, AlertState::Open, at);
    put(&store, source, vec![version(Severity::High, 1)]).await;
    let read = store.pending(true, 0).await.unwrap();
    put(&store, source, vec![version(Severity::Critical, 2)]).await;
    let announced = vec![(read[0].id, Severity::High)];
    store.decide(Decision { announced, ..Decision::default() }).await.unwrap();
    let left = store.pending(true, 0).await.unwrap();
    assert_eq!((left[0].severity, left[0].announced), (Severity::Critical, Some(Severity::High)));
    let announced = vec![(left[0].id, Severity::Critical)];
    store.decide(Decision { announced, ..Decision::default() }).await.unwrap();
    assert_eq!(store.pending(true, 0).await.unwrap(), []);
}

#[tokio::test]
async fn an_alert_that_was_to_be_quiet_and_is_opened_again_meanwhile_is_decided_on_again() {
    let folder = tempdir().unwrap();
    let store = store(&folder).await;
    let source = source(&store, "one").await;
    let version = |state, at| alert("a", Severity::Critical, state, at);
    put(&store, source, vec![version(AlertState::Resolved, 1)]).await;
    let read = store.pending(true, 0).await.unwrap();
    put(&store, source, vec![version(AlertState::Open, 2)]).await;
    for decision in [
        Decision { quiet: vec![(read[0].id, read[0].change)], ..Decision::default() },
        Decision { held: vec![(read[0].id, Wait::Pause, read[0].change)], ..Decision::default() },
    ] {
        store.decide(decision).await.unwrap();
        let left = store.pending(false, 0).await.unwrap();
        assert_eq!((left.len(), left[0].closed), (1, false));
    }
}
