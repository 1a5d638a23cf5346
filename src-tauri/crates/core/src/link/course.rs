//! One connection from its dial to its end: catch up, live, and the change to another one without a gap.

use std::sync::Arc;
use std::time::Duration;

use super::beside::Queue;
use super::connection::Arrived;
use super::connection::Connection;
use super::lists::{Fetched, Missed};
use super::schedule::Schedule;
use super::session::Session;
use super::settling::Settling;
use super::supervisor::{BATCH_FRAMES, End, Report, Supervisor};
use crate::model::{Link, Time};
use crate::profile::{Batch, Resume, Transport};
use crate::transport::{Frame, Incoming, TransportError};

/// The most bytes in one commit.
const BATCH_BYTES: usize = 8 << 20;
/// A connection has proved itself once it has been live this long; before, the next failure waits longer.
const PROVED_AFTER: Duration = Duration::from_secs(10);
/// A replay that takes longer goes on while the link counts as live: what is news on other streams is no part of it.
const SETTLING_LIMIT: Duration = Duration::from_secs(30);
/// A connection that stands but has not given a single sign of life for so long may be eaten on its way; where there is
/// another transport, that is tried.
const FIRST_SIGN: Duration = Duration::from_secs(60);
/// The wait before a renewal that failed is tried again; the session still counts for a moment.
const RENEW_AGAIN_AFTER: Duration = Duration::from_secs(10);
/// The longest wait of the loop; anything that arrives ends it earlier.
const IDLE: Duration = Duration::from_secs(3_600);

/// One connection, and what belongs to it.
pub(super) struct Course {
    /// Which transport, by its place in the profile.
    pub index: usize,
    pub transport: Transport,
    pub connection: Connection,
    pub queue: Queue,
    pub settling: Settling,
    /// From when on what happens is news.
    pub connected_at: Time,
    round_trip_ms: Option<u32>,
}

impl Course {
    /// A connection that stands since `connected_at`, which is `now` by the clock.
    pub fn new(
        index: usize,
        transport: Transport,
        connection: Connection,
        connected_at: Time,
        now: Duration,
    ) -> Self {
        let settling = Settling::new(connected_at, now, &transport.streams, connection.replays());
        let queue = Queue::default();
        Self { index, transport, connection, queue, settling, connected_at, round_trip_ms: None }
    }

    fn link(&self) -> Report {
        Report::Link(Link::Live {
            round_trip_ms: self.round_trip_ms,
            transport: self.transport.kind,
            fallback: self.index > 0,
        })
    }
}

/// When what is to be done next, by [`crate::clock::Clock::elapsed`].
struct Due {
    poll: Option<Schedule>,
    renew: Option<Duration>,
    better: Option<Duration>,
    /// The link counts as live by then, whatever is still replayed.
    live: Option<Duration>,
    first_sign: Option<Duration>,
}

impl Due {
    fn next(&self, settling: &Settling) -> Option<Duration> {
        let poll = self.poll.as_ref().map(Schedule::due);
        [poll, self.renew, self.better, self.live, self.first_sign, settling.due()]
            .into_iter()
            .flatten()
            .min()
    }
}

/// What came of waiting.
#[derive(Default)]
struct Gathered {
    batch: Batch,
    is_alive: bool,
    round_trip: Option<Duration>,
    broken: Option<TransportError>,
}

impl Supervisor {
    /// Follows a connection until it breaks, or until another takes its place without a gap. `is_first`: nothing was
    /// connected before it. `renewed` is taken back once the connection has proved itself.
    pub(super) async fn follow(
        &mut self,
        session: Session,
        mut course: Course,
        is_first: bool,
        renewed: &mut bool,
    ) -> Result<(Session, Course), End> {
        let clock = Arc::clone(&self.tools.clock);
        let missed = self.catch_up(&session, &mut course, is_first).await?;
        let since = clock.elapsed();
        let (mut is_live, mut is_caught_up, mut is_told) = (false, false, false);
        let has_other = self.profile.transports.len() > course.index + 1;
        let mut due = Due {
            poll: Schedule::of(&course.transport, since),
            renew: session.usable_until.filter(|_| session.is_renewable),
            better: (course.index > 0).then_some(self.better_due),
            live: Some(since + SETTLING_LIMIT),
            first_sign: (has_other && !course.transport.streams.is_empty()).then_some(since + FIRST_SIGN),
        };
        loop {
            let now = clock.elapsed();
            let is_past = |due: Option<Duration>| due.is_some_and(|due| now >= due);
            if course.queue.frames.is_empty() {
                course.settling.settle(now);
            }
            if !is_caught_up && course.settling.is_settled() {
                is_caught_up = true;
                self.close_gap(course.connected_at, missed).await?;
            }
            if !is_live && (is_caught_up || is_past(due.live)) {
                (is_live, due.live) = (true, None);
                tracing::info!(source = %self.source.id, transport = ?course.transport.kind, "the link is live");
                self.report(course.link()).await;
            }
            if is_live && is_caught_up && !is_told {
                is_told = true;
                self.report(Report::CaughtUp).await;
            }
            if course.connection.heard {
                due.first_sign = None;
            } else if is_past(due.first_sign) {
                return Err(End::Mute(course.index));
            }
            if is_live && now.saturating_sub(since) >= PROVED_AFTER {
                self.backoff.reset();
                *renewed = false;
            }
            if let Some(schedule) = due.poll.as_mut().filter(|schedule| now >= schedule.due()) {
                let lists = course.transport.poll.clone();
                let fetching = self.fetch_all(&lists, &session, false);
                let Fetched { new, missed, retry_after } = self.beside(fetching, &mut course).await?;
                schedule.fetched(new > 0, retry_after, clock.elapsed());
                self.polled(missed, course.transport.streams.is_empty()).await?;
                continue;
            }
            if is_past(due.renew) {
                match self.beside(self.renew(course.index), &mut course).await {
                    Ok((new_session, next)) => {
                        self.keep_session(new_session.clone());
                        self.leave(course).await;
                        return Ok((new_session, next));
                    }
                    Err(end) => due.renew = Some(self.not_renewed(end)?),
                }
                continue;
            }
            if is_past(due.better) {
                match self.beside(self.try_better(course.index, &session), &mut course).await? {
                    Some(better) => {
                        self.working = better.index;
                        self.leave(course).await;
                        return Ok((session, better));
                    }
                    None => due.better = Some(self.try_better_later()),
                }
                continue;
            }
            let wait = due.next(&course.settling).map_or(IDLE, |due| due.saturating_sub(clock.elapsed()));
            tokio::select! {
                gathered = self.gather(&mut course) => {
                    self.take(gathered, &mut course, is_live, is_caught_up).await?;
                }
                () = clock.sleep(wait) => {}
            }
        }
    }

    /// Fetches what the transport fetches at each connect, while what arrives is queued. Says why some of what was missed
    /// cannot be had.
    async fn catch_up(
        &self,
        session: &Session,
        course: &mut Course,
        is_first: bool,
    ) -> Result<Option<Missed>, End> {
        if is_first {
            // From the last time everything was stored until now, something may be missing.
            self.tools.store.open_gap(self.source.id, "disconnected").await?;
            self.report(Report::Link(Link::CatchingUp { fetched: 0 })).await;
        }
        let Transport { streams, fetch, poll, .. } = &course.transport;
        let lists: Vec<usize> = fetch.iter().chain(poll).copied().collect();
        let is_history = |list: &usize| self.profile.lists[*list].is_history();
        let (has_history, has_present) =
            (lists.iter().any(is_history), lists.iter().any(|list| !is_history(list)));
        let stands_still = streams.is_empty() && !has_history;
        let cannot_go_back = streams
            .iter()
            .zip(course.connection.replays())
            .any(|(stream, replays)| !replays && matches!(stream.resume, Resume::None | Resume::LastEventId));
        let fetched = self.beside(self.fetch_all(&lists, session, is_first), course).await?;
        course.round_trip_ms = course.queue.round_trip.take().map(milliseconds);
        Ok(fetched.missed.or(match (cannot_go_back || stands_still, has_present) {
            (false, _) => None,
            (true, true) => Some(Missed::Snapshot),
            (true, false) => Some(Missed::NotReplayable),
        }))
    }

    /// Everything that the server could give until we came is stored.
    async fn close_gap(&self, connected_at: Time, missed: Option<Missed>) -> Result<(), End> {
        let filled = missed.map_or_else(|| Ok(self.tools.clock.now()), |missed| Err(missed.word()));
        self.tools.store.end_gap(self.source.id, connected_at, filled).await?;
        self.stored_until(connected_at).await
    }

    /// Takes note of lists that were fetched again. More may have come than they give: a gap that is over at once.
    async fn polled(&self, missed: Option<Missed>, is_all: bool) -> Result<(), End> {
        let now = self.tools.clock.now();
        if let Some(missed @ (Missed::ListFull | Missed::BegunAnew)) = missed {
            self.tools.store.open_gap(self.source.id, missed.word()).await?;
            self.tools.store.end_gap(self.source.id, now, Err(missed.word())).await?;
        }
        if is_all { self.stored_until(now).await } else { Ok(()) }
    }

    async fn stored_until(&self, until: Time) -> Result<(), End> {
        self.tools.store.set_stored_until(self.source.id, until).await?;
        self.report(Report::StoredUntil(until)).await;
        Ok(())
    }

    /// When a renewal that failed is to be tried again, unless that would not help.
    fn not_renewed(&self, end: End) -> Result<Duration, End> {
        match end {
            End::Transport(error) => {
                tracing::warn!(source = %self.source.id, %error, "the session could not be renewed; it is tried again");
                Ok(self.tools.clock.elapsed() + RENEW_AGAIN_AFTER)
            }
            end => Err(end),
        }
    }

    /// Stores what has arrived on a connection that is about to be left, and says good-bye.
    async fn leave(&self, mut course: Course) {
        loop {
            let mut gathered = Gathered::default();
            self.gather_ready(&mut course, &mut gathered).await;
            if gathered.batch.is_empty() {
                break;
            }
            self.commit(&gathered.batch, None).await;
            if gathered.broken.is_some() {
                break;
            }
        }
        tokio::spawn(course.connection.close());
    }

    /// Stores what was gathered.
    async fn take(
        &mut self,
        gathered: Gathered,
        course: &mut Course,
        is_live: bool,
        is_caught_up: bool,
    ) -> Result<(), End> {
        let Gathered { batch, is_alive, round_trip, broken } = gathered;
        let until = self.tools.clock.now();
        if !batch.is_empty() {
            self.commit(&batch, is_caught_up.then_some(until)).await;
        } else if is_alive && is_caught_up {
            self.stored_until(until).await?;
        }
        if let Some(now) = round_trip.map(milliseconds)
            && course.round_trip_ms != Some(now)
        {
            course.round_trip_ms = Some(now);
            if is_live {
                self.report(course.link()).await;
            }
        }
        match broken {
            None => Ok(()),
            Some(error) => {
                self.asked = course.connection.retry();
                Err(error.into())
            }
        }
    }

    /// Waits for something, then takes all that is there, decoded. When the connection breaks, what came before is still
    /// given. May be dropped while it waits without losing anything.
    async fn gather(&self, course: &mut Course) -> Gathered {
        let mut gathered = Gathered::default();
        if course.queue.frames.is_empty() {
            let arrived = course.connection.next(&self.profile).await;
            self.sort(arrived, course, &mut gathered);
        }
        self.gather_ready(course, &mut gathered).await;
        gathered
    }

    /// Takes what is there already, up to the size of a commit.
    async fn gather_ready(&self, course: &mut Course, gathered: &mut Gathered) {
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
            let Some(arrived) = course.connection.ready(&self.profile).await else { return };
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

    /// Decodes a frame, and marks what is no news.
    pub(super) fn decode(&self, course: &mut Course, stream: usize, frame: &Frame, batch: &mut Batch) {
        let before = batch.events.len();
        self.profile.decode(&course.transport.streams[stream], frame, batch);
        course.settling.mark(stream, &mut batch.events[before..], self.tools.clock.elapsed());
    }
}

fn milliseconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}
