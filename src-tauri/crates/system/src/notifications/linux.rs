//! The desktop's notification service, over D-Bus.

use futures_util::StreamExt as _;
use zbus::fdo::DBusProxy;
use zbus::message::Type;
use zbus::names::MemberName;
use zbus::{Connection, MatchRule, MessageStream};

use super::Service;
use crate::{Missing, bus};

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// What we need of a service, by the name of the capability, and what is lost without it.
const NEEDED: [(&str, &str); 2] = [
    ("body", "only the title of an alert is shown"),
    ("actions", "a click on a notification does not open the alert"),
];

const CURE: &str = "install and start a notification service, such as dunst or mako; most desktops have one";

/// Who shows notifications now.
#[derive(Debug, Clone, PartialEq, Eq)]
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

/// What is done to a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// This action was chosen on it.
    Chosen(String),
    /// It is on show no more, and why, in the specification's numbers.
    Closed(u32),
}

/// What is done to the notifications that somebody shows.
pub struct Done(MessageStream);

impl Done {
    /// What is done to the notification of this number next; `None`: nothing is heard any more.
    pub async fn to(&mut self, number: u32) -> Option<Deed> {
        while let Some(Ok(message)) = self.0.next().await {
            let (header, body) = (message.header(), message.body());
            match header.member().map(MemberName::as_str) {
                Some("ActionInvoked") => match body.deserialize::<(u32, String)>() {
                    Ok((of, action)) if of == number => return Some(Deed::Chosen(action)),
                    _ => {}
                },
                Some("NotificationClosed") => match body.deserialize::<(u32, u32)>() {
                    Ok((of, why)) if of == number => return Some(Deed::Closed(why)),
                    _ => {}
                },
                _ => {}
            }
        }
        None
    }
}

/// Asks who shows notifications now, and hears from now on what is done to theirs; who does not run yet is started by being
/// asked.
pub async fn shower() -> Result<(Shower, Done), Missing> {
    let asked = async |bus: Connection| {
        let can = bus.call_method(Some(NAME), PATH, Some(NAME), "GetCapabilities", &()).await?;
        let owner = DBusProxy::new(&bus).await?.get_name_owner(NAME.try_into()?).await?;
        let done =
            MatchRule::builder().msg_type(Type::Signal).sender(owner.clone())?.interface(NAME)?.build();
        let done = MessageStream::for_match_rule(done, &bus, None).await?;
        Ok((Shower { owner: owner.to_string(), can: can.body().deserialize()? }, Done(done)))
    };
    bus::ask(asked, CURE).await
}

/// Asks the notification service who it is and what it can.
pub async fn check() -> Result<Service, Missing> {
    let asked = bus::ask(
        async |bus| {
            let call = async |method| bus.call_method(Some(NAME), PATH, Some(NAME), method, &()).await;
            let information = call("GetServerInformation").await?;
            let capabilities = call("GetCapabilities").await?;
            let (name, vendor, version, _): (String, String, String, String) =
                information.body().deserialize()?;
            let capabilities: Vec<String> = capabilities.body().deserialize()?;
            Ok((format!("{name} {version} ({vendor})"), capabilities))
        },
        CURE,
    );
    let (name, capabilities) = asked.await?;
    let lacks = NEEDED.iter().filter(|(needed, _)| !capabilities.iter().any(|one| one == needed));
    Ok(Service { name, lacks: lacks.map(|(_, lost)| *lost).collect() })
}
