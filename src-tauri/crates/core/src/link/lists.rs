//! Fetches lists: what was missed, page by page, or what stands at present.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use url::Url;

use super::session::Session;
use super::supervisor::{End, Report, Supervisor};
use crate::model::{Link, Time};
use crate::profile::{Batch, List, ListPage, SinceKind};
use crate::transport::TransportError;
use crate::transport::http::{Answer, Request};

/// The most events of a page in one commit, so that nobody else waits long for the writer.
const SLICE: usize = 1_000;
/// A page whose answer is too large is asked for again with so many times fewer items.
const SMALLER_BY: u16 = 8;
/// How much is asked for again of a list that goes by time, where the profile does not say.
const OVERLAP: Duration = Duration::from_secs(5);
/// A list that says without end that there is more, while nothing is new, is not believed for so many pages.
const PAGES_LIMIT: u32 = 100_000;

/// The position before everything, whether it is a time, a number or an identifier.
const START: &str = "0";

/// Why some of what was missed cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Missed {
    /// The list is only what stands at present.
    Snapshot,
    /// The backend has no list of it, or its stream cannot go back.
    NotReplayable,
    /// More was missed than the list gives.
    ListFull,
    /// The server no longer knew our position.
    BegunAnew,
}

impl Missed {
    /// The word that gaps have.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Snapshot => "snapshot",
            Self::NotReplayable => "not_replayable",
            Self::ListFull => "list_full",
            Self::BegunAnew => "begun_anew",
        }
    }
}

/// What fetching gave.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Fetched {
    /// Events that were not stored before.
    pub new: u32,
    /// Why some cannot be had.
    pub missed: Option<Missed>,
    /// How long the server asks us to wait before the next time.
    pub retry_after: Option<Duration>,
}

impl Fetched {
    fn and(self, other: Self) -> Self {
        Self {
            new: self.new.saturating_add(other.new),
            missed: self.missed.max(other.missed),
            retry_after: self.retry_after.max(other.retry_after),
        }
    }
}

impl Supervisor {
    /// Fetches these lists, side by side, each from its stored position on. Without one a new source shows the newest
    /// page of it; one that was live before and catches up may have missed all there is. `is_history`: to catch up, and
    /// not because something may be new.
    pub(super) async fn fetch_all(
        &self,
        lists: &[usize],
        session: &Session,
        is_history: bool,
    ) -> Result<Fetched, End> {
        let mut positions = self.tools.store.positions(self.source.id).await?;
        let was_live = is_history && self.tools.store.stored_until(self.source.id).await?.is_some();
        let fetched = AtomicU32::new(0);
        let progress = is_history.then_some(&fetched);
        let lists = lists.iter().filter_map(|list| self.profile.lists.get(*list));
        let fetching = lists.map(|list| {
            let start = (was_live && list.since.is_some()).then(|| START.to_owned());
            self.fetch(list, session, positions.remove(&list.name).or(start), progress)
        });
        // Each list goes as far as it can, whatever becomes of the others.
        let all = join_all(fetching).await;
        all.into_iter().try_fold(Fetched::default(), |all, list| list.map(|list| all.and(list)))
    }

    async fn fetch(
        &self,
        list: &List,
        session: &Session,
        mut position: Option<String>,
        progress: Option<&AtomicU32>,
    ) -> Result<Fetched, End> {
        let mut fetched = Fetched::default();
        let by = list.since.as_ref().map(|since| since.by);
        let mut size = list.page.as_ref().map(|page| page.size);
        let mut from = asked_from(list, position.as_deref());
        let mut is_forgotten = false;
        for _page in 0..PAGES_LIMIT {
            let url = self.page_address(list, size, position.as_deref(), from);
            let answer = match self.ask(list, url.clone(), session).await {
                Err(TransportError::TooLarge(_)) if size.is_some_and(|size| size > 1) => {
                    size = size.map(|size| (size / SMALLER_BY).max(1));
                    continue;
                }
                Err(TransportError::Status { status: 404, .. }) if list.optional => {
                    fetched.missed = Some(Missed::NotReplayable);
                    return Ok(fetched);
                }
                // A server that cannot make sense of our position has another idea of it than it had.
                Err(TransportError::Status { status: 400 | 404 | 410 | 416 | 422, .. })
                    if position.is_some() =>
                {
                    (position, from, is_forgotten) = (None, None, true);
                    continue;
                }
                answer => answer?,
            };
            fetched.retry_after = fetched.retry_after.max(answer.retry_after);
            if answer.not_modified {
                return Ok(fetched);
            }
            let page = self
                .profile
                .decode_list(list, &answer.body, self.tools.clock.now())
                .map_err(|detail| TransportError::Protocol(format!("{}: {detail}", list.address.text())))?;
            let ListPage { mut batch, items, more, newest, oldest, is_newest_first, next } = page;
            if by == Some(SinceKind::Position) && is_before(next.as_deref(), position.as_deref()) {
                (position, is_forgotten) = (None, true);
                continue;
            }
            if std::mem::take(&mut is_forgotten) {
                // Only now is it known that the server does without it.
                fetched.missed = Some(Missed::BegunAnew);
                self.give_up(Missed::BegunAnew).await?;
                self.begin_anew(list).await?;
            }
            let most = size.or(list.most).map_or(usize::MAX, usize::from);
            let is_last = position.is_none() || !more.unwrap_or(items >= most);
            let is_newest_first = match by {
                Some(SinceKind::Time) => is_newest_first,
                Some(SinceKind::Id) => goes_back(&batch),
                _ => false,
            };
            let stored = position.as_deref().and_then(|position| position.parse().ok()).map(Time);
            let is_cut = match by {
                // The newest came first, and there is no asking for what is between.
                Some(SinceKind::Time) if is_newest_first => oldest > stored,
                Some(SinceKind::Id) => is_newest_first,
                // More happened at one moment than an answer can have.
                Some(SinceKind::Time) => newest <= from,
                _ => false,
            };
            if is_cut && !is_last {
                fetched.missed = Some(Missed::ListFull);
                self.give_up(Missed::ListFull).await?;
            }
            for event in &mut batch.events {
                event.is_history = progress.is_some();
            }
            let reached = batch
                .positions
                .iter()
                .find(|(name, _)| *name == list.name)
                .map(|(_, step)| step.after(position.as_deref()).to_owned());
            let size = u32::try_from(batch.size()).unwrap_or(u32::MAX);
            for slice in batch.slices(SLICE) {
                fetched.new += self.commit(slice, None).await.stored;
            }
            // What is stored need not be sent again, and nothing else.
            self.validators().insert(list.name.clone(), (url, answer.validators));
            if let Some(progress) = progress {
                let fetched = progress.fetch_add(size, Ordering::Relaxed).saturating_add(size);
                self.report(Report::Link(Link::CatchingUp { fetched })).await;
            }
            if is_last || is_newest_first || is_cut {
                return Ok(fetched);
            }
            if by != Some(SinceKind::Time) && (reached.is_none() || reached == position) {
                let detail =
                    format!("{}: there is more, but the position does not move", list.address.text());
                return Err(TransportError::Protocol(detail).into());
            }
            (position, from) = (reached, newest);
        }
        let detail = format!("{}: there is no end of pages", list.address.text());
        Err(TransportError::Protocol(detail).into())
    }

    /// Asks for a list. What the server said last about this very address goes with it, so that what has not changed
    /// need not be sent again.
    async fn ask(&self, list: &List, url: Url, session: &Session) -> Result<Answer, TransportError> {
        let known = self.validators().get(&list.name).filter(|(asked, _)| *asked == url).cloned();
        let mut request = Request::get(url, session.credential().clone());
        request.conditional = known.map(|(_, validators)| validators);
        self.tools.http.send(request).await
    }

    /// Some of what was missed will never be had: said before the position passes it.
    async fn give_up(&self, missed: Missed) -> Result<(), End> {
        Ok(self.tools.store.give_up(self.source.id, missed.word()).await?)
    }

    /// What the server counted from is gone: the list is fetched from its newest page on, and the gap stays.
    async fn begin_anew(&self, list: &List) -> Result<(), End> {
        tracing::warn!(source = %self.source.id, list = list.name, "the server no longer knows our position");
        Ok(self.tools.store.forget_position(self.source.id, &list.name).await?)
    }

    fn page_address(
        &self,
        list: &List,
        size: Option<u16>,
        position: Option<&str>,
        from: Option<Time>,
    ) -> Url {
        let mut url = list.address.below(&self.source.url, &self.settings);
        if let (Some(page), Some(size)) = (&list.page, size) {
            url.query_pairs_mut().append_pair(&page.parameter, &size.to_string());
        }
        let since = list.since.as_ref().and_then(|since| {
            let position = match since.by {
                SinceKind::Time => since.format.write(from?),
                SinceKind::Position | SinceKind::Id => position?.to_owned(),
            };
            Some((&since.parameter, position))
        });
        if let Some((parameter, position)) = since {
            url.query_pairs_mut().append_pair(parameter, &position);
        }
        url
    }
}

/// From when on a list that goes by time is asked for.
fn asked_from(list: &List, position: Option<&str>) -> Option<Time> {
    let since = list.since.as_ref().filter(|since| since.by == SinceKind::Time)?;
    let position: i64 = position?.parse().ok()?;
    let overlap = since.overlap_seconds.map_or(OVERLAP, |seconds| Duration::from_secs(seconds.into()));
    Some(Time(position.saturating_sub(i64::try_from(overlap.as_millis()).ok()?).max(0)))
}

/// Whether the identifiers of a page go from the highest to the lowest.
fn goes_back(batch: &Batch) -> bool {
    let mut ids = batch.events.iter().filter_map(|event| event.subject.parse::<i64>().ok());
    ids.next() > ids.next_back()
}

/// Whether a position is a lower number than another.
fn is_before(one: Option<&str>, other: Option<&str>) -> bool {
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<i64>().ok());
    number(one).zip(number(other)).is_some_and(|(one, other)| one < other)
}
