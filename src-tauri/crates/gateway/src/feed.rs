//! Streams of a contract's own messages: what a client missed, if it says where it was, and then what comes.

use std::{sync::Arc, time::Duration};

use axum::{
    http::{HeaderMap, Uri},
    response::Response,
};
use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::{
    backend::Backend,
    clock::later,
    contract::Contract,
    hub::{Bulletin, News, Visitor},
    projection::{Message, Position, Told},
    refusal::Refusal,
    sse::{self, Event, Outlet, Over},
};

/// The changes read at once.
const PIECE: u32 = 200;

/// The news told in one piece: what has come while the client took the one before.
const NEWS_AT_ONCE: usize = 64;

/// Whether somebody wants to hear a message.
pub(crate) type Wanted = Arc<dyn Fn(&Message) -> bool + Send + Sync>;

/// How a contract streams.
pub(crate) struct Manner {
    /// Whose messages they are.
    pub contract: Contract,
    /// Whether an event bears the name of its message's kind.
    pub named: bool,
    /// The comment that shows that the connection is alive.
    pub comment: &'static str,
    /// How often.
    pub every: Duration,
}

/// A stream that is about to begin.
pub(crate) struct Feed {
    /// How it is streamed.
    pub manner: &'static Manner,
    /// Who listens.
    pub visitor: Visitor,
    /// What they want.
    pub wanted: Wanted,
    /// What is said first, as JSON, to this client alone.
    pub greeting: Option<String>,
    /// Behind what it begins, if it does not begin with what comes.
    pub since: Option<Position>,
    /// When it ends at the latest.
    pub until: Option<Timestamp>,
    /// Whether it ends with what there is already.
    pub is_past: bool,
}

impl Feed {
    /// A stream of what is wanted, for anybody and without an end.
    pub fn new(manner: &'static Manner, wanted: Wanted) -> Self {
        Self {
            manner,
            visitor: Visitor::anybody(manner.contract),
            wanted,
            greeting: None,
            since: None,
            until: None,
            is_past: false,
        }
    }

    /// Answers with the stream. Whatever is told from now on is in it.
    pub async fn open(
        self,
        backend: &Arc<Backend>,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Result<Response, Refusal> {
        let Self { manner, visitor, wanted, greeting, since, until, is_past } = self;
        let given = sse::last_event_id(backend, headers).and_then(|id| id.parse().ok());
        let after = match given {
            // A greeting has to say where its client is: here, before anything else is told.
            None if backend.event_ids && greeting.is_some() => {
                Some(Position::behind(backend.store.standing().await?.sequence))
            }
            // What it begins with cannot be before what it is.
            given => given.max(since),
        };
        let (contract, user, wish) = (manner.contract, visitor.user.clone(), Arc::clone(&wanted));
        let seat = backend.hub.join(visitor, move |news| match news {
            News::Told(told) => {
                told.contract == contract && told.messages.iter().any(|message| wish(message))
            }
            _ => false,
        })?;
        let channel = backend.channel(contract, user, &seat, uri);
        let next_comment = later(backend.clock.now(), manner.every);
        let backend = Arc::clone(backend);
        let running = Running { manner, backend: Arc::clone(&backend), wanted, is_past, after, next_comment };
        Ok(sse::open(&backend, seat, channel, move |news, outlet| running.run(greeting, until, news, outlet)))
    }
}

struct Running {
    manner: &'static Manner,
    backend: Arc<Backend>,
    wanted: Wanted,
    is_past: bool,
    /// The last message that the client has got or did not want.
    after: Option<Position>,
    next_comment: Timestamp,
}

impl Running {
    async fn run(
        mut self,
        greeting: Option<String>,
        until: Option<Timestamp>,
        news: mpsc::Receiver<Arc<Bulletin>>,
        outlet: Outlet,
    ) -> Result<(), Over> {
        if let Some(greeting) = greeting {
            let id = self.after.map(|after| after.to_string());
            outlet.send([Event { id, name: None, data: &greeting }]).await?;
        }
        let clock = self.backend.clock.clone();
        tokio::select! {
            ended = self.tell(news, outlet) => ended,
            () = clock.sleep_until(until.unwrap_or(Timestamp::MAX)) => Ok(()),
        }
    }

    async fn tell(&mut self, mut news: mpsc::Receiver<Arc<Bulletin>>, outlet: Outlet) -> Result<(), Over> {
        self.replay(&mut news, &outlet).await?;
        if self.is_past {
            return Ok(());
        }
        let mut waiting = Vec::with_capacity(NEWS_AT_ONCE);
        loop {
            tokio::select! {
                count = news.recv_many(&mut waiting, NEWS_AT_ONCE) => {
                    if count == 0 {
                        // The hub has let go of this connection, and says why in a moment.
                        return std::future::pending().await;
                    }
                    let told = waiting.iter().filter_map(|bulletin| match &bulletin.news {
                        News::Told(told) => Some(told.as_ref()),
                        _ => None,
                    });
                    self.pass(told, &outlet).await?;
                    waiting.clear();
                },
                () = self.backend.clock.sleep_until(self.next_comment) => {
                    self.next_comment = later(self.next_comment.max(self.backend.clock.now()), self.manner.every);
                    outlet.comment(self.manner.comment).await?;
                }
            }
        }
    }

    /// Tells what the store has after the message that the client has got last.
    async fn replay(
        &mut self,
        news: &mut mpsc::Receiver<Arc<Bulletin>>,
        outlet: &Outlet,
    ) -> Result<(), Over> {
        while let Some(after) = self.after {
            // What is published was stored before: it is read in its turn.
            while news.try_recv().is_ok() {}
            let told = self.backend.store.told(self.manner.contract, after.sequence, PIECE).await;
            let told = told.map_err(|error| {
                tracing::error!(%error, "a stream ends");
                Over
            })?;
            self.pass(&told, outlet).await?;
            if told.len() < PIECE as usize {
                break;
            }
        }
        Ok(())
    }

    /// Tells what is wanted of changes and was not told before.
    async fn pass<'a>(
        &mut self,
        told: impl IntoIterator<Item = &'a Told>,
        outlet: &Outlet,
    ) -> Result<(), Over> {
        let mut events = Vec::new();
        for (position, message) in told.into_iter().flat_map(Told::placed) {
            if self.after.is_some_and(|after| position <= after) {
                continue;
            }
            if (self.wanted)(message) {
                let id = self.backend.event_ids.then(|| position.to_string());
                let name = self.manner.named.then_some(message.kind.as_str());
                events.push(Event { id, name, data: message.data.get() });
            }
            self.after = Some(position);
        }
        if events.is_empty() {
            return Ok(());
        }
        outlet.send(events).await
    }
}
