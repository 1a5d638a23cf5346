//! Whether the wall clock may be measured by.

use std::time::Duration;

use crate::link::Moment;
use crate::model::Time;

/// Watches the wall clock. Events carry when they were read by it alone; across a leap (it was set, or the computer
/// slept) that tells nothing of how long anything took.
pub struct Steady {
    last: Moment,
    /// Since when it has run on as time passes.
    since: Time,
}

impl Steady {
    /// It is watched from now on.
    pub const fn from(now: Moment) -> Self {
        Self { last: now, since: now.at }
    }

    /// Looks at the clocks; gives whether the wall clock has leapt since the last look.
    pub fn look(&mut self, now: Moment) -> bool {
        let has_leapt = now.has_leapt_since(self.last);
        if has_leapt {
            self.since = now.at;
        }
        self.last = now;
        has_leapt
    }

    /// How long it is since `from`, which the wall clock has shown; `None` where it has leapt meanwhile, or was not
    /// watched yet.
    pub fn took(&self, from: Time, now: Moment) -> Option<Duration> {
        (self.since..=now.at).contains(&from).then(|| now.at.since(from))
    }
}
