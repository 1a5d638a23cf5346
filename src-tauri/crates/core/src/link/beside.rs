//! Does something that takes long while the connection is read, so that nothing waits and nothing falls between.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::connection::Arrived;
use super::course::Course;
use super::gather::BATCH_EVENTS;
use super::supervisor::{End, Supervisor};
use crate::profile::Batch;
use crate::transport::{Frame, Incoming};

/// What may wait in memory, in bytes; above it the connection is not read, and the server waits.
const QUEUE_LIMIT: usize = 32 << 20;
/// The most of them that are stored at once.
const AHEAD_FRAMES: usize = 1_000;
/// News waits for the history before it, from when that is asked for on; what comes later than this is stored and
/// announced as it comes, or as long after what was stored last.
pub(super) const NEWS_WAITS: Duration = Duration::from_secs(5);
/// Where no history is fetched there is nothing to wait for.
pub(super) const AT_ONCE: Duration = Duration::ZERO;

/// Frames that arrived and were not taken yet, each with the place of its stream.
#[derive(Default)]
pub(super) struct Queue {
    pub frames: VecDeque<(usize, Frame)>,
    bytes: usize,
    /// The last round trip that was measured meanwhile.
    pub round_trip: Option<Duration>,
}

impl Queue {
    /// Keeps what has arrived.
    pub fn put(&mut self, (stream, incoming): Arrived) {
        match incoming {
            Incoming::Frame(frame) => {
                self.bytes += frame.weight();
                self.frames.push_back((stream, frame));
            }
            Incoming::Alive(time) => self.round_trip = time.or(self.round_trip),
        }
    }

    /// Takes the first.
    pub fn pop(&mut self) -> Option<(usize, Frame)> {
        let (stream, frame) = self.frames.pop_front()?;
        self.bytes = self.bytes.saturating_sub(frame.weight());
        Some((stream, frame))
    }
}

impl Supervisor {
    /// Waits for `work` while what arrives is queued. What has waited for longer than `patience` is stored ahead of it;
    /// what was queued when the connection breaks as well.
    pub(super) async fn beside<T>(
        &self,
        work: impl Future<Output = Result<T, End>>,
        course: &mut Course,
        patience: Duration,
    ) -> Result<T, End> {
        let clock = Arc::clone(&self.tools.clock);
        let mut waiting_since = clock.elapsed();
        let outcome = {
            let mut work = std::pin::pin!(work);
            loop {
                let wait = patience.saturating_sub(clock.elapsed().saturating_sub(waiting_since));
                // What is there already is stored at once, not one by one.
                let is_full = wait.is_zero() && course.queue.frames.len() >= AHEAD_FRAMES;
                let is_read = course.queue.bytes < QUEUE_LIMIT && !is_full;
                tokio::select! {
                    biased;
                    done = &mut work => break done,
                    arrived = course.connection.next(&self.profile), if is_read => match arrived {
                        Ok(arrived) => course.queue.put(arrived),
                        Err(error) => break Err(self.broke(course, error)),
                    },
                    () = clock.sleep(wait), if !course.queue.frames.is_empty() => {
                        let mut committing = std::pin::pin!(self.commit_ahead(course));
                        // Work that is storing something holds the store: it must go on meanwhile.
                        tokio::select! {
                            () = &mut committing => {}
                            done = &mut work => {
                                committing.await;
                                break done;
                            }
                        }
                    }
                }
                if course.queue.frames.is_empty() {
                    waiting_since = clock.elapsed();
                }
            }
        };
        if outcome.is_err() {
            self.commit_ahead(course).await;
        }
        outcome
    }

    /// Stores what has waited, without moving any position past what is still being fetched.
    async fn commit_ahead(&self, course: &mut Course) {
        while !course.queue.frames.is_empty() {
            let mut batch = Batch::default();
            for _ in 0..AHEAD_FRAMES {
                let Some((stream, frame)) = course.queue.pop() else { break };
                self.decode(course, stream, &frame, &mut batch);
                if batch.size() >= BATCH_EVENTS {
                    break;
                }
            }
            course.ahead.then(std::mem::take(&mut batch.positions));
            self.commit(batch, None).await;
        }
    }

    /// Moves the positions past what was stored ahead, if nothing before it is missing any more. Nothing else may ever
    /// come on the connection that would.
    pub(super) async fn move_ahead(&self, course: &mut Course) {
        if course.is_caught_up && !course.counting.is_broken() && !course.ahead.is_empty() {
            let positions = std::mem::take(&mut course.ahead);
            self.commit(Batch { positions, ..Batch::default() }, None).await;
        }
    }
}
