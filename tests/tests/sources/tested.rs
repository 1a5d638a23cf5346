//! A source is tested step by step: each failure is told as that of its step, and nothing else is touched by it.

use std::sync::Arc;
use std::time::Duration;

use tempfile::{TempDir, tempdir};
use tokio::sync::watch;
use vigie_core::clock::{Clock, SystemClock};
use vigie_core::desk::view::{FailureCode, SignIn, Tested};
use vigie_core::link::{FIRST_EVENT_LIMIT, Found, Standing, Step, StepName};
use vigie_core::model::{Link, Parameters, TransportKind};
#[cfg(target_os = "linux")]
use vigie_core::store::{NewSource, Store};
use vigie_core::vault::SessionVault;
use vigie_tests::clock::ManualClock;
use vigie_tests::desk::{IN_VAIN, TestDesk};
#[cfg(target_os = "linux")]
use vigie_tests::gateway::program;
use vigie_tests::port::ReservedPort;
use vigie_tests::server::{Answer, Connection, Server, transaction};
use vigie_tests::tls::TlsFront;

/// One WebSocket and nothing else, with a password.
const ONE_WAY: &str = r#"
name = "one-way"
title = "One way"
url = "http://localhost"

[sign_in]
kind = "password"
path = "/auth/login"
token = "/access_token"

[[transport]]
kind = "websocket"

[[transport.stream]]
path = "/ws"

[frame]
type = "/type"
body = "/payload"

[[message]]
type = "newTransaction"
kind = "transaction"
id = "/id"
"#;

/// A WebSocket that is better than a list that is asked for again and again, with a token.
const TOKEN_WAYS: &str = r#"
name = "token-ways"
title = "Token"
url = "http://localhost"

[sign_in]
kind = "bearer"

[[transport]]
kind = "websocket"

[[transport.stream]]
path = "/ws"

[[transport]]
kind = "polling"
poll = ["payments"]

[[list]]
name = "payments"
path = "/payments"
items = "/items"
message = "payment"

[[message]]
type = "payment"
kind = "transaction"
id = "/id"
"#;

async fn desk_by(clock: Arc<dyn Clock>) -> (TempDir, TestDesk) {
    let folder = tempdir().unwrap();
    let vault = Arc::new(SessionVault::default());
    let desk = TestDesk::start_knowing(folder.path(), vault, clock, &[ONE_WAY, TOKEN_WAYS]).await;
    (folder, desk)
}

async fn desk() -> (TempDir, TestDesk) {
    desk_by(Arc::new(SystemClock::default())).await
}

fn typed(url: &str, profile: &str) -> Tested {
    Tested::SignIn(SignIn {
        source: None,
        name: String::new(),
        url: url.to_owned(),
        profile: profile.to_owned(),
        user: "ada".to_owned(),
        parameters: Parameters::new(),
        password: "secret".to_owned().into(),
        remember: true,
    })
}

/// Waits until a test has ended.
async fn ended(mut steps: watch::Receiver<Vec<Step>>) -> Vec<Step> {
    let end = async { while steps.changed().await.is_ok() {} };
    tokio::time::timeout(IN_VAIN, end).await.expect("it never ends");
    steps.borrow().clone()
}

/// Waits until the steps stand as they should.
async fn until(steps: &mut watch::Receiver<Vec<Step>>, holds: impl FnMut(&Vec<Step>) -> bool) {
    tokio::time::timeout(IN_VAIN, steps.wait_for(holds)).await.expect("it never is").unwrap();
}

/// The step that failed, and why; those before it are fine and those after it are not reached.
#[track_caller]
fn failed(steps: &[Step]) -> (StepName, FailureCode, String) {
    let at = steps.iter().position(|step| matches!(step.standing, Standing::Failed { .. }));
    let at = at.unwrap_or_else(|| panic!("none has failed: {steps:#?}"));
    assert!(steps[..at].iter().all(|step| matches!(step.standing, Standing::Fine { .. })), "{steps:#?}");
    assert!(steps[at + 1..].iter().all(|step| step.standing == Standing::NotReached), "{steps:#?}");
    let Standing::Failed { why } = &steps[at].standing else { unreachable!() };
    (steps[at].name, why.code, why.message.clone())
}

/// What was found at each step; all are fine.
#[track_caller]
fn found(steps: &[Step]) -> Vec<Found> {
    let found = steps.iter().map(|step| match &step.standing {
        Standing::Fine { found, .. } => found.clone(),
        _ => panic!("not all are fine: {steps:#?}"),
    });
    found.collect()
}

fn here() -> Found {
    Found::Addresses { host: "127.0.0.1".to_owned(), count: 1 }
}

#[tokio::test]
async fn each_failure_is_that_of_its_step() {
    let (_folder, desk) = desk().await;
    let fails = async |url: &str, profile| {
        let (step, code, _) = failed(&ended(desk.desk.test(typed(url, profile)).await.unwrap()).await);
        (step, code)
    };
    assert_eq!(
        fails("https://nowhere.invalid", "one-way").await,
        (StepName::Address, FailureCode::Unreachable)
    );
    let server = Server::start().await;
    let tls = TlsFront::start(&server.url).await;
    assert_eq!(fails(&tls.url, "one-way").await, (StepName::Connection, FailureCode::Insecure));
    server.answer("POST /auth/login", Answer::status(401));
    assert_eq!(fails(&server.url, "one-way").await, (StepName::SignIn, FailureCode::PasswordRefused));
    server.answer("GET /ws", Answer::status(401));
    assert_eq!(fails(&server.url, "token-ways").await, (StepName::SignIn, FailureCode::CredentialRefused));
    server.forget_all();
    server.answer("GET /ws", Answer::status(404));
    assert_eq!(fails(&server.url, "one-way").await, (StepName::Stream, FailureCode::NotUnderstood));
    let nobody = ReservedPort::new();
    assert_eq!(fails(&nobody.url(), "one-way").await, (StepName::Connection, FailureCode::Unreachable));
}

#[tokio::test]
async fn the_steps_are_told_as_they_go_up_to_the_first_event() {
    let (mut server, (_folder, desk)) = (Server::start().await, desk().await);
    let hold = server.hold("POST /auth/login");
    let mut steps = desk.desk.test(typed(&server.url, "one-way")).await.unwrap();
    let is_fine = |step: &Step| matches!(step.standing, Standing::Fine { .. });
    until(&mut steps, |steps| is_fine(&steps[1])).await;
    assert!(steps.borrow()[2..].iter().all(|step| step.standing == Standing::Waiting));
    drop(hold);
    let connection = server.connection().await;
    until(&mut steps, |steps| is_fine(&steps[3])).await;
    assert_eq!(steps.borrow()[4].standing, Standing::Waiting);
    // What is no event of this profile does not count.
    connection.send(r#"{"type":"welcome"}"#).await;
    connection.send(transaction(41)).await;
    let opened = Found::Opened { transport: TransportKind::WebSocket, fallback: false };
    assert_eq!(
        found(&ended(steps).await),
        [here(), Found::Unencrypted, Found::Accepted, opened, Found::Came]
    );
    assert_eq!(desk.transactions().await.len(), 0, "nothing of a test is stored");
}

#[tokio::test]
async fn an_event_that_cannot_be_read_is_told() {
    let (mut server, (_folder, desk)) = (Server::start().await, desk().await);
    let steps = desk.desk.test(typed(&server.url, "one-way")).await.unwrap();
    let connection = server.connection().await;
    connection.send("no json").await;
    let (step, code, why) = failed(&ended(steps).await);
    assert_eq!((step, code), (StepName::Event, FailureCode::NotUnderstood));
    assert!(why.contains("not_json"), "{why}");
}

#[tokio::test]
async fn where_nothing_comes_it_is_waited_for_so_long_and_no_longer() {
    let clock = Arc::new(ManualClock::default());
    let (mut server, (_folder, desk)) = (Server::start().await, desk_by(clock.clone()).await);
    let mut steps = desk.desk.test(typed(&server.url, "one-way")).await.unwrap();
    let _connection = server.connection().await;
    until(&mut steps, |steps| matches!(steps[3].standing, Standing::Fine { .. })).await;
    clock.sleeper(FIRST_EVENT_LIMIT..=FIRST_EVENT_LIMIT).await;
    clock.advance(FIRST_EVENT_LIMIT + Duration::from_millis(1));
    assert_eq!(found(&ended(steps).await)[4], Found::Nothing { seconds: 10 });
}

#[tokio::test]
async fn a_token_counts_when_the_server_gives_something_for_it_over_whatever_comes_up() {
    let (server, (_folder, desk)) = (Server::start().await, desk().await);
    server.answer("GET /ws", Answer::status(426));
    for (items, last) in [("", Found::Empty), (r#"{"id":7}"#, Found::Came)] {
        server.answer("GET /payments", Answer::json(&format!(r#"{{"items":[{items}]}}"#)));
        let steps = ended(desk.desk.test(typed(&server.url, "token-ways")).await.unwrap()).await;
        let opened = Found::Opened { transport: TransportKind::Polling, fallback: true };
        assert_eq!(found(&steps)[2..], [Found::Accepted, opened, last]);
    }
    server.answer("GET /payments", Answer::json("<html>"));
    let steps = ended(desk.desk.test(typed(&server.url, "token-ways")).await.unwrap()).await;
    assert_eq!(failed(&steps).0, StepName::Event, "{steps:#?}");
}

#[tokio::test]
async fn a_test_of_a_source_uses_what_is_kept_and_touches_neither_link_nor_vault() {
    let (mut server, (_folder, desk)) = (Server::start().await, desk().await);
    let id = desk.sign_in_as("one-way", &server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    desk.until_live().await;
    let steps = desk.desk.test(Tested::Source(id)).await.unwrap();
    let own = server.connection().await;
    own.send(transaction(41)).await;
    assert_eq!(found(&ended(steps).await)[4], Found::Came);
    assert_eq!((server.count("POST /auth/login"), desk.transactions().await.len()), (2, 0));

    server.answer("POST /auth/login", Answer::status(401));
    let (step, code, _) = failed(&ended(desk.desk.test(Tested::Source(id)).await.unwrap()).await);
    assert_eq!((step, code), (StepName::SignIn, FailureCode::PasswordRefused));
    connection.until_read().await;
    let source = desk.until_live().await;
    assert!(source.remembered, "only a link forgets what was refused");
    assert!(desk.vault.get(&format!("ada@{}/", server.url)).await.unwrap().is_some());

    desk.desk.sign_out(id).await.unwrap();
    desk.until_link("it is signed out", |link| matches!(link, Link::SignedOut { .. })).await;
    let (step, code, _) = failed(&ended(desk.desk.test(Tested::Source(id)).await.unwrap()).await);
    assert_eq!((step, code), (StepName::SignIn, FailureCode::NoCredential));
}

#[tokio::test]
async fn a_test_ends_when_nobody_listens_when_it_is_stopped_and_when_another_begins() {
    // Time stands still: none ends by itself.
    let clock = Arc::new(ManualClock::default());
    let (mut server, (_folder, desk)) = (Server::start().await, desk_by(clock).await);
    let begin = async |url: &str| desk.desk.test(typed(url, "one-way")).await.unwrap();
    let gone = async |connection: Connection| {
        let left = async { while connection.offer_bytes(b"\x89\x00").await {} };
        tokio::time::timeout(IN_VAIN, left).await.expect("it goes on");
    };
    let unheard = begin(&server.url).await;
    let connection = server.connection().await;
    drop(unheard);
    gone(connection).await;

    let second = begin(&server.url).await;
    let connection = server.connection().await;
    let third = begin(&server.url).await;
    gone(connection).await;
    ended(second).await;
    let connection = server.connection().await;
    desk.desk.stop_test(None).await.unwrap();
    gone(connection).await;
    let steps = ended(third).await;
    assert_eq!(steps[4].standing, Standing::Waiting, "it was not to wait for that: {steps:#?}");
}

/// The system is told of an authority before a program starts: a program of its own looks.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_certificate_that_is_trusted_is_told_with_its_end() {
    let (folder, server) = (tempdir().unwrap(), Server::start().await);
    let tls = TlsFront::start(&server.url).await;
    let (authority, path) = (folder.path().join("authority.pem"), folder.path().join("vigie.sqlite"));
    std::fs::write(&authority, &tls.authority).unwrap();
    let store = Store::open(&path).await.unwrap();
    let new = NewSource {
        name: "Retail".to_owned(),
        url: tls.url.parse().unwrap(),
        profile: "big-defend".to_owned(),
        user: "ada".to_owned(),
        parameters: Parameters::new(),
        simulated: false,
        remembered: true,
    };
    store.add_source(new).await.unwrap();
    store.close().await;
    let mut doctor = tokio::process::Command::new(program("vigie-cli"));
    doctor.arg("doctor").arg("--store").arg(&path).env("SSL_CERT_FILE", &authority).env("TZ", "UTC");
    doctor.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere").kill_on_drop(true);
    let said = tokio::time::timeout(IN_VAIN, doctor.output()).await.expect("it does not end").unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.contains("/ answers, TLS 1.3, certificate valid until 2099-12-31"), "{said}");
}
