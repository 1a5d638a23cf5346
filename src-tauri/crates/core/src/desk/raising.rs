//! Shows and withdraws notifications beside the desk's loop, one after the other and in their order: a notification
//! service may take its time.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::desktop::{About, Desktop, Notification};
use super::requests::Request;

/// What is done with a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Raise {
    /// It is shown, in the place of an older one about the same.
    Show(Box<Notification>),
    /// It is on show, and says this from now on.
    Reword(Box<Notification>),
    /// It is on show no more.
    Withdraw(About),
}

/// Where notifications wait for their turn. There is no bound: only what is critical can be much, and nothing critical
/// is let go of.
pub struct Raises {
    waiting: mpsc::UnboundedSender<Raise>,
    ending: CancellationToken,
    task: AbortOnDropHandle<()>,
}

impl Raises {
    /// Starts showing; ends with what is given here.
    pub fn start(desktop: Arc<dyn Desktop>, requests: mpsc::WeakSender<Request>) -> Self {
        let (sender, mut waiting) = mpsc::unbounded_channel();
        let ending = CancellationToken::new();
        let ended = ending.clone();
        let task = tokio::spawn(async move {
            while let Some(Some(raise)) = ended.run_until_cancelled(waiting.recv()).await {
                match raise {
                    Raise::Show(notification) => {
                        let (about, alerts) = (notification.about, notification.alerts.clone());
                        let outcome = desktop.notify(*notification).await;
                        if let Some(requests) = requests.upgrade() {
                            let _closing = requests.send(Request::Shown { about, alerts, outcome }).await;
                        }
                    }
                    Raise::Reword(notification) => {
                        let about = notification.about;
                        let request = match desktop.reword(*notification).await {
                            Ok(false) => Request::Dismissed(about, oneshot::channel().0),
                            outcome => {
                                Request::Shown { about, alerts: Vec::new(), outcome: outcome.map(drop) }
                            }
                        };
                        if let Some(requests) = requests.upgrade() {
                            let _closing = requests.send(request).await;
                        }
                    }
                    Raise::Withdraw(about) => desktop.withdraw(about).await,
                }
            }
        });
        Self { waiting: sender, ending, task: AbortOnDropHandle::new(task) }
    }

    /// Does this when it is its turn.
    pub fn push(&self, raise: Raise) {
        // Fails only when the program ends.
        let _ending = self.waiting.send(raise);
    }

    /// Begins nothing more.
    pub fn end(&self) {
        self.ending.cancel();
    }

    /// Waits until what was under way when it was to end has ended.
    pub async fn ended(&mut self) {
        // Fails only where it has panicked, and then it has ended too.
        let _panicked = (&mut self.task).await;
    }
}
