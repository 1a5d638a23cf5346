//! **gateway**: 1,000 listeners on event streams and 1,000 on WebSockets at a gateway in a process of its own, which makes
//! up 1,000 payments a second. What is delivered, how late, and what a connection costs in memory.
//!
//! Delivered is counted by the numbers of the changes: of all that was sent while every listener was there, what each
//! of them got. The delay goes from the moment that a payment bears to its arrival at the listener, so the gateway's
//! own commit is in it. Memory is what the gateway's process has resident with all listeners, less what it had before.

use std::time::Duration;

use tokio::process::Command;
use vigie_tests::gateway::program;

use crate::Bench;
use crate::line::{Line, Unit, figure};
use crate::listeners;
use crate::process::memory;

/// The row's name.
pub const NAME: &str = "gateway";
/// Payments a second.
const RATE: u64 = 1_000;
/// How long the gateway runs before anybody listens: what it had to make at first is made.
const WARM: Duration = Duration::from_secs(2);

/// Measures it.
pub async fn measure(bench: &Bench) -> Vec<Line> {
    let (listeners, time) = (bench.scale.listeners, bench.scale.listening);
    let folder = bench.folder();
    let (gateway, url) = start(folder.path(), 2 * listeners + 16).await;
    let process = gateway.id().unwrap();
    tokio::time::sleep(WARM).await;
    let before = memory(process).resident;
    let mut with_all = 0;
    let heard = listeners::started(&url, listeners, time, || with_all = memory(process).resident).await;
    let each = with_all.saturating_sub(before) as f64 / heard.listeners as f64 / 1e3;
    let share = 100.0 * heard.delivered as f64 / heard.expected as f64;
    let rate = heard.delivered as f64 / heard.seconds;
    let named = |name, at: usize| figure(name, heard.delays[at], Unit::Milliseconds);
    let what = format!("{listeners} SSE and {listeners} WebSocket listeners");
    vec![
        Line::new(NAME, what)
            .ours([figure("delivered", share, Unit::Percent), figure("", rate, Unit::PerSecond)])
            .must("all delivered", heard.delivered >= heard.expected && heard.cut == 0),
        Line::new(NAME, "delay").ours([named("p99", 1), named("p50", 0), named("max", 2)]),
        Line::new(NAME, "memory a connection").ours([figure("", each, Unit::Kilobytes)]),
    ]
}

async fn start(folder: &std::path::Path, capacity: usize) -> (tokio::process::Child, String) {
    use tokio::io::{AsyncBufReadExt as _, BufReader};
    // A shell raises the limit of open files, which the gateway leaves to whoever starts it.
    let mut gateway = Command::new("sh")
        .args(["-c", "ulimit -n $(ulimit -Hn) && exec \"$@\"", "sh"])
        .arg(program("vigie-gateway"))
        .args(["--listen", "127.0.0.1:0", "--profile", "generic", "--history", "0"])
        .args(["--simulate", &RATE.to_string(), "--capacity", &capacity.to_string(), "--state"])
        .arg(folder.join("gateway.sqlite"))
        .env("VIGIE_GATEWAY_PASSWORD", "nobody signs in here")
        .env("RUST_LOG", "error")
        .stdout(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(gateway.stdout.take().unwrap()).lines();
    loop {
        let line = lines.next_line().await.unwrap().expect("the gateway ended");
        if let Some(url) = line.strip_prefix("vigie-gateway listening on ") {
            let url = url.to_owned();
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return (gateway, url);
        }
    }
}
