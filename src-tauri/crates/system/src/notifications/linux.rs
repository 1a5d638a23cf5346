//! The desktop's notification service, over D-Bus.

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
