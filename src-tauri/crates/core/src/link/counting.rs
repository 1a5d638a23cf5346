//! Sequence breaks: a server counts its messages, and one is left out. The lists are fetched to fill what is missing;
//! meanwhile what arrives is stored, and no position moves past it.

use std::time::Duration;

use super::beside::NEWS_WAITS;
use super::cause::Cause;
use super::course::Course;
use super::lists::{Fetched, Missed};
use super::moment::{Moment, Proof};
use super::session::Session;
use super::supervisor::{End, Supervisor};
use crate::profile::{Batch, Count, Profile};
use crate::store::GapEnd;
use crate::transport::Frame;

/// The least time between two fetches for breaks: where a server counts for several listeners, every other frame may be
/// one.
const FILLED_EVERY: Duration = Duration::from_secs(5);

/// What the streams of a connection count to.
pub(super) struct Counting {
    streams: Vec<Count>,
    /// Whether the gap of the break stands in the store.
    is_told: bool,
    /// When the last break was filled, by [`crate::clock::Clock::elapsed`].
    filled: Option<Duration>,
}

impl Counting {
    /// Of a connection with so many streams.
    pub fn of(streams: usize) -> Self {
        Self { streams: vec![Count::of_stream(); streams], is_told: false, filled: None }
    }

    /// Whether something is missing that has not been filled yet.
    pub fn is_broken(&self) -> bool {
        self.streams.iter().any(Count::is_broken)
    }

    /// When what is missing is to be fetched.
    pub fn due(&self) -> Option<Duration> {
        let due = self.filled.map_or(Duration::ZERO, |filled| filled + FILLED_EVERY);
        (self.is_told && self.is_broken()).then_some(due)
    }
}

impl Course {
    /// Decodes a frame that was taken at `now`, by the clock, and marks what is no news.
    pub(super) fn decode(
        &mut self,
        profile: &Profile,
        now: Duration,
        stream: usize,
        frame: &Frame,
        batch: &mut Batch,
    ) {
        let before = batch.events.len();
        batch.count = self.counting.streams.get(stream).copied().unwrap_or_default();
        profile.decode(&self.transport.streams[stream], frame, batch);
        if let Some(count) = self.counting.streams.get_mut(stream) {
            *count = batch.count;
        }
        self.settling.mark(stream, &mut batch.events[before..], now);
    }
}

impl Supervisor {
    /// Decodes a frame, and marks what is no news.
    pub(super) fn decode(&self, course: &mut Course, stream: usize, frame: &Frame, batch: &mut Batch) {
        course.decode(&self.profile, self.tools.clock.elapsed(), stream, frame, batch);
    }

    /// Opens the gap of a break, before a position or the time that everything is stored until moves past it. While
    /// another gap lasts, of before the connection or of a break that is being filled, that one stands for it.
    pub(super) async fn note_break(&self, course: &mut Course) -> Result<(), End> {
        if course.is_caught_up && course.counting.is_broken() && !course.counting.is_told {
            tracing::warn!(source = %self.source.id, "a message is missing; the lists are fetched");
            self.tools.store.open_gap(self.source.id, Cause::Sequence.word()).await?;
            course.counting.is_told = true;
        }
        Ok(())
    }

    /// Fetches what is missing, while what arrives is queued, and closes the gap. What is left out meanwhile is a break
    /// of its own: the lists may have answered before it.
    pub(super) async fn fill_break(&self, session: &Session, course: &mut Course) -> Result<(), End> {
        let clock = self.tools.clock.clone();
        let transport = &course.transport;
        let lists: Vec<usize> = transport
            .fetch
            .iter()
            .chain(&transport.poll)
            .copied()
            .filter(|list| self.profile.lists[*list].is_history())
            .collect();
        course.counting.streams.iter_mut().for_each(Count::mend);
        course.counting.is_told = false;
        let asked = Moment::now(clock.as_ref());
        let fetching = self.fetch_all(&lists, session, false);
        let Fetched { new, missed, .. } = self.beside(fetching, course, NEWS_WAITS).await?;
        let missed = missed.or(lists.is_empty().then_some(Missed::NotReplayable));
        let (earliest, end) = asked.shown_since(self.stored());
        let closed = |filled_at, how| GapEnd { earliest, end, filled_at, how };
        let (store, source, now) = (&self.tools.store, self.source.id, clock.now());
        match missed {
            None if new == 0 => store.dismiss_gap(source, end, now).await?,
            None => drop(store.end_gap(source, closed(Some(now), "lists")).await?),
            Some(missed) => drop(store.end_gap(source, closed(None, missed.word())).await?),
        }
        course.counting.filled = Some(clock.elapsed());
        course.proof = Proof::since(asked);
        self.stored_until(asked).await?;
        self.note_break(course).await
    }
}
