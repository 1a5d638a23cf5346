//! **decode**: the bytes of a frame become an event, by each profile, on one core. The frames are one of each type of
//! message that the profile knows.
//!
//! Beside it, over the same bytes: what somebody would write who knew that backend in advance, borrowed structs of
//! serde_json. It only finds where the values are; ours bounds the message, checks its values, converts them into facts
//! and copies the message as it came. What either makes is let go of within the time as well.

mod peer;
mod samples;

use std::hint::black_box;
use std::time::{Duration, Instant};

use vigie_core::profile::{Batch, Library};

use self::samples::SAMPLES;
use crate::Bench;
use crate::line::{Line, Unit, figure};

/// The row's name.
pub const NAME: &str = "decode";
const PEER: &str = "borrowed structs";
/// How long one of both goes on before it is the other's turn: what else the machine does hits both.
const TURN: Duration = Duration::from_millis(20);
/// How often all of a profile's samples are in a batch: few enough frames that the allocator keeps the memory of the
/// batch before.
const PASSES: usize = 10;

/// Measures it.
pub fn measure(bench: &Bench) -> Vec<Line> {
    let library = Library::built_in().unwrap();
    let of_profiles = SAMPLES.chunk_by(|one, next| one.profile == next.profile);
    let lines = of_profiles.map(|samples| {
        let name = samples[0].profile;
        let profile = library.profile(name).unwrap();
        samples.iter().for_each(|sample| sample.check(profile));
        let frames: Vec<_> = samples.iter().map(|sample| (sample.stream(profile), sample.frame())).collect();
        let count = PASSES * samples.len();
        let ours = || {
            let mut batch = Batch::default();
            for _ in 0..PASSES {
                for (stream, frame) in &frames {
                    profile.decode(stream, black_box(frame), &mut batch);
                }
            }
            assert_eq!((batch.events.len(), batch.rejected.len()), (count, 0), "{name}");
            black_box(batch);
            count
        };
        let theirs = || {
            for _ in 0..PASSES {
                for (sample, (_, frame)) in samples.iter().zip(&frames) {
                    (sample.peer)(black_box(&frame.bytes)).unwrap();
                }
            }
            count
        };
        let (ours, theirs) = in_turns(bench.scale.decode, ours, theirs);
        let bytes = samples.iter().map(|sample| sample.json.len()).sum::<usize>() / samples.len();
        Line::new(NAME, format!("{name}, {bytes} bytes each"))
            .ours([figure("", ours, Unit::PerSecond)])
            .beside(PEER, [figure("", theirs, Unit::PerSecond)])
            .divided()
            .must_at_least(0.5)
    });
    lines.collect()
}

/// Does both again and again for so long together; says how many a second each did.
fn in_turns(time: Duration, ours: impl Fn() -> usize, theirs: impl Fn() -> usize) -> (f64, f64) {
    let mut sums = [(0, Duration::ZERO); 2];
    while sums[0].1 + sums[1].1 < time {
        for (sum, perform) in sums.iter_mut().zip([&ours as &dyn Fn() -> usize, &theirs]) {
            let begun = Instant::now();
            while begun.elapsed() < TURN {
                sum.0 += perform();
            }
            sum.1 += begun.elapsed();
        }
    }
    let [ours, theirs] = sums.map(|(count, took)| count as f64 / took.as_secs_f64());
    (ours, theirs)
}
