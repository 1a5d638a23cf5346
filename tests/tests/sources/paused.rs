//! A source that is paused connects to nothing, keeps its credential, and catches up when it goes on.

use std::sync::Arc;

use tempfile::tempdir;
use vigie_core::clock::SystemClock;
use vigie_core::model::{Link, SignedOutReason};
use vigie_core::vault::SessionVault;
use vigie_tests::desk::{IN_VAIN, TestDesk};
use vigie_tests::server::{Answer, Server, transaction};

#[tokio::test]
async fn a_paused_source_connects_to_nothing_until_it_goes_on_and_then_catches_up() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let vault = Arc::new(SessionVault::default());
    let start = || TestDesk::start_with(folder.path(), vault.clone(), Arc::new(SystemClock::default()));
    let desk = start().await;
    let id = desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    desk.until_live().await;
    connection.send(transaction(41)).await;
    desk.until_stored("the first is there", |_, transactions| transactions.len() == 1).await;

    desk.desk.pause_source(id, true).await.unwrap();
    let source = desk.until_link("it is paused", |link| *link == Link::Paused).await;
    assert!(source.remembered, "paused is not signed out");
    let gaps = desk.desk.diagnostics().await.unwrap().gaps;
    assert_eq!((gaps.len(), gaps[0].reason.as_str(), gaps[0].end), (1, "paused", None), "{gaps:?}");
    // The system takes the first bytes that go nowhere.
    let left = async { while connection.offer_bytes(b"\x89\x00").await {} };
    tokio::time::timeout(IN_VAIN, left).await.expect("it still listens");
    desk.desk.retry(id).await.unwrap();
    desk.desk.close().await.unwrap();

    let visits = server.visits();
    let desk = start().await;
    desk.until_link("it is still paused", |link| *link == Link::Paused).await;
    assert_eq!(server.visits(), visits, "nobody may have come");
    server.answer(
        "GET /transactions",
        Answer::json(&format!(
            r#"{{"items":[{}],"sequence":42,"more":false}}"#,
            serde_json::from_str::<serde_json::Value>(&transaction(42)).unwrap()["payload"]
        )),
    );
    desk.desk.pause_source(id, false).await.unwrap();
    let _connection = server.connection().await;
    desk.until_live().await;
    assert_eq!(desk.transactions().await.len(), 2, "what was missed is fetched");
    let gaps = desk.desk.diagnostics().await.unwrap().gaps;
    let paused: Vec<_> = gaps.iter().filter(|gap| gap.reason == "paused").collect();
    assert_eq!((gaps.len(), paused.len()), (1, 1), "one gap, whatever happened meanwhile: {gaps:?}");
    assert!(paused[0].closed_at.is_some());
}

#[tokio::test]
async fn signing_in_ends_a_pause_and_of_a_source_that_is_signed_out_nothing_is_paused() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let desk = TestDesk::start(folder.path()).await;
    let id = desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let _connection = server.connection().await;
    desk.until_live().await;
    desk.desk.pause_source(id, true).await.unwrap();
    assert_eq!(desk.sign_in(&server.url, "ada", "secret").await.unwrap(), id);
    let _connection = server.connection().await;
    desk.until_live().await;

    desk.desk.pause_source(id, true).await.unwrap();
    desk.desk.sign_out(id).await.unwrap();
    assert!(desk.vault.get(&format!("ada@{}/", server.url)).await.unwrap().is_none());
    let by_analyst = Link::SignedOut { reason: SignedOutReason::ByAnalyst };
    for paused in [true, false] {
        desk.desk.pause_source(id, paused).await.unwrap();
        assert_eq!(desk.desk.overview().await.unwrap().sources[0].link, by_analyst);
    }
}
