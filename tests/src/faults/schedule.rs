//! Schedules of faults, drawn from a seed: the same seed is the same schedule, for ever.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};

/// What may go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// All connections are closed.
    Close,
    /// All connections are reset.
    Reset,
    /// All connections are closed, and no new one is taken for a while.
    Refuse,
    /// All connections stay, and nothing comes through them any more.
    HalfOpen,
    /// Nothing comes through for a while.
    Stall,
    /// Everything comes a little later.
    Delay,
    /// A few bytes at a time.
    Slow,
    /// Each message comes in two pieces.
    Split,
    /// Several messages come in one piece.
    Join,
    /// This message comes twice.
    Duplicate(u32),
    /// This message comes after the next.
    Reorder(u32),
    /// This message does not come.
    Drop(u32),
    /// Half of this message comes, and then the connection is closed.
    Truncate(u32),
    /// After this message come bytes that are nothing.
    Garbage(u32),
    /// After this message comes one that nobody can read.
    Unreadable(u32),
    /// The server is stopped and started again; with or without a good-bye.
    Restart {
        /// With one.
        gently: bool,
    },
    /// The desktop's wall clock is set.
    SetClock {
        /// Forwards, or backwards.
        seconds: i64,
    },
    /// The desktop sleeps: its wall clock has leapt, and its connections are dead.
    Sleep {
        /// For so long.
        hours: i64,
    },
}

impl Fault {
    /// Whether it may break a connection.
    pub fn breaks(self) -> bool {
        !matches!(
            self,
            Self::Delay
                | Self::Slow
                | Self::Split
                | Self::Join
                | Self::Duplicate(_)
                | Self::Reorder(_)
                | Self::Drop(_)
                | Self::Unreadable(_)
                | Self::SetClock { .. }
        )
    }
}

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// A customer pays so many times.
    Pay {
        /// The customer.
        customer: u32,
        /// How often.
        times: u32,
    },
    /// Something goes wrong.
    Fault(Fault),
    /// Nothing, for a moment.
    Wait(Duration),
}

/// A schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// What it was drawn from.
    pub seed: u64,
    /// The backend, by its place.
    pub backend: usize,
    /// Whether its event streams have ids.
    pub event_ids: bool,
    /// Whether something is paid before anything goes wrong, so that each stream has said something by then.
    pub pays_first: bool,
    /// Acts, after each row of which everything is healed and must be well again.
    pub episodes: Vec<Vec<Act>>,
}

impl Schedule {
    /// The schedule of a seed, for one of so many backends; of these, messages can be missing (`counts`) or not.
    pub fn draw(seed: u64, backends: usize, counts: impl Fn(usize) -> bool) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let backend = random.random_range(0..backends);
        let event_ids = random.random_bool(0.5);
        let episodes = random.random_range(1..=3);
        let mut is_clock_set = false;
        let episodes =
            (0..episodes).map(|_| episode(&mut random, counts(backend), &mut is_clock_set)).collect();
        let pays_first = random.random_bool(0.5);
        Self { seed, backend, event_ids, pays_first, episodes }
    }

    /// All its faults.
    pub fn faults(&self) -> impl Iterator<Item = Fault> {
        self.episodes.iter().flatten().filter_map(|act| match act {
            Act::Fault(fault) => Some(*fault),
            _ => None,
        })
    }
}

fn episode(random: &mut StdRng, counts: bool, is_clock_set: &mut bool) -> Vec<Act> {
    let mut acts = vec![pay(random)];
    for _ in 0..random.random_range(1..=3) {
        let fault = loop {
            let fault = fault(random);
            let sets = matches!(fault, Fault::SetClock { .. } | Fault::Sleep { .. });
            // Where nothing is counted, nobody can tell that a message was dropped. A clock that is set twice
            // within a few seconds tells nothing of the time between.
            if (matches!(fault, Fault::Drop(_)) && !counts) || (sets && *is_clock_set) {
                continue;
            }
            *is_clock_set |= sets;
            break fault;
        };
        acts.push(Act::Fault(fault));
        for _ in 0..random.random_range(1..=3) {
            acts.push(pay(random));
            if random.random_bool(0.5) {
                acts.push(Act::Wait(Duration::from_millis(random.random_range(1..=40))));
            }
        }
    }
    acts
}

fn pay(random: &mut StdRng) -> Act {
    Act::Pay { customer: random.random_range(0..6), times: random.random_range(1..=8) }
}

fn fault(random: &mut StdRng) -> Fault {
    let nth = random.random_range(0..4);
    let signs = [-1, 1];
    let sign = signs.choose(random).copied().unwrap_or(1);
    let faults = [
        Fault::Close,
        Fault::Reset,
        Fault::Refuse,
        Fault::HalfOpen,
        Fault::Stall,
        Fault::Delay,
        Fault::Slow,
        Fault::Split,
        Fault::Join,
        Fault::Duplicate(nth),
        Fault::Reorder(nth),
        Fault::Drop(nth),
        Fault::Truncate(nth),
        Fault::Garbage(nth),
        Fault::Unreadable(nth),
        Fault::Restart { gently: random.random_bool(0.5) },
        Fault::SetClock { seconds: sign * random.random_range(1..=36_000) },
        Fault::Sleep { hours: random.random_range(1..=10) },
    ];
    *faults.choose(random).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_a_schedule_and_all_faults_come_up() {
        let draw = |seed| Schedule::draw(seed, 6, |backend| backend == 1);
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7).episodes, draw(8).episodes);
        let kinds: std::collections::HashSet<_> = (0..300)
            .flat_map(|seed| {
                draw(seed).faults().map(|fault| std::mem::discriminant(&fault)).collect::<Vec<_>>()
            })
            .collect();
        assert_eq!(kinds.len(), 18);
    }
}
