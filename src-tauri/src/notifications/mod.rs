//! Native notifications. What differs between the systems stands in a file for each.

#[cfg(target_os = "linux")]
#[path = "linux.rs"]
mod system;
#[cfg(target_os = "macos")]
#[path = "macos.rs"]
mod system;
#[cfg(windows)]
#[path = "windows.rs"]
mod system;

use std::collections::VecDeque;
use std::sync::Mutex;

use vigie_core::desk::Desk;
use vigie_core::desk::desktop::{About, NotShown, Notification};
use vigie_core::model::AlertId;

/// What the system's notification centre knows the program as.
const APP_NAME: &str = "Vigie";
/// Notifications that wait for a click at once; each holds a connection to the system. The oldest gives way: the
/// window still shows its alert.
const WAITING_LIMIT: usize = 64;

/// Shows notifications and waits for clicks on them.
#[derive(Default)]
pub struct Notifier {
    /// Those that wait for a click, oldest first.
    waiting: Mutex<VecDeque<Waiting>>,
}

struct Waiting {
    about: About,
    /// The number that the system gave it, so that a later one about the same takes its place.
    number: Option<u32>,
    task: tokio::task::AbortHandle,
}

impl Notifier {
    /// Shows a notification; a click on it opens what it is about.
    pub async fn show(&self, notification: Notification, desk: Desk) -> Result<(), NotShown> {
        let about = notification.about;
        let replaces = self.waiting().iter().find(|one| one.about == about).and_then(|one| one.number);
        let handle = system::show(&notification, replaces).await?;
        let number = system::number(&handle);
        let task = tokio::spawn(async move {
            if system::clicked(handle).await
                && let Err(failure) = desk.open(opens(about)).await
            {
                tracing::warn!(message = failure.message, "a click on a notification could not be followed");
            }
        })
        .abort_handle();
        let mut waiting = self.waiting();
        waiting.retain(|one| {
            if one.about == about {
                one.task.abort();
            }
            !one.task.is_finished() && one.about != about
        });
        waiting.push_back(Waiting { about, number, task });
        if waiting.len() > WAITING_LIMIT
            && let Some(oldest) = waiting.pop_front()
        {
            oldest.task.abort();
        }
        Ok(())
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, VecDeque<Waiting>> {
        self.waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Which alert a click opens; none: the list.
const fn opens(about: About) -> Option<AlertId> {
    match about {
        About::Alert(alert) => Some(alert),
        About::Digest | About::Rule(_) | About::Program => None,
    }
}

/// Tells that the program could not start, where there is no window to say so.
pub fn could_not_start(why: &str) {
    let notification =
        notify_rust::Notification::new().appname(APP_NAME).summary(APP_NAME).body(why).finalize();
    if let Err(error) = system::show_and_forget(&notification) {
        tracing::warn!(%error, "the notification could not be shown either");
    }
}
