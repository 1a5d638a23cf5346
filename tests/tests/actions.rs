//! What an analyst does at the server: asked for as the profile says, and true once the server says so.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]

use tempfile::tempdir;
use vigie_core::desk::view::{AlertAction, FailureCode};
use vigie_core::model::{ActionKind, Alert, AlertId, AlertState};
use vigie_tests::desk::TestDesk;
use vigie_tests::gateway::{GatewayProcess, PASSWORD, USER};
use vigie_tests::server::{Server, alert, transaction};

const fn to(alert: AlertId, action: ActionKind) -> AlertAction {
    AlertAction { alert, action, state: None, owner: None }
}

#[tokio::test]
async fn a_state_and_an_owner_come_back_from_the_server() {
    let (folder, state) = (tempdir().unwrap(), tempdir().unwrap());
    let gateway = GatewayProcess::start(state.path(), 0, 50).await;
    let desk = TestDesk::start(folder.path()).await;
    desk.sign_in(&gateway.url, USER, PASSWORD).await.unwrap();
    desk.until_live().await;
    desk.until_stored("an alert is open", |alerts, _| alerts.iter().any(|one| one.state == AlertState::Open))
        .await;
    let open = desk.alerts().await.into_iter().find(|one| one.state == AlertState::Open).unwrap();
    let is = |alerts: &[Alert], holds: fn(&Alert) -> bool| {
        alerts.iter().any(|one| one.id == open.id && holds(one))
    };
    let state = Some(AlertState::Escalated);
    desk.desk.act(AlertAction { state, ..to(open.id, ActionKind::ChangeState) }).await.unwrap();
    desk.until_stored("it is escalated", |alerts, _| is(alerts, |one| one.state == AlertState::Escalated))
        .await;
    let owner = Some("Ada \"the Countess\"".to_owned());
    desk.desk.act(AlertAction { owner, ..to(open.id, ActionKind::Assign) }).await.unwrap();
    desk.until_stored("somebody has it", |alerts, _| {
        is(alerts, |one| one.facts.owner.as_deref() == Some("Ada \"the Countess\""))
    })
    .await;
    let transaction = desk.transactions().await[0].id;
    let judged: serde_json::Value =
        serde_json::from_str(&desk.desk.analyse(transaction).await.unwrap()).unwrap();
    assert!(judged["factors"].is_array(), "{judged}");
}

#[tokio::test]
async fn what_cannot_be_done_is_said() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let desk = TestDesk::start(folder.path()).await;
    let source = desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    connection.send(alert(1, "high")).await;
    connection.send(transaction(2)).await;
    desk.until_stored("both are there", |alerts, all| alerts.len() == 1 && all.len() == 1).await;
    let id = desk.alerts().await[0].id;
    let code = async |action: AlertAction| desk.desk.act(action).await.unwrap_err().code;
    assert_eq!(code(to(id, ActionKind::ChangeState)).await, FailureCode::NotOffered, "no state is given");
    assert_eq!(code(to(id, ActionKind::Analyse)).await, FailureCode::NotOffered, "an alert is not judged");
    assert_eq!(code(to(id + 1, ActionKind::Acknowledge)).await, FailureCode::NotFound);
    desk.desk.sign_out(source).await.unwrap();
    let analysed = desk.desk.analyse(desk.transactions().await[0].id).await.unwrap_err();
    assert_eq!(analysed.code, FailureCode::Unreachable, "an answer is waited for, so it is not kept");
}
