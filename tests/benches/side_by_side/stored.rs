//! A database with a million events in it, made once for all rows that read: three sources, of which one is so small
//! and so long ago that a list of it alone has to be found, and every kind of event that the window lists.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use vigie_core::model::{Event, Kind, Parameters, SourceId, Time};
use vigie_core::profile::{Batch, Library, Profile};
use vigie_core::store::{Decision, Following, NewSource, Store};
use vigie_core::transport::Frame;

use crate::desk::FILE;
use crate::traffic::{self, Identifiers};

/// Events in a batch.
const BATCH: u64 = 1_000;
/// Between two events, in milliseconds: a million are eight hours.
const APART: i64 = 29;
/// When the first one happened: 2026-01-05T07:00:00Z.
const FIRST: i64 = 1_767_596_400_000;
/// Every so manieth event is activity: neither a payment nor an alert.
const ACTIVITY_EVERY: u64 = 25;
/// What activity is, in turns; balances say how something stands, so only the newest of each is listed.
const ACTIVITY: [Kind; 5] = [Kind::Order, Kind::Analysis, Kind::PaymentStream, Kind::Other, Kind::Balance];
/// The things that a balance is told of, again and again.
const ACCOUNTS: u64 = 200;
/// Every so manieth event is a change of a watchlist, the rarest kind.
const WATCHLIST_EVERY: u64 = 20_000;
/// Every so manieth event of the older half is of the smallest source.
const SMALL_EVERY: u64 = 500;

/// The sources, by size.
#[derive(Debug, Clone, Copy)]
pub struct Sources {
    /// Seven of ten events.
    pub large: SourceId,
    /// Almost all others.
    pub middle: SourceId,
    /// One of a thousand, all long ago.
    pub small: SourceId,
}

/// The database.
pub struct Stored {
    /// Where it is.
    pub folder: PathBuf,
    /// Its sources.
    pub sources: Sources,
    /// How many events are in it.
    pub count: u64,
}

impl Stored {
    /// Makes one in `folder`.
    pub async fn make(folder: PathBuf, count: u64) -> Self {
        std::fs::create_dir_all(&folder).unwrap();
        let store = Store::open(&folder.join(FILE)).await.unwrap();
        let [large, middle, small] =
            [add(&store, "Retail").await, add(&store, "Corporate").await, add(&store, "Old branch").await];
        let sources = Sources { large, middle, small };
        let library = Library::built_in().unwrap();
        let profile = library.profile("big-defend").unwrap();
        let mut number = 0;
        while number < count {
            let numbers = number..(number + BATCH).min(count);
            number = numbers.end;
            let mut batches = [large, middle, small].map(|source| (source, Batch::default()));
            for number in numbers {
                let of = source_of(number, count);
                batches[of].1.events.push(event(profile, number));
            }
            for (source, batch) in batches.iter().filter(|(_, batch)| !batch.is_empty()) {
                store.ingest(*source, batch, None).await.unwrap();
            }
        }
        settle(&store).await;
        store.close().await;
        Self { folder, sources, count }
    }

    /// The file.
    pub fn file(&self) -> PathBuf {
        self.folder.join(FILE)
    }

    /// Copies the file into a folder, for who writes to it.
    pub fn copy_into(&self, folder: &Path) {
        std::fs::create_dir_all(folder).unwrap();
        for suffix in ["", "-wal", "-shm"] {
            let name = format!("{FILE}{suffix}");
            // What the last who closed it has tidied away is not there.
            if self.folder.join(&name).exists() {
                std::fs::copy(self.folder.join(&name), folder.join(&name)).unwrap();
            }
        }
    }
}

/// Decides that nothing of what is stored is announced, and lets the index of words follow.
async fn settle(store: &Store) {
    loop {
        let pending = store.pending(true, 0).await.unwrap();
        if pending.is_empty() {
            break;
        }
        let quiet = pending.into_iter().map(|pending| (pending.id, pending.change)).collect();
        store.decide(Decision { quiet, ..Decision::default() }).await.unwrap();
    }
    while store.index_words(Following::CLOSELY).await.unwrap() {}
}

/// A new store with a source, and batches of one event each for it.
pub async fn one_by_one(path: &Path, count: u64) -> (Store, SourceId, Vec<Batch>) {
    let store = Store::open(path).await.unwrap();
    let source = add(&store, "Retail").await;
    let library = Library::built_in().unwrap();
    let profile = library.profile("big-defend").unwrap();
    let one = |number| Batch { events: vec![event(profile, number)], ..Batch::default() };
    (store, source, (0..count).map(one).collect())
}

/// Adds a source that nobody is signed in to: it stays as it is.
async fn add(store: &Store, name: &str) -> SourceId {
    let new = NewSource {
        name: name.to_owned(),
        url: "http://127.0.0.1:9/".parse().unwrap(),
        profile: "big-defend".to_owned(),
        user: name.to_owned(),
        parameters: Parameters::new(),
        simulated: false,
        remembered: false,
    };
    let mut source = store.add_source(new).await.unwrap();
    source.signed_out = true;
    store.update_source(&source).await.unwrap();
    source.id
}

/// Of which source an event is: the place of it.
const fn source_of(number: u64, count: u64) -> usize {
    if number < count / 2 && number % SMALL_EVERY == 3 {
        2
    } else if traffic::mixed(number) % 10 < 7 {
        0
    } else {
        1
    }
}

/// The event of this number.
fn event(profile: &Profile, number: u64) -> Event {
    let at = FIRST + i64::try_from(number).unwrap() * APART;
    let mut bytes = Vec::new();
    traffic::write(&mut bytes, number, Identifiers::Growing, at);
    let frame = Frame {
        length: bytes.len(),
        bytes: Bytes::from(bytes),
        received_at: Time(at + 40),
        event: None,
        event_id: None,
    };
    let mut batch = Batch::default();
    profile.decode(&profile.transports[0].streams[0], &frame, &mut batch);
    let mut event = batch.events.pop().unwrap();
    // As if other backends had told it.
    if number % WATCHLIST_EVERY == 11 {
        event.kind = Kind::Watchlist;
    } else if number % ACTIVITY_EVERY == 7 {
        let place = number / ACTIVITY_EVERY;
        event.kind = ACTIVITY[usize::try_from(place).unwrap() % ACTIVITY.len()];
        if event.kind == Kind::Balance {
            event.subject = format!("account-{}", traffic::mixed(place) % ACCOUNTS);
            event.digest = i64::try_from(number).unwrap();
        }
    }
    event
}
