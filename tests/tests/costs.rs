//! What the real application takes over a day. Each takes minutes and says what it has measured, so they are run by
//! name.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]
#![allow(clippy::print_stdout, reason = "what a test has measured is for who runs it")]
#![cfg(target_os = "linux")]

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::tempdir;
use vigie_core::desk::HIDDEN_FOR;
use vigie_tests::desktop_session::{Session, until};
use vigie_tests::gateway::{self, GatewayProcess};
use vigie_tests::server::{Server, alert};

/// The window's title.
const TITLE: &str = "Vigie";

/// How long a process has run on a processor.
fn used(process: i32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    Duration::from_millis(ticks * 10)
}

/// The pages' own processes of a program, and the memory of it and them in MiB.
fn pages(process: i32) -> (usize, u64) {
    let number = |path: std::path::PathBuf| path.file_name()?.to_str()?.parse::<i32>().ok();
    let field = |of: i32, name: &str| {
        let status = std::fs::read_to_string(format!("/proc/{of}/status")).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix(name))?.trim().to_owned();
        Some(line)
    };
    let all: Vec<i32> =
        std::fs::read_dir("/proc").unwrap().filter_map(|one| number(one.ok()?.path())).collect();
    let children = all.into_iter().filter(|one| field(*one, "PPid:") == Some(process.to_string()));
    let family: Vec<i32> = children.chain([process]).collect();
    let of_pages =
        family.iter().filter(|one| field(**one, "Name:").is_some_and(|name| name == "WebKitWebProces"));
    let pss = |one: &i32| {
        let rollup = std::fs::read_to_string(format!("/proc/{one}/smaps_rollup")).ok()?;
        rollup
            .lines()
            .find_map(|line| line.strip_prefix("Pss:"))?
            .trim()
            .split(' ')
            .next()?
            .parse::<u64>()
            .ok()
    };
    (of_pages.count(), family.iter().filter_map(pss).sum::<u64>() / 1_024)
}

/// How long the threads of a process have run on a processor, by their names.
fn used_by_threads(process: i32) -> BTreeMap<String, Duration> {
    let one = |path: &std::path::Path| {
        let name = std::fs::read_to_string(path.join("comm")).ok()?;
        let ran = std::fs::read_to_string(path.join("schedstat")).ok()?;
        Some((name.trim().to_owned(), Duration::from_nanos(ran.split(' ').next()?.parse().ok()?)))
    };
    let all = std::fs::read_dir(format!("/proc/{process}/task")).unwrap();
    let mut used = BTreeMap::<String, Duration>::new();
    for (name, ran) in all.filter_map(|thread| one(&thread.ok()?.path())) {
        *used.entry(name).or_default() += ran;
    }
    used
}

/// How much of a core a process takes over a minute, and which of its threads take it.
async fn share(process: i32) -> String {
    let (begun, before, by_before) = (Instant::now(), used(process), used_by_threads(process));
    tokio::time::sleep(Duration::from_secs(60)).await;
    let (elapsed, all, by) = (begun.elapsed(), used(process) - before, used_by_threads(process));
    let percent = |ran: Duration| ran.as_secs_f64() / elapsed.as_secs_f64() * 100.0;
    let more = by.into_iter().map(|(name, ran)| {
        let before = by_before.get(&name).copied().unwrap_or_default();
        (percent(ran.saturating_sub(before)), name)
    });
    let mut more: Vec<_> = more.filter(|(share, _)| *share >= 0.01).collect();
    more.sort_by(|one, other| other.0.total_cmp(&one.0));
    let more: Vec<String> = more.into_iter().map(|(share, name)| format!("{name} {share:.2}")).collect();
    format!("{:.2} % of a core ({})", percent(all), more.join(", "))
}

#[tokio::test]
#[ignore = "it takes as long as a hidden window stays"]
async fn a_window_that_was_hidden_for_long_goes_and_comes_back_where_it_was() {
    let (session, folder) = (Session::start().await, tempdir().unwrap());
    let gateway = GatewayProcess::start(folder.path(), 0, 100).await;
    let app = session.open().await;
    app.sign_in(&gateway.url, gateway::USER, gateway::PASSWORD).await;
    app.until_link(&["live"]).await;
    app.press("nav-transactions").await;
    app.until_there("transaction-row").await;
    let process = app.process().as_raw_nonzero().get();
    let mut told = vec![format!("open: {}, {} MiB", share(process).await, pages(process).1)];
    session.display.close(TITLE);
    session.display.until_shown(TITLE, false).await;
    let hidden = Instant::now();
    told.push(format!("hidden: {}, {} MiB", share(process).await, pages(process).1));
    while pages(process).0 > 0 {
        assert!(hidden.elapsed() < HIDDEN_FOR + Duration::from_secs(60), "it does not go: {told:#?}");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert!(hidden.elapsed() >= HIDDEN_FOR, "it went after {:?}", hidden.elapsed());
    told.push(format!("gone: {}, {} MiB", share(process).await, pages(process).1));
    let asked = Instant::now();
    session.tray().choose("Open Vigie").await;
    session.display.until_shown(TITLE, true).await;
    told.push(format!("shown again after {} ms", asked.elapsed().as_millis()));
    tokio::time::sleep(Duration::from_secs(2)).await;
    session.keep_screen("reopened").await;
    println!("{told:#?}");
}

/// The payments a second that fill a store, and for how long.
const FLOOD: (u32, Duration) = (5_000, Duration::from_secs(15));

#[tokio::test]
#[ignore = "it takes four minutes"]
async fn what_an_event_stream_takes_in_the_background_when_little_and_when_much_is_stored() {
    tell_what_is_taken("generic", "sse").await;
}

#[tokio::test]
#[ignore = "it takes four minutes"]
async fn what_a_websocket_takes_in_the_background_when_little_and_when_much_is_stored() {
    tell_what_is_taken("big-defend", "websocket").await;
}

/// Tells what the hidden program takes of a core while a gateway of this profile sends 100 payments a second, before
/// and after floods.
async fn tell_what_is_taken(profile: &'static str, transport: &str) {
    let (session, folder) = (Session::start().await, tempdir().unwrap());
    let gateway = async |port, simulate| {
        let options = gateway::Options { port, profile, simulate, ..gateway::Options::default() };
        GatewayProcess::start_with(folder.path(), options).await
    };
    let mut sends = gateway(0, 100).await;
    let port = sends.port();
    let app = session.open().await;
    if profile == "generic" {
        let request = json!({
            "name": "", "url": format!("{}/events", sends.url), "profile": profile, "user": "", "password": "",
            "parameters": {}, "remember": false,
        });
        app.invoke("sign_in", &json!({ "request": request })).await;
    } else {
        app.sign_in(&sends.url, gateway::USER, gateway::PASSWORD).await;
    }
    app.until_link(&["live"]).await;
    session.display.close(TITLE);
    session.display.until_shown(TITLE, false).await;
    let process = app.process().as_raw_nonzero().get();
    for round in 0..3 {
        if round > 0 {
            sends.kill().await;
            let floods = gateway(port, FLOOD.0).await;
            tokio::time::sleep(FLOOD.1).await;
            floods.kill().await;
            sends = gateway(port, 100).await;
            app.until_link(&["live"]).await;
        }
        until_calm(process).await;
        let takes = share(process).await;
        let overview = app.invoke("overview", &json!({})).await;
        println!(
            "hidden, {} payments and {} alerts stored: {takes}",
            overview["transactions"], overview["open"]
        );
        assert_eq!(overview["sources"][0]["link"]["transport"], transport, "{overview:#}");
    }
}

/// Waits until a program does little more than what arrives.
async fn until_calm(process: i32) {
    let calm = async || {
        let before = used(process);
        tokio::time::sleep(Duration::from_secs(2)).await;
        (used(process) - before < Duration::from_millis(100)).then_some(())
    };
    while calm().await.is_none() {}
}

/// The alerts of a storm, in [`STORM`].
const ALERTS: u32 = 10_000;
/// Those of them that are critical: every so many.
const CRITICAL_EVERY: u32 = 1_000;
const STORM: Duration = Duration::from_secs(60);

#[tokio::test]
#[ignore = "it takes two minutes"]
async fn ten_thousand_alerts_in_a_minute_are_at_most_ten_notifications_and_the_criticals_own() {
    let (session, mut server) = (Session::start().await, Server::start().await);
    let app = session.open().await;
    app.sign_in(&server.url, "ada", "a password").await;
    let connection = server.connection().await;
    app.until_link(&["live"]).await;
    session.display.close(TITLE);
    session.display.until_shown(TITLE, false).await;
    let process = app.process().as_raw_nonzero().get();
    let (before, begun) = (used(process), Instant::now());
    for id in 1..=ALERTS {
        let severity = if id.is_multiple_of(CRITICAL_EVERY) { "critical" } else { "high" };
        connection.send(alert(id, severity)).await;
        tokio::time::sleep_until((begun + STORM * id / ALERTS).into()).await;
    }
    let share = (used(process) - before).as_secs_f64() / begun.elapsed().as_secs_f64() * 100.0;
    let all = || session.notifications().raised();
    let are_told = async || {
        let critical: BTreeSet<u32> =
            all().iter().filter(|one| one.urgency == Some(2)).map(|one| one.id).collect();
        (critical.len() == (ALERTS / CRITICAL_EVERY) as usize).then_some(())
    };
    assert!(until(are_told).await.is_some(), "a critical alert is not told of: {:#?}", all());
    let raised = all();
    let places: BTreeSet<u32> = raised.iter().map(|one| one.id).collect();
    println!(
        "hidden: {share:.1} % of a core, {} MiB; {} notifications, brought up to date {} times",
        pages(process).1,
        places.len(),
        raised.len() - places.len()
    );
    assert!(places.len() <= 10 + (ALERTS / CRITICAL_EVERY) as usize, "{places:?}");
}
