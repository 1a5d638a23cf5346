//! A desktop of a test's own for the real application: a display, a bus with a vault, notifications and a tray, and a
//! hand that uses the window. Nothing of the desktop that the test runs on is used or touched.

mod app;
mod bus;
mod display;
mod keyboard;
mod notifications;
mod page;
mod place;
mod portal;
mod relay;
mod tray;
mod webdriver;

use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::sync::{Semaphore, SemaphorePermit};

pub use app::App;
pub use bus::{Bus, SINGLE_INSTANCE};
pub use display::Display;
pub use notifications::{Notifications, Raised};
pub use place::Place;
pub use portal::Portal;
pub use relay::Relay;
pub use tray::{Answer, TrayHost, TrayItem};
pub use webdriver::WebDriver;

use crate::desk::IN_VAIN;
use crate::gateway::program;

/// Each desktop is a display, a browser engine and a database: more at once only take the processor from each other.
static DESKTOPS: Semaphore = Semaphore::const_new(2);

/// How long to wait between two looks at what cannot be waited on, like a page behind a WebDriver.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// A desktop of a test's own.
pub struct Session {
    /// Who shows the notifications, if anybody does.
    pub notifications: Option<Notifications>,
    /// Who shows the tray, if anybody does.
    pub tray: Option<TrayHost>,
    /// The display.
    pub display: Display,
    /// The bus.
    pub bus: Bus,
    /// What stands between programs and the bus, if anything does.
    pub relay: Option<Relay>,
    /// How talkative the application's log is, in the words of its `VIGIE_LOG`; none: as it is by itself.
    pub log_filter: Option<&'static str>,
    /// The folders. They go last, when nobody writes into them any more.
    pub place: Place,
    _turn: SemaphorePermit<'static>,
}

impl Session {
    /// A desktop with everything: an unlocked vault, notifications and a tray.
    pub async fn start() -> Self {
        let mut session = Self::bare().await;
        session.bus.start_vault(&session.place).await;
        session.start_notifications().await;
        session.start_tray(Answer::Welcome).await;
        session
    }

    /// Puts a portal on the bus, which tells what colours are preferred.
    pub async fn start_portal(&self, is_dark: bool) -> Portal {
        Portal::start(self.bus.address(), is_dark).await
    }

    /// Puts a service on the bus that shows notifications.
    pub async fn start_notifications(&mut self) {
        self.notifications = Some(Notifications::start(self.bus.address()).await);
    }

    /// The same, but for which notification takes the place of which: this one puts each beside the others.
    pub async fn start_stubborn_notifications(&mut self) {
        self.notifications = Some(Notifications::start_stubborn(self.bus.address()).await);
    }

    /// Puts something between the bus and the programs that are started from now on.
    pub fn start_relay(&mut self) {
        self.relay = Some(Relay::start(&self.place.folder().join("run")));
    }

    /// Puts a tray on the bus that says this to programs.
    pub async fn start_tray(&mut self, answer: Answer) {
        self.tray = Some(TrayHost::start(self.bus.address(), answer).await);
    }

    /// Puts another such service in its place, which can only this, in the specification's words. The one before stays
    /// on the bus, and nobody asks it any more.
    pub async fn replace_notifications(&mut self, can: &'static [&'static str]) -> Option<Notifications> {
        self.notifications.replace(Notifications::start_with(self.bus.address(), can).await)
    }

    /// A desktop with a display and a bus, and nothing on it.
    pub async fn bare() -> Self {
        let turn = DESKTOPS.acquire().await.unwrap();
        let place = Place::new();
        let display = Display::start(&place).await;
        let bus = Bus::start(&place).await;
        Self {
            notifications: None,
            tray: None,
            display,
            bus,
            relay: None,
            log_filter: None,
            place,
            _turn: turn,
        }
    }

    /// What a program on this desktop finds in its environment.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let mut environment = self.place.environment();
        let bus = self.relay.as_ref().map_or(self.bus.address(), Relay::address);
        environment.extend([("DISPLAY", self.display.name()), ("DBUS_SESSION_BUS_ADDRESS", bus.to_owned())]);
        environment.extend(self.log_filter.map(|filter| ("VIGIE_LOG", filter.to_owned())));
        environment
    }

    /// Starts the application and takes hold of its window.
    pub async fn open(&self) -> App {
        App::start(self.environment(), &self.place).await
    }

    /// Starts the application once more beside the one that runs, and waits until it has ended.
    pub async fn open_again(&self) -> ExitStatus {
        self.open_again_with(&[]).await
    }

    /// The same, with what is handed to it.
    pub async fn open_again_with(&self, handed: &[String]) -> ExitStatus {
        let arguments = [&self.arguments()[..], handed].concat();
        let mut second = self.run(&program("vigie"), &arguments);
        tokio::time::timeout(IN_VAIN, second.wait()).await.expect("the second start does not end").unwrap()
    }

    /// What the application is started with on this desktop.
    pub fn arguments(&self) -> [String; 2] {
        ["--data".to_owned(), self.place.data().display().to_string()]
    }

    /// Starts a program on this desktop without a hand that uses it. It ends when what is given here is dropped.
    pub fn run(&self, program: &Path, arguments: &[String]) -> Child {
        Command::new(program)
            .env_clear()
            .envs(self.environment())
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(self.place.log_file())
            .kill_on_drop(true)
            .spawn()
            .unwrap()
    }

    /// Keeps a picture of the window among the build's files, for the eye.
    pub async fn keep_picture(&self, app: &App, name: &str) {
        app.painted().await;
        self.keep_screen(name).await;
    }

    /// The same of the screen as it is now.
    pub async fn keep_screen(&self, name: &str) {
        let folder = app::target_folder().join("screens");
        std::fs::create_dir_all(&folder).unwrap();
        self.display.keep_picture(&folder.join(format!("window-{name}.png"))).await;
    }

    /// The notifications; on a bare desktop there are none.
    pub fn notifications(&self) -> &Notifications {
        self.notifications.as_ref().expect("this desktop shows no notifications")
    }

    /// The tray; on a bare desktop there is none.
    pub fn tray(&self) -> &TrayHost {
        self.tray.as_ref().expect("this desktop has no tray")
    }
}

/// Waits until a look gives something. Only for what tells nobody when it changes.
pub async fn until<T>(mut look: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let looking = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            // A WebDriver answers what it is asked and tells nothing by itself: there is nothing else to wait on.
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    };
    tokio::time::timeout(IN_VAIN, looking).await.ok()
}
