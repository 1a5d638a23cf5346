//! A desktop that remembers what it was asked to show.

use std::sync::Mutex;

use async_trait::async_trait;
use tokio::sync::watch;
use vigie_core::desk::desktop::{
    About, Desktop, NotSet, NotShown, Notification, Simulated, Simulation, Tray, Wanted,
};
use vigie_core::desk::view::Overview;
use vigie_core::model::AlertId;
use vigie_core::settings::Theme;

/// What was shown so far.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    /// The notifications, oldest first.
    pub notifications: Vec<Notification>,
    /// What was worded anew while it was on show, oldest first.
    pub reworded: Vec<Notification>,
    /// What was taken away, oldest first.
    pub withdrawn: Vec<About>,
    /// The notifications that are on show: the newest of each.
    pub on_show: Vec<Notification>,
    /// The tray as it is now.
    pub tray: Option<Tray>,
    /// Light or dark.
    pub theme: Theme,
    /// Whether the program starts when the analyst logs in.
    pub starts_at_login: bool,
    /// Every overview pushed to the window.
    pub pushed: Vec<Overview>,
    /// What the window was opened with, each time.
    pub opened: Vec<Option<AlertId>>,
    /// The same in full.
    pub wanted: Vec<Wanted>,
    /// Whether there is a window, seen or not.
    pub has_window: bool,
}

impl Shown {
    /// The notifications of alerts, oldest first: not those about the program itself and its sources.
    pub fn of_alerts(&self) -> Vec<&Notification> {
        let is_of_alerts = |one: &&Notification| !matches!(one.about, About::Program | About::Offline);
        self.notifications.iter().filter(is_of_alerts).collect()
    }
}

/// A desktop that remembers what it was asked to show.
pub struct RecordingDesktop {
    shown: watch::Sender<Shown>,
    broken: Mutex<bool>,
    /// Whether a notification waits to be shown until it is no longer so.
    held: watch::Sender<bool>,
}

impl Default for RecordingDesktop {
    fn default() -> Self {
        Self {
            shown: watch::channel(Shown::default()).0,
            broken: Mutex::new(false),
            held: watch::channel(false).0,
        }
    }
}

impl RecordingDesktop {
    /// What was shown so far.
    pub fn shown(&self) -> Shown {
        self.shown.borrow().clone()
    }

    /// Waits until what was shown is as it should be.
    pub async fn until(&self, holds: impl FnMut(&Shown) -> bool) -> Shown {
        let mut shown = self.shown.subscribe();
        match tokio::time::timeout(crate::desk::IN_VAIN, shown.wait_for(holds)).await {
            Ok(shown) => shown.unwrap().clone(),
            Err(_) => panic!("waited in vain; shown so far: {:#?}", self.shown()),
        }
    }

    /// From now on no notification can be shown, or all can again.
    pub fn break_notifications(&self, broken: bool) {
        *self.broken.lock().unwrap() = broken;
    }

    /// From now on the service takes its time, or shows what it has kept waiting.
    pub fn hold_notifications(&self, held: bool) {
        self.held.send_replace(held);
    }
}

#[async_trait]
impl Desktop for RecordingDesktop {
    async fn notify(&self, notification: Notification) -> Result<(), NotShown> {
        // Fails only when the desktop is gone.
        drop(self.held.subscribe().wait_for(|held| !held).await);
        if *self.broken.lock().unwrap() {
            return Err(NotShown("no service".to_owned()));
        }
        self.shown.send_modify(|shown| {
            shown.on_show.retain(|one| one.about != notification.about);
            shown.on_show.push(notification.clone());
            shown.notifications.push(notification);
        });
        Ok(())
    }

    async fn reword(&self, notification: Notification) -> Result<bool, NotShown> {
        let mut is_there = false;
        self.shown.send_modify(|shown| {
            if let Some(one) = shown.on_show.iter_mut().find(|one| one.about == notification.about) {
                is_there = true;
                *one = notification.clone();
                shown.reworded.push(notification);
            }
        });
        Ok(is_there)
    }

    async fn withdraw(&self, about: About) {
        self.shown.send_modify(|shown| {
            shown.on_show.retain(|one| one.about != about);
            shown.withdrawn.push(about);
        });
    }

    fn set_tray(&self, tray: Tray) {
        self.shown.send_modify(|shown| shown.tray = Some(tray));
    }

    fn set_theme(&self, theme: Theme) {
        self.shown.send_modify(|shown| shown.theme = theme);
    }

    fn set_start_at_login(&self, wanted: bool) -> Result<(), NotSet> {
        self.shown.send_modify(|shown| shown.starts_at_login = wanted);
        Ok(())
    }

    fn push(&self, overview: Overview) {
        self.shown.send_modify(|shown| shown.pushed.push(overview));
    }

    fn show(&self, wanted: Wanted) {
        let alert = if let Wanted::Alert(alert) = wanted { Some(alert) } else { None };
        self.shown.send_modify(|shown| {
            shown.has_window = true;
            shown.opened.push(alert);
            shown.wanted.push(wanted);
        });
    }

    fn destroy_window(&self) {
        self.shown.send_modify(|shown| shown.has_window = false);
    }
}

/// A program without a simulation.
pub struct NoSimulation;

#[async_trait]
impl Simulation for NoSimulation {
    async fn start(&self) -> Result<Simulated, String> {
        Err("there is no simulation here".to_owned())
    }
}
