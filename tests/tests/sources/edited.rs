//! A source is changed: what it is called and what is wanted of it without a password, where it is and who signs in
//! with one.

use std::sync::Arc;

use secrecy::ExposeSecret as _;
use tempfile::{TempDir, tempdir};
use vigie_core::clock::SystemClock;
use vigie_core::desk::SOURCES_LIMIT;
use vigie_core::desk::view::{Failure, FailureCode, SignIn, SourceEdit};
use vigie_core::model::{Parameters, SourceId};
use vigie_core::vault::SessionVault;
use vigie_tests::desk::TestDesk;
use vigie_tests::server::{Answer, Connection, Server, TOKEN, transaction};

/// A stream of which something can be chosen.
const CHOSEN: &str = r#"
name = "chosen"
title = "Chosen"
url = "http://localhost"

[[parameter]]
name = "desk"
title = "Desk"
example = "paris"
default = ["all"]

[sign_in]
kind = "password"
path = "/auth/login"
token = "/access_token"

[[transport]]
kind = "websocket"

[[transport.stream]]
path = "/ws"
query = { desk = "{desk}" }

[[message]]
type = "*"
kind = "transaction"
id = "/id"
"#;

fn desks(name: &str) -> Parameters {
    Parameters::from([("desk".to_owned(), vec![name.to_owned()])])
}

async fn live(server: &mut Server) -> (TempDir, TestDesk, SourceId, Connection) {
    let folder = tempdir().unwrap();
    let (vault, clock) = (Arc::new(SessionVault::default()), Arc::new(SystemClock::default()));
    let desk = TestDesk::start_knowing(folder.path(), vault, clock, &[CHOSEN]).await;
    let id = desk.sign_in_as("chosen", &server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    desk.until_live().await;
    (folder, desk, id, connection)
}

#[tokio::test]
async fn a_name_is_only_a_name_and_what_is_wanted_is_connected_anew() {
    let mut server = Server::start().await;
    let (_folder, desk, id, connection) = live(&mut server).await;
    let edit = |name: &str, parameters| SourceEdit { source: id, name: name.to_owned(), parameters };

    desk.desk.edit_source(edit(" Retail, north ", Parameters::new())).await.unwrap();
    connection.until_read().await;
    assert_eq!(desk.desk.overview().await.unwrap().sources[0].name, "Retail, north");
    assert_eq!(server.count("GET /ws"), 1, "a name changes nothing of the link");

    desk.desk.edit_source(edit("", desks("paris"))).await.unwrap();
    let _connection = server.connection().await;
    let source = desk.until_live().await;
    assert_eq!((source.name.as_str(), source.parameters), ("Retail, north", desks("paris")));
    assert_eq!(server.count("GET /ws?desk=paris"), 1);
    let gaps = desk.desk.diagnostics().await.unwrap().gaps;
    assert_eq!((gaps.len(), gaps[0].reason.as_str()), (1, "edited"), "{gaps:?}");
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_changes_nothing() {
    let mut server = Server::start().await;
    let (_folder, desk, id, _connection) = live(&mut server).await;
    let paris = SignIn { parameters: desks("paris"), ..wanted(None, &server.url, "ada", "secret") };
    let other = desk.desk.sign_in(paris).await.unwrap();
    assert_ne!(id, other);
    let code = async |source, parameters| {
        let edit = SourceEdit { source, name: "Other".to_owned(), parameters };
        desk.desk.edit_source(edit).await.unwrap_err().code
    };
    assert_eq!(code(id, desks("paris")).await, FailureCode::SameSource);
    let unknown = Parameters::from([("branch".to_owned(), vec!["1".to_owned()])]);
    assert_eq!(code(id, unknown).await, FailureCode::BadParameter);
    assert_eq!(code(SourceId(99), Parameters::new()).await, FailureCode::NotFound);
    let same = SignIn { parameters: desks("paris"), ..wanted(Some(id), &server.url, "ada", "secret") };
    assert_eq!(desk.desk.sign_in(same).await.unwrap_err().code, FailureCode::SameSource);
    assert_eq!(desk.desk.overview().await.unwrap().sources[0].name, "Retail");
}

fn wanted(source: Option<SourceId>, url: &str, user: &str, password: &str) -> SignIn {
    SignIn {
        source,
        name: "Retail".to_owned(),
        url: url.to_owned(),
        profile: "chosen".to_owned(),
        user: user.to_owned(),
        parameters: Parameters::new(),
        password: password.to_owned().into(),
        remember: true,
    }
}

/// A desk that is live at one server, has something of it, and signs in to its source at another.
async fn moved(
    old: &mut Server,
    new: &Server,
    password: &str,
) -> (TempDir, TestDesk, SourceId, Result<SourceId, Failure>) {
    old.answer("GET /transactions", Answer::json(r#"{"items":[],"sequence":41,"more":false}"#));
    let folder = tempdir().unwrap();
    let desk = TestDesk::start(folder.path()).await;
    let id = desk.sign_in(&old.url, "ada", "old-secret").await.unwrap();
    let connection = old.connection().await;
    desk.until_live().await;
    connection.send(transaction(41)).await;
    desk.until_stored("the first is there", |_, transactions| transactions.len() == 1).await;
    new.answer("POST /auth/login", Answer::json(r#"{"access_token":"another","expires_in":3600}"#));
    let sign_in =
        SignIn { profile: "big-defend".to_owned(), ..wanted(Some(id), &new.url, "grace", password) };
    if password == "wrong" {
        new.answer("POST /auth/login", Answer::status(401));
    }
    let outcome = desk.desk.sign_in(sign_in).await;
    if outcome.is_err() {
        connection.until_read().await;
    }
    (folder, desk, id, outcome)
}

#[tokio::test]
async fn a_source_that_is_elsewhere_now_keeps_its_history_and_what_was_kept_for_the_old_address_goes() {
    let (mut old, mut new) = (Server::start().await, Server::start().await);
    let (_folder, desk, id, outcome) = moved(&mut old, &new, "new-secret").await;
    assert_eq!(outcome.unwrap(), id, "it is the same source");
    let _connection = new.connection().await;
    let source = desk.until_live().await;
    assert_eq!((source.url, source.user.as_str()), (format!("{}/", new.url), "grace"));
    assert_eq!(desk.desk.overview().await.unwrap().sources.len(), 1);
    assert_eq!(desk.transactions().await.len(), 1, "what is stored stays");

    assert!(desk.vault.get(&format!("ada@{}/", old.url)).await.unwrap().is_none());
    let kept = desk.vault.get(&format!("grace@{}/", new.url)).await.unwrap().unwrap();
    assert_eq!(kept.expose_secret(), "new-secret");
    assert!(new.heads().iter().all(|head| !head.contains(TOKEN)), "what one gave is shown to the other");
    // How far the old one had come says nothing of the new one.
    let asked: Vec<String> = new.requests().into_iter().filter(|one| one.starts_with("GET /tr")).collect();
    assert_eq!(asked, ["GET /transactions?limit=500&since=0"]);
}

#[tokio::test]
async fn a_source_stays_where_it_is_as_long_as_it_is_refused_elsewhere() {
    let (mut old, new) = (Server::start().await, Server::start().await);
    let (_folder, desk, _, outcome) = moved(&mut old, &new, "wrong").await;
    assert_eq!(outcome.unwrap_err().code, FailureCode::PasswordRefused);
    let source = desk.until_live().await;
    assert_eq!((source.url, source.user.as_str()), (format!("{}/", old.url), "ada"));
    assert!(desk.vault.get(&format!("ada@{}/", old.url)).await.unwrap().is_some());
    assert!(desk.vault.get(&format!("grace@{}/", new.url)).await.unwrap().is_none());
}

/// Signs in beside the test, to a server that does not answer for now.
fn beside(desk: &TestDesk, request: SignIn) -> tokio::task::JoinHandle<Result<SourceId, Failure>> {
    let desk = desk.desk.clone();
    tokio::spawn(async move { desk.sign_in(request).await })
}

#[tokio::test]
async fn what_is_edited_while_a_sign_in_is_on_its_way_is_not_undone_by_it() {
    let mut server = Server::start().await;
    let (_folder, desk, id, _connection) = live(&mut server).await;
    let asked = server.count("POST /auth/login");
    let hold = server.hold("POST /auth/login");
    let signing_in = beside(&desk, wanted(Some(id), &server.url, "ada", "secret"));
    server.until_asked("POST /auth/login", asked + 1).await;
    let edit = SourceEdit { source: id, name: "North".to_owned(), parameters: desks("paris") };
    desk.desk.edit_source(edit).await.unwrap();
    drop(hold);
    assert_eq!(signing_in.await.unwrap().unwrap_err().code, FailureCode::NotFound);
    let source = desk.desk.overview().await.unwrap().sources[0].clone();
    assert_eq!((source.name.as_str(), source.parameters), ("North", desks("paris")));
    assert!(
        desk.vault.get(&format!("ada@{}/", server.url)).await.unwrap().is_some(),
        "it is still signed in"
    );
}

#[tokio::test]
async fn two_sign_ins_at_once_do_not_make_one_source_twice() {
    let mut server = Server::start().await;
    let (_folder, desk, id, _connection) = live(&mut server).await;
    let asked = server.count("POST /auth/login");
    let hold = server.hold("POST /auth/login");
    let paris =
        |source| SignIn { parameters: desks("paris"), ..wanted(source, &server.url, "ada", "secret") };
    let both = [beside(&desk, paris(Some(id))), beside(&desk, paris(None))];
    server.until_asked("POST /auth/login", asked + 2).await;
    drop(hold);
    for one in both {
        let _either = one.await.unwrap();
    }
    let sources = desk.desk.overview().await.unwrap().sources;
    let in_paris = sources.iter().filter(|one| one.parameters == desks("paris")).count();
    assert_eq!(in_paris, 1, "{sources:#?}");
}

#[tokio::test]
async fn no_more_sources_are_signed_in_to_at_once_than_there_may_be() {
    let server = Server::start().await;
    let folder = tempdir().unwrap();
    let (vault, clock) = (Arc::new(SessionVault::default()), Arc::new(SystemClock::default()));
    let desk = TestDesk::start_knowing(folder.path(), vault, clock, &[CHOSEN]).await;
    let hold = server.hold("POST /auth/login");
    let all: Vec<_> = (0..=SOURCES_LIMIT)
        .map(|number| beside(&desk, wanted(None, &server.url, &format!("ada-{number}"), "secret")))
        .collect();
    server.until_asked("POST /auth/login", SOURCES_LIMIT + 1).await;
    drop(hold);
    let mut refused = Vec::new();
    for one in all {
        refused.extend(one.await.unwrap().err().map(|failure| failure.code));
    }
    assert_eq!(refused, [FailureCode::TooManySources]);
    assert_eq!(desk.desk.overview().await.unwrap().sources.len(), SOURCES_LIMIT);
}

#[tokio::test]
async fn a_name_that_nobody_can_read_is_not_taken() {
    let mut server = Server::start().await;
    let (_folder, desk, id, _connection) = live(&mut server).await;
    let name = "x".repeat(100_000);
    let edit = SourceEdit { source: id, name: name.clone(), parameters: Parameters::new() };
    assert_eq!(desk.desk.edit_source(edit).await.unwrap_err().code, FailureCode::BadParameter);
    let named = SignIn { name: name.clone(), ..wanted(Some(id), &server.url, "ada", "secret") };
    for request in [named, wanted(None, &server.url, &name, "secret")] {
        assert_eq!(desk.desk.sign_in(request).await.unwrap_err().code, FailureCode::BadParameter);
    }
    let told = serde_json::to_string(&desk.desk.overview().await.unwrap()).unwrap();
    assert!(told.len() < 8_192, "{}", told.len());
}
