//! Does something that takes long while the connection is read, so that nothing waits and nothing falls between.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::connection::Arrived;
use super::course::Course;
use super::supervisor::{End, Supervisor};
use crate::profile::Batch;
use crate::transport::{Frame, Incoming};

/// What may wait in memory, in bytes; above it the connection is not read, and the server waits.
const QUEUE_LIMIT: usize = 32 << 20;
/// The most of them that are stored at once.
const AHEAD_FRAMES: usize = 1_000;
/// News waits this long for the history before it; then it is stored and announced all the same.
const NEWS_WAITS: Duration = Duration::from_secs(5);

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
    /// Waits for `work` while what arrives is queued. What has waited too long is stored ahead of it; what was queued when
    /// the connection breaks as well.
    pub(super) async fn beside<T>(
        &self,
        work: impl Future<Output = Result<T, End>>,
        course: &mut Course,
    ) -> Result<T, End> {
        let clock = Arc::clone(&self.tools.clock);
        let mut waiting_since = clock.elapsed();
        let outcome = {
            let mut work = std::pin::pin!(work);
            loop {
                let waited = clock.elapsed().saturating_sub(waiting_since);
                tokio::select! {
                    done = &mut work => break done,
                    arrived = course.connection.next(&self.profile), if course.queue.bytes < QUEUE_LIMIT => match arrived {
                        Ok(arrived) => course.queue.put(arrived),
                        Err(error) => break Err(self.broke(course, error)),
                    },
                    () = clock.sleep(NEWS_WAITS.saturating_sub(waited)), if !course.queue.frames.is_empty() => {
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
            }
            batch.positions.clear();
            self.commit(batch, None).await;
        }
    }
}
