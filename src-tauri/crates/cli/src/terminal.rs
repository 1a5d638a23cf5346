//! A terminal as the core's desktop: what would be notified is a line, and there is no tray and no window.

use async_trait::async_trait;
use vigie_core::desk::desktop::{Desktop, NotShown, Notification, Simulated, Simulation, Tray};
use vigie_core::desk::view::Overview;
use vigie_core::model::AlertId;

use crate::tail::say;

/// A terminal.
pub struct Terminal;

#[async_trait]
impl Desktop for Terminal {
    async fn notify(&self, notification: Notification) -> Result<(), NotShown> {
        say(&format!("notify       {:?} {}", notification.about, notification.title))
            .map_err(|error| NotShown(error.to_string()))
    }

    fn set_tray(&self, _: Tray) {}

    fn push(&self, _: Overview) {}

    fn show(&self, _: Option<AlertId>) {}
}

#[async_trait]
impl Simulation for Terminal {
    async fn start(&self) -> Result<Simulated, String> {
        Err("start `vigie-gateway --simulate 20` and give its address with --url".to_owned())
    }
}
