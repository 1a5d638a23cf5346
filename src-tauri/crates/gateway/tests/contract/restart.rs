use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use reqwest::{Method, StatusCode};
use serde_json::json;
use vigie_gateway::{Gateway, State};

use crate::support::{Desktop, Event, Journal, Listener, config, http, spree};

#[tokio::test]
async fn a_restart_keeps_tokens_numbers_and_episodes() {
    let folder = tempfile::tempdir().unwrap();
    let state = State::File(folder.path().join("state.db"));
    let gateway = Gateway::start(config(state.clone(), None)).await.unwrap();
    let mut desktop = Desktop::sign_in(&gateway, "anna").await;
    spree(&gateway, "C-1", "Nordstern Bank", 7).await;
    let before = desktop.all("/transactions", 100).await;
    let (alerts, highest) = (desktop.all("/alerts", 100).await, gateway.highest_sequence().await.unwrap());
    gateway.stop().await;

    let gateway = Gateway::start(config(state, None)).await.unwrap();
    desktop.url = gateway.url();
    assert_eq!(desktop.all("/transactions", 100).await, before);
    assert_eq!(desktop.all("/alerts", 100).await, alerts);
    assert_eq!(gateway.highest_sequence().await.unwrap(), highest);
    spree(&gateway, "C-1", "Nordstern Bank", 1).await;
    let going_on = desktop.all("/alerts", 100).await;
    assert_eq!(going_on.len(), 1, "the episode goes on");
    assert_eq!(going_on[0]["id"], alerts[0]["id"]);
    assert_eq!(going_on[0]["sequence"], highest + 2);
}

#[tokio::test]
async fn two_gateways_with_one_state_are_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let state = State::File(folder.path().join("state.db"));
    let one = Gateway::start(config(state.clone(), None)).await.unwrap();
    let other = Gateway::start(config(state, None)).await.unwrap();
    spree(&one, "C-1", "Nordstern Bank", 1).await;
    let new = crate::support::payment("C-2", "Nordstern Bank", 5, vigie_gateway::Channel::Card);
    let refused = other.submit(new).await.unwrap_err();
    assert!(refused.to_string().starts_with("another gateway uses the same state"), "{refused}");
}

/// The program, in another process.
struct Program {
    child: Child,
    url: String,
}

impl Program {
    /// Starts it with simulated traffic.
    fn start(state: &Path) -> Self {
        Self::with(state, &["--simulate", "200", "--history", "50"])
    }

    fn with(state: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_vigie-gateway"))
            .args(["--listen", "127.0.0.1:0", "--state"])
            .arg(state)
            .args(arguments)
            .env("VIGIE_GATEWAY_PASSWORD", "crow's nest")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("vigie-gateway listening on ").unwrap().to_owned();
        Self { child, url }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[tokio::test]
async fn a_killed_gateway_gives_no_number_twice() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state.db");
    let program = Program::start(&state);
    let mut desktop = Desktop::sign_in_at(&program.url, "analyst", "crow's nest").await;
    let mut stream = desktop.listen().await;
    let mut heard = Vec::new();
    while heard.len() < 100 {
        heard.push(stream.next().await);
    }
    drop(program);

    let program = Program::start(&state);
    desktop.url.clone_from(&program.url);
    let listed = desktop.all("/transactions", 1_000).await;
    for told in crate::support::numbered(&heard, "newTransaction") {
        assert_eq!(
            listed.iter().filter(|listed| **listed == told).count(),
            1,
            "what was told is stored, once"
        );
    }
    let sequences: Vec<u64> = listed.iter().map(|item| item["sequence"].as_u64().unwrap()).collect();
    assert!(sequences.windows(2).all(|pair| pair[0] < pair[1]));
    let wrong = json!({ "username": "analyst", "password": "x" });
    assert_eq!(desktop.ask(Method::POST, "/auth/login", Some(wrong)).await.0, StatusCode::UNAUTHORIZED);
}

/// The streams of all contracts that give events, each with what it is asked for by.
const STREAMS: [(&str, &str); 6] = [
    ("aml", "/api/stream/transactions"),
    ("credit", "/realtime/sse/credit-score/analyst"),
    ("credit", "/realtime/sse/market-updates"),
    ("trading", "/api/realtime/stream?userId=analyst"),
    ("flowfi", "/events/subscribe?all=true"),
    ("generic", "/events"),
];

/// Opens all of them with a cookie, each after the id that goes with it.
async fn open(url: &str, cookie: &str, ids: &[Option<String>; 6]) -> Vec<Listener> {
    let mut listeners = Vec::new();
    for ((contract, path), id) in STREAMS.iter().zip(ids) {
        let mut request = http().get(format!("{url}/{contract}{path}")).header("cookie", cookie);
        if let Some(id) = id {
            request = request.header("last-event-id", id);
        }
        listeners.push(Listener::ask(request).await);
    }
    listeners
}

fn is_welcome(event: &Event) -> bool {
    event.data["event"] == "connected"
}

#[tokio::test]
async fn a_killed_gateway_tells_the_same_again_in_every_contract() {
    let folder = tempfile::tempdir().unwrap();
    let (state, journal) = (folder.path().join("state.db"), folder.path().join("journal.jsonl"));
    let journal_argument = journal.to_str().unwrap();
    let common = ["--profile", "all", "--event-ids", "--journal", journal_argument, "--user", "analyst"];
    let busy = [common.as_slice(), &["--simulate", "200", "--history", "0"]].concat();
    let program = Program::with(&state, &busy);
    let credentials = json!({ "email": "analyst", "password": "crow's nest" });
    let log_in = http().post(format!("{}/trading/api/auth/login", program.url)).json(&credentials);
    let signed_in = log_in.send().await.unwrap();
    let cookie = signed_in.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let mut heard = Vec::new();
    for mut listener in open(&program.url, &cookie, &Default::default()).await {
        // The market hears of every alert, which are rarer than payments.
        heard.push(listener.take(if heard.len() == 2 { 3 } else { 60 }).await);
    }
    drop(program);

    let written = Journal::read(&journal);
    for ((contract, path), events) in STREAMS.iter().zip(&heard) {
        let lines = written.of(contract, path.split('?').next().unwrap());
        for (event, line) in events.iter().zip(lines) {
            assert_eq!((&line["frame"], &line["id"]), (&event.data, &json!(event.id)), "{contract}");
        }
    }
    // Nothing happens any more: what can be heard is what there was.
    let program = Program::with(&state, &common);
    let ids: Vec<Option<String>> = heard.iter().map(|events| events[1].id.clone()).collect();
    let listeners = open(&program.url, &cookie, &ids.try_into().unwrap()).await;
    for (mut listener, events) in listeners.into_iter().zip(&heard) {
        for event in &events[2..] {
            let mut again = listener.next().await;
            if is_welcome(&again) {
                again = listener.next().await;
            }
            assert_eq!((&again.id, &again.name, &again.data), (&event.id, &event.name, &event.data));
        }
    }
}
