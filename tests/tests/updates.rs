//! A newer version is offered, and nothing is put in place before the analyst says so.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use tempfile::{TempDir, tempdir};
use tokio::sync::watch;
use vigie_core::clock::Clock as _;
use vigie_core::desk::view::FailureCode;
use vigie_core::settings::Settings;
use vigie_core::updating::{Feed, Update, UpdateError, Updater, Updates};
use vigie_core::vault::SessionVault;
use vigie_tests::clock::ManualClock;
use vigie_tests::desk::{IN_VAIN, TestDesk};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(24 * 3_600);

/// A feed that says what it is told to say.
#[derive(Default)]
struct ToldFeed {
    newest: Mutex<Option<Result<Option<Update>, UpdateError>>>,
    install: Mutex<Option<UpdateError>>,
    asked: AtomicUsize,
    installed: AtomicUsize,
}

#[async_trait]
impl Feed for ToldFeed {
    async fn newest(&self) -> Result<Option<Update>, UpdateError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.newest.lock().unwrap().clone().unwrap_or(Ok(None))
    }

    async fn install(&self) -> Result<(), UpdateError> {
        self.installed.fetch_add(1, Ordering::Relaxed);
        self.install.lock().unwrap().clone().map_or(Ok(()), Err)
    }
}

struct Stage {
    clock: Arc<ManualClock>,
    desk: TestDesk,
    feed: Arc<ToldFeed>,
    settings: watch::Sender<Settings>,
    updater: Updater,
    _folder: TempDir,
}

impl Stage {
    async fn new(settings: Settings) -> Self {
        let (folder, clock, feed) =
            (tempdir().unwrap(), Arc::new(ManualClock::default()), Arc::new(ToldFeed::default()));
        let desk =
            TestDesk::start_with(folder.path(), Arc::new(SessionVault::default()), clock.clone()).await;
        let (settings, changes) = watch::channel(settings);
        let updater = Updater::start(Some(feed.clone()), clock.clone(), changes, desk.desk.clone());
        Self { clock, desk, feed, settings, updater, _folder: folder }
    }

    fn says(&self, newest: Result<Option<Update>, UpdateError>) {
        *self.feed.newest.lock().unwrap() = Some(newest);
    }

    /// Lets time pass once the next look is so far off.
    async fn after(&self, wait: Duration) {
        self.clock.sleeper(wait..=wait).await;
        self.clock.advance(wait);
    }

    /// Waits until the feed was asked so often.
    async fn until_asked(&self, times: usize) {
        let asking = async {
            while self.feed.asked.load(Ordering::Relaxed) < times {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(IN_VAIN, asking).await.expect("the feed is not asked so often");
    }

    async fn until(&self, what: &str, holds: impl Fn(&Updates) -> bool) -> Updates {
        self.desk.until(what, |now| holds(&now.updates)).await.updates
    }

    async fn until_offered(&self, wanted: bool) -> Updates {
        self.until("it is offered", |now| matches!(now, Updates::Offered { asks, .. } if *asks == wanted))
            .await
    }
}

fn newer() -> Update {
    Update::new("1.2.0", Some("Quicker search."))
}

fn offered(asks: bool, failed: Option<&str>) -> Updates {
    Updates::Offered { update: newer(), asks, failed: failed.map(str::to_owned) }
}

#[tokio::test]
async fn a_newer_version_is_offered_once_it_is_there_and_put_in_place_only_when_asked_for() {
    let stage = Stage::new(Settings::default()).await;
    stage.after(MINUTE).await;
    let looked_at = Some(stage.clock.now());
    stage.until("it has looked", |now| *now == Updates::Current { looked_at }).await;
    stage.says(Ok(Some(newer())));
    stage.after(DAY).await;
    assert_eq!(stage.until_offered(true).await, offered(true, None));
    assert_eq!(stage.feed.installed.load(Ordering::Relaxed), 0);
    stage.updater.install().await.unwrap();
    stage.until("it says so", |now| *now == Updates::Installing { update: newer() }).await;
    assert_eq!(stage.feed.installed.load(Ordering::Relaxed), 1);
    let again = stage.updater.install().await.unwrap_err();
    assert_eq!((again.code, stage.feed.installed.load(Ordering::Relaxed)), (FailureCode::NotUpdated, 1));
}

#[tokio::test]
async fn who_puts_it_off_is_asked_again_tomorrow_and_can_have_it_before() {
    let stage = Stage::new(Settings::default()).await;
    stage.says(Ok(Some(newer())));
    stage.after(MINUTE).await;
    stage.until_offered(true).await;
    stage.updater.put_off().await;
    assert_eq!(stage.until_offered(false).await, offered(false, None));
    stage.after(DAY).await;
    stage.until_offered(true).await;
    stage.updater.put_off().await;
    stage.until_offered(false).await;
    stage.updater.look().await.unwrap();
    stage.until_offered(true).await;
}

#[tokio::test]
async fn a_version_that_cannot_be_put_in_place_says_why_and_is_still_offered() {
    let stage = Stage::new(Settings::default()).await;
    stage.says(Ok(Some(newer())));
    stage.after(MINUTE).await;
    stage.until_offered(true).await;
    let why = UpdateError::NotInstalled("the signature is not ours".to_owned());
    *stage.feed.install.lock().unwrap() = Some(why.clone());
    let failure = stage.updater.install().await.unwrap_err();
    assert_eq!((failure.code, failure.message), (FailureCode::NotUpdated, why.to_string()));
    let says = why.to_string();
    stage.until("it says why", |now| *now == offered(true, Some(&says))).await;
    *stage.feed.install.lock().unwrap() = None;
    stage.updater.install().await.unwrap();
}

#[tokio::test]
async fn what_could_not_be_asked_is_asked_again_in_an_hour() {
    let stage = Stage::new(Settings::default()).await;
    stage.says(Err(UpdateError::NotAsked("no route".to_owned())));
    stage.after(MINUTE).await;
    stage.until_asked(1).await;
    let second = Duration::from_secs(1);
    stage.clock.advance(HOUR - second);
    stage.desk.desk.overview().await.unwrap();
    assert_eq!(stage.feed.asked.load(Ordering::Relaxed), 1);
    stage.clock.advance(second);
    stage.until_asked(2).await;
    stage.says(Ok(Some(newer())));
    stage.clock.advance(HOUR);
    stage.until_offered(true).await;
}

#[tokio::test]
async fn where_an_administrator_has_switched_it_off_nothing_is_asked_or_installed() {
    let mut off = Settings::default();
    off.desktop.updates = false;
    let stage = Stage::new(off).await;
    stage.says(Ok(Some(newer())));
    stage.until("it is off", |now| *now == Updates::Off).await;
    stage.clock.advance(2 * DAY);
    assert_eq!(stage.updater.look().await.unwrap_err().code, FailureCode::NotUpdated);
    assert_eq!(stage.updater.install().await.unwrap_err().code, FailureCode::NotUpdated);
    assert_eq!(stage.feed.asked.load(Ordering::Relaxed), 0);
    stage.settings.send_replace(Settings::default());
    stage.until_offered(true).await;
    stage.settings.send_modify(|settings| settings.desktop.updates = false);
    stage.until("it is off", |now| *now == Updates::Off).await;
}

#[tokio::test]
async fn a_build_without_a_feed_says_that_it_has_none() {
    let folder = tempdir().unwrap();
    let desk = TestDesk::start(folder.path()).await;
    let settings = watch::channel(Settings::default()).1;
    let updater = Updater::start(None, Arc::new(ManualClock::default()), settings, desk.desk.clone());
    assert_eq!(updater.look().await.unwrap_err().code, FailureCode::NotUpdated);
    assert_eq!(desk.desk.overview().await.unwrap().updates, Updates::Unavailable);
}

#[test]
fn a_feed_cannot_say_without_end() {
    let update = Update::new(&"9".repeat(1_000), Some(&"new ".repeat(10_000)));
    assert!(update.version.len() <= 40 && update.notes.unwrap().len() <= 600);
}
