//! Catching up: fetches what was missed while the stream is already open, and queues what arrives on it meanwhile.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use secrecy::SecretString;
use url::Url;

use super::join;
use super::supervisor::{BATCH_FRAMES, End, Report, Supervisor};
use crate::model::Link;
use crate::profile::{Batch, ListFile};
use crate::store::Phase;
use crate::transport::http::{Credential, Request};
use crate::transport::websocket::WebSocket;
use crate::transport::{Frame, Incoming, TransportError};

/// What may wait in memory while we catch up, in bytes; above it the socket is not read, and the server waits.
const QUEUE_LIMIT: usize = 32 << 20;

/// News waits this long for the history before it; then it is stored and announced all the same.
const NEWS_WAITS: Duration = Duration::from_secs(5);
/// The most events of a page in one commit, so that nobody else waits long for the writer.
const SLICE: usize = 1_000;
/// A page whose answer is too large is asked for again with so many times fewer items.
const SMALLER_BY: u16 = 8;

/// What catching up gave.
pub(super) struct CaughtUp {
    /// The frames that arrived on the stream meanwhile.
    pub queue: VecDeque<Frame>,
    /// The last round trip.
    pub round_trip: Option<Duration>,
    /// Whether everything was fetched; not where the server has begun anew.
    pub complete: bool,
}

impl Supervisor {
    /// Fetches all lists from the stored position on.
    pub(super) async fn catch_up(
        &self,
        token: &SecretString,
        socket: &mut WebSocket,
    ) -> Result<CaughtUp, End> {
        let clock = Arc::clone(&self.tools.clock);
        let positions = self.tools.store.positions(self.source.id).await?;
        let fetched = AtomicU32::new(0);
        let lists = self
            .profile
            .lists
            .iter()
            .map(|list| self.fetch(list, token, positions.get(&list.name).cloned(), &fetched));
        let (mut queue, mut queued, mut round_trip) = (VecDeque::new(), 0, None);
        let mut waiting_since = clock.elapsed();
        let outcome = {
            // Each list goes as far as it can, whatever becomes of the others.
            let mut fetching = std::pin::pin!(join_all(lists));
            loop {
                let waited = clock.elapsed().saturating_sub(waiting_since);
                tokio::select! {
                    done = &mut fetching => break all(done),
                    incoming = socket.next(), if queued < QUEUE_LIMIT => match incoming {
                        Ok(Incoming::Frame(frame)) => {
                            queued += frame.bytes.len() + size_of::<Frame>();
                            queue.push_back(frame);
                        }
                        Ok(Incoming::RoundTrip(time)) => round_trip = Some(time),
                        Err(error) => break Err(error.into()),
                    },
                    () = clock.sleep(NEWS_WAITS.saturating_sub(waited)) => {
                        let mut news = std::mem::take(&mut queue);
                        (queued, waiting_since) = (0, clock.elapsed());
                        let mut committing = std::pin::pin!(self.commit_ahead(&mut news));
                        // A list that is being stored holds the store: it must go on meanwhile.
                        tokio::select! {
                            () = &mut committing => {}
                            done = &mut fetching => {
                                committing.await;
                                break all(done);
                            }
                        }
                    }
                }
            }
        };
        match outcome {
            Ok(complete) => Ok(CaughtUp { queue, round_trip, complete }),
            Err(end) => {
                self.commit_ahead(&mut queue).await;
                Err(end)
            }
        }
    }

    /// Stores what has waited, without moving the position past what is still being fetched.
    async fn commit_ahead(&self, queue: &mut VecDeque<Frame>) {
        while !queue.is_empty() {
            let mut batch = Batch::default();
            for frame in queue.drain(..queue.len().min(BATCH_FRAMES)) {
                self.profile.decode(&frame, &mut batch);
            }
            batch.positions.clear();
            self.commit(&batch, Phase::Ahead).await;
        }
    }

    /// Fetches one list from `position` on, page by page; without a position its newest page only. Says whether that
    /// is everything: a server that has begun anew, with lower positions than ours, cannot give what was before.
    async fn fetch(
        &self,
        list: &ListFile,
        token: &SecretString,
        mut position: Option<String>,
        fetched: &AtomicU32,
    ) -> Result<bool, End> {
        let (mut complete, mut size) = (true, list.page.size);
        loop {
            let url = page_address(&self.source.url, list, size, position.as_deref());
            let answer = match self.tools.http.send(Request::get(url, Credential::bearer(token))).await {
                Err(TransportError::TooLarge(_)) if size > 1 => {
                    size = (size / SMALLER_BY).max(1);
                    continue;
                }
                // A server that cannot make sense of our position has another idea of it than it had.
                Err(TransportError::Status { status: 400 | 404 | 410 | 416 | 422, .. })
                    if position.is_some() =>
                {
                    (position, complete) = (None, false);
                    self.begin_anew(list).await?;
                    continue;
                }
                answer => answer?.body,
            };
            let page = self
                .profile
                .decode_list(list, &answer, self.tools.clock.now())
                .map_err(|detail| TransportError::Protocol(format!("{}: {detail}", list.path)))?;
            let next = page.batch.positions.first().map(|(_, value)| value.clone());
            if is_before(next.as_deref(), position.as_deref()) {
                (position, complete) = (None, false);
                self.begin_anew(list).await?;
                continue;
            }
            let items = u32::try_from(page.batch.events.len()).unwrap_or(u32::MAX);
            for slice in page.batch.slices(SLICE) {
                self.commit(&slice, Phase::CatchingUp).await;
            }
            let fetched = fetched.fetch_add(items, Ordering::Relaxed) + items;
            self.report(Report::Link(Link::CatchingUp { fetched })).await;
            if position.is_none() || !page.more {
                return Ok(complete);
            }
            if next.is_none() || next == position {
                let detail = format!("{}: there is more, but the position does not move", list.path);
                return Err(TransportError::Protocol(detail).into());
            }
            position = next;
        }
    }

    /// What the server counted from is gone: the list is fetched from its newest page on, and the gap stays.
    async fn begin_anew(&self, list: &ListFile) -> Result<(), End> {
        tracing::warn!(source = %self.source.id, list = list.name, "the server no longer knows our position");
        Ok(self.tools.store.forget_position(self.source.id, &list.name).await?)
    }
}

/// Whether all lists are complete; else the first that failed.
fn all(lists: Vec<Result<bool, End>>) -> Result<bool, End> {
    lists.into_iter().try_fold(true, |all, list| list.map(|complete| all && complete))
}

/// Whether a position is a lower number than another.
fn is_before(one: Option<&str>, other: Option<&str>) -> bool {
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<i64>().ok());
    number(one).zip(number(other)).is_some_and(|(one, other)| one < other)
}

fn page_address(base: &Url, list: &ListFile, size: u16, position: Option<&str>) -> Url {
    let mut url = join(base, &list.path);
    url.query_pairs_mut().append_pair(&list.page.parameter, &size.to_string());
    if let Some(position) = position {
        url.query_pairs_mut().append_pair(&list.since, position);
    }
    url
}
