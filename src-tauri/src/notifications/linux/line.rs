//! The one connection to the notification service, and the one listener on it.
//!
//! GNOME takes all of a program's notifications away once the connection goes that has raised the first of them, lets
//! only the connection that has raised one replace it, and tells only that one what becomes of it
//! (`notificationDaemon.js`).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::StreamExt as _;
use tokio::sync::oneshot;
use zbus::fdo::{self, DBusProxy};
use zbus::message::Type;
use zbus::names::BusName;
use zbus::zvariant::DynamicType;
use zbus::{Connection, MatchRule, Message, MessageStream};

use super::Response;

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
/// Why one has closed, in the specification's numbers.
const BY_ANALYST: u32 = 2;
/// What is heard of numbers that nobody waits for is kept while one is being raised. Nothing else is on its way then,
/// but some services tell everybody of everything.
const EARLY_LIMIT: usize = 64;

/// A connection to the session's bus.
#[derive(Clone)]
pub struct Line {
    bus: Connection,
    known: Arc<Mutex<Known>>,
}

/// What the listener knows.
#[derive(Default)]
struct Known {
    /// Who has the service's name.
    owner: Option<String>,
    /// Who was asked last what it can.
    shower: Option<Shower>,
    /// Who waits for what becomes of a notification.
    waiting: HashMap<Seat, oneshot::Sender<Response>>,
    /// What became of one whose number was not known yet: a click may be heard before the answer with it.
    early: Vec<(Seat, Response)>,
}

/// Who shows notifications.
#[derive(Debug, Clone)]
pub struct Shower {
    /// Its name on the bus: another one knows nothing of what this one shows.
    pub owner: String,
    /// What it can, in the specification's words.
    pub can: Vec<String>,
}

impl Shower {
    /// Whether it can do this.
    pub fn does(&self, capability: &str) -> bool {
        self.can.iter().any(|one| one == capability)
    }
}

/// A notification's number, and who has given it: to another service it is somebody else's.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Seat {
    owner: String,
    number: u32,
}

/// Where a notification is.
#[derive(Clone)]
pub struct Place {
    line: Line,
    seat: Seat,
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.line.known, &other.line.known) && self.seat == other.seat
    }
}

impl Place {
    /// Its number, if it is this one's and on this line.
    pub fn number(&self, line: &Line, shower: &Shower) -> Option<u32> {
        let is_there = Arc::ptr_eq(&self.line.known, &line.known) && self.seat.owner == shower.owner;
        is_there.then_some(self.seat.number)
    }

    /// Takes the notification away.
    pub async fn close(&self) -> zbus::Result<()> {
        let Seat { owner, number } = &self.seat;
        self.line.call(owner, "CloseNotification", &(number,)).await.map(drop)
    }
}

impl Line {
    /// Connects, and listens before anything is raised: no click comes too early to be heard.
    pub async fn open() -> zbus::Result<Self> {
        let bus = Connection::session().await?;
        let rule = MatchRule::builder().msg_type(Type::Signal).interface(NAME).path(PATH).build()?;
        let mut signals = MessageStream::for_match_rule(rule, &bus, None).await?;
        let daemon = DBusProxy::new(&bus).await?;
        let mut owners = daemon.receive_name_owner_changed_with_args(&[(0, NAME)]).await?;
        // Nobody may have the name yet; who is asked something is started.
        let owner = daemon.get_name_owner(BusName::try_from(NAME)?).await.ok().map(|owner| owner.to_string());
        let known = Known { owner, ..Known::default() };
        let line = Self { bus, known: Arc::new(Mutex::new(known)) };
        let heard = line.clone();
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    biased;
                    Some(Ok(signal)) = signals.next() => heard.hear(&signal),
                    Some(change) = owners.next() => heard.note_owner(&change),
                    else => break,
                }
            }
            // The bus has gone, and with it whoever showed something.
            heard.known().waiting.clear();
        });
        Ok(line)
    }

    /// Whether the bus is still there.
    pub fn is_open(&self) -> bool {
        !self.bus.is_closed()
    }

    /// Who shows notifications now. Asked once of each; who does not run yet is started by being asked.
    pub async fn shower(&self) -> zbus::Result<Shower> {
        if let Some(shower) = self.known().current() {
            return Ok(shower);
        }
        let answer = self.call(NAME, "GetCapabilities", &()).await?;
        let owner = answer.header().sender().ok_or(zbus::Error::MissingField)?.to_string();
        let shower = Shower { owner, can: answer.body().deserialize()? };
        self.known().shower = Some(shower.clone());
        Ok(shower)
    }

    /// Raises a notification at this service. Also gives what becomes of it; nothing, once nobody shows it any more.
    pub async fn raise<B>(
        &self,
        shower: &Shower,
        asked: &B,
    ) -> zbus::Result<(Place, oneshot::Receiver<Response>)>
    where
        B: serde::Serialize + DynamicType,
    {
        self.known().early.clear();
        let answer = self.call(&shower.owner, "Notify", asked).await?;
        let seat = Seat { owner: shower.owner.clone(), number: answer.body().deserialize()? };
        let response = self.known().wait(seat.clone());
        Ok((Place { line: self.clone(), seat }, response))
    }

    /// Calls the service; by its own name where no other will do.
    async fn call<B>(&self, service: &str, method: &str, body: &B) -> zbus::Result<Message>
    where
        B: serde::Serialize + DynamicType,
    {
        self.bus.call_method(Some(service), PATH, Some(NAME), method, body).await
    }

    fn hear(&self, signal: &Message) {
        let header = signal.header();
        let (Some(owner), Some(member)) = (header.sender(), header.member()) else { return };
        let body = signal.body();
        let heard = match member.as_str() {
            "ActionInvoked" => {
                body.deserialize::<(u32, &str)>().map(|(number, name)| (number, Response::to_action(name)))
            }
            "NotificationClosed" => {
                let closed = |why| if why == BY_ANALYST { Response::Dismissed } else { Response::Gone };
                body.deserialize::<(u32, u32)>().map(|(number, why)| (number, closed(why)))
            }
            _ => return,
        };
        match heard {
            Ok((number, response)) => self.known().note(Seat { owner: owner.to_string(), number }, response),
            Err(error) => {
                tracing::debug!(%error, "the notification service says something else than it should")
            }
        }
    }

    fn note_owner(&self, change: &fdo::NameOwnerChanged) {
        match change.args() {
            Ok(change) => self.known().pass_to(change.new_owner.as_ref().map(ToString::to_string)),
            Err(error) => tracing::debug!(%error, "the bus says something else than it should"),
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// Who was asked what it can, if it has the name still.
    fn current(&self) -> Option<Shower> {
        self.shower.clone().filter(|shower| self.owner.as_ref() == Some(&shower.owner))
    }

    /// The name has passed to this one: what others showed is gone, or nobody's to act on.
    fn pass_to(&mut self, owner: Option<String>) {
        self.waiting.retain(|seat, _| owner.as_ref() == Some(&seat.owner));
        self.owner = owner;
    }

    /// Waits for what becomes of this one, if that is not known by now.
    fn wait(&mut self, seat: Seat) -> oneshot::Receiver<Response> {
        let (told, response) = oneshot::channel();
        self.waiting.retain(|_, told| !told.is_closed());
        self.waiting.insert(seat.clone(), told);
        for (early, response) in std::mem::take(&mut self.early) {
            if early == seat {
                self.note(early, response);
            }
        }
        response
    }

    fn note(&mut self, seat: Seat, response: Response) {
        if let Some(told) = self.waiting.remove(&seat) {
            // Fails where nobody waits any more.
            let _given_up = told.send(response);
        } else if self.early.len() < EARLY_LIMIT {
            self.early.push((seat, response));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seat(owner: &str, number: u32) -> Seat {
        Seat { owner: owner.into(), number }
    }

    #[test]
    fn a_click_is_heard_that_comes_before_the_number_and_none_of_another_number_or_owner() {
        let mut known = Known::default();
        known.note(seat(":1.9", 1), Response::Gone);
        known.note(seat(":1.2", 2), Response::Gone);
        known.note(seat(":1.2", 1), Response::Clicked);
        known.note(seat(":1.2", 1), Response::Gone);
        assert_eq!(known.wait(seat(":1.2", 1)).try_recv(), Ok(Response::Clicked));
        assert!(known.wait(seat(":1.2", 2)).try_recv().is_err(), "what was heard before it was raised");
    }

    #[test]
    fn what_another_has_shown_is_gone_and_it_is_asked_anew_what_it_can() {
        let mut known = Known { owner: Some(":1.2".into()), ..Known::default() };
        known.shower = Some(Shower { owner: ":1.2".into(), can: Vec::new() });
        assert!(known.current().is_some());
        let mut response = known.wait(seat(":1.2", 1));
        known.pass_to(Some(":1.3".into()));
        assert!(known.current().is_none());
        known.note(seat(":1.3", 1), Response::Clicked);
        assert!(response.try_recv().is_err());
    }
}
