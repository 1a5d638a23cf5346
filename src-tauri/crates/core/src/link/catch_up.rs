//! Catching up: fetches what was missed while the stream is already open, and queues what arrives on it meanwhile.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures_util::future::try_join_all;
use secrecy::SecretString;
use url::Url;

use super::join;
use super::supervisor::{End, Report, Supervisor};
use crate::model::Link;
use crate::profile::ListFile;
use crate::store::Phase;
use crate::transport::websocket::WebSocket;
use crate::transport::{Frame, Incoming, TransportError};

/// What may wait in memory while we catch up, in bytes; above it the socket is not read, and the server waits.
const QUEUE_LIMIT: usize = 32 << 20;

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
        let positions = self.tools.store.positions(self.source.id).await?;
        let fetched = AtomicU32::new(0);
        let lists = self
            .profile
            .lists
            .iter()
            .map(|list| self.fetch(list, token, positions.get(&list.name).cloned(), &fetched));
        let fetching = try_join_all(lists);
        tokio::pin!(fetching);
        let (mut queue, mut queued, mut round_trip) = (VecDeque::new(), 0, None);
        loop {
            tokio::select! {
                done = &mut fetching => {
                    let complete = done?.into_iter().all(|complete| complete);
                    return Ok(CaughtUp { queue, round_trip, complete });
                }
                incoming = socket.next(), if queued < QUEUE_LIMIT => {
                    match incoming? {
                        Incoming::Frame(frame) => {
                            queued += frame.bytes.len();
                            queue.push_back(frame);
                        }
                        Incoming::RoundTrip(time) => round_trip = Some(time),
                    }
                }
            }
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
            let answer = match self.tools.http.get(url, token).await {
                Err(TransportError::TooLarge(_)) if size > 1 => {
                    size = (size / SMALLER_BY).max(1);
                    continue;
                }
                answer => answer?,
            };
            let page = self
                .profile
                .decode_list(list, &answer, self.tools.clock.now())
                .map_err(|detail| TransportError::Protocol(format!("{}: {detail}", list.path)))?;
            let next = page.batch.positions.first().map(|(_, value)| value.clone());
            if is_before(next.as_deref(), position.as_deref()) {
                tracing::warn!(source = %self.source.id, list = list.name, "the server has begun anew");
                self.tools.store.forget_position(self.source.id, &list.name).await?;
                (position, complete) = (None, false);
                continue;
            }
            let items = u32::try_from(page.batch.events.len()).unwrap_or(u32::MAX);
            self.commit(&page.batch, Phase::CatchingUp).await;
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
