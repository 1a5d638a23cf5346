//! When lists are fetched again: fast while things move, slow when idle, never before the server wants it.

use std::time::Duration;

use crate::profile::Transport;

/// How many times longer the wait becomes each time that nothing was new.
const SLOWER_BY: f64 = 1.5;

/// The waits between fetches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Schedule {
    fast: Duration,
    slow: Duration,
    wait: Duration,
    due: Duration,
}

impl Schedule {
    /// The schedule of a transport, which has just been fetched; `None` where nothing is polled.
    pub fn of(transport: &Transport, now: Duration) -> Option<Self> {
        let (fast, slow) = (transport.fast, transport.slow);
        (!transport.poll.is_empty()).then_some(Self { fast, slow, wait: fast, due: now + fast })
    }

    /// When the next fetch is due, by [`crate::clock::Clock::elapsed`].
    pub const fn due(&self) -> Duration {
        self.due
    }

    /// Takes note of a fetch that has just ended.
    pub fn fetched(&mut self, was_new: bool, asked: Option<Duration>, now: Duration) {
        self.wait = if was_new { self.fast } else { self.wait.mul_f64(SLOWER_BY).min(self.slow) };
        self.due = now + self.wait.max(asked.unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn it_slows_down_when_nothing_is_new_and_never_comes_before_the_server_wants_it() {
        let mut schedule = Schedule { fast: 2 * SECOND, slow: 10 * SECOND, wait: 2 * SECOND, due: SECOND };
        let mut waits = Vec::new();
        for _ in 0..6 {
            schedule.fetched(false, None, Duration::ZERO);
            waits.push(schedule.due().as_millis());
        }
        assert_eq!(waits, [3_000, 4_500, 6_750, 10_000, 10_000, 10_000]);
        schedule.fetched(true, None, SECOND);
        assert_eq!(schedule.due(), 3 * SECOND);
        schedule.fetched(true, Some(60 * SECOND), SECOND);
        assert_eq!(schedule.due(), 61 * SECOND);
    }
}
