//! Newer versions of the program: looked for now and then, offered, and put in place only when the analyst says so. An
//! administrator who updates the computers switches it off.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::Serialize;
use tokio::sync::{mpsc, oneshot, watch};
use ts_rs::TS;

use crate::clock::Clock;
use crate::desk::Desk;
use crate::desk::view::{Failure, FailureCode};
use crate::model::Time;
use crate::settings::Settings;

/// The first look: the links come before it.
const FIRST_AFTER: Duration = Duration::from_secs(60);
/// Time between two looks.
const EVERY: Duration = Duration::from_secs(24 * 3_600);
/// Time until the next look after one that failed.
const AGAIN_AFTER: Duration = Duration::from_secs(3_600);
/// The longest version and the longest notes that are shown, in characters: they are a server's words.
const VERSION_LIMIT: usize = 40;
const NOTES_LIMIT: usize = 600;
/// Wishes that may wait: no hand has more.
const WISHES: usize = 8;

/// A version that is newer than this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Update {
    /// Its number.
    pub version: String,
    /// What is new, in plain text.
    pub notes: Option<String>,
}

impl Update {
    /// What a feed says, as much of it as is shown.
    pub fn new(version: &str, notes: Option<&str>) -> Self {
        let cut = |text: &str, limit| text.chars().take(limit).collect();
        Self { version: cut(version, VERSION_LIMIT), notes: notes.map(|notes| cut(notes, NOTES_LIMIT)) }
    }
}

/// How it stands with newer versions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Updates {
    /// This build does not update itself: somebody else does, or it was built by hand.
    #[default]
    Unavailable,
    /// It is switched off.
    Off,
    /// No newer one is known.
    Current {
        /// When that was asked last.
        looked_at: Option<Time>,
    },
    /// There is one.
    Offered {
        /// Which.
        update: Update,
        /// Whether the analyst is to be asked now, and has not put it off.
        asks: bool,
        /// Why it could not be put in place, if that was tried.
        failed: Option<String>,
    },
    /// It is being fetched and put in place; then the program starts anew.
    Installing {
        /// Which.
        update: Update,
    },
}

/// Where newer versions come from.
#[async_trait]
pub trait Feed: Send + Sync + 'static {
    /// The newest version, if it is newer than this one.
    async fn newest(&self) -> Result<Option<Update>, UpdateError>;
    /// Fetches the one that was found last, checks who made it, puts it in the place of this one, and lets the program
    /// start anew once its store is closed.
    async fn install(&self) -> Result<(), UpdateError>;
}

/// Why there is no update.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpdateError {
    /// The feed could not be read.
    #[error("newer versions could not be asked for: {0}; it is tried again in an hour")]
    NotAsked(String),
    /// It was not put in place; this version is as it was.
    #[error("the new version was not installed: {0}; Vigie goes on as it is")]
    NotInstalled(String),
    /// None is offered.
    #[error("there is no newer version to install")]
    Nothing,
}

impl From<UpdateError> for Failure {
    fn from(error: UpdateError) -> Self {
        Self::new(FailureCode::NotUpdated, error)
    }
}

enum Wish {
    Look(oneshot::Sender<Result<(), UpdateError>>),
    Later,
    Install(oneshot::Sender<Result<(), UpdateError>>),
}

/// The handle of what looks for newer versions; cheap to clone. Without a feed it does nothing.
#[derive(Clone)]
pub struct Updater(Option<mpsc::Sender<Wish>>);

impl Updater {
    /// Begins to look, and tells the desk; it ends with the last handle.
    pub fn start(
        feed: Option<Arc<dyn Feed>>,
        clock: Arc<dyn Clock>,
        settings: watch::Receiver<Settings>,
        desk: Desk,
    ) -> Self {
        let Some(feed) = feed else { return Self(None) };
        let (wishes, inbox) = mpsc::channel(WISHES);
        let due = clock.elapsed() + FIRST_AFTER;
        let stands = Updates::Current { looked_at: None };
        tokio::spawn(Keeper { feed, clock, settings, desk, inbox, due, stands }.run());
        Self(Some(wishes))
    }

    /// Looks now.
    pub async fn look(&self) -> Result<(), Failure> {
        self.ask(Wish::Look).await
    }

    /// The analyst does not want to be asked before tomorrow.
    pub async fn put_off(&self) {
        if let Some(wishes) = &self.0 {
            // Fails only when the program ends.
            let _ending = wishes.send(Wish::Later).await;
        }
    }

    /// The analyst wants the version that is offered. Where it succeeds, the program starts anew.
    pub async fn install(&self) -> Result<(), Failure> {
        self.ask(Wish::Install).await
    }

    async fn ask(
        &self,
        wish: impl FnOnce(oneshot::Sender<Result<(), UpdateError>>) -> Wish,
    ) -> Result<(), Failure> {
        let Some(wishes) = &self.0 else { return Err(UpdateError::Nothing.into()) };
        let (reply, answer) = oneshot::channel();
        wishes.send(wish(reply)).await.map_err(|_| Failure::closing())?;
        Ok(answer.await.map_err(|_| Failure::closing())??)
    }
}

struct Keeper {
    feed: Arc<dyn Feed>,
    clock: Arc<dyn Clock>,
    settings: watch::Receiver<Settings>,
    desk: Desk,
    inbox: mpsc::Receiver<Wish>,
    /// When to look next, by [`Clock::elapsed`].
    due: Duration,
    stands: Updates,
}

impl Keeper {
    async fn run(mut self) {
        loop {
            let is_wanted = self.settings.borrow_and_update().desktop.updates;
            match (&self.stands, is_wanted) {
                (Updates::Off, true) => self.stands = Updates::Current { looked_at: None },
                (_, false) => self.stands = Updates::Off,
                _ => {}
            }
            if self.desk.tell_updates(self.stands.clone()).await.is_err() {
                return;
            }
            tokio::select! {
                wish = self.inbox.recv() => match wish {
                    Some(wish) => self.follow(wish).await,
                    None => return,
                },
                changed = self.settings.changed() => if changed.is_err() { return },
                () = self.clock.sleep_until(self.due), if is_wanted => {
                    if let Err(error) = self.look().await {
                        tracing::warn!(%error, "this version goes on");
                    }
                }
            }
        }
    }

    async fn follow(&mut self, wish: Wish) {
        match (wish, &mut self.stands) {
            (Wish::Look(reply), Updates::Current { .. } | Updates::Offered { .. }) => {
                let _gone = reply.send(self.look().await);
            }
            (Wish::Install(reply), Updates::Offered { update, .. }) => {
                let update = update.clone();
                let _gone = reply.send(self.install(update).await);
            }
            (Wish::Later, Updates::Offered { asks, .. }) => {
                *asks = false;
                self.due = self.clock.elapsed() + EVERY;
            }
            (Wish::Later, _) => {}
            (Wish::Look(reply) | Wish::Install(reply), _) => {
                let _gone = reply.send(Err(UpdateError::Nothing));
            }
        }
    }

    async fn look(&mut self) -> Result<(), UpdateError> {
        let newest = self.feed.newest().await;
        self.due = self.clock.elapsed() + if newest.is_ok() { EVERY } else { AGAIN_AFTER };
        self.stands = match newest? {
            Some(update) => Updates::Offered { update, asks: true, failed: None },
            None => Updates::Current { looked_at: Some(self.clock.now()) },
        };
        Ok(())
    }

    async fn install(&mut self, update: Update) -> Result<(), UpdateError> {
        self.stands = Updates::Installing { update: update.clone() };
        // Fails only when the program ends.
        let _ending = self.desk.tell_updates(self.stands.clone()).await;
        let outcome = self.feed.install().await;
        if let Err(error) = &outcome {
            tracing::warn!(%error, "the new version is still offered");
            self.stands = Updates::Offered { update, asks: true, failed: Some(error.to_string()) };
        }
        outcome
    }
}
