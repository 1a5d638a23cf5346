//! The real desk on a real database, with a desktop that only notes when it was asked for what. All that the benchmark
//! wants of desk and store stands here and in `stored.rs`.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use vigie_core::clock::SystemClock;
use vigie_core::desk::desktop::{About, Desktop, NotSet, NotShown, Notification, Tray, Wanted};
use vigie_core::desk::view::{Overview, SignIn};
use vigie_core::desk::{Desk, Setup};
use vigie_core::model::{AlertId, EventId, Link, Parameters};
use vigie_core::profile::Library;
use vigie_core::settings::{Keeper, Theme};
use vigie_core::store::Store;
use vigie_core::text::Language;
use vigie_core::vault::SessionVault;
use vigie_tests::desktop::NoSimulation;

use crate::flood;

/// The database's name in its folder, as the application has it.
pub const FILE: &str = "vigie.sqlite";
/// Who signs in to the flood, which lets anybody in.
pub const USER: &str = "analyst";
/// With this.
pub const PASSWORD: &str = "anything";
/// How often the store is asked how far it is.
const LOOK_AGAIN: Duration = Duration::from_millis(5);
/// A flood that makes no progress for so long has failed.
const IN_VAIN: Duration = Duration::from_secs(60);

/// A desktop that notes when it was asked for what, in microseconds since 1970.
#[derive(Default)]
pub struct NotingDesktop {
    /// Which alert's notification was asked for when.
    pub notified: Mutex<Vec<(AlertId, u64)>>,
    /// The newest transaction that the window was told of when.
    pub pushed: Mutex<Vec<(EventId, u64)>>,
    desk: OnceLock<Desk>,
}

#[async_trait]
impl Desktop for NotingDesktop {
    async fn notify(&self, notification: Notification) -> Result<(), NotShown> {
        if let About::Alert(id) = notification.about {
            self.notified.lock().unwrap().push((id, flood::now()));
        }
        Ok(())
    }

    async fn reword(&self, _notification: Notification) -> Result<bool, NotShown> {
        Ok(true)
    }

    async fn withdraw(&self, _about: About) {}

    fn set_tray(&self, _tray: Tray) {}

    fn set_theme(&self, _theme: Theme) {}

    fn set_start_at_login(&self, _wanted: bool) -> Result<(), NotSet> {
        Ok(())
    }

    fn push(&self, overview: Overview) {
        self.pushed.lock().unwrap().push((overview.newest_transaction, flood::now()));
        // A window that paints at once.
        if let Some(desk) = self.desk.get().cloned() {
            tokio::spawn(async move { desk.painted(overview.number).await });
        }
    }

    fn show(&self, _wanted: Wanted) {}

    fn destroy_window(&self) {}
}

/// The real desk, and what it stands on.
pub struct BenchDesk {
    /// The desk.
    pub desk: Desk,
    /// What it asks for.
    pub desktop: Arc<NotingDesktop>,
    /// The database.
    pub path: PathBuf,
}

impl BenchDesk {
    /// Starts a desk on a database in `folder`.
    pub async fn start(folder: &Path) -> Self {
        let path = folder.join(FILE);
        let desktop = Arc::new(NotingDesktop::default());
        let desk = Desk::start(Setup {
            store: Store::open(&path).await.unwrap(),
            vault: Arc::new(SessionVault::default()),
            desktop: desktop.clone(),
            clock: Arc::new(SystemClock::default()),
            simulation: Arc::new(NoSimulation),
            profiles: Library::built_in().unwrap(),
            settings: Keeper::default(),
            language: Language::English,
            version: "0.0.0".to_owned(),
        })
        .unwrap();
        Self { desk, desktop, path }
    }

    /// From now on there is a window, which paints at once.
    pub async fn watch(&self) {
        let _set_before = self.desktop.desk.set(self.desk.clone());
        self.desk.watch().await.unwrap();
    }

    /// Signs in to a flood that speaks as `profile` says.
    pub async fn sign_in(&self, profile: &str, flood: &str) {
        let has_user = profile == "big-defend";
        let request = SignIn {
            source: None,
            parameters: Parameters::new(),
            name: "Flood".to_owned(),
            // The backend of which only the address is known has its stream there.
            url: if has_user { flood.to_owned() } else { format!("{flood}/ws") },
            profile: profile.to_owned(),
            user: if has_user { USER.to_owned() } else { String::new() },
            password: if has_user { PASSWORD.to_owned().into() } else { String::new().into() },
            remember: false,
        };
        self.desk.sign_in(request).await.unwrap();
    }

    /// Waits until the link is live.
    pub async fn until_live(&self) {
        let mut overviews = self.desk.overviews();
        let live = overviews
            .wait_for(|overview| overview.sources.iter().any(|one| matches!(one.link, Link::Live { .. })));
        tokio::time::timeout(IN_VAIN, live).await.expect("the link does not come up").unwrap();
    }

    /// Waits until so many events are committed; says when that was.
    pub async fn until_stored(&self, count: u64) -> u64 {
        let (mut newest, mut since) = (0, flood::now());
        loop {
            let now = self.desk.store().newest_event().await.unwrap();
            if u64::try_from(now).unwrap() >= count {
                return flood::now();
            }
            if now > newest {
                (newest, since) = (now, flood::now());
            }
            let idle = Duration::from_micros(flood::now() - since);
            assert!(idle < IN_VAIN, "{newest} of {count} events are stored, and no more come");
            // The store tells nobody when it has committed; this is far below what is measured.
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Ends it; the database is whole.
    pub async fn close(self) {
        self.desk.close().await.unwrap();
    }
}
