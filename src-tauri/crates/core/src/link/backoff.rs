//! How long to wait before the next try: full jitter, so that a thousand desktops do not come back in one beat.

use std::time::Duration;

use rand::RngExt as _;

/// The wait before the first retry is at most this: a hiccup is over in a second.
const FIRST: Duration = Duration::from_secs(1);
/// No wait is longer: an analyst should not wait minutes for a server that is back.
const LONGEST: Duration = Duration::from_secs(30);
/// No wait is shorter: a server that refuses at once is not to be hammered.
const SHORTEST: Duration = Duration::from_millis(100);

/// The waits of a row of failures.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// Counts a failure and gives the wait before the next try: even over zero to twice as much each time, up
    /// to [`LONGEST`]; what the server asked for comes first.
    pub fn next(&mut self, asked: Option<Duration>) -> Duration {
        let ceiling = FIRST.saturating_mul(1 << self.failures.min(10)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        let jitter = ceiling.mul_f64(rand::rng().random_range(0.0..=1.0));
        jitter.max(SHORTEST) + asked.unwrap_or_default()
    }

    /// How many tries have failed in a row.
    pub const fn failures(&self) -> u32 {
        self.failures
    }

    /// The connection has proved itself.
    pub const fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_stay_within_a_ceiling_that_doubles_up_to_the_longest() {
        let mut backoff = Backoff::default();
        for ceiling in [1, 2, 4, 8, 16, 30, 30, 30] {
            let wait = backoff.next(None);
            assert!((SHORTEST..=Duration::from_secs(ceiling)).contains(&wait), "{wait:?} of {ceiling} s");
        }
        assert_eq!(backoff.failures(), 8);
        backoff.reset();
        assert!(backoff.next(None) <= FIRST);
    }

    #[test]
    fn waits_differ_from_desktop_to_desktop() {
        let waits: Vec<Duration> = (0..20).map(|_| Backoff { failures: 9 }.next(None)).collect();
        assert!(waits.iter().any(|wait| *wait != waits[0]));
    }

    #[test]
    fn what_the_server_asks_for_is_waited_in_full() {
        let asked = Duration::from_secs(120);
        assert!(Backoff::default().next(Some(asked)) >= asked);
    }
}
