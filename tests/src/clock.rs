//! A clock that moves when it is told to.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::watch;
use vigie_core::clock::{Clock, SystemClock};
use vigie_core::model::Time;

use crate::desk::IN_VAIN;

/// When it starts: 2026-01-01T00:00:00Z.
const START: Time = Time(1_767_225_600_000);

/// A clock that moves when it is told to.
pub struct ManualClock {
    elapsed: watch::Sender<Duration>,
    sleeping: watch::Sender<Vec<Sleep>>,
    /// How long the computer has slept.
    slept: watch::Sender<Duration>,
}

/// A sleep that is not over.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Sleep {
    length: Duration,
    until: Duration,
}

impl Default for ManualClock {
    fn default() -> Self {
        Self {
            elapsed: watch::channel(Duration::ZERO).0,
            sleeping: watch::channel(Vec::new()).0,
            slept: watch::channel(Duration::ZERO).0,
        }
    }
}

impl ManualClock {
    /// Lets time pass.
    pub fn advance(&self, duration: Duration) {
        self.elapsed.send_modify(|elapsed| *elapsed += duration);
        let now = self.elapsed();
        self.sleeping.send_modify(|sleeping| sleeping.retain(|one| one.until > now));
    }

    /// Lets the computer sleep for so long, and wakes it: only the wall clock goes on meanwhile.
    pub fn sleep_through(&self, duration: Duration) {
        self.slept.send_modify(|slept| *slept += duration);
    }

    /// Waits until somebody sleeps who lay down for a time in this range, and gives it.
    pub async fn sleeper(&self, range: std::ops::RangeInclusive<Duration>) -> Duration {
        let mut sleeping = self.sleeping.subscribe();
        let asleep = sleeping.wait_for(|sleeping| sleeping.iter().any(|one| range.contains(&one.length)));
        let found = tokio::time::timeout(IN_VAIN, asleep).await.expect("nobody sleeps so long").unwrap();
        found.iter().map(|one| one.length).find(|length| range.contains(length)).unwrap()
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> Time {
        START.plus(self.elapsed()).plus(*self.slept.borrow())
    }

    fn elapsed(&self) -> Duration {
        *self.elapsed.borrow()
    }

    async fn sleep(&self, duration: Duration) {
        self.sleep_until(self.elapsed() + duration).await;
    }

    async fn sleep_until(&self, until: Duration) {
        struct Asleep<'a>(&'a ManualClock, Sleep);
        impl Drop for Asleep<'_> {
            fn drop(&mut self) {
                self.0.sleeping.send_modify(|sleeping| {
                    if let Some(at) = sleeping.iter().position(|one| *one == self.1) {
                        sleeping.swap_remove(at);
                    }
                });
            }
        }
        let sleep = Sleep { length: until.saturating_sub(self.elapsed()), until };
        self.sleeping.send_modify(|sleeping| sleeping.push(sleep));
        let _asleep = Asleep(self, sleep);
        let mut elapsed = self.elapsed.subscribe();
        // Fails only when the clock is gone, and nobody sleeps on it then.
        drop(elapsed.wait_for(|elapsed| *elapsed >= until).await);
    }

    async fn woken(&self) {
        // As above.
        drop(self.slept.subscribe().changed().await);
    }
}

/// A clock that runs as fast as time, and leaps when it is told to: for tests whose other end is a process of its own.
#[derive(Default)]
pub struct LeapingClock {
    system: SystemClock,
    leapt: watch::Sender<Duration>,
    /// How far the wall clock was set, in milliseconds.
    set: AtomicI64,
    /// Whether nobody wakes.
    held: watch::Sender<bool>,
}

impl LeapingClock {
    /// Lets time pass at once, but for the wall clock.
    pub fn leap(&self, duration: Duration) {
        self.leapt.send_modify(|leapt| *leapt += duration);
    }

    /// From now on nobody who sleeps wakes; or everybody does again whose time has come.
    pub fn hold(&self, held: bool) {
        self.held.send_replace(held);
    }

    /// Lets time pass at once by both clocks.
    pub fn pass(&self, duration: Duration) {
        self.set(i64::try_from(duration.as_millis()).unwrap());
        self.leap(duration);
    }

    /// Sets the wall clock forwards or backwards, as a person or a time server does, and as a sleep looks afterwards.
    pub fn set(&self, milliseconds: i64) {
        self.set.fetch_add(milliseconds, Ordering::Relaxed);
    }
}

#[async_trait]
impl Clock for LeapingClock {
    fn now(&self) -> Time {
        Time(self.system.now().0 + self.set.load(Ordering::Relaxed))
    }

    fn elapsed(&self) -> Duration {
        self.system.elapsed() + *self.leapt.borrow()
    }

    async fn sleep(&self, duration: Duration) {
        let until = self.elapsed() + duration;
        let mut leapt = self.leapt.subscribe();
        loop {
            let left = until.saturating_sub(self.elapsed());
            if left.is_zero() {
                // Fails only when the clock is gone, and nobody sleeps on it then.
                drop(self.held.subscribe().wait_for(|held| !held).await);
                return;
            }
            tokio::select! {
                () = self.system.sleep(left) => {}
                _leapt = leapt.changed() => {}
            }
        }
    }
}
