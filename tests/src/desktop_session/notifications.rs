//! The desktop's notification service: it remembers what was raised, and clicks.

use std::collections::HashMap;

use tokio::sync::watch;
use zbus::object_server::SignalEmitter;
use zbus::{Connection, OwnedVariant, interface};

use super::until;
use crate::desk::IN_VAIN;

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
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
}

impl Notifications {
    /// Puts the service on a bus; `replaces`: whether it does what it is told about which takes the place of which.
    pub(super) async fn start(address: &str, replaces: bool) -> Self {
        let (raises, raised) = watch::channel(Vec::new());
        let (withdraws, withdrawn) = watch::channel(Vec::new());
        let connection = zbus::connection::Builder::address(address)
            .serve_at(PATH, Service { raised: raises, withdrawn: withdraws, last: 0, is_stubborn: !replaces })
            .name(NAME)
            .build()
            .await
            .unwrap();
        Self { connection, raised, withdrawn }
    }

    /// Ends as a service does that crashes: what it showed is gone, and nobody is told.
    pub async fn end(self) {
        self.connection.release_name(NAME).await.unwrap();
        self.connection.close().await.unwrap();
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

    /// Clicks a notification, which closes it once the click is followed.
    pub async fn click(&self, id: u32, followed: impl AsyncFnMut() -> bool) {
        self.press(id, "default", followed).await;
    }

    /// Clicks a notification right behind the closing of others: much may go on on a desktop.
    pub async fn click_in_a_crowd(&self, id: u32) {
        let service = self.connection.object_server().interface::<_, Service>(PATH).await.unwrap();
        let emitter = service.signal_emitter();
        for other in 1_000..1_020 {
            Service::notification_closed(emitter, other, CLOSED_BY_USER).await.unwrap();
        }
        Service::action_invoked(emitter, id, "default").await.unwrap();
    }

    /// Dismisses a notification.
    pub async fn dismiss(&self, id: u32) {
        let service = self.connection.object_server().interface::<_, Service>(PATH).await.unwrap();
        Service::notification_closed(service.signal_emitter(), id, CLOSED_BY_USER).await.unwrap();
    }

    /// Presses a button of a notification, likewise.
    pub async fn press(&self, id: u32, button: &str, mut followed: impl AsyncFnMut() -> bool) {
        let service = self.connection.object_server().interface::<_, Service>(PATH).await.unwrap();
        let emitter = service.signal_emitter();
        Service::action_invoked(emitter, id, button).await.unwrap();
        let look = async || followed().await.then_some(());
        assert!(until(look).await.is_some(), "the click on notification {id} is not followed");
        Service::notification_closed(emitter, id, CLOSED_BY_USER).await.unwrap();
    }
}

struct Service {
    raised: watch::Sender<Vec<Raised>>,
    withdrawn: watch::Sender<Vec<u32>>,
    last: u32,
    /// Whether everything that is raised gets a place of its own.
    is_stubborn: bool,
}

#[interface(name = "org.freedesktop.Notifications")]
impl Service {
    #[expect(clippy::too_many_arguments, reason = "the specification has as many")]
    fn notify(
        &mut self,
        app: String,
        replaces: u32,
        _icon: String,
        summary: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, OwnedVariant>,
        _timeout: i32,
    ) -> u32 {
        let id = if replaces == 0 || self.is_stubborn {
            self.last += 1;
            self.last
        } else {
            replaces
        };
        let urgency = hints.get("urgency").and_then(|value| value.downcast_ref::<u8>().ok());
        let sound = hints.get("sound-name").and_then(|value| value.downcast_ref::<String>().ok());
        let is_silent = hints.get("suppress-sound").and_then(|value| value.downcast_ref::<bool>().ok());
        let is_silent = is_silent.unwrap_or_default();
        self.raised.send_modify(|all| {
            all.push(Raised { id, app, replaces, summary, body, actions, urgency, sound, is_silent });
        });
        id
    }

    async fn close_notification(&self, id: u32, #[zbus(signal_emitter)] emitter: SignalEmitter<'_>) {
        self.withdrawn.send_modify(|all| all.push(id));
        // Fails only when the test has ended.
        let _ended = Self::notification_closed(&emitter, id, CLOSED_BY_CALL).await;
    }

    fn get_capabilities(&self) -> Vec<&'static str> {
        vec!["actions", "body", "body-markup", "sound"]
    }

    fn get_server_information(&self) -> (&'static str, &'static str, &'static str, &'static str) {
        ("vigie-tests", "vigie", "1", "1.2")
    }

    #[zbus(signal)]
    async fn action_invoked(emitter: &SignalEmitter<'_>, id: u32, action: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn notification_closed(emitter: &SignalEmitter<'_>, id: u32, reason: u32) -> zbus::Result<()>;
}
