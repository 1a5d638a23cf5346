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
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use vigie_core::desk::Desk;
use vigie_core::desk::desktop::{About, Button, Choice, NotShown, Notification};
use vigie_core::desk::view::Overview;
use vigie_core::model::{AlertId, Link};

/// What the system's notification centre knows the program as.
const APP_NAME: &str = "Vigie";
/// Notifications that wait for a click at once; each is a task. The oldest gives way and stays where it is: the window
/// still shows its alert.
const WAITING_LIMIT: usize = 64;
/// So long a service may take to show one: it may have to be started first. The others wait for it.
const SHOW_LIMIT: Duration = Duration::from_secs(20);

/// What the buttons are called between us and the system, which gives it back for a press.
const BUTTONS: [(Button, &str); 2] = [(Button::Acknowledge, "acknowledge"), (Button::Snooze, "snooze")];

/// What became of a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Response {
    /// It was clicked.
    Clicked,
    /// One of its buttons was pressed.
    Pressed(Button),
    /// The analyst has dismissed it.
    Dismissed,
    /// It is on show no more: its time was up, another has its place, or it was taken away.
    Gone,
}

impl Response {
    /// What it means that this action was chosen; every other than our buttons is a click.
    fn to_action(action: &str) -> Self {
        let button = BUTTONS.into_iter().find(|(_, name)| *name == action);
        button.map_or(Self::Clicked, |(button, _)| Self::Pressed(button))
    }
}

/// What the system calls a button.
const fn action(button: Button) -> &'static str {
    match button {
        Button::Acknowledge => BUTTONS[0].1,
        Button::Snooze => BUTTONS[1].1,
    }
}

/// Shows notifications and waits for clicks on them.
#[derive(Default)]
pub struct Notifier {
    centre: system::Centre,
    /// Those that wait for a click, oldest first.
    waiting: Mutex<VecDeque<Waiting>>,
}

struct Waiting {
    about: About,
    /// Where the system has it, so that a later one about the same takes its place.
    place: system::Place,
    /// Takes it away.
    withdraw: oneshot::Sender<()>,
    /// Ends once it is on show no more.
    task: JoinHandle<()>,
}

impl Notifier {
    /// Shows a notification; a click on it opens what it is about, and a button does what it says.
    pub async fn show(&self, notification: Notification, desk: Desk) -> Result<(), NotShown> {
        let about = notification.about;
        let replaced = self.waiting().iter().find(|one| one.about == about).map(|one| one.place.clone());
        let showing = system::show(&self.centre, &notification, replaced.as_ref());
        let shown = tokio::time::timeout(SHOW_LIMIT, showing).await;
        let (handle, place) =
            shown.unwrap_or_else(|_| Err(NotShown("the service does not answer".into())))?;
        let (withdraw, withdrawn) = oneshot::channel();
        let task = tokio::spawn(async move {
            let response = system::response(handle, about, withdrawn).await;
            follow(response, about, &desk).await;
        });
        let mut waiting = self.waiting();
        if let Some(before) = take(&mut waiting, about) {
            before.give_way(&place);
        }
        waiting.retain(|one| !one.task.is_finished());
        waiting.push_back(Waiting { about, place, withdraw, task });
        if waiting.len() > WAITING_LIMIT
            && let Some(oldest) = waiting.pop_front()
        {
            oldest.task.abort();
        }
        Ok(())
    }

    /// Lets the notification about the same say this, if it is on show still; whether it is.
    pub async fn reword(&self, notification: Notification, desk: Desk) -> Result<bool, NotShown> {
        let is_there = |one: &Waiting| one.about == notification.about && !one.task.is_finished();
        if !self.waiting().iter().any(is_there) {
            return Ok(false);
        }
        self.show(notification, desk).await.map(|()| true)
    }

    /// Takes the notification about this away, where there is one, beside us; gives what ends once it is gone.
    pub fn withdraw(&self, about: About) -> Option<JoinHandle<()>> {
        take(&mut self.waiting(), about).map(Waiting::withdraw)
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, VecDeque<Waiting>> {
        self.waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The notification about this, which waits no more.
fn take(waiting: &mut VecDeque<Waiting>, about: About) -> Option<Waiting> {
    let place = waiting.iter().position(|one| one.about == about)?;
    waiting.remove(place)
}

impl Waiting {
    /// A later one about the same is at this place: not every service puts it where this one was.
    fn give_way(self, place: &system::Place) {
        if self.place == *place {
            self.task.abort();
        } else {
            drop(self.withdraw());
        }
    }

    fn withdraw(self) -> JoinHandle<()> {
        // Fails where it has gone by itself.
        let _gone = self.withdraw.send(());
        self.task
    }
}

/// Asks the analyst whether there may be notifications, where the system wants that: once they have signed in, and know
/// what for. With the first notification it would be too late: they may be away then, and nothing is shown before they
/// answer.
pub async fn ask_once_signed_in(desk: Desk) {
    let is_watched = |overview: &Overview| {
        overview.sources.iter().any(|source| !matches!(source.link, Link::SignedOut { .. }))
    };
    if desk.overviews().wait_for(is_watched).await.is_err() {
        return;
    }
    if let Err(error) = system::allowed().await {
        tracing::warn!(%error, "what is to be announced is only in the tray and the window");
    }
}

/// Does what became of a notification asks for.
async fn follow(response: Response, about: About, desk: &Desk) {
    let followed = match (response, about) {
        (Response::Gone, _) => Ok(()),
        (Response::Dismissed, _) => desk.dismissed(about).await,
        (Response::Pressed(button), About::Alert(alert)) => desk.press(alert, button).await,
        (Response::Pressed(_) | Response::Clicked, About::Offline) => desk.choose(Choice::Sources).await,
        (Response::Pressed(_) | Response::Clicked, _) => desk.open(opens(about)).await,
    };
    if let Err(failure) = followed {
        tracing::warn!(message = failure.message, "what was chosen on a notification could not be done");
        // Fails only when the program ends.
        let _ending = desk.tell(failure).await;
    }
}

/// Which alert a click opens; none: the list.
const fn opens(about: About) -> Option<AlertId> {
    match about {
        About::Alert(alert) => Some(alert),
        About::Digest | About::Storm | About::Rule(_) | About::Offline | About::Program => None,
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
