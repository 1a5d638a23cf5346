//! Shows and withdraws notifications beside the desk's loop, one after the other and in their order: a notification service
//! may take its time.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::desktop::{About, Desktop, Notification};
use super::requests::Request;

/// What is done with a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Raise {
    /// It is shown, in the place of an older one about the same.
    Show(Box<Notification>),
    /// It is on show no more.
    Withdraw(About),
}

/// Where notifications wait for their turn. There is no bound: only what is critical can be much, and nothing critical is
/// let go of.
pub type Raises = mpsc::UnboundedSender<Raise>;

/// Starts showing; ends with what is given here.
pub fn start(desktop: Arc<dyn Desktop>, requests: mpsc::WeakSender<Request>) -> Raises {
    let (raises, mut waiting) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Some(raise) = waiting.recv().await {
            match raise {
                Raise::Show(notification) => {
                    let (about, alerts) = (notification.about, notification.alerts.clone());
                    let outcome = desktop.notify(*notification).await;
                    if let Some(requests) = requests.upgrade() {
                        let _closing = requests.send(Request::Shown { about, alerts, outcome }).await;
                    }
                }
                Raise::Withdraw(about) => desktop.withdraw(about).await,
            }
        }
    });
    raises
}
