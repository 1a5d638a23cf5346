//! Takes what arrives on a connection, decodes it and stores it.

use std::time::Duration;

use super::connection::Arrived;
use super::course::Course;
use super::moment::Moment;
use super::supervisor::{BATCH_FRAMES, End, Supervisor};
use crate::profile::Batch;
use crate::transport::{Incoming, TransportError};

/// The most bytes in one commit.
const BATCH_BYTES: usize = 8 << 20;

/// The most commits from a connection that is about to be left: what comes later comes on the other one as well.
const LAST_BATCHES: usize = 16;

/// What came of waiting.
#[derive(Default)]
pub(super) struct Gathered {
    batch: Batch,
    /// Whether there was nothing more at that moment.
    is_all: bool,
    is_alive: bool,
    round_trip: Option<Duration>,
    broken: Option<TransportError>,
}

impl Supervisor {
    /// Stores what has arrived on a connection that is about to be left, and says good-bye.
    pub(super) async fn leave(&self, mut course: Course) {
        for _ in 0..LAST_BATCHES {
            let mut gathered = Gathered::default();
            self.gather_ready(&mut course, &mut gathered);
            if gathered.batch.is_empty() {
                break;
            }
            self.commit(&gathered.batch, None).await;
        }
        tokio::spawn(course.connection.close());
    }

    /// Stores what was gathered.
    pub(super) async fn take(&mut self, gathered: Gathered, course: &mut Course) -> Result<(), End> {
        let Gathered { batch, is_all, is_alive, round_trip, broken } = gathered;
        self.note_break(course).await?;
        if is_alive || !batch.is_empty() {
            course.proof.hear(Moment::now(self.tools.clock.as_ref()));
        }
        let until = course.proof.proven();
        let is_whole = is_all && course.is_caught_up && !course.counting.is_broken();
        if !batch.is_empty() {
            self.commit(&batch, is_whole.then_some(until)).await;
        } else if is_alive && is_whole {
            self.stored_until(until).await?;
        }
        if let Some(now) = round_trip.map(milliseconds)
            && course.round_trip_ms != Some(now)
        {
            course.round_trip_ms = Some(now);
            if course.is_live {
                self.report(course.link()).await;
            }
        }
        match broken {
            None => Ok(()),
            Some(error) => {
                self.asked = course.connection.retry();
                Err(self.broke(course, error))
            }
        }
    }

    /// Waits for something, then takes all that is there, decoded. When the connection breaks, what came before is still
    /// given. May be dropped while it waits without losing anything: what was taken is given without a further wait.
    pub(super) async fn gather(&self, course: &mut Course) -> Gathered {
        let mut gathered = Gathered::default();
        if course.queue.frames.is_empty() {
            let arrived = course.connection.next(&self.profile).await;
            self.sort(arrived, course, &mut gathered);
        }
        self.gather_ready(course, &mut gathered);
        gathered
    }

    /// Takes what is there already, up to the size of a commit.
    fn gather_ready(&self, course: &mut Course, gathered: &mut Gathered) {
        let mut bytes = 0;
        for _ in 0..BATCH_FRAMES {
            if gathered.broken.is_some() || bytes >= BATCH_BYTES {
                return;
            }
            if let Some((stream, frame)) = course.queue.pop() {
                bytes += frame.bytes.len();
                self.decode(course, stream, &frame, &mut gathered.batch);
                continue;
            }
            let Some(arrived) = course.connection.ready(&self.profile) else {
                gathered.is_all = true;
                return;
            };
            if let Ok((_, Incoming::Frame(frame))) = &arrived {
                bytes += frame.bytes.len();
            }
            self.sort(arrived, course, gathered);
        }
    }

    fn sort(&self, arrived: Result<Arrived, TransportError>, course: &mut Course, gathered: &mut Gathered) {
        match arrived {
            Ok((stream, Incoming::Frame(frame))) => self.decode(course, stream, &frame, &mut gathered.batch),
            Ok((_, Incoming::Alive(round_trip))) => {
                gathered.is_alive = true;
                gathered.round_trip = round_trip.or(gathered.round_trip);
            }
            Err(error) => gathered.broken = Some(error),
        }
    }
}

/// Whole milliseconds.
pub(super) fn milliseconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}
