//! Faults, drawn from seeds: whatever goes wrong between the desktop and the server, what the server could still give
//! is stored, each once; what it could not lies in a gap that says so; nothing is announced twice; and in the end the
//! link is live again.
//!
//! `VIGIE_SCHEDULES` says which schedules to run: `300..5300` are 5,000, `4711` is one. Without it the first 300 are,
//! by `cargo xtask test` as by `cargo test -p vigie-tests --test faults -- --nocapture`. A schedule that fails is
//! printed with the command that runs it alone. What is drawn is always the same; how threads interleave is not, so
//! that a seed that has failed may have to be run several times: `VIGIE_TIMES=50`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on has failed, and says where"
)]

#[path = "backends/contract.rs"]
#[allow(dead_code, reason = "another test asks it more")]
mod contract;
#[path = "faults/flood.rs"]
mod flood;
#[path = "faults/stage.rs"]
mod stage;
#[path = "faults/truth.rs"]
mod truth;

use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use vigie_tests::faults::schedule::Schedule;

use contract::BACKENDS;
use stage::Stage;

/// Schedules at once: most of the time they wait.
const AT_ONCE: usize = 12;
/// Of so many schedules one is also a kill in the middle of a flood.
const FLOODS_EVERY: u64 = 100;

/// A number from the environment, or several: `from..to`.
fn seeds() -> Range<u64> {
    let Ok(wanted) = std::env::var("VIGIE_SCHEDULES") else { return 0..300 };
    let number = |text: &str| text.trim().parse().expect("VIGIE_SCHEDULES is a number, or from..to");
    match wanted.split_once("..") {
        Some((from, to)) => number(from)..number(to),
        None => number(&wanted)..number(&wanted) + 1,
    }
}

fn times() -> u64 {
    std::env::var("VIGIE_TIMES").map_or(1, |times| times.parse().expect("VIGIE_TIMES is a number"))
}

fn schedule(seed: u64) -> Schedule {
    Schedule::draw(seed, BACKENDS.len(), |backend| BACKENDS[backend].name == "big-defend")
}

fn command(test: &str, seed: u64) -> String {
    format!("VIGIE_SCHEDULES={seed} cargo test -p vigie-tests --test faults {test} -- --nocapture")
}

#[test]
fn whatever_goes_wrong_nothing_is_lost_and_nothing_comes_twice() {
    let (seeds, begun) = (seeds(), Instant::now());
    let waiting = Mutex::new((0..times()).flat_map(|_| seeds.clone()));
    let (done, failed) = (AtomicU64::new(0), Mutex::new(Vec::new()));
    let work = || {
        loop {
            let Some(seed) = waiting.lock().unwrap().next() else { return };
            let played = std::panic::catch_unwind(|| {
                // A runtime of its own: whatever a schedule has started ends with it.
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(async { Stage::of(schedule(seed)).await.play().await });
            });
            done.fetch_add(1, Ordering::Relaxed);
            if played.is_err() {
                let again = command("whatever_goes_wrong", seed);
                eprintln!("failed: {:?}\nagain: {again}", schedule(seed));
                failed.lock().unwrap().push(seed);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(work);
        }
    });
    let done = done.into_inner();
    eprintln!("{done} schedules, seeds {seeds:?}, in {:.1} s", begun.elapsed().as_secs_f64());
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "failed: {failed:?}; the commands that run them alone stand above");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_of_a_flood_it_goes_on_without_a_loss() {
    let seeds = seeds();
    let some = seeds.clone().filter(|seed| seed % FLOODS_EVERY == 0 || seeds.end - seeds.start == 1);
    for seed in some {
        eprintln!("a flood; again: {}", command("killed", seed));
        flood::killed_and_started_again(seed).await;
    }
}
