//! **latency**: how late an event is, at 1,000 a second, from the moment the server hands it to the socket, which is
//! before the desk has read it, until it is committed, until its notification is asked for, and until the window is
//! handed an overview that tells of it.
//!
//! All is seen from outside: the flood notes when it sends each message, by the clock that all processes share; a
//! thread of its own asks the file again and again how far it is, as another program would, which adds up to a
//! millisecond; the desktop notes when it is asked for what. Notifications are those of the alerts that the policy
//! announces; the window is one that paints at once.
//!
//! Beside it, one event a transaction, as fast as the same store takes them one after the other.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use vigie_core::model::Severity;

use crate::Bench;
use crate::delays::Delays;
use crate::desk::{BenchDesk, FILE};
use crate::flood::{self, Flood, Way};
use crate::line::Line;
use crate::plain;
use crate::stored;
use crate::traffic::{self, Identifiers};

/// The row's name.
pub const NAME: &str = "latency";
/// Events a second.
const RATE: u64 = 1_000;
/// Between two looks at how far the store is.
const LOOK_AGAIN: Duration = Duration::from_micros(500);
const PEER: &str = "one event a transaction";

/// Measures it.
pub async fn measure(bench: &Bench) -> Vec<Line> {
    let count = RATE * bench.scale.latency.as_secs();
    let folder = bench.folder();
    let stamps = folder.path().join("stamps");
    let mut flood = Flood::start(Way::WebSocket, Identifiers::Growing).await;
    let desk = BenchDesk::start(folder.path()).await;
    desk.watch().await;
    desk.sign_in("big-defend", &flood.url).await;
    desk.until_live().await;
    let done = Arc::new(AtomicBool::new(false));
    let following = tokio::task::spawn_blocking({
        let (path, done) = (desk.path.clone(), Arc::clone(&done));
        move || follow(&path, count, &done)
    });
    flood.pour(count, RATE, Some(&stamps)).await;
    flood.poured().await;
    desk.until_stored(count).await;
    // What is on its way to the desktop arrives.
    tokio::time::sleep(Duration::from_millis(500)).await;
    done.store(true, Ordering::Relaxed);
    let committed = following.await.unwrap();
    let (sent, desktop) = (flood::stamps(&stamps), Arc::clone(&desk.desktop));
    desk.close().await;

    let mut to_commit = Delays::default();
    committed.iter().zip(&sent).for_each(|(at, sent)| to_commit.add_between(*sent, *at));
    let mut to_notification = Delays::default();
    let notified = desktop.notified.lock().unwrap().clone();
    for (alert, at) in &notified {
        let number = traffic::number_of_alert(u64::try_from(*alert).unwrap() - 1);
        to_notification.add_between(sent[usize::try_from(number).unwrap()], *at);
    }
    let announced = (0..traffic::alerts_among(count)).filter(|place| is_announced(*place)).count();
    let mut to_window = Delays::default();
    let mut told = 0;
    for (newest, at) in desktop.pushed.lock().unwrap().iter() {
        let newest = usize::try_from(*newest).unwrap();
        for number in (told..newest).filter(|number| !traffic::is_alert(*number as u64)) {
            to_window.add_between(sent[number], *at);
        }
        told = told.max(newest);
    }
    let alone = alone(bench).await;
    let line = |what: &str, delays: &Delays, most: f64| {
        let must = format!("p99 ≤ {most:.0} ms");
        Line::new(NAME, what).ours(delays.all()).must(must, delays.p99() <= most)
    };
    vec![
        line("sent → committed", &to_commit, 25.0).beside(PEER, alone.all()).divided(),
        line(
            &format!("sent → notification asked for ({} of {announced})", notified.len()),
            &to_notification,
            50.0,
        ),
        line("sent → handed to the window", &to_window, 50.0),
    ]
}

/// Whether the policy announces the alert of this place: high or critical, and not dealt with already.
fn is_announced(place: u64) -> bool {
    traffic::severity_of_alert(place) >= Severity::High && !traffic::is_closed(place)
}

/// Notes when each of the first `count` events was seen in the file, in microseconds since 1970.
fn follow(path: &std::path::Path, count: u64, done: &AtomicBool) -> Vec<u64> {
    let file = plain::open(path);
    let mut newest = file.prepare(&format!("SELECT COALESCE(MAX(id), 0) FROM {}", plain::TABLE)).unwrap();
    let mut seen = Vec::new();
    while (seen.len() as u64) < count && !done.load(Ordering::Relaxed) {
        let newest: i64 = newest.query_row([], |row| row.get(0)).unwrap();
        seen.resize(usize::try_from(newest).unwrap().max(seen.len()), flood::now());
        // There is nothing to wait on but the file itself.
        std::thread::sleep(LOOK_AGAIN);
    }
    seen
}

/// How long commits of one event each take.
async fn alone(bench: &Bench) -> Delays {
    let folder = bench.folder();
    let path: PathBuf = folder.path().join(FILE);
    let (store, source, batches) = stored::one_by_one(&path, bench.scale.commits).await;
    let mut delays = Delays::default();
    for batch in &batches {
        let begun = Instant::now();
        store.ingest(source, batch, None).await.unwrap();
        delays.add(begun.elapsed());
    }
    store.close().await;
    delays
}
