//! Killed with -9 at drawn moments of a flood, and started again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::Value;
use sqlx::{Connection as _, Row as _, SqliteConnection};
use tempfile::tempdir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use vigie_tests::desk::IN_VAIN;
use vigie_tests::gateway::{GatewayProcess, PASSWORD, USER, program};
use vigie_tests::port::ReservedPort;

use crate::contract::named;
use crate::stage::PATIENCE;
use crate::truth::happened;

/// Transactions a second.
const FLOOD: u32 = 1_000;
/// How often it is killed.
const KILLS: u32 = 5;
/// How often is looked whether it is whole: a look reads everything.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// The latest after its first line, in milliseconds.
const LATEST_MS: u64 = 400;

/// The core in a process of its own.
fn start(url: &str, store: &Path) -> Child {
    Command::new(program("vigie-cli"))
        .args(["tail", "--json", "--url", url, "--user", USER, "--store"])
        .arg(store)
        .env("VIGIE_PASSWORD", PASSWORD)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

fn kind(line: &Value) -> &str {
    line["kind"].as_str().unwrap()
}

/// Which alerts a line says are announced, by themselves or in a digest, each with how bad it is said to be.
fn announced(line: &Value) -> Vec<String> {
    if kind(line) != "notification" {
        return Vec::new();
    }
    line["alerts"].as_array().unwrap().iter().map(Value::to_string).collect()
}

fn read(line: &str) -> Value {
    serde_json::from_str(line).unwrap()
}

/// Transactions and alerts that are stored, each by what the gateway calls it.
async fn stored(store: &Path) -> Vec<String> {
    let url = format!("sqlite://{}?mode=ro", store.display());
    let mut file = SqliteConnection::connect(&url).await.unwrap();
    let rows = sqlx::query("SELECT raw FROM event").fetch_all(&mut file).await.unwrap();
    let bodies = rows.iter().map(|row| serde_json::from_str(row.get("raw")).unwrap());
    bodies.filter_map(|body| crate::contract::identity("big-defend", &body)).collect()
}

pub async fn killed_and_started_again(seed: u64) {
    let mut random = StdRng::seed_from_u64(seed);
    let (server, folder) = (tempdir().unwrap(), tempdir().unwrap());
    let store = folder.path().join("vigie.sqlite");
    let port = ReservedPort::new();
    let gateway = GatewayProcess::start(server.path(), port.number(), FLOOD).await;
    let url = gateway.url.clone();
    let mut shown = Vec::new();
    for kill in 0..KILLS {
        let mut tail = start(&url, &store);
        let mut lines = BufReader::new(tail.stdout.take().unwrap()).lines();
        loop {
            let line = read(&lines.next_line().await.unwrap().expect("it goes on until it is killed"));
            shown.extend(announced(&line));
            // From the first thing that is stored on, nothing may be missing.
            if kill > 0 || kind(&line) == "transaction" {
                break;
            }
        }
        let kill = tokio::time::sleep(Duration::from_millis(random.random_range(0..LATEST_MS)));
        tokio::pin!(kill);
        loop {
            tokio::select! {
                () = &mut kill => break,
                line = lines.next_line() => shown.extend(announced(&read(&line.unwrap().expect("it goes on")))),
            }
        }
        tail.kill().await.unwrap();
        while let Ok(Some(line)) = lines.next_line().await {
            // The last may be half a line.
            shown.extend(serde_json::from_str(&line).iter().flat_map(announced));
        }
    }
    // What happened stands still from here on.
    gateway.kill().await;
    let gateway = GatewayProcess::start(server.path(), port.number(), 0).await;
    let happened = happened(named("big-defend"), &server.path().join("gateway.sqlite")).await;
    // A new source begins with the newest page of each list: what happened before that is no part of it.
    let begun = stored(&store).await;
    let truth: BTreeSet<String> = ["transaction ", "alert "]
        .into_iter()
        .flat_map(|kind| {
            let of_kind = |id: &&String| id.starts_with(kind);
            let first = begun.iter().filter(of_kind).filter_map(|id| happened.get(id)).min();
            let of_kind = happened.iter().filter(move |(id, _)| id.starts_with(kind));
            of_kind.filter(move |(_, when)| Some(*when) >= first).map(|(id, _)| id.clone())
        })
        .collect();
    assert!(truth.len() > 100, "seed {seed}: it flows");
    let mut tail = start(&gateway.url, &store);
    let mut lines = BufReader::new(tail.stdout.take().unwrap()).lines();
    let whole = async {
        loop {
            let now: Vec<String> = stored(&store).await;
            let set: BTreeSet<String> = now.iter().cloned().collect();
            assert_eq!(now.len(), set.len(), "seed {seed}: something is stored twice");
            if truth.is_subset(&set) {
                return;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    let mut said = Vec::new();
    let reading = async {
        while let Ok(Some(line)) = lines.next_line().await {
            let line = read(&line);
            shown.extend(announced(&line));
            said.push(line);
        }
    };
    let is_whole = tokio::select! {
        whole = tokio::time::timeout(IN_VAIN * PATIENCE, whole) => whole.is_ok(),
        () = reading => panic!("seed {seed}: it ended by itself"),
    };
    if !is_whole {
        let now: BTreeSet<String> = stored(&store).await.into_iter().collect();
        let lost: Vec<_> = truth.difference(&now).collect();
        let some: Vec<_> = lost.iter().take(3).chain(lost.iter().rev().take(3)).collect();
        let said: Vec<_> = said.iter().filter(|line| kind(line) != "transaction").rev().take(6).collect();
        panic!("seed {seed}: {} of {} are lost: {some:?}; it said last: {said:#?}", lost.len(), truth.len());
    }
    tail.kill().await.unwrap();
    let mut often: BTreeMap<&String, u32> = BTreeMap::new();
    for one in &shown {
        *often.entry(one).or_default() += 1;
    }
    for (one, times) in often {
        // What is critical and was shown in the moment before a kill is told of once more: it might not have been.
        let most = if one.contains("critical") { 1 + KILLS } else { 1 };
        assert!(times <= most, "seed {seed}: {one} was announced {times} times");
    }
}
