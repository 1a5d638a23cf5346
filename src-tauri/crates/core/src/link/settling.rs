//! Tells what a stream replays from what is news. A replay is over when the stream has been quiet for a moment, or
//! gives what happened after we came. A connection on which nothing has come at all may have nothing to replay, or a
//! replay that is slow to begin, or one that is eaten on its way: of it nothing can be told yet.

use std::time::Duration;

use crate::model::{Event, Time};
use crate::profile::Stream;

/// How far a server's clock may be ahead of ours: what is dated later than that is a mistake, and ends no replay.
const AHEAD: Duration = Duration::from_secs(5 * 60);

/// The streams of a connection, and which of them are still replaying.
pub(super) struct Settling {
    connected_at: Time,
    /// Whether anything has come.
    has_begun: bool,
    streams: Vec<Option<Replaying>>,
}

struct Replaying {
    quiet: Duration,
    /// When something last arrived, by [`crate::clock::Clock::elapsed`].
    last: Duration,
}

impl Settling {
    /// Of a connection that was dialled at `connected_at`; `replays` says which of its streams give first what was
    /// before.
    pub fn new<'a>(
        connected_at: Time,
        streams: impl IntoIterator<Item = &'a Stream>,
        replays: impl IntoIterator<Item = bool>,
    ) -> Self {
        let streams = streams.into_iter().zip(replays).map(|(stream, replays)| {
            replays.then_some(Replaying { quiet: stream.settled, last: Duration::ZERO })
        });
        Self { connected_at, has_begun: false, streams: streams.collect() }
    }

    /// Takes note that something has come: from the first sign of life on, quiet means something.
    pub fn begin(&mut self, now: Duration) {
        if !std::mem::replace(&mut self.has_begun, true) {
            self.streams.iter_mut().flatten().for_each(|replaying| replaying.last = now);
        }
    }

    /// Whether no stream replays any more.
    pub fn is_settled(&self) -> bool {
        self.streams.iter().all(Option::is_none)
    }

    /// When the next stream counts as settled if it stays quiet, by the clock.
    pub fn due(&self) -> Option<Duration> {
        let due = self.streams.iter().flatten().map(|replaying| replaying.last + replaying.quiet).min();
        due.filter(|_| self.has_begun)
    }

    /// Settles the streams that have been quiet for long enough.
    pub fn settle(&mut self, now: Duration) {
        if !self.has_begun {
            return;
        }
        for stream in &mut self.streams {
            if stream.as_ref().is_some_and(|replaying| now >= replaying.last + replaying.quiet) {
                *stream = None;
            }
        }
    }

    /// Marks what a stream has just given.
    pub fn mark(&mut self, stream: usize, events: &mut [Event], now: Duration) {
        self.begin(now);
        let Some(Some(replaying)) = self.streams.get_mut(stream) else { return };
        replaying.last = now;
        for event in events {
            let news = self.connected_at..=event.received_at.plus(AHEAD);
            if event.facts.occurred_at.is_some_and(|at| news.contains(&at)) {
                self.streams[stream] = None;
                return;
            }
            event.is_history = true;
        }
    }
}
