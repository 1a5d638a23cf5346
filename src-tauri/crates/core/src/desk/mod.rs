//! The desk: the one actor that owns sources, links, store and policy, and that window, tray and notifications
//! talk to. [`Desk`] is the handle, cheap to clone; `actor` is the loop behind it.

mod act;
mod actor;
mod address;
pub mod alert_link;
mod amounts;
mod announce;
mod announcing;
mod care;
pub mod charts;
mod choosing;
mod credentials;
pub mod desktop;
mod editing;
mod failure;
mod group;
mod handed;
mod hiding;
mod housekeeping;
mod keeping;
mod menu;
mod news;
mod outages;
mod outbox;
mod pausing;
mod raising;
mod requests;
mod setting;
mod signing_in;
mod snoozing;
mod sources;
mod testing;
mod tray;
pub mod view;
mod window;
pub mod words;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use tokio::sync::{mpsc, oneshot, watch};

use self::actor::Actor;
use self::charts::{Charts, Span};
use self::desktop::{About, Button, Choice, Desktop, Simulation};
use self::requests::Request;
use self::view::{AlertAction, Diagnostics, Failure, Overview, ProfileView, SignIn, SourceEdit, Tested};
use crate::clock::Clock;
use crate::figures::report::Report;
use crate::figures::{Figures, FiguresView};
use crate::link::{Failing, Step};
use crate::model::{
    AlertDetail, AlertId, Deed, DeedId, EventDetail, EventId, PauseFor, ProfileProblem, Snooze, SnoozeId,
    SnoozeRequest, Snoozed, SourceId,
};
use crate::profile::Library;
use crate::settings::{Keeper, Settings, SettingsView};
use crate::store::{SetAside, Store, StoreError};
use crate::text::Language;
use crate::transport::TransportError;
use crate::updating::Updates;
use crate::vault::Vault;

pub use actor::SOURCES_LIMIT;
pub use address::read as read_address;
pub use credentials::credential_name;
pub use handed::PROFILE_FILE;
pub use hiding::HIDDEN_FOR;
pub use outages::OFFLINE_TOLD_AFTER;
pub use window::PAINT_LIMIT;

/// Requests on their way to the desk: more than a window, a tray and a hand can make at once.
const REQUESTS: usize = 64;

/// What a desk is made of.
pub struct Setup {
    /// Where everything is kept.
    pub store: Store,
    /// The system's vault.
    pub vault: Arc<dyn Vault>,
    /// Notifications, tray and window.
    pub desktop: Arc<dyn Desktop>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The simulated backend.
    pub simulation: Arc<dyn Simulation>,
    /// How backends speak.
    pub profiles: Library,
    /// What the analyst and the administrator want otherwise.
    pub settings: Keeper,
    /// The system's language.
    pub language: Language,
    /// The program's version, as the window shows it.
    pub version: String,
}

/// The handle of the desk; cheap to clone. Reading goes to the store at once; everything else is a request to the
/// actor.
#[derive(Clone)]
pub struct Desk {
    store: Store,
    problems: Arc<[ProfileProblem]>,
    requests: mpsc::Sender<Request>,
    overviews: watch::Receiver<Overview>,
    clock: Arc<dyn Clock>,
    figures: Figures,
}

impl Desk {
    /// Starts the desk: its sources connect by themselves.
    pub fn start(setup: Setup) -> Result<Self, TransportError> {
        let (requests, inbox) = mpsc::channel(REQUESTS);
        let (published, overviews) = watch::channel(Overview::default());
        let store = setup.store.clone();
        let problems = setup.profiles.problems.as_slice().into();
        let clock = Arc::clone(&setup.clock);
        let figures = Figures::new(clock.as_ref());
        let actor = Actor::new(setup, inbox, requests.downgrade(), published, figures.clone())?;
        tokio::spawn(actor.run());
        Ok(Self { store, problems, requests, overviews, clock, figures })
    }

    async fn ask<T>(&self, request: impl FnOnce(oneshot::Sender<T>) -> Request) -> Result<T, Failure> {
        let (reply, answer) = oneshot::channel();
        self.requests.send(request(reply)).await.map_err(|_| Failure::closing())?;
        answer.await.map_err(|_| Failure::closing())
    }

    /// The store, to read from.
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// The state of the whole desk.
    pub async fn overview(&self) -> Result<Overview, Failure> {
        self.ask(Request::Overview).await?
    }

    /// From now on the window is told of changes; it has painted nothing yet.
    pub async fn watch(&self) -> Result<(), Failure> {
        self.ask(Request::Watch).await
    }

    /// The window has painted this overview.
    pub async fn painted(&self, number: u64) -> Result<(), Failure> {
        self.ask(|reply| Request::Painted(number, reply)).await
    }

    /// How it stands with newer versions of the program.
    pub async fn tell_updates(&self, updates: Updates) -> Result<(), Failure> {
        self.ask(|reply| Request::Updates(updates, reply)).await
    }

    /// The profiles that one can sign in with.
    pub async fn profiles(&self) -> Result<Vec<ProfileView>, Failure> {
        self.ask(Request::Profiles).await
    }

    /// Signs in to a new or a known source.
    pub async fn sign_in(&self, request: SignIn) -> Result<SourceId, Failure> {
        self.ask(|reply| Request::SignIn(request, reply)).await?
    }

    /// Starts the simulation and signs in to it.
    pub async fn try_simulation(&self) -> Result<SourceId, Failure> {
        self.ask(Request::Simulate).await?
    }

    /// Signs out: the link ends and the credential is removed; what is stored stays.
    pub async fn sign_out(&self, source: SourceId) -> Result<(), Failure> {
        self.ask(|reply| Request::SignOut(source, reply)).await?
    }

    /// Signs out and removes everything that came from the source.
    pub async fn remove_source(&self, source: SourceId) -> Result<(), Failure> {
        self.ask(|reply| Request::Remove(source, reply)).await?
    }

    /// Tests a source step by step, and tells each as it goes; it ends by itself, and when what is given here is
    /// dropped. There is one test of a source at a time: another ends it.
    pub async fn test(&self, tested: Tested) -> Result<watch::Receiver<Vec<Step>>, Failure> {
        self.ask(|reply| Request::Test(tested, reply)).await?
    }

    /// Ends the test of a source; `None`: of one that is still to be signed in to.
    pub async fn stop_test(&self, of: Option<SourceId>) -> Result<(), Failure> {
        self.ask(|reply| Request::StopTest(of, reply)).await
    }

    /// Changes the name of a source and what is wanted of it, without signing in. What is wanted otherwise is connected
    /// anew.
    pub async fn edit_source(&self, edit: SourceEdit) -> Result<(), Failure> {
        self.ask(|reply| Request::Edit(edit, reply)).await?
    }

    /// Pauses a source: nothing is connected until it goes on, also after a restart, and the credential stays. Or lets
    /// it go on, which catches up.
    pub async fn pause_source(&self, source: SourceId, paused: bool) -> Result<(), Failure> {
        self.ask(|reply| Request::PauseSource(source, paused, reply)).await?
    }

    /// Tries again now instead of later.
    pub async fn retry(&self, source: SourceId) -> Result<(), Failure> {
        self.ask(|reply| Request::Retry(source, reply)).await?
    }

    /// Marks alerts as seen on this desk.
    pub async fn acknowledge(&self, alerts: Vec<AlertId>) -> Result<(), Failure> {
        self.ask(|reply| Request::Acknowledge(alerts, reply)).await?
    }

    /// Does something to an alert at the server: keeps it, and sends it as soon as there is a connection. What becomes
    /// of the alert comes back as an event.
    pub async fn act(&self, action: AlertAction) -> Result<DeedId, Failure> {
        let alert = self.store.alert_row(action.alert).await?;
        self.ask(|reply| Request::Act(Box::new(alert), action, reply)).await?
    }

    /// The analyst's actions that are not confirmed, oldest first.
    pub async fn outbox(&self) -> Result<Vec<Deed>, Failure> {
        self.answer(self.store.unsettled_deeds().await)
    }

    /// Takes back an action that is not confirmed, unless it is on its way.
    pub async fn withdraw(&self, deed: DeedId) -> Result<(), Failure> {
        self.ask(|reply| Request::Withdraw(deed, reply)).await?
    }

    /// Undoes an action: takes it back, or has the server put back what was before. `NotOffered`: it cannot be undone.
    pub async fn undo(&self, deed: DeedId) -> Result<(), Failure> {
        self.ask(|reply| Request::Undo(deed, reply)).await?
    }

    /// Takes back that alerts were seen on this desk.
    pub async fn unacknowledge(&self, alerts: Vec<AlertId>) -> Result<(), Failure> {
        self.ask(|reply| Request::Unacknowledge(alerts, reply)).await?
    }

    /// Snoozes alerts, or their customers or scenarios; tells how they were before.
    pub async fn snooze(&self, request: SnoozeRequest) -> Result<Snoozed, Failure> {
        self.ask(|reply| Request::Snooze(request, reply)).await?
    }

    /// Undoes a snooze: what it was about is as it was before.
    pub async fn undo_snooze(&self, snoozed: Snoozed) -> Result<(), Failure> {
        self.ask(|reply| Request::UndoSnooze(snoozed, reply)).await?
    }

    /// Ends these snoozes of alerts, and of customers and scenarios, before their time.
    pub async fn wake(&self, alerts: Vec<AlertId>, snoozes: Vec<SnoozeId>) -> Result<(), Failure> {
        self.ask(|reply| Request::Wake(alerts, snoozes, reply)).await?
    }

    /// The customers and scenarios that are snoozed, the next to end first.
    pub async fn snoozes(&self) -> Result<Vec<Snooze>, Failure> {
        self.answer(self.store.snoozes().await)
    }

    /// Sends an action all the same that was refused, or that somebody else came before.
    pub async fn insist(&self, deed: DeedId) -> Result<(), Failure> {
        self.ask(|reply| Request::Insist(deed, reply)).await?
    }

    /// Lets the server judge a transaction anew; gives its answer: JSON.
    pub async fn analyse(&self, event: EventId) -> Result<String, Failure> {
        let event = self.store.event(event).await?;
        self.ask(|reply| Request::Analyse(event.source, event.subject, reply)).await?
    }

    /// The language that is spoken.
    pub async fn language(&self) -> Result<Language, Failure> {
        self.ask(Request::Language).await
    }

    /// The settings, and where they come from.
    pub async fn settings(&self) -> Result<SettingsView, Failure> {
        self.ask(Request::Settings).await
    }

    /// Sets everything. What an administrator has set stays as it is.
    pub async fn set(&self, settings: Settings) -> Result<SettingsView, Failure> {
        self.ask(|reply| Request::Set(Box::new(settings), reply)).await?
    }

    /// Pauses notifications for so long; `None` resumes them.
    pub async fn pause_notifications(&self, pause: Option<Duration>) -> Result<(), Failure> {
        self.ask(|reply| Request::Pause(pause, reply)).await
    }

    /// Pauses notifications for as long as the tray and the window offer.
    pub async fn pause(&self, pause: PauseFor) -> Result<(), Failure> {
        let length = snoozing::length_of(pause, self.clock.now(), &TimeZone::system());
        self.pause_notifications(Some(length)).await
    }

    /// A button on an alert's notification was pressed.
    pub async fn press(&self, alert: AlertId, button: Button) -> Result<(), Failure> {
        let alert = self.store.alert_row(alert).await?;
        self.ask(|reply| Request::Press(Box::new(alert), button, reply)).await?
    }

    /// Shows the window, with this alert open: a notification or a tray's item was clicked.
    pub async fn open(&self, alert: Option<AlertId>) -> Result<(), Failure> {
        self.ask(|reply| Request::Open(alert, reply)).await
    }

    /// The analyst has dismissed the notification about this, and wants to hear no more of it for now.
    pub async fn dismissed(&self, about: About) -> Result<(), Failure> {
        self.ask(|reply| Request::Dismissed(about, reply)).await
    }

    /// The window shows the list of alerts from now on, or something else: what the analyst looks at need not be told.
    pub async fn be_at(&self, is_at_list: bool) -> Result<(), Failure> {
        self.ask(|reply| Request::At(is_at_list, reply)).await
    }

    /// Shows the window with why something could not be done that was asked for outside of it.
    pub async fn tell(&self, failure: Failure) -> Result<(), Failure> {
        self.ask(|reply| Request::Tell(failure, reply)).await
    }

    /// Does what was chosen in the tray's menu.
    pub async fn choose(&self, choice: Choice) -> Result<(), Failure> {
        self.ask(|reply| Request::Choose(choice, reply)).await?
    }

    /// Opens the alert of a link that was clicked anywhere; the window says so where it is none, or of an alert that is
    /// not here.
    pub async fn open_link(&self, link: String) -> Result<(), Failure> {
        self.ask(|reply| Request::OpenLink(link, reply)).await
    }

    /// Offers the profile in this file to sign in with; the window says so where it is none.
    pub async fn open_profile(&self, file: PathBuf) -> Result<(), Failure> {
        self.ask(|reply| Request::OpenProfile(file, reply)).await
    }

    /// Shows the window as it was left.
    pub async fn show(&self) -> Result<(), Failure> {
        self.choose(Choice::Open).await
    }

    /// Takes back what was acknowledged together last.
    pub async fn take_back(&self) -> Result<(), Failure> {
        self.choose(Choice::TakeBack).await
    }

    /// Whether this desktop has a tray.
    pub async fn tray_available(&self, available: bool) -> Result<(), Failure> {
        self.ask(|reply| Request::TrayAvailable(available, reply)).await
    }

    /// The window was hidden: tells the analyst, once, that the program stays in the tray. After a while the window
    /// goes.
    pub async fn hidden(&self) -> Result<(), Failure> {
        self.ask(Request::Hidden).await
    }

    /// The program has started without a window.
    pub async fn unseen(&self) -> Result<(), Failure> {
        self.ask(Request::Unseen).await
    }

    /// Everything about one alert.
    pub async fn alert(&self, id: AlertId) -> Result<AlertDetail, Failure> {
        self.answer(self.store.alert(id).await)
    }

    /// Everything about one event.
    pub async fn event(&self, id: EventId) -> Result<EventDetail, Failure> {
        self.answer(self.store.event(id).await)
    }

    /// A span of time that ends now, in figures; of one source or all.
    pub async fn charts(&self, span: Span, source: Option<SourceId>) -> Result<Charts, Failure> {
        self.answer(self.store.charts(span, source, self.clock.now()).await)
    }

    /// What the program did, what could not be read and what was missed.
    pub async fn diagnostics(&self) -> Result<Diagnostics, Failure> {
        Ok(Diagnostics {
            store: self.store.path().display().to_string(),
            log: None,
            figures: self.figures().await?,
            rejected: self.answer(self.store.rejected().await)?,
            gaps: self.answer(self.store.gaps().await)?,
            profiles: self.problems.to_vec(),
        })
    }

    /// What the program did since it started.
    pub async fn figures(&self) -> Result<FiguresView, Failure> {
        Ok(self.figures.view(self.clock.now(), &self.answer(self.store.holdings().await)?))
    }

    /// A report for whoever helps; `versions` are those of what the program stands on, `system` is what it runs on.
    pub async fn report(
        &self,
        versions: BTreeMap<&'static str, String>,
        system: String,
    ) -> Result<Report, Failure> {
        Ok(Report::new(self.overview().await?, self.diagnostics().await?, versions, system))
    }

    /// The overview as it changes, for who does not paint: a change of links or alerts is there at once, one of
    /// transactions with the next push.
    pub fn overviews(&self) -> watch::Receiver<Overview> {
        self.overviews.clone()
    }

    /// From now on the database is read through and backed up beside the work, and the analyst is told of the file that
    /// was set aside when it was opened. For the application: who keeps a file for an hour needs no backup of it.
    pub async fn look_after_store(&self, set_aside: Option<SetAside>) -> Result<(), Failure> {
        self.ask(|reply| Request::LookAfterStore(set_aside, reply)).await
    }

    /// What the store answered, for the window. Damage is taken note of, whoever meets it.
    pub fn answer<T>(&self, answer: Result<T, StoreError>) -> Result<T, Failure> {
        if let Err(error @ StoreError::Damaged(_)) = &answer {
            // A desk that is busy hears of it from the next who meets it.
            let _busy = self.requests.try_send(Request::StoreFails(Failing::of(error)));
        }
        Ok(answer?)
    }

    /// Ends all links and closes the store. What is asked afterwards fails with "closing".
    pub async fn close(&self) -> Result<(), Failure> {
        self.ask(Request::Close).await
    }
}
