//! The desktop's notification service: it remembers what was raised, and clicks. It is as strict as GNOME's (its
//! `notificationDaemon.js`, in the shell and among its D-Bus services): only the connection that has raised a
//! notification may replace it or take it away, and hears alone what becomes of it; and when the connection goes that
//! has raised the first of those on show, all of the program's go.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use futures_util::StreamExt as _;
use tokio::sync::watch;
use tokio::task::JoinSet;
use zbus::fdo::{self, DBusProxy};
use zbus::message::Header;
use zbus::names::{BusName, OwnedUniqueName};
use zbus::object_server::SignalEmitter;
use zbus::{Connection, OwnedVariant, interface};

use super::until;
use crate::desk::IN_VAIN;

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
/// What GNOME's can.
const EVERYTHING: &[&str] = &["actions", "body", "body-markup", "sound"];
/// Why a notification closed, in the specification's numbers.
const CLOSED_BY_USER: u32 = 2;
const CLOSED_BY_CALL: u32 = 3;

/// A notification that was raised.
#[derive(Debug, Clone)]
pub struct Raised {
    /// Its number.
    pub id: u32,
    /// Who raised it.
    pub app: String,
    /// Which one it takes the place of; 0: none.
    pub replaces: u32,
    /// Its first line.
    pub summary: String,
    /// Its text.
    pub body: String,
    /// Names and words of its buttons, in turns.
    pub actions: Vec<String>,
    /// How urgent it is: 0 low, 1 normal, 2 critical.
    pub urgency: Option<u8>,
    /// What is to be heard with it, by the freedesktop sound names.
    pub sound: Option<String>,
    /// Whether nothing is to be heard, not even what the service would choose.
    pub is_silent: bool,
}

/// The service.
pub struct Notifications {
    connection: Connection,
    raised: watch::Receiver<Vec<Raised>>,
    withdrawn: watch::Receiver<Vec<u32>>,
    screen: Arc<watch::Sender<Screen>>,
    stuck: watch::Sender<bool>,
    /// Holds the connection, and ends with the service.
    _watching: JoinSet<()>,
}

/// What is on show.
#[derive(Default)]
struct Screen {
    /// The numbers, and who has raised each.
    raisers: BTreeMap<u32, OwnedUniqueName>,
    /// With whose connection all of them go.
    first: Option<OwnedUniqueName>,
}

impl Screen {
    fn add(&mut self, id: u32, raiser: OwnedUniqueName) {
        self.first.get_or_insert_with(|| raiser.clone());
        self.raisers.insert(id, raiser);
    }

    fn remove(&mut self, id: u32) -> Option<OwnedUniqueName> {
        let raiser = self.raisers.remove(&id);
        if self.raisers.is_empty() {
            self.first = None;
        }
        raiser
    }

    /// This connection has gone.
    fn lose(&mut self, gone: &str) {
        if self.first.as_ref().is_some_and(|first| first.as_str() == gone) {
            *self = Self::default();
        }
    }
}

impl Notifications {
    /// Puts a service on a bus that can everything.
    pub(super) async fn start(address: &str) -> Self {
        Self::serve(address, EVERYTHING, false).await
    }

    /// Puts a service on a bus that can this, in the specification's words. It takes the name from who has it.
    pub(super) async fn start_with(address: &str, can: &'static [&'static str]) -> Self {
        Self::serve(address, can, false).await
    }

    /// Puts a service on a bus that gives everything that is raised a place of its own.
    pub(super) async fn start_stubborn(address: &str) -> Self {
        Self::serve(address, EVERYTHING, true).await
    }

    async fn serve(address: &str, can: &'static [&'static str], is_stubborn: bool) -> Self {
        let (raises, raised) = watch::channel(Vec::new());
        let (withdraws, withdrawn) = watch::channel(Vec::new());
        let (stuck, is_stuck) = watch::channel(false);
        let screen = Arc::new(watch::Sender::new(Screen::default()));
        let service = Service {
            can,
            raised: raises,
            withdrawn: withdraws,
            screen: screen.clone(),
            is_stuck,
            last: 0,
            is_stubborn,
        };
        let connection = zbus::connection::Builder::address(address)
            .serve_at(PATH, service)
            .allow_name_replacements(true)
            .replace_existing_names(true)
            .name(NAME)
            .build()
            .await
            .unwrap();
        let bus = DBusProxy::new(&connection).await.unwrap();
        let mut owners = bus.receive_name_owner_changed().await.unwrap();
        let (seen, mut watching) = (screen.clone(), JoinSet::new());
        watching.spawn(async move {
            while let Some(change) = owners.next().await {
                let change = change.args().unwrap();
                if change.new_owner.is_none() {
                    seen.send_modify(|screen| screen.lose(change.name.as_str()));
                }
            }
        });
        Self { connection, raised, withdrawn, screen, stuck, _watching: watching }
    }

    /// Ends as a service does that crashes: what it showed is gone, and nobody is told.
    pub async fn end(self) {
        self.connection.release_name(NAME).await.unwrap();
        self.connection.close().await.unwrap();
    }

    /// From now on it answers nothing that it is asked to show; what it was asked is shown once it answers again.
    pub fn hang(&self, is_stuck: bool) {
        self.stuck.send_replace(is_stuck);
    }

    /// The numbers of what is on show.
    pub fn on_show(&self) -> Vec<u32> {
        self.screen.borrow().raisers.keys().copied().collect()
    }

    /// Waits until these are on show and no others.
    pub async fn until_on_show(&self, ids: &[u32]) {
        let mut screen = self.screen.subscribe();
        let is_so = screen.wait_for(|screen| screen.raisers.keys().eq(ids));
        let found = tokio::time::timeout(IN_VAIN, is_so).await.map(drop);
        assert!(found.is_ok(), "{ids:?} are to be on show, and these are: {:?}", self.on_show());
    }

    /// Waits until this notification was taken away by who raised it.
    pub async fn until_withdrawn(&self, id: u32) {
        let mut withdrawn = self.withdrawn.clone();
        let found =
            tokio::time::timeout(IN_VAIN, withdrawn.wait_for(|all| all.contains(&id))).await.map(drop);
        assert!(found.is_ok(), "{id} is not withdrawn; raised so far: {:#?}", self.raised());
    }

    /// What was taken away by who raised it so far, oldest first.
    pub fn withdrawn(&self) -> Vec<u32> {
        self.withdrawn.borrow().clone()
    }

    /// What was raised so far, oldest first.
    pub fn raised(&self) -> Vec<Raised> {
        self.raised.borrow().clone()
    }

    /// Waits for a notification.
    pub async fn until(&self, mut holds: impl FnMut(&Raised) -> bool) -> Raised {
        let mut raised = self.raised.clone();
        let found =
            tokio::time::timeout(IN_VAIN, raised.wait_for(|all| all.iter().any(&mut holds))).await.map(drop);
        let all = self.raised();
        assert!(found.is_ok(), "waited in vain for a notification; raised so far: {all:#?}");
        all.into_iter().rfind(holds).unwrap()
    }

    /// Clicks a notification, which closes it, and waits until the click is followed.
    pub async fn click(&self, id: u32, followed: impl AsyncFnMut() -> bool) {
        self.press(id, "default", followed).await;
    }

    /// Clicks a notification right behind the closing of others: much may go on on a desktop.
    pub async fn click_in_a_crowd(&self, id: u32) {
        let emitter = self.take(id);
        for other in 1_000..1_020 {
            Service::notification_closed(&emitter, other, CLOSED_BY_USER).await.unwrap();
        }
        Service::action_invoked(&emitter, id, "default").await.unwrap();
    }

    /// Dismisses a notification.
    pub async fn dismiss(&self, id: u32) {
        Service::notification_closed(&self.take(id), id, CLOSED_BY_USER).await.unwrap();
    }

    /// Presses a button of a notification, likewise.
    pub async fn press(&self, id: u32, button: &str, mut followed: impl AsyncFnMut() -> bool) {
        let emitter = self.take(id);
        Service::action_invoked(&emitter, id, button).await.unwrap();
        Service::notification_closed(&emitter, id, CLOSED_BY_USER).await.unwrap();
        let look = async || followed().await.then_some(());
        assert!(until(look).await.is_some(), "{button} on notification {id} is not followed");
    }

    /// Takes a notification off the screen, to tell who has raised it.
    fn take(&self, id: u32) -> SignalEmitter<'static> {
        let mut raiser = None;
        self.screen.send_modify(|screen| raiser = screen.remove(id));
        let raiser =
            raiser.unwrap_or_else(|| panic!("{id} is not on show; raised so far: {:#?}", self.raised()));
        to(&self.connection, raiser)
    }
}

/// Tells this connection alone.
fn to(connection: &Connection, listener: OwnedUniqueName) -> SignalEmitter<'static> {
    SignalEmitter::new(connection, PATH).unwrap().set_destination(BusName::from(listener).into_owned())
}

struct Service {
    can: &'static [&'static str],
    raised: watch::Sender<Vec<Raised>>,
    withdrawn: watch::Sender<Vec<u32>>,
    screen: Arc<watch::Sender<Screen>>,
    is_stuck: watch::Receiver<bool>,
    last: u32,
    /// Whether everything that is raised gets a place of its own.
    is_stubborn: bool,
}

impl Service {
    /// A number belongs to who raised it, for as long as it is on show.
    fn is_on_show(&self, id: u32, header: &Header<'_>) -> fdo::Result<bool> {
        let screen = self.screen.borrow();
        let Some(raiser) = screen.raisers.get(&id) else { return Ok(false) };
        if header.sender().is_some_and(|sender| sender == raiser) {
            Ok(true)
        } else {
            Err(fdo::Error::InvalidArgs("Invalid notification ID".to_owned()))
        }
    }
}

#[interface(name = "org.freedesktop.Notifications")]
impl Service {
    #[expect(clippy::too_many_arguments, reason = "the specification has as many")]
    async fn notify(
        &mut self,
        app: String,
        replaces: u32,
        _icon: String,
        summary: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, OwnedVariant>,
        _timeout: i32,
        #[zbus(header)] header: Header<'_>,
    ) -> fdo::Result<u32> {
        // Fails only when the test has ended.
        let _ended = self.is_stuck.wait_for(|is_stuck| !is_stuck).await.map(drop);
        let id = if self.is_on_show(replaces, &header)? && !self.is_stubborn {
            replaces
        } else {
            self.last += 1;
            self.last
        };
        let raiser = header.sender().unwrap().to_owned();
        self.screen.send_modify(|screen| screen.add(id, raiser.into()));
        let urgency = hints.get("urgency").and_then(|value| value.downcast_ref::<u8>().ok());
        let sound = hints.get("sound-name").and_then(|value| value.downcast_ref::<String>().ok());
        let is_silent = hints.get("suppress-sound").and_then(|value| value.downcast_ref::<bool>().ok());
        let is_silent = is_silent.unwrap_or_default();
        self.raised.send_modify(|all| {
            all.push(Raised { id, app, replaces, summary, body, actions, urgency, sound, is_silent });
        });
        Ok(id)
    }

    async fn close_notification(
        &self,
        id: u32,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> fdo::Result<()> {
        if self.is_on_show(id, &header)? {
            let mut raiser = None;
            self.screen.send_modify(|screen| raiser = screen.remove(id));
            self.withdrawn.send_modify(|all| all.push(id));
            // Fails only when the test has ended.
            let _ended =
                Self::notification_closed(&to(connection, raiser.unwrap()), id, CLOSED_BY_CALL).await;
        }
        Ok(())
    }

    fn get_capabilities(&self) -> &[&'static str] {
        self.can
    }

    fn get_server_information(&self) -> (&'static str, &'static str, &'static str, &'static str) {
        ("vigie-tests", "vigie", "1", "1.2")
    }

    #[zbus(signal)]
    async fn action_invoked(emitter: &SignalEmitter<'_>, id: u32, action: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn notification_closed(emitter: &SignalEmitter<'_>, id: u32, reason: u32) -> zbus::Result<()>;
}
