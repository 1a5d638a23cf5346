//! What the desk needs of a desktop: a place for notifications, a tray and a window. The application's is real;
//! tests have their own.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::view::{Failure, Overview};
use crate::model::{AlertId, PauseFor, Severity};
use crate::policy::Sound;
use crate::settings::Theme;

/// Something to be announced. Its texts are plain: whoever shows them as markup has to escape them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// What it is about: a later one about the same replaces it.
    pub about: About,
    /// The alerts that it tells of and none before it has, and how bad it says that each is.
    pub alerts: Vec<(AlertId, Severity)>,
    /// How bad it is.
    pub severity: Severity,
    /// Its first line.
    pub title: String,
    /// Its second line.
    pub body: String,
    /// The word for a click on it.
    pub button: String,
    /// The link to its alert, for a desktop that keeps it longer than the program runs; `None`: it is about several.
    pub link: Option<String>,
    /// What can be done from it without the window, and the word for each.
    pub buttons: Vec<(Button, String)>,
    /// What is heard with it; `None`: nothing.
    pub sound: Option<Sound>,
}

/// What can be done to an alert from its notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Button {
    /// It was seen.
    Acknowledge,
    /// To be told of again in an hour.
    Snooze,
}

/// What a notification is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// One alert; a click opens it.
    Alert(AlertId),
    /// Several alerts that were missed; a click shows the list.
    Digest,
    /// What came beyond a few in a short time; a click shows the list.
    Storm,
    /// What the rule at this place wants announced; a click shows the list.
    Rule(usize),
    /// Sources that have not been connected for a while; a click shows the sources.
    Offline,
    /// The program itself; a click shows the list.
    Program,
}

/// The notification could not be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a notification could not be shown: {0}; check the system's notification settings")]
pub struct NotShown(pub String);

/// The system does not let the program start at login, or does not let it be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("whether to start at login could not be set: {0}; check the rights of the system's folder for that")]
pub struct NotSet(pub String);

/// What the tray shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tray {
    /// Which sign.
    pub sign: TraySign,
    /// Open alerts, high or critical, that are not acknowledged: as many as its lines say are to be looked at.
    pub unacknowledged: u32,
    /// The state in words: a line for the links, one for the alerts, one for a pause.
    pub lines: Vec<String>,
    /// Its menu, from top to bottom. Everything is in it: some desktops deliver no clicks on the sign.
    pub menu: Vec<Entry>,
}

/// The tray's signs, distinct by shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TraySign {
    /// No source is signed in.
    SignedOut,
    /// Nothing comes, or something will not come again by itself.
    Offline,
    /// Something does not come yet, or is being tried again by itself.
    Retrying,
    /// All is well.
    Live,
    /// A high alert is not acknowledged.
    Attention,
    /// A critical alert is not acknowledged.
    Critical,
}

/// An entry of the tray's menu. Its words are one short, plain line: who shows them where signs mean something, like
/// `&`, has to escape them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// Something to read.
    Line(String),
    /// A line between.
    Between,
    /// Something to choose.
    Choice(Choice, String),
    /// More entries, under these words.
    More(String, Vec<Entry>),
    /// Ends the program.
    Quit(String),
}

/// What can be chosen in the tray's menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Choice {
    /// The window as it was left.
    Open,
    /// This alert.
    Alert(AlertId),
    /// All open alerts below critical were seen, as of the change of alerts that the menu was made at: none that came
    /// since.
    AcknowledgeAll(i64),
    /// They were not.
    TakeBack,
    /// No notifications for so long.
    Pause(PauseFor),
    /// Notifications again.
    Resume,
    /// The sources.
    Sources,
}

/// What the window is shown with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// What it showed before.
    AsItWas,
    /// The list of alerts.
    Alerts,
    /// This alert.
    Alert(AlertId),
    /// The sources.
    Sources,
    /// The sources, and this profile to sign in with.
    Profile(String),
    /// What it showed before, and why something else is not shown.
    Told(Failure),
}

/// A desktop. No method waits for the analyst.
#[async_trait]
pub trait Desktop: Send + Sync + 'static {
    /// Shows a notification.
    async fn notify(&self, notification: Notification) -> Result<(), NotShown>;
    /// Lets the notification about the same say this from now on, without a sound; whether it is on show still. Where
    /// it is not, nothing is shown.
    async fn reword(&self, notification: Notification) -> Result<bool, NotShown>;
    /// Takes the notification about this away, where there is one: there is nothing to do about it any more.
    async fn withdraw(&self, about: About);
    /// Shows this in the tray.
    fn set_tray(&self, tray: Tray);
    /// Shows the window, and whatever else there is of it, light or dark.
    fn set_theme(&self, theme: Theme);
    /// Starts the program, in the tray, when the analyst logs in, or no more.
    fn set_start_at_login(&self, wanted: bool) -> Result<(), NotSet>;
    /// Hands the overview to the window, if there is one.
    fn push(&self, overview: Overview);
    /// Shows the window, with this in it.
    fn show(&self, wanted: Wanted);
    /// Lets the hidden window go, with all that it holds; it is made anew when it is shown.
    fn destroy_window(&self);
}

/// A simulated backend that the program can start in its own process.
#[async_trait]
pub trait Simulation: Send + Sync + 'static {
    /// Starts it, or gives the one that runs.
    async fn start(&self) -> Result<Simulated, String>;
}

/// How to sign in to the simulation.
pub struct Simulated {
    /// Where it listens: this computer only.
    pub url: url::Url,
    /// The name of its profile.
    pub profile: String,
    /// Who signs in.
    pub user: String,
    /// The password, made for this run.
    pub password: secrecy::SecretString,
}
