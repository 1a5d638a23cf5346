//! How long it takes to make an event of a frame's bytes, beside serde_json into borrowed structs over the same bytes. Both
//! sides take turns, and the best round of each counts. Among the arguments, a profile's or a message's name chooses.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on has failed; its output is its result"
)]

#[path = "decode/peer.rs"]
mod peer;
#[path = "decode/samples.rs"]
mod samples;

use std::hint::black_box;
use std::time::{Duration, Instant};

use bytes::Bytes;
use samples::{SAMPLES, Sample};
use vigie_core::model::Time;
use vigie_core::profile::{Batch, Library, Profile};
use vigie_core::transport::Frame;

/// Turns of each side: enough for one that nothing else disturbs.
const ROUNDS: usize = 1_000;
/// Frames in a turn, which become one batch: few enough that the allocator keeps the memory of the batch before.
const FRAMES: usize = 50;

fn main() {
    // `cargo bench` gives `--bench`.
    let chosen: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let library = Library::built_in().unwrap();
    println!("{:<34} {:>7} {:>10} {:>10} {:>6}", "message", "bytes", "ours, ns", "peer, ns", "ratio");
    let mut worst = f64::INFINITY;
    for sample in SAMPLES {
        let name = format!("{} {}", sample.profile, sample.message);
        if chosen.is_empty() || chosen.iter().any(|word| name.contains(word.as_str())) {
            let (ours, peer) = measured(sample, library.profile(sample.profile).unwrap());
            let ratio = peer / ours;
            worst = worst.min(ratio);
            println!("{name:<34} {:>7} {ours:>10.0} {peer:>10.0} {ratio:>6.2}", sample.json.len());
        }
    }
    println!("the least ratio: {worst:.2}");
}

/// The time for a frame in nanoseconds: ours, the peer's.
fn measured(sample: &Sample, profile: &Profile) -> (f64, f64) {
    let stream = &profile.transports[0].streams[sample.stream];
    let frame = Frame {
        bytes: Bytes::from_static(sample.json.as_bytes()),
        length: sample.json.len(),
        received_at: Time(1_795_684_444_000),
        event: sample.event.map(Into::into),
        event_id: None,
    };
    let mut batch = Batch::default();
    let (mut best_of_ours, mut best_of_peer) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        // What becomes of the events is not what it costs to make them.
        batch.events.clear();
        best_of_ours = best_of_ours.min(took(|| {
            for _ in 0..FRAMES {
                profile.decode(stream, black_box(&frame), &mut batch);
            }
        }));
        assert_eq!((batch.events.len(), batch.rejected.len()), (FRAMES, 0));
        best_of_peer = best_of_peer.min(took(|| {
            for _ in 0..FRAMES {
                (sample.peer)(black_box(&frame.bytes)).unwrap();
            }
        }));
    }
    let each = |best: Duration| best.as_secs_f64() * 1e9 / FRAMES as f64;
    (each(best_of_ours), each(best_of_peer))
}

fn took(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}
