//! One connection from its dial to its end: catch up, live, and the change to another one without a gap.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use super::beside::{AT_ONCE, NEWS_WAITS, Queue};
use super::cause::Cause;
use super::connection::Connection;
use super::counting::Counting;
use super::gather::{Gathered, milliseconds};
use super::lists::{Fetched, Missed};
use super::moment::{Moment, Proof};
use super::schedule::Schedule;
use super::session::Session;
use super::settling::Settling;
use super::supervisor::{End, Report, Supervisor};
use crate::model::{Link, Trouble};
use crate::profile::{Positions, Resume, Transport};
use crate::store::GapEnd;
use crate::transport::TransportError;

/// A connection has proved itself once it has been live this long; before, the next failure waits longer.
const PROVED_AFTER: Duration = Duration::from_secs(10);
/// A replay that takes longer goes on while the link counts as live: what is news on other streams is no part of it.
const SETTLING_LIMIT: Duration = Duration::from_secs(30);
/// What was missed takes no longer than this to fetch, but for a long absence: then what there is so far is announced.
const TOLD_AFTER: Duration = Duration::from_secs(60);
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
    /// Where what was stored ahead of something else has brought the positions, once that is stored as well.
    pub ahead: Positions,
    /// What has been decoded and not stored yet.
    pub gathered: Option<Gathered>,
    pub settling: Settling,
    pub counting: Counting,
    /// When it was dialled: from then on what happens is news.
    pub dialled: Moment,
    /// When it stood: what happened before it need not have come.
    pub stood: Moment,
    /// Until when everything that was sent on it has come.
    pub proof: Proof,
    /// Why some of what was missed before it cannot be had.
    missed: Option<Missed>,
    /// Whether everything that the server could give until we came is stored.
    pub is_caught_up: bool,
    /// Whether what happens arrives as it happens.
    pub is_live: bool,
    pub round_trip_ms: Option<u32>,
    /// When something of it was stored last, by [`crate::clock::Clock::elapsed`].
    pub stored_at: Option<Duration>,
}

impl Course {
    /// A connection that was dialled and stood at these moments.
    pub fn new(
        index: usize,
        transport: Transport,
        connection: Connection,
        dialled: Moment,
        stood: Moment,
    ) -> Self {
        let settling = Settling::new(dialled.at, &transport.streams, connection.replays());
        let counting = Counting::of(transport.streams.len());
        let queue = Queue::default();
        Self {
            index,
            transport,
            connection,
            queue,
            ahead: Positions::default(),
            gathered: None,
            settling,
            counting,
            dialled,
            stood,
            proof: Proof::since(dialled),
            missed: None,
            is_caught_up: false,
            is_live: false,
            round_trip_ms: None,
            stored_at: None,
        }
    }

    /// How the link stands now that it is live.
    pub fn link(&self) -> Report {
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
    /// The link counts as live by then, whatever is still replayed; what was replayed since is announced.
    live: Option<Duration>,
    /// Tells when the connection is heard that this one, which cannot go back, has taken the place of: only then was
    /// that one alive until then, and nothing was missed.
    left: Option<Left>,
}

/// Tells when a connection is heard that was left; it ends where that never happens.
pub(super) type Left = mpsc::Receiver<()>;

impl Due {
    fn next(&self, course: &Course) -> Option<Duration> {
        let poll = self.poll.as_ref().map(Schedule::due);
        let of_streams = [course.settling.due(), course.counting.due()];
        [poll, self.renew, self.better, self.live].into_iter().chain(of_streams).flatten().min()
    }
}

/// Waits until a connection that was left is heard, or it is known that it never will be.
async fn is_heard(left: &mut Option<Left>) -> Option<()> {
    match left {
        Some(left) => left.recv().await,
        None => std::future::pending().await,
    }
}

/// What was done of what was due.
enum Attended {
    Nothing,
    Something,
    /// Another connection takes the place of this one.
    Replaced(Replacement),
}

/// Another connection, and the session that it was opened with.
type Replacement = Box<(Session, Course)>;

impl Supervisor {
    /// Follows a connection until it breaks, or until another takes its place without a gap. `left`: the connection
    /// that it has taken the place of itself, if there was one. `renewed` is taken back once the connection has proved
    /// itself.
    pub(super) async fn follow(
        &mut self,
        session: Session,
        mut course: Course,
        left: Option<Left>,
        renewed: &mut bool,
    ) -> Result<(Session, Course, Left), End> {
        let clock = Arc::clone(&self.tools.clock);
        self.catch_up(&session, &mut course, left.is_none()).await?;
        self.came_up(course.index);
        let mut due = self.due(&session, &course, left.filter(|_| course.missed.is_some()));
        let since = clock.elapsed();
        loop {
            let turned = self.turn(&session, &mut course, &mut due).await;
            if course.is_live && clock.elapsed().saturating_sub(since) >= PROVED_AFTER {
                self.backoff.reset();
                *renewed = false;
            }
            if let Some(replacement) = turned? {
                if due.left.is_some() {
                    // Nobody will know any more whether the one before this one was alive.
                    self.open_gap(Cause::Link(Trouble::Silent)).await;
                }
                let (session, next) = *replacement;
                return Ok((session, next, self.leave(course).await));
            }
        }
    }

    /// Does what is due, then waits for something to arrive or to be due, and takes it.
    async fn turn(
        &mut self,
        session: &Session,
        course: &mut Course,
        due: &mut Due,
    ) -> Result<Option<Replacement>, End> {
        self.progress(course, due).await?;
        match self.attend(session, course, due).await? {
            Attended::Nothing => {}
            Attended::Something => return Ok(None),
            Attended::Replaced(replacement) => return Ok(Some(replacement)),
        }
        let clock = Arc::clone(&self.tools.clock);
        let wait = due.next(course).map_or(IDLE, |due| due.saturating_sub(clock.elapsed()));
        tokio::select! {
            gathered = self.gather(course) => self.take(gathered, course).await?,
            () = clock.sleep(wait) => {}
            heard = is_heard(&mut due.left) => {
                due.left = None;
                if heard.is_none() {
                    self.open_gap(Cause::Link(Trouble::Silent)).await;
                }
            }
        }
        Ok(None)
    }

    fn due(&self, session: &Session, course: &Course, left: Option<Left>) -> Due {
        let now = self.tools.clock.elapsed();
        Due {
            poll: Schedule::of(&course.transport, now),
            renew: session.usable_until.filter(|_| session.is_renewable),
            better: (course.index > 0).then_some(self.better_due),
            live: Some(now + SETTLING_LIMIT),
            left,
        }
    }

    /// Takes note of how far the connection has come: caught up, live, or mute.
    async fn progress(&mut self, course: &mut Course, due: &mut Due) -> Result<(), End> {
        let now = self.tools.clock.elapsed();
        let is_past = |due: Option<Duration>| due.is_some_and(|due| now >= due);
        if course.connection.heard {
            course.settling.begin(now);
        }
        if course.queue.frames.is_empty() && course.gathered.is_none() {
            course.settling.settle(now);
        }
        let is_settled = course.settling.is_settled();
        let catches_up = !course.is_caught_up && is_settled && due.left.is_none();
        if catches_up {
            course.is_caught_up = true;
            self.close_gap(course).await?;
            self.note_break(course).await?;
        }
        self.move_ahead(course).await;
        // A replay without end, or one that a server's wrong clock makes look like one, must not swallow anything.
        let has_waited = !course.is_caught_up && is_past(due.live);
        let comes_live = !course.is_live && (is_settled || has_waited);
        if has_waited {
            due.live = Some(now + SETTLING_LIMIT);
        } else if course.is_caught_up {
            due.live = None;
        }
        if comes_live {
            course.is_live = true;
            if !std::mem::replace(&mut self.is_live, true) {
                self.tools.figures.connected(self.source.id);
            }
            tracing::info!(source = %self.source.id, transport = ?course.transport.kind, "the link is live");
            self.report(course.link()).await;
        }
        if catches_up || comes_live || has_waited {
            self.report(Report::CaughtUp).await;
        }
        Ok(())
    }

    /// Does what is due, one thing at a time.
    async fn attend(
        &mut self,
        session: &Session,
        course: &mut Course,
        due: &mut Due,
    ) -> Result<Attended, End> {
        let clock = Arc::clone(&self.tools.clock);
        let now = clock.elapsed();
        let is_past = |due: Option<Duration>| due.is_some_and(|due| now >= due);
        let is_polled = due.poll.as_ref().is_some_and(|schedule| now >= schedule.due());
        let is_broken = is_past(course.counting.due());
        if is_polled || is_broken || is_past(due.renew) || is_past(due.better) {
            // What was decoded comes before whatever arrives beside what is due.
            self.take_rest(course).await?;
        }
        if is_broken {
            self.fill_break(session, course).await?;
            return Ok(Attended::Something);
        }
        if let Some(schedule) = due.poll.as_mut().filter(|schedule| now >= schedule.due()) {
            let lists = course.transport.poll.clone();
            let asked = Moment::now(clock.as_ref());
            let fetching = self.fetch_all(&lists, session, false);
            let Fetched { new, missed, retry_after } = self.beside(fetching, course, NEWS_WAITS).await?;
            schedule.fetched(new > 0, retry_after, clock.elapsed());
            self.polled(missed, asked, &course.transport).await?;
            return Ok(Attended::Something);
        }
        if is_past(due.renew) {
            match self.beside(self.renew(course.index), course, AT_ONCE).await {
                Ok((session, next)) => {
                    self.keep_session(session.clone());
                    return Ok(Attended::Replaced(Box::new((session, next))));
                }
                Err(end) => due.renew = Some(self.not_renewed(end)?),
            }
            return Ok(Attended::Something);
        }
        if is_past(due.better) {
            let trial = self.try_better(course.index, session);
            if let Some(better) = self.beside(trial, course, AT_ONCE).await? {
                self.working = better.index;
                return Ok(Attended::Replaced(Box::new((session.clone(), better))));
            }
            due.better = Some(self.try_better_later());
            return Ok(Attended::Something);
        }
        Ok(Attended::Nothing)
    }

    /// Fetches what the transport fetches at each connect, while what arrives is queued.
    async fn catch_up(&mut self, session: &Session, course: &mut Course, is_first: bool) -> Result<(), End> {
        if is_first {
            // From the last time everything was stored until now, something may be missing.
            self.tools.store.open_gap(self.source.id, self.absence.word()).await?;
            // Polling has nothing yet that stands.
            if !course.transport.streams.is_empty() {
                self.report(Report::Link(Link::CatchingUp { fetched: 0 })).await;
            }
        }
        if course.connection.begins_anew() {
            self.unfilled = None;
        }
        let Transport { streams, fetch, poll, .. } = &course.transport;
        let lists: Vec<usize> = fetch.iter().chain(poll).copied().collect();
        let has_present = lists.iter().any(|list| !self.profile.lists[*list].is_history());
        let stands_still = self.stands_still(&course.transport);
        let cannot_go_back =
            course.connection.begins_anew() || streams.iter().any(|stream| stream.resume == Resume::None);
        let fetching = async {
            tokio::select! {
                fetched = self.fetch_all(&lists, session, is_first) => fetched,
                never = self.tell_meanwhile() => match never {},
            }
        };
        let fetched = self.beside(fetching, course, NEWS_WAITS).await?;
        course.round_trip_ms = course.queue.round_trip.take().map(milliseconds);
        course.missed = fetched.missed.or(match (cannot_go_back || stands_still, has_present) {
            (false, _) => None,
            (true, true) => Some(Missed::Snapshot),
            (true, false) => Some(Missed::NotReplayable),
        });
        Ok(())
    }

    /// Lets what was fetched so far be announced again and again, ever later: lists may have no end.
    async fn tell_meanwhile(&self) -> Infallible {
        let mut wait = TOLD_AFTER;
        loop {
            self.tools.clock.sleep(wait).await;
            self.report(Report::CaughtUp).await;
            wait = wait.saturating_mul(2);
        }
    }

    /// Whether a transport gives only what stands at present: what happens between two looks may be missing.
    pub(super) fn stands_still(&self, transport: &Transport) -> bool {
        let mut lists = transport.fetch.iter().chain(&transport.poll);
        transport.streams.is_empty() && !lists.any(|list| self.profile.lists[*list].is_history())
    }

    /// Everything that the server could give until we came is stored.
    async fn close_gap(&mut self, course: &mut Course) -> Result<(), End> {
        let (earliest, end) = course.stood.shown_since(self.stored());
        let (filled_at, how) = match course.missed {
            None => (Some(self.tools.clock.now()), course.transport.fills_by()),
            Some(missed) => (None, missed.word()),
        };
        let (store, source) = (&self.tools.store, self.source.id);
        let ended = store.end_gap(source, GapEnd { earliest, end, filled_at, how }).await?;
        match (course.connection.resumes(), filled_at) {
            // From its last id on it has given everything, also what another transport could not.
            (true, Some(now)) => {
                if let Some(first) = self.unfilled.take() {
                    store.fill_gaps(source, first, now, how).await?;
                }
            }
            (true, None) => self.unfilled = None,
            // The ids that it gives from now on are younger than the gap.
            (false, None) if course.connection.begins_anew() => {}
            (false, None) => self.unfilled = self.unfilled.or(ended),
            (false, Some(_)) => {}
        }
        self.stored_until(course.dialled).await
    }

    /// Takes note of lists that were fetched again. More may have come than they give: that gap is over at once.
    async fn polled(&self, missed: Option<Missed>, asked: Moment, transport: &Transport) -> Result<(), End> {
        if let Some(missed @ (Missed::ListFull | Missed::BegunAnew)) = missed {
            let (earliest, end) = asked.shown_since(self.stored());
            let end = GapEnd { earliest, end, filled_at: None, how: missed.word() };
            self.tools.store.end_gap(self.source.id, end).await?;
        }
        let is_all = transport.streams.is_empty() && !self.stands_still(transport);
        if is_all { self.stored_until(asked).await } else { Ok(()) }
    }

    pub(super) async fn stored_until(&self, until: Moment) -> Result<(), End> {
        self.tools.store.set_stored_until(self.source.id, until.at).await?;
        self.note_stored(until).await;
        Ok(())
    }

    /// When a renewal that failed is to be tried again, unless that would not help.
    fn not_renewed(&self, end: End) -> Result<Duration, End> {
        let asked = match &end {
            End::Transport(TransportError::Status { retry_after, .. }) => *retry_after,
            End::Transport(_) | End::Vault(_) => None,
            _ => return Err(end),
        };
        tracing::warn!(source = %self.source.id, "the session could not be renewed; it is tried again");
        Ok(self.tools.clock.elapsed() + RENEW_AGAIN_AFTER.max(asked.unwrap_or_default()))
    }
}
