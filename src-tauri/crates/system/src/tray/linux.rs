//! A tray is whoever watches for StatusNotifierItems on the session's bus.

use zbus::fdo::DBusProxy;
use zbus::names::BusName;

use crate::{Missing, bus};

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const PATH: &str = "/StatusNotifierWatcher";
const CURE: &str = "on GNOME install the extension AppIndicator; elsewhere add a tray to the panel. \
                    Without one the window is made small instead of hidden";

/// Asks whether somebody watches for icons, and whether a panel shows them. Gives it in words.
pub async fn check() -> Result<String, Missing> {
    let nobody = |why: &str| Err(Missing { why: why.to_owned(), cure: CURE });
    let (has_watcher, has_host) = bus::ask(
        async |bus| {
            let name = BusName::try_from(WATCHER)?;
            if !DBusProxy::new(&bus).await?.name_has_owner(name).await? {
                return Ok((false, false));
            }
            let watcher = zbus::Proxy::new(&bus, WATCHER, PATH, WATCHER).await?;
            Ok((true, watcher.get_property("IsStatusNotifierHostRegistered").await?))
        },
        CURE,
    )
    .await?;
    match (has_watcher, has_host) {
        (true, true) => Ok("a panel shows icons".to_owned()),
        (true, false) => nobody("no panel shows the icons that programs offer"),
        (false, _) => nobody("this desktop has no tray"),
    }
}
