//! Both ends may be killed at any moment: afterwards nothing is missing and nothing is there twice.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Stdio;

use secrecy::SecretString;
use tempfile::tempdir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use url::Url;
use vigie_core::clock::SystemClock;
use vigie_core::link::sign_in;
use vigie_core::model::Link;
use vigie_core::model::Parameters;
use vigie_core::profile::Library;
use vigie_core::transport::Tls;
use vigie_core::transport::http::{Http, Request};
use vigie_tests::desk::TestDesk;
use vigie_tests::gateway::{GatewayProcess, PASSWORD, USER, program};
use vigie_tests::port::ReservedPort;

/// Everything that the gateway has kept, by its own word: identifiers of a list's items, the oldest first.
async fn kept(url: &str, list: &str) -> Vec<String> {
    let (base, http) = (Url::parse(url).unwrap(), Http::new(&Tls::new().unwrap()).unwrap());
    let library = Library::built_in().unwrap();
    let profile = library.profile("big-defend").unwrap();
    let settings = profile.settings(USER, &Parameters::new());
    let (clock, password) = (SystemClock::default(), SecretString::from(PASSWORD));
    let session = sign_in(&http, &clock, profile, &base, &settings, Some(&password)).await.unwrap();
    let (mut all, mut since) = (Vec::new(), 0);
    loop {
        let page = base.join(&format!("{list}?limit=1000&since={since}")).unwrap();
        let page = http.send(Request::get(page, session.credential().clone())).await.unwrap().body;
        let page: serde_json::Value = serde_json::from_slice(&page).unwrap();
        all.extend(
            page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()),
        );
        since = page["sequence"].as_i64().unwrap();
        if page["more"] == false {
            return all;
        }
    }
}

/// The set of what is stored, which must not hold anything twice.
fn once(subjects: Vec<String>) -> BTreeSet<String> {
    let (number, set) = (subjects.len(), BTreeSet::from_iter(subjects));
    assert_eq!(set.len(), number, "something is stored twice");
    set
}

/// Everything of the gateway's that came after the first thing that is stored is stored, once. A new source begins with
/// the newest page of each list: what happened before that is no part of it.
async fn assert_same_as_the_gateway(desk: &TestDesk, url: &str) {
    let (alerts, transactions) = (kept(url, "alerts").await, kept(url, "transactions").await);
    let since_the_first = |kept: Vec<String>, stored: BTreeSet<String>| -> BTreeSet<String> {
        kept.into_iter().skip_while(|one| !stored.contains(one)).collect()
    };
    let stored = once(desk.transactions().await.into_iter().map(|one| one.subject).collect());
    let transactions = since_the_first(transactions, stored);
    let stored = once(desk.alerts().await.into_iter().map(|one| one.subject).collect());
    let alerts = since_the_first(alerts, stored);
    assert!(!transactions.is_empty() && !alerts.is_empty(), "it flows");
    desk.until_stored(
        "everything that the gateway has kept is stored",
        |stored_alerts, stored_transactions| {
            stored_alerts.len() >= alerts.len() && stored_transactions.len() >= transactions.len()
        },
    )
    .await;
    let stored = once(desk.transactions().await.into_iter().map(|one| one.subject).collect());
    assert!(stored.is_superset(&transactions), "missing: {:?}", transactions.difference(&stored));
    let stored = once(desk.alerts().await.into_iter().map(|one| one.subject).collect());
    assert!(stored.is_superset(&alerts), "missing: {:?}", alerts.difference(&stored));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_is_killed_and_comes_back_costs_nothing() {
    let (server_folder, folder) = (tempdir().unwrap(), tempdir().unwrap());
    let port = ReservedPort::new();
    let gateway = GatewayProcess::start(server_folder.path(), port.number(), 200).await;
    let url = gateway.url.clone();
    let desk = TestDesk::start(folder.path()).await;
    desk.sign_in(&url, USER, PASSWORD).await.unwrap();
    desk.until_live().await;
    let mut gateway = Some(gateway);
    for round in 1..=3 {
        let before = desk.transactions().await.len();
        desk.until_stored("it flows", |_, transactions| transactions.len() > before + 50).await;
        gateway.take().unwrap().kill().await;
        let source =
            desk.until_link("the link is broken", |link| matches!(link, Link::Retrying { .. })).await;
        gateway = Some(
            GatewayProcess::start(server_folder.path(), port.number(), if round < 3 { 200 } else { 0 }).await,
        );
        desk.desk.retry(source.id).await.unwrap();
        desk.until_live().await;
    }
    assert_same_as_the_gateway(&desk, &url).await;
    let gaps = desk.desk.diagnostics().await.unwrap().gaps;
    assert!(gaps.len() >= 3 && gaps.iter().all(|gap| gap.closed_at.is_some()), "{gaps:?}");
}

/// After how many lines it is killed each time.
const KILLED_AFTER: [usize; 3] = [120, 333, 700];

/// The core in a process of its own.
fn start_tail(url: &str, store: &std::path::Path) -> Child {
    Command::new(program("vigie-cli"))
        .args(["tail", "--url", url, "--user", USER, "--store"])
        .arg(store)
        .env("VIGIE_PASSWORD", PASSWORD)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_that_is_killed_in_full_flow_has_everything_that_it_showed_and_goes_on_from_there() {
    let (server_folder, folder) = (tempdir().unwrap(), tempdir().unwrap());
    let store = folder.path().join("vigie.sqlite");
    let gateway = GatewayProcess::start(server_folder.path(), 0, 500).await;
    let (mut shown, mut announced) = (BTreeSet::new(), Vec::new());
    for lines_until_killed in KILLED_AFTER {
        let mut tail = start_tail(&gateway.url, &store);
        let mut lines = BufReader::new(tail.stdout.take().unwrap()).lines();
        for _ in 0..lines_until_killed {
            let line = lines.next_line().await.unwrap().expect("it goes on until it is killed");
            match line.split_whitespace().collect::<Vec<_>>()[..] {
                ["transaction", subject, ..] => drop(shown.insert(subject.to_owned())),
                ["notify", about, severity, ..] if about.starts_with("Alert") => {
                    announced.push(format!("{about} {severity}"));
                }
                _ => {}
            }
        }
        tail.kill().await.unwrap();
    }
    let mut often: BTreeMap<String, usize> = BTreeMap::new();
    for one in announced {
        *often.entry(one).or_default() += 1;
    }
    for (one, times) in often {
        // What is critical and was shown in the moment before a kill is told of once more: it might not have been.
        let most = if one.ends_with("Critical:") { KILLED_AFTER.len() } else { 1 };
        assert!(times <= most, "{one} was announced {times} times");
    }
    let desk = TestDesk::start(folder.path()).await;
    let stored = once(desk.transactions().await.into_iter().map(|one| one.subject).collect());
    assert!(stored.is_superset(&shown), "shown and lost: {:?}", shown.difference(&stored));
    let source = desk.desk.overview().await.unwrap().sources[0].clone();
    desk.desk
        .sign_in(vigie_core::desk::view::SignIn {
            source: None,
            parameters: Parameters::new(),
            name: source.name,
            url: gateway.url.clone(),
            profile: source.profile,
            user: USER.to_owned(),
            password: PASSWORD.to_owned().into(),
            remember: false,
        })
        .await
        .unwrap();
    desk.until_live().await;
    assert_same_as_the_gateway(&desk, &gateway.url).await;
}
