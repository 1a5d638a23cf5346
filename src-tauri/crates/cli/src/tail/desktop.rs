//! A terminal as the core's desktop: what would be notified is a line, and there is no tray and no window.

use async_trait::async_trait;
use tokio::sync::mpsc;
use vigie_core::desk::desktop::{
    About, Desktop, NotSet, NotShown, Notification, Simulated, Simulation, Tray, Wanted,
};
use vigie_core::desk::view::Overview;
use vigie_core::settings::Theme;

/// A terminal.
pub struct Terminal {
    /// What is to be printed.
    pub announced: mpsc::Sender<Notification>,
}

#[async_trait]
impl Desktop for Terminal {
    async fn notify(&self, notification: Notification) -> Result<(), NotShown> {
        let ending = |_| NotShown("the program is ending".to_owned());
        self.announced.send(notification).await.map_err(ending)
    }

    /// What was printed stays as it is.
    async fn reword(&self, _: Notification) -> Result<bool, NotShown> {
        Ok(false)
    }

    /// What was printed stays.
    async fn withdraw(&self, _: About) {}

    fn set_tray(&self, _: Tray) {}

    fn set_theme(&self, _: Theme) {}

    fn set_start_at_login(&self, _: bool) -> Result<(), NotSet> {
        Ok(())
    }

    fn push(&self, _: Overview) {}

    fn show(&self, _: Wanted) {}

    fn destroy_window(&self) {}
}

#[async_trait]
impl Simulation for Terminal {
    async fn start(&self) -> Result<Simulated, String> {
        Err("start `vigie-gateway --simulate 20` and give its address with --url".to_owned())
    }
}
