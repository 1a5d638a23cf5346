//! Housekeeping: what the store needs done, beside the desk and behind whoever arrives. The index of words follows,
//! what is old or too much goes, and bars of long ago become coarse. All of it in slices, for which it gives way to
//! whoever arrives: a flood is stored first.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::requests::Request;
use crate::clock::Clock;
use crate::link::{Failing, Unseen};
use crate::model::Time;
use crate::settings::Settings;
use crate::store::{Following, Retention, Store, StoreError};

/// Time between two looks at what is old: nobody waits for it.
const RETIRE_EVERY: Duration = Duration::from_secs(3_600);
/// Time after which the wall clock is looked at again before it is believed.
const BELIEVED_AFTER: Duration = Duration::from_secs(600);
/// What the wall clock may gain on the time that has passed, and is still believed: the computer may have slept.
const SLEPT_AT_MOST: Duration = Duration::from_secs(7 * 24 * 3_600);
/// The wait before it goes on after a failure: a disk that is full, say.
const AGAIN_AFTER: Duration = Duration::from_secs(60);

/// How long it gives way to a writer who does not pause, before it takes a slice all the same.
const GIVES_WAY: Duration = Duration::from_millis(500);
/// How often it looks whether somebody writes: a slice takes about as long.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// Keeps the house until it is dropped. Damage is told to the desk: nobody else may meet it for days.
pub async fn keep(
    store: Store,
    clock: Arc<dyn Clock>,
    settings: watch::Receiver<Settings>,
    unseen: Unseen,
    requests: mpsc::WeakSender<Request>,
) {
    let mut calendar = Calendar::default();
    let mut retire_due = clock.elapsed();
    loop {
        let mut is_unseen = unseen.get();
        let outcome = async {
            if clock.elapsed() >= retire_due {
                let is_believed = calendar.is_believed(clock.now(), clock.elapsed());
                let retention = settings.borrow().storage.retention();
                let age = if is_believed { retention.age } else { Duration::MAX };
                retire(&store, clock.as_ref(), &Retention { age, ..retention }).await?;
                retire_due = clock.elapsed() + if is_believed { RETIRE_EVERY } else { BELIEVED_AFTER };
            }
            let mut follows = false;
            // An index that is made anew takes long; what is old goes in between.
            while clock.elapsed() < retire_due {
                if !store.retire_removed().await? {
                    is_unseen = unseen.get();
                    let mut following = if is_unseen { Following::FROM_AFAR } else { Following::CLOSELY };
                    if follows {
                        // It goes on.
                        following.behind = following.behind.min(2 * following.at_once);
                    }
                    follows = store.index_words(following).await?;
                    if !follows {
                        break;
                    }
                }
                give_way(&store, clock.as_ref()).await;
            }
            Ok::<_, StoreError>(())
        };
        let wait = match outcome.await {
            Ok(()) => retire_due.saturating_sub(clock.elapsed()),
            Err(error) => {
                tracing::warn!(%error, "the housekeeping waits; it is tried again");
                if let (StoreError::Damaged(_), Some(requests)) = (&error, requests.upgrade()) {
                    let _closing = requests.send(Request::StoreFails(Failing::of(&error))).await;
                }
                clock.sleep(AGAIN_AFTER).await;
                continue;
            }
        };
        tokio::select! {
            () = store.has_grown() => {}
            () = clock.sleep(wait) => {}
            () = unseen.seen(), if is_unseen => {}
        }
    }
}

/// The wall clock as it was at the last look. One that has leapt makes everything look old, and what has gone because
/// of it does not come back: so nothing goes by age before it has been seen to run like the time that passes.
#[derive(Default)]
struct Calendar(Option<(Time, Duration)>);

impl Calendar {
    /// Whether the wall clock has run since the last look, and not leapt ahead.
    fn is_believed(&mut self, now: Time, elapsed: Duration) -> bool {
        let before = self.0.replace((now, elapsed));
        before.is_some_and(|(then, passed)| {
            now <= then.plus(elapsed.saturating_sub(passed).saturating_add(SLEPT_AT_MOST))
        })
    }
}

/// Lets others write first.
async fn give_way(store: &Store, clock: &dyn Clock) {
    tokio::task::yield_now().await;
    let since = clock.elapsed();
    while store.is_written_to() && clock.elapsed().saturating_sub(since) < GIVES_WAY {
        clock.sleep(LOOK_AGAIN).await;
    }
}

/// Lets go of what is old or too much.
async fn retire(store: &Store, clock: &dyn Clock, retention: &Retention) -> Result<(), StoreError> {
    let (now, mut after, mut events) = (clock.now(), 0, 0);
    loop {
        let retired = store.retire(now, retention, after).await?;
        events += retired.events;
        match retired.next {
            Some(next) => after = next,
            None => break,
        }
        give_way(store, clock).await;
    }
    if events > 0 {
        tracing::info!(events, "what was older or more than is kept has gone");
    }
    while store.coarsen_bars(now).await? {
        give_way(store, clock).await;
    }
    let kept = i64::try_from(retention.age.as_millis()).unwrap_or(i64::MAX);
    store.forget_bars(Time(now.0.saturating_sub(kept))).await
}

#[cfg(test)]
mod tests {
    use super::{Calendar, Duration, SLEPT_AT_MOST, Time};

    #[test]
    fn nothing_is_old_by_a_clock_that_has_just_been_set() {
        let hour = |hours: u64| Duration::from_secs(hours * 3_600);
        let (mut calendar, start) = (Calendar::default(), Time(1_767_225_600_000));
        assert!(!calendar.is_believed(start, hour(0)), "it may be wrong from the start");
        assert!(calendar.is_believed(start.plus(hour(1)), hour(1)));
        assert!(calendar.is_believed(start.plus(hour(2) + SLEPT_AT_MOST), hour(2)), "the computer has slept");
        let wrong = start.plus(hour(24 * 500));
        assert!(!calendar.is_believed(wrong, hour(3)), "it has leapt");
        assert!(!Calendar(Some((start, hour(3)))).is_believed(wrong, hour(4)));
        assert!(calendar.is_believed(start, hour(4)), "it was set right again");
    }
}
