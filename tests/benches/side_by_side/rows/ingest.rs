//! **ingest**: how fast events come from a WebSocket on loopback into the committed store, through the real desk without a
//! window, while another process pours them as fast as the socket takes them. Measured from the moment the stream is
//! asked for until the store has committed the last one.
//!
//! Beside it, the same values once more: one prepared INSERT into the same columns of a table without indexes, 5,000
//! rows a transaction, WAL, NORMAL, on the same disk; only its writing counts. With identifiers that grow, as the
//! gateway gives them; and, not held to anything, with random UUIDs, which land anywhere in an index.

use crate::Bench;
use crate::desk::BenchDesk;
use crate::flood::{Flood, Way};
use crate::line::{Line, Unit, figure};
use crate::plain;
use crate::traffic::Identifiers;

/// The row's name.
pub const NAME: &str = "ingest";
/// Events a second that an analyst's machine must take.
const LEAST: f64 = 30_000.0;
const PEER: &str = "bare INSERT";

/// Measures it.
pub async fn measure(bench: &Bench) -> Vec<Line> {
    let (line, is_reached) = beside_plain(bench, Identifiers::Growing, "WebSocket").await;
    let (random, _) = beside_plain(bench, Identifiers::Random, "WebSocket, random identifiers").await;
    vec![line.must("≥ 0.5, ≥ 30,000/s", is_reached), random]
}

/// A line, and whether in it is reached what must be.
async fn beside_plain(bench: &Bench, identifiers: Identifiers, what: &str) -> (Line, bool) {
    let folder = bench.folder();
    let poured = pour(bench, folder.path(), "big-defend", Way::WebSocket, identifiers).await;
    let (ours, peer) = (poured.file, folder.path().join("plain.sqlite"));
    let (written, took) =
        tokio::task::spawn_blocking(move || plain::write_again(&ours, &peer)).await.unwrap();
    assert_eq!(written, bench.scale.flood);
    let theirs = written as f64 / took.as_secs_f64();
    let line = Line::new(NAME, what)
        .ours([figure("", poured.rate, Unit::PerSecond)])
        .beside(PEER, [figure("", theirs, Unit::PerSecond)])
        .divided();
    let is_reached = poured.rate / theirs >= 0.5 && poured.rate >= LEAST;
    (line, is_reached)
}

/// What came of a flood.
pub struct Poured {
    /// Events a second, all committed.
    pub rate: f64,
    /// The database that they are in.
    pub file: std::path::PathBuf,
}

/// Lets a flood pour into a desk on a database in `folder`.
pub async fn pour(
    bench: &Bench,
    folder: &std::path::Path,
    profile: &str,
    way: Way,
    identifiers: Identifiers,
) -> Poured {
    let count = bench.scale.flood;
    let mut flood = Flood::start(way, identifiers).await;
    let desk = BenchDesk::start(folder).await;
    flood.pour(count, 0, None).await;
    desk.sign_in(profile, &flood.url).await;
    let ended = desk.until_stored(count).await;
    let begun = flood.poured().await.asked;
    let file = desk.path.clone();
    desk.close().await;
    assert_eq!(plain::count(&file), (count, count), "not everything is stored once");
    Poured { rate: count as f64 / ((ended - begun) as f64 / 1e6), file }
}
