//! A moment by both clocks: the wall clock, which people read and may set, and the time that passes.

use std::time::Duration;

use crate::clock::Clock;
use crate::model::Time;

/// How far the clocks may drift apart before one of them counts as set: more than any that is being corrected.
const DRIFT: Duration = Duration::from_secs(1);

/// A moment by both clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    /// By the wall clock.
    pub at: Time,
    /// By [`Clock::elapsed`].
    pub elapsed: Duration,
}

impl Moment {
    /// Now.
    pub fn now(clock: &dyn Clock) -> Self {
        Self { at: clock.now(), elapsed: clock.elapsed() }
    }

    /// Whether the wall clock was set since `earlier`, or the computer slept: then it has not run on as time has
    /// passed.
    pub fn has_leapt_since(self, earlier: Self) -> bool {
        let by_wall = i128::from(self.at.0) - i128::from(earlier.at.0);
        let milliseconds = |elapsed: Duration| i128::try_from(elapsed.as_millis()).unwrap_or(i128::MAX);
        let passed = milliseconds(self.elapsed) - milliseconds(earlier.elapsed);
        by_wall.abs_diff(passed) > DRIFT.as_millis()
    }

    /// Everything that the wall clock may have shown from `start` until this moment: where it was set between the two,
    /// more than from one to the other.
    pub fn shown_since(self, start: Option<Self>) -> (Time, Time) {
        let Some(start) = start else { return (self.at, self.at) };
        let passed = self.elapsed.saturating_sub(start.elapsed);
        let (by_start, by_end) = (start.at.plus(passed), self.at);
        if by_start.since(by_end).max(by_end.since(by_start)) <= DRIFT {
            return (start.at.min(by_end), by_end);
        }
        let passed = i64::try_from(passed.as_millis()).unwrap_or(i64::MAX);
        let earliest = Time(by_end.0.saturating_sub(passed)).min(start.at);
        (earliest, by_start.max(by_end))
    }
}

/// How long what a server has sent may be on its way once it has begun to come: after a stall, much of it comes at
/// once.
const ON_ITS_WAY: Duration = Duration::from_secs(5);

/// Until when everything that was sent has come. What has arrived now is not yet all that was sent until now: it may
/// have been held up, and the rest with it. What was sent before an earlier sign of life has come, once that is long
/// enough ago.
#[derive(Debug, Clone, Copy)]
pub(super) struct Proof {
    proven: Moment,
    next: Moment,
}

impl Proof {
    /// Everything until then has come.
    pub const fn since(moment: Moment) -> Self {
        Self { proven: moment, next: moment }
    }

    /// Takes note of a sign of life.
    pub fn hear(&mut self, now: Moment) {
        if now.elapsed >= self.next.elapsed + ON_ITS_WAY {
            (self.proven, self.next) = (self.next, now);
        }
    }

    /// Until when everything has come.
    pub const fn proven(&self) -> Moment {
        self.proven
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_after_a_stall_proves_nothing_of_the_time_that_it_lasted() {
        let moment = |seconds: u64| Moment { at: Time(0), elapsed: Duration::from_secs(seconds) };
        let mut proof = Proof::since(moment(0));
        for (heard, proven) in [(2, 0), (6, 0), (7, 0), (12, 6), (42, 12), (43, 12), (46, 12), (47, 42)] {
            proof.hear(moment(heard));
            assert_eq!(proof.proven(), moment(proven), "at {heard} s");
        }
    }

    #[test]
    fn a_clock_that_was_set_makes_a_stretch_as_wide_as_it_may_have_shown() {
        let moment = |at, elapsed| Moment { at: Time(at), elapsed: Duration::from_secs(elapsed) };
        let start = Some(moment(100_000, 10));
        for (end, shown) in [
            (moment(130_000, 40), (100_000, 130_000)),
            // Set back an hour, at the beginning or at the end.
            (moment(130_000 - 3_600_000, 40), (100_000 - 3_600_000, 130_000)),
            (moment(130_000 + 3_600_000, 40), (100_000, 130_000 + 3_600_000)),
        ] {
            assert_eq!(end.shown_since(start), (Time(shown.0), Time(shown.1)), "{end:?}");
        }
        assert_eq!(moment(5, 1).shown_since(None), (Time(5), Time(5)));
    }
}
