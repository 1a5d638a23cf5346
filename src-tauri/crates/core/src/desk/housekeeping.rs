//! Housekeeping: what the store needs done, beside the desk and behind whoever arrives. The index of words follows, what is
//! old or too much goes, and bars of long ago become coarse. All of it in slices, for which it gives way to whoever arrives:
//! a flood is stored first.

use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;
use crate::model::Time;
use crate::store::{Retention, Store, StoreError};

/// Time between two looks at what is old: nobody waits for it.
const RETIRE_EVERY: Duration = Duration::from_secs(3_600);
/// The wait before it goes on after a failure: a disk that is full, say.
const AGAIN_AFTER: Duration = Duration::from_secs(60);

/// How long it gives way to a writer who does not pause, before it takes a slice all the same.
const GIVES_WAY: Duration = Duration::from_millis(500);
/// How often it looks whether somebody writes: a slice takes about as long.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// Keeps the house until it is dropped.
pub async fn keep(store: Store, clock: Arc<dyn Clock>, retention: Retention) {
    let mut retire_due = clock.elapsed();
    loop {
        let outcome = async {
            if clock.elapsed() >= retire_due {
                retire(&store, clock.as_ref(), &retention).await?;
                retire_due = clock.elapsed() + RETIRE_EVERY;
            }
            while store.retire_removed().await? || store.index_words().await? {
                give_way(&store, clock.as_ref()).await;
            }
            Ok::<_, StoreError>(())
        };
        let wait = match outcome.await {
            Ok(()) => retire_due.saturating_sub(clock.elapsed()),
            Err(error) => {
                tracing::warn!(%error, "the housekeeping waits; it is tried again");
                clock.sleep(AGAIN_AFTER).await;
                continue;
            }
        };
        tokio::select! {
            () = store.has_grown() => {}
            () = clock.sleep(wait) => {}
        }
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
