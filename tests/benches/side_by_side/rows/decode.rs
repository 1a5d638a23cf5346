//! **decode**: the bytes of a frame become an event, by each profile, on one core. The frames are the gateway's own.
//!
//! Beside it, over the same bytes: serde_json into a borrowed struct written for this one backend, whose fields are those
//! that the profile reads, as `RawValue`. It finds where the values are; it checks none, turns none into a fact and keeps
//! nothing.

mod borrowed;

use std::hint::black_box;
use std::time::{Duration, Instant};

use vigie_core::profile::{Batch, Library};

use crate::Bench;
use crate::frames::{self, RECORDED, Recorded};
use crate::line::{Line, Unit, figure};

/// The row's name.
pub const NAME: &str = "decode";
const PEER: &str = "borrowed RawValue";
/// How long one of both goes on before it is the other's turn: what else the machine does hits both.
const TURN: Duration = Duration::from_millis(20);

/// Measures it.
pub fn measure(bench: &Bench) -> Vec<Line> {
    let library = Library::built_in().unwrap();
    let lines = RECORDED.iter().map(|(name, lines)| {
        let profile = library.profile(name).unwrap();
        let recorded = frames::of(profile, lines);
        let read = borrowed::reader(name);
        let ours = || {
            let mut batch = Batch::default();
            recorded.iter().for_each(|one| profile.decode(one.stream, &one.frame, &mut batch));
            assert!(batch.rejected.is_empty(), "{name}: {:?}", batch.rejected);
            black_box(batch.events.len())
        };
        let theirs = || {
            recorded.iter().for_each(|one| read(&one.frame.bytes));
            recorded.len()
        };
        let (ours, theirs) = in_turns(bench.scale.decode, ours, theirs);
        let bytes =
            recorded.iter().map(|one: &Recorded<'_>| one.frame.bytes.len()).sum::<usize>() / recorded.len();
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
