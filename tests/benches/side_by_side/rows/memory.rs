//! **memory**: what `vigie-cli tail`, the application and its page (the browser engine's process for it) have in memory
//! after a flood of a million events, and how that grows over ten minutes at 1,000 a second.
//!
//! Memory is what is resident (RSS, from `/proc`). Beside application and page: those of an empty Tauri window of the
//! same build, started on the same display. Slope is the straight line through a look every second, times ten minutes.
//! The analyst has signed in before; the application starts as it does every morning, without a hand in the page.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, Command};
use vigie_tests::desktop_session::Session;
use vigie_tests::gateway::program;

use crate::Bench;
use crate::desk::{PASSWORD, USER};
use crate::flood::{Flood, Way};
use crate::line::{Line, Unit, figure};
use crate::plain;
use crate::process::memory;
use crate::traffic::Identifiers;
use crate::window::Shown;

/// The row's name.
pub const NAME: &str = "memory";
/// Events a second while it is watched.
const RATE: u64 = 1_000;
/// The most that the terminal may have, in megabytes.
const CLI_MOST: f64 = 60.0;
/// The most that application and page may have above the empty window's, in megabytes.
const WINDOW_MOST: f64 = 60.0;
/// What a slope may come to in ten minutes, in megabytes: less than four bytes an event, so nothing is kept of each.
const SLOPE_MOST: f64 = 2.0;
const TEN_MINUTES: f64 = 600.0;
/// After a flood, how long what it left behind may take to be tidied up.
const REST: Duration = Duration::from_secs(2);
/// A flood that makes no progress for so long has failed.
const IN_VAIN: Duration = Duration::from_secs(60);

/// Measures it.
pub async fn measure(bench: &Bench) -> Vec<Line> {
    let mut lines = terminal(bench).await;
    lines.extend(application(bench).await);
    lines
}

/// `vigie-cli tail`, whose lines go nowhere.
async fn terminal(bench: &Bench) -> Vec<Line> {
    let folder = bench.folder();
    let file = folder.path().join("tail.sqlite");
    let mut flood = Flood::start(Way::WebSocket, Identifiers::Growing).await;
    let cli: Child = Command::new(program("vigie-cli"))
        .args(["tail", "--url", &flood.url, "--user", USER, "--store"])
        .arg(&file)
        .env("VIGIE_PASSWORD", PASSWORD)
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    flood.pour(bench.scale.flood, 0, None).await;
    flood.poured().await;
    until_stored(&file, bench.scale.flood).await;
    tokio::time::sleep(REST).await;
    let resident = megabytes(memory(cli.id().unwrap()).resident);
    let [slope] = slopes(bench, &mut flood, [cli.id().unwrap()]).await;
    let line =
        Line::new(NAME, "vigie-cli tail after the flood").ours([figure("", resident, Unit::Megabytes)]);
    vec![line.must("≤ 60 MB", resident <= CLI_MOST), flat(bench, "vigie-cli tail, in 10 minutes", slope)]
}

/// The application and its page, beside an empty window.
async fn application(bench: &Bench) -> Vec<Line> {
    let session = Session::start().await;
    let empty = Shown::empty(&session).await;
    tokio::time::sleep(REST).await;
    let beside = [empty.process(), empty.page].map(memory);
    empty.end().await;

    let mut flood = Flood::start(Way::WebSocket, Identifiers::Growing).await;
    sign_in(&session, &flood).await;
    // Whoever connects next is the one without a hand.
    flood.forget().await;
    let shown = Shown::application(&session).await;
    flood.pour(bench.scale.flood, 0, None).await;
    flood.poured().await;
    until_stored(&session.place.data().join(crate::desk::FILE), bench.scale.flood).await;
    tokio::time::sleep(REST).await;
    let processes = [shown.process(), shown.page];
    let ours = processes.map(memory);
    let slopes = slopes(bench, &mut flood, processes).await;
    shown.end().await;

    let mut lines = Vec::new();
    for (at, what) in ["application", "page"].into_iter().enumerate() {
        let (own, empty) = (megabytes(ours[at].resident), megabytes(beside[at].resident));
        let proportional = |bytes| figure("PSS", megabytes(bytes), Unit::Megabytes);
        let line = Line::new(NAME, format!("{what} after the flood"))
            .ours([figure("", own, Unit::Megabytes), proportional(ours[at].proportional)])
            .beside(
                "empty window",
                [figure("", empty, Unit::Megabytes), proportional(beside[at].proportional)],
            )
            .divided();
        lines.push(line.must("≤ empty + 60 MB", own <= empty + WINDOW_MOST));
        lines.push(flat(bench, &format!("{what}, in 10 minutes"), slopes[at]));
    }
    lines
}

/// Signs in by hand once; what the analyst typed is in the vault from then on.
async fn sign_in(session: &Session, flood: &Flood) {
    let app = session.open().await;
    app.sign_in(&flood.url, USER, PASSWORD).await;
    app.until_link(&["live"]).await;
    app.kill().await;
}

/// How much each process grows in ten minutes at a steady rate, in megabytes.
async fn slopes<const COUNT: usize>(
    bench: &Bench,
    flood: &mut Flood,
    processes: [u32; COUNT],
) -> [f64; COUNT] {
    let seconds = bench.scale.slope.as_secs();
    flood.pour(RATE * seconds, RATE, None).await;
    let mut looks = Vec::new();
    let mut ticks = tokio::time::interval(Duration::from_secs(1));
    for _ in 0..seconds {
        ticks.tick().await;
        looks.push(processes.map(|process| megabytes(memory(process).resident)));
    }
    flood.poured().await;
    std::array::from_fn(|at| slope(looks.iter().map(|look| look[at])) * TEN_MINUTES)
}

/// What a line through equally distant values rises by from one to the next.
fn slope(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len() as f64;
    let (mut rise, mut run, middle) = (0.0, 0.0, (count - 1.0) / 2.0);
    for (at, value) in values.enumerate() {
        let from_middle = at as f64 - middle;
        rise += from_middle * value;
        run += from_middle * from_middle;
    }
    rise / run
}

fn flat(bench: &Bench, what: &str, slope: f64) -> Line {
    let line = Line::new(NAME, what).ours([figure("slope", slope, Unit::Megabytes)]);
    let must = "no slope (≤ 2 MB)";
    // In a few seconds the allocator alone moves more than that.
    if bench.scale.is_quick { line.too_small_for(must) } else { line.must(must, slope <= SLOPE_MOST) }
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// Waits until another process has committed so many events.
async fn until_stored(file: &std::path::Path, count: u64) {
    let file = file.to_owned();
    let stored = tokio::task::spawn_blocking(move || {
        let file = plain::open(&file);
        let begun = std::time::Instant::now();
        let query = format!("SELECT COALESCE(MAX(id), 0) FROM {}", plain::TABLE);
        loop {
            let newest: i64 = file.query_row(&query, [], |row| row.get(0)).unwrap();
            if u64::try_from(newest).unwrap() >= count {
                return true;
            }
            if begun.elapsed() > IN_VAIN {
                return false;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    assert!(stored.await.unwrap(), "the flood is not stored");
}
