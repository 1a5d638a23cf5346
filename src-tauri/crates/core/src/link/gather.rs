//! Takes what arrives on a connection, decodes it and stores it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use super::commit::Committer;
use super::connection::Arrived;
use super::course::Course;
use super::moment::Moment;
use super::supervisor::{End, Report, Supervisor};
use crate::clock::Clock;
use crate::profile::{Batch, Profile};
use crate::transport::{Frame, Incoming, TransportError};

/// The most frames in one commit: enough to make the commit's own cost small, and a few megabytes of memory.
const BATCH_FRAMES: usize = 2_000;
/// The most bytes in one commit.
const BATCH_BYTES: usize = 8 << 20;
/// The most events in one commit, but for the rest of its last frame: two bytes of a frame may be an event, which takes
/// some hundred times as much memory.
pub(super) const BATCH_EVENTS: usize = 10_000;
/// The frames that are decoded before others have their turn: about a millisecond.
const TURN: usize = 250;

/// The most commits from a connection that is about to be left: what comes later comes on the other one as well.
const LAST_BATCHES: usize = 16;

/// How long a connection is still heard that another one has taken the place of: what was on its way when the other
/// stood comes on this one alone.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Hears a connection out and says good-bye. No position moves: the other connection's are the newer ones. Its first
/// sign of life is told to who wants to know, and waited for: what is dead has swallowed what the other one never had.
async fn last_words(
    committer: Committer,
    profile: Arc<Profile>,
    clock: Arc<dyn Clock>,
    mut course: Course,
    heard: mpsc::Sender<()>,
) {
    let mut until = clock.elapsed() + LAST_WORDS;
    let mut is_heard = false;
    loop {
        let now = clock.elapsed();
        let is_wanted = !is_heard && !heard.is_closed();
        let arrived = tokio::select! {
            arrived = course.connection.next(&profile) => arrived,
            () = clock.sleep(until.saturating_sub(now)), if !is_wanted => break,
            () = heard.closed(), if is_wanted => continue,
        };
        // Whoever says good-bye has said everything.
        let is_sign = matches!(arrived, Ok(_) | Err(TransportError::Closed(Some(_))));
        if is_sign && !is_heard {
            is_heard = true;
            until = until.max(now + LAST_WORDS);
            let _nobody_asks = heard.try_send(());
        }
        let Ok((stream, incoming)) = arrived else { break };
        if let Incoming::Frame(frame) = incoming {
            let mut batch = Batch::default();
            course.decode(&profile, now, stream, &frame, &mut batch);
            batch.positions.clear();
            committer.commit(&batch, None).await;
        }
    }
    // Some of it may have looked like a replay, and nobody else says that it is over.
    committer.report(Report::CaughtUp).await;
    course.connection.close().await;
}

/// What came of waiting.
#[derive(Default)]
pub(super) struct Gathered {
    batch: Batch,
    frames: usize,
    bytes: usize,
    /// Whether there was nothing more at that moment.
    is_all: bool,
    is_alive: bool,
    /// When something of it was heard last, if it rests before it is stored.
    heard: Option<Moment>,
    round_trip: Option<Duration>,
    broken: Option<TransportError>,
}

impl Gathered {
    /// Whether it is as much as a commit may have, or all that will come.
    const fn is_complete(&self) -> bool {
        self.frames >= BATCH_FRAMES
            || self.bytes >= BATCH_BYTES
            || self.batch.size() >= BATCH_EVENTS
            || self.broken.is_some()
    }

    const fn is_something(&self) -> bool {
        !self.batch.is_empty() || self.is_alive || self.broken.is_some()
    }
}

impl Supervisor {
    /// Stores what has arrived on a connection that another one has taken the place of, and what still comes on it.
    /// What is given tells when it is heard, or ends: it never was.
    pub(super) async fn leave(&mut self, mut course: Course) -> mpsc::Receiver<()> {
        self.move_ahead(&mut course).await;
        for _ in 0..LAST_BATCHES {
            let mut gathered = Gathered::default();
            self.gather_ready(&mut course, &mut gathered, BATCH_FRAMES);
            if gathered.batch.is_empty() {
                break;
            }
            self.commit(gathered.batch, None).await;
        }
        let (heard, is_heard) = mpsc::channel(1);
        let (committer, profile) = (self.committer(), Arc::clone(&self.profile));
        let clock = Arc::clone(&self.tools.clock);
        self.leaving = (!course.transport.streams.is_empty()).then(|| {
            AbortOnDropHandle::new(tokio::spawn(last_words(committer, profile, clock, course, heard)))
        });
        is_heard
    }

    /// Stores what was gathered, while what arrives meanwhile is decoded: so the disk and the decoder both work, and
    /// the next batch is the larger, the longer this one takes. When that one is full as well, nothing is read, and the
    /// server waits.
    pub(super) async fn take(&mut self, gathered: Gathered, course: &mut Course) -> Result<(), End> {
        let Gathered { mut batch, is_all, is_alive, heard, round_trip, broken, .. } = gathered;
        course.ahead.then(std::mem::take(&mut batch.positions));
        // The next connection would take the first ids for older than what was missed.
        if course.is_caught_up || !course.connection.begins_anew() {
            batch.positions = std::mem::take(&mut course.ahead);
        }
        self.note_break(course).await?;
        if is_alive || !batch.is_empty() {
            course.proof.hear(heard.unwrap_or_else(|| Moment::now(self.tools.clock.as_ref())));
        }
        let proven = course.proof.proven();
        let is_whole = is_all && course.is_caught_up && !course.counting.is_broken();
        if !batch.is_empty() {
            let until = is_whole.then_some(proven);
            let mut meanwhile = Gathered::default();
            {
                let mut committing = std::pin::pin!(self.commit(batch, until));
                tokio::select! {
                    biased;
                    _committed = &mut committing => {}
                    () = self.gather_more(course, &mut meanwhile), if broken.is_none() => {
                        committing.await;
                    }
                }
            }
            // It may rest before it is stored.
            meanwhile.heard = Some(Moment::now(self.tools.clock.as_ref()));
            course.gathered = meanwhile.is_something().then_some(meanwhile);
            course.stored_at = Some(self.tools.clock.elapsed());
        } else if is_alive && is_whole {
            self.stored_until(proven).await?;
        }
        // An answer that waited for the end of a rest says nothing of its way.
        if let Some(now) = round_trip.filter(|_| !self.tools.unseen.get()).map(milliseconds)
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

    /// Stores what was gathered and not yet taken.
    pub(super) async fn take_rest(&mut self, course: &mut Course) -> Result<(), End> {
        while let Some(gathered) = course.gathered.take() {
            self.take(gathered, course).await?;
        }
        Ok(())
    }

    /// Waits for something, then takes all that is there, decoded. When the connection breaks, what came before is
    /// still given. May be dropped while it waits without losing anything: what was taken is given without a further
    /// wait.
    pub(super) async fn gather(&self, course: &mut Course) -> Gathered {
        let clock = self.tools.clock.as_ref();
        // While nobody sees it, more may come to what is stored next. A replay is not over as long as something of it
        // waits.
        let may_rest = |course: &Course| course.is_live && course.settling.is_settled() && !is_full(course);
        while let Some(stored) = course.stored_at.filter(|_| may_rest(course))
            && self.tools.unseen.rests(clock, stored, self.waits(course))
        {
            course.connection.rest();
            self.tools.unseen.rest(clock, stored).await;
            course.connection.look().await;
            let mut gathered = course.gathered.take().unwrap_or_default();
            let before = gathered.frames;
            self.gather_ready(course, &mut gathered, BATCH_FRAMES);
            if gathered.frames > before {
                gathered.heard = Some(Moment::now(clock));
            }
            course.gathered = gathered.is_something().then_some(gathered);
        }
        let mut gathered = course.gathered.take().unwrap_or_default();
        if !gathered.is_something() && course.queue.frames.is_empty() {
            let arrived = course.connection.next(&self.profile).await;
            self.sort(arrived, course, &mut gathered);
        }
        self.gather_ready(course, &mut gathered, BATCH_FRAMES);
        gathered
    }

    /// Whether something has been gathered, and nothing of it is announced.
    fn waits(&self, course: &Course) -> bool {
        let unseen = &self.tools.unseen;
        course.gathered.as_ref().is_some_and(|gathered| !unseen.announces(&gathered.batch.events))
    }

    /// Takes what arrives until that is a whole batch. May be dropped at any time: what was taken is in `gathered`.
    async fn gather_more(&self, course: &mut Course, gathered: &mut Gathered) {
        while !gathered.is_complete() {
            self.gather_ready(course, gathered, TURN);
            if gathered.is_all {
                let arrived = course.connection.next(&self.profile).await;
                self.sort(arrived, course, gathered);
            }
            tokio::task::yield_now().await;
        }
    }

    /// Takes what is there already, but no more than `most` frames or the size of a commit.
    fn gather_ready(&self, course: &mut Course, gathered: &mut Gathered, most: usize) {
        for _ in 0..most {
            if gathered.is_complete() {
                return;
            }
            gathered.is_all = false;
            if let Some((stream, frame)) = course.queue.pop() {
                self.decode_into(course, stream, &frame, gathered);
                continue;
            }
            let Some(arrived) = course.connection.ready(&self.profile) else {
                gathered.is_all = true;
                return;
            };
            self.sort(arrived, course, gathered);
        }
    }

    fn sort(&self, arrived: Result<Arrived, TransportError>, course: &mut Course, gathered: &mut Gathered) {
        gathered.is_all = false;
        match arrived {
            Ok((stream, Incoming::Frame(frame))) => self.decode_into(course, stream, &frame, gathered),
            Ok((_, Incoming::Alive(round_trip))) => {
                gathered.is_alive = true;
                gathered.round_trip = round_trip.or(gathered.round_trip);
            }
            Err(error) => gathered.broken = Some(error),
        }
    }

    fn decode_into(&self, course: &mut Course, stream: usize, frame: &Frame, gathered: &mut Gathered) {
        gathered.frames += 1;
        gathered.bytes += frame.bytes.len();
        self.decode(course, stream, frame, &mut gathered.batch);
    }
}

/// Whether as much has been gathered as a commit may have.
fn is_full(course: &Course) -> bool {
    course.gathered.as_ref().is_some_and(Gathered::is_complete)
}

/// Whole milliseconds.
pub(super) fn milliseconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}
