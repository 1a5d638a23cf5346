//! Who is connected, and who is told what.
//!
//! Only what is committed is published, in the order of its numbers. Each connection has a queue with an end: one
//! that falls behind is ended, never skipped, so that its client knows to ask for what it missed.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use axum::extract::ws::Utf8Bytes;
use tokio::sync::{
    mpsc::{self, error::TrySendError},
    oneshot,
};

use crate::{
    big_defend,
    contract::Contract,
    model::{Alert, RiskMetrics, Sequence, Transaction},
    projection::Told,
};

/// The news that a connection may be behind, a minute of a lively stream: they are shared, so that a queue costs
/// little more than its pointers.
pub(crate) const QUEUE: usize = 4_096;

/// The connections of all users together, unless told otherwise: each costs a socket and a queue.
pub(crate) const CONNECTIONS: usize = 1_000;

/// The connections of one user: several desktops, and the ones that have not noticed yet that they are dead.
const CONNECTIONS_OF_USER: usize = 32;

/// Something that changed.
#[derive(Debug, Clone)]
pub(crate) enum News {
    /// A transaction was added.
    Transaction(Arc<Transaction>),
    /// An alert was raised or changed.
    Alert(Arc<Alert>),
    /// The risk was measured.
    Risk(Arc<RiskMetrics>),
    /// A contract tells of one of these in its own words.
    Told(Arc<Told>),
}

impl News {
    /// The number of the change.
    pub fn sequence(&self) -> Sequence {
        match self {
            Self::Transaction(transaction) => transaction.sequence,
            Self::Alert(alert) => alert.sequence,
            Self::Risk(risk) => risk.sequence,
            Self::Told(told) => told.sequence,
        }
    }
}

/// News as they are handed to all connections, which share them.
pub(crate) struct Bulletin {
    /// What changed.
    pub news: News,
    frame: OnceLock<Utf8Bytes>,
}

impl Bulletin {
    fn new(news: News) -> Self {
        Self { news, frame: OnceLock::new() }
    }

    /// The news as a frame of the Big Defend contract, which is written once for all that want it.
    pub fn frame(&self) -> Result<Utf8Bytes, serde_json::Error> {
        if let Some(frame) = self.frame.get() {
            return Ok(frame.clone());
        }
        let frame = big_defend::frame(&self.news)?.into();
        Ok(self.frame.get_or_init(|| frame).clone())
    }
}

/// Why the gateway ends a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// It fell behind.
    Lagging,
    /// Its token was revoked.
    Revoked,
    /// The gateway stops.
    GoingAway,
    /// Without a word, as a broken network does.
    Cut,
}

/// Why nobody else can join.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Full {
    /// There are too many connections.
    #[error("too many connections")]
    Gateway,
    /// The user has too many.
    #[error("too many connections of this user")]
    User,
}

/// Who takes a seat.
#[derive(Debug)]
pub(crate) struct Visitor {
    /// What is spoken.
    pub contract: Contract,
    /// Who it is, if they had to say so.
    pub user: Option<String>,
    /// The session that they came in with, if it can be ended.
    pub session: Option<u64>,
    /// What they choose by, to be counted.
    pub interests: Vec<&'static str>,
}

impl Visitor {
    /// Somebody who did not have to say who they are.
    pub fn anybody(contract: Contract) -> Self {
        Self { contract, user: None, session: None, interests: Vec::new() }
    }

    /// A user.
    pub fn user(contract: Contract, name: &str) -> Self {
        Self { user: Some(name.to_owned()), ..Self::anybody(contract) }
    }
}

/// What a connection wants to be told.
type Wanted = Box<dyn Fn(&News) -> bool + Send + Sync>;

struct Connection {
    visitor: Visitor,
    wanted: Wanted,
    queue: mpsc::Sender<Arc<Bulletin>>,
    ending: oneshot::Sender<Ending>,
}

#[derive(Default)]
struct Connections {
    next: u64,
    open: HashMap<u64, Connection>,
}

/// The hub; clones are the same hub.
#[derive(Clone)]
pub(crate) struct Hub {
    connections: Arc<Mutex<Connections>>,
    capacity: usize,
}

/// A connection's end of the hub.
pub(crate) struct Seat {
    /// Its place, which is left by dropping it.
    pub place: Place,
    /// What changed since.
    pub news: mpsc::Receiver<Arc<Bulletin>>,
    /// Why it is over; the news that are queued by then are the last.
    pub ending: oneshot::Receiver<Ending>,
}

/// A connection's place among the others.
pub(crate) struct Place {
    /// Its number; none is given twice.
    pub number: u64,
    hub: Hub,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.hub.connections().open.remove(&self.number);
    }
}

impl Hub {
    /// A hub for so many connections.
    pub fn new(capacity: usize) -> Self {
        Self { connections: Arc::default(), capacity }
    }

    /// How many connections there can be.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// How many connections of a contract there are, of those that choose by something, if it is said.
    pub fn count_of(&self, contract: Contract, interest: Option<&str>) -> usize {
        let chosen =
            |visitor: &Visitor| interest.is_none_or(|interest| visitor.interests.contains(&interest));
        let connections = self.connections();
        let visitors = connections.open.values().map(|open| &open.visitor);
        visitors.filter(|visitor| visitor.contract == contract && chosen(visitor)).count()
    }

    /// Takes a seat for a visitor, who hears what is wanted.
    pub fn join(
        &self,
        visitor: Visitor,
        wanted: impl Fn(&News) -> bool + Send + Sync + 'static,
    ) -> Result<Seat, Full> {
        let mut connections = self.connections();
        if connections.open.len() >= self.capacity {
            return Err(Full::Gateway);
        }
        let same = |open: &&Connection| visitor.user.is_some() && open.visitor.user == visitor.user;
        if connections.open.values().filter(same).count() >= CONNECTIONS_OF_USER {
            return Err(Full::User);
        }
        let ((queue, news), (ending, over)) = (mpsc::channel(QUEUE), oneshot::channel());
        let number = connections.next;
        connections.next += 1;
        let wanted = Box::new(wanted);
        let connection = Connection { visitor, wanted, queue, ending };
        connections.open.insert(number, connection);
        Ok(Seat { place: Place { number, hub: self.clone() }, news, ending: over })
    }

    /// Tells everybody whom it concerns. Never waits.
    pub fn publish(&self, news: Vec<News>) {
        let bulletins: Vec<_> = news.into_iter().map(|news| Arc::new(Bulletin::new(news))).collect();
        let mut connections = self.connections();
        let behind: Vec<u64> = connections
            .open
            .iter()
            .filter(|(_, to)| {
                let mut concerning = bulletins.iter().filter(|bulletin| (to.wanted)(&bulletin.news));
                // A queue that is closed belongs to somebody who is just leaving.
                concerning.any(|one| matches!(to.queue.try_send(Arc::clone(one)), Err(TrySendError::Full(_))))
            })
            .map(|(number, _)| *number)
            .collect();
        for connection in behind.iter().filter_map(|number| connections.open.remove(number)) {
            tracing::info!(user = connection.visitor.user, "a connection fell behind and is closed");
            let _ = connection.ending.send(Ending::Lagging);
        }
    }

    /// Ends all connections.
    pub fn end_all(&self, why: Ending) {
        for (_, connection) in self.connections().open.drain() {
            // An error means that it has ended already.
            let _ = connection.ending.send(why);
        }
    }

    /// Ends the connections of a session.
    pub fn end_session(&self, session: u64) {
        let mut connections = self.connections();
        let of_session = |_: &u64, open: &mut Connection| open.visitor.session == Some(session);
        for (_, connection) in connections.open.extract_if(of_session) {
            // An error means that it has ended already.
            let _ = connection.ending.send(Ending::Revoked);
        }
    }

    /// How many connections there are.
    pub fn count(&self) -> usize {
        self.connections().open.len()
    }

    fn connections(&self) -> MutexGuard<'_, Connections> {
        // Nothing here panics half way, so that a poisoned map is still whole.
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
