//! A real desk on a real database, with a desktop that remembers.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use vigie_core::clock::{Clock, SystemClock};
use vigie_core::desk::view::{AlertFilter, Failure, Overview, SignIn, SourceView};
use vigie_core::desk::{Desk, Setup};
use vigie_core::model::{Alert, Link, Parameters, SourceId, Transaction};
use vigie_core::profile::{Library, Profile};
use vigie_core::store::{AlertSide, PAGE_LIMIT, Side, Store};
use vigie_core::text::Language;
use vigie_core::vault::{SessionVault, Vault};

use crate::desktop::{NoSimulation, RecordingDesktop};

/// A test that waits this long for something waits in vain. Nothing is asserted about how long anything takes.
pub const IN_VAIN: Duration = Duration::from_secs(120);

/// A real desk on a real database.
pub struct TestDesk {
    /// The desk.
    pub desk: Desk,
    /// What it shows.
    pub desktop: Arc<RecordingDesktop>,
    /// The system's vault, played by one in memory.
    pub vault: Arc<dyn Vault>,
    /// The database.
    pub path: PathBuf,
    /// What the desk stores by.
    pub store: Store,
}

impl TestDesk {
    /// Starts a desk on the database in `folder`.
    pub async fn start(folder: &Path) -> Self {
        Self::start_with(folder, Arc::new(SessionVault::default()), Arc::new(SystemClock::default())).await
    }

    /// Starts a desk with a vault that was there before, and a clock of one's own.
    pub async fn start_with(folder: &Path, vault: Arc<dyn Vault>, clock: Arc<dyn Clock>) -> Self {
        Self::start_knowing(folder, vault, clock, &[]).await
    }

    /// The same with profiles of the analyst's own, in TOML.
    pub async fn start_knowing(
        folder: &Path,
        vault: Arc<dyn Vault>,
        clock: Arc<dyn Clock>,
        own_profiles: &[&str],
    ) -> Self {
        let mut profiles = Library::built_in().unwrap();
        profiles.folder = Some(folder.join("profiles"));
        profiles.profiles.extend(own_profiles.iter().map(|toml| Profile::parse(toml).unwrap()));
        let path = folder.join("vigie.sqlite");
        let desktop = Arc::new(RecordingDesktop::default());
        let store = Store::open(&path).await.unwrap();
        let desk = Desk::start(Setup {
            store: store.clone(),
            vault: Arc::clone(&vault),
            desktop: desktop.clone(),
            clock,
            simulation: Arc::new(NoSimulation),
            profiles,
            language: Language::English,
            settings: vigie_core::settings::Keeper::default(),
            version: "0.0.0".to_owned(),
        })
        .unwrap();
        Self { desk, desktop, vault, path, store }
    }

    /// Signs in to a Big Defend server.
    pub async fn sign_in(&self, url: &str, user: &str, password: &str) -> Result<SourceId, Failure> {
        self.sign_in_as("big-defend", url, user, password).await
    }

    /// Signs in to a server that speaks as `profile` says.
    pub async fn sign_in_as(
        &self,
        profile: &str,
        url: &str,
        user: &str,
        password: &str,
    ) -> Result<SourceId, Failure> {
        self.desk
            .sign_in(SignIn {
                source: None,
                parameters: Parameters::new(),
                name: "Retail".to_owned(),
                url: url.to_owned(),
                profile: profile.to_owned(),
                user: user.to_owned(),
                password: password.to_owned().into(),
                remember: true,
            })
            .await
    }

    /// Waits until the overview is as it should be.
    pub async fn until(&self, what: &str, mut holds: impl FnMut(&Overview) -> bool) -> Overview {
        let mut overviews = self.desk.overviews();
        let found = tokio::time::timeout(IN_VAIN, overviews.wait_for(|overview| holds(overview))).await;
        match found {
            Ok(overview) => overview.unwrap().clone(),
            Err(_) => panic!("waited in vain until {what}: {:#?}", self.desk.overview().await),
        }
    }

    /// Waits until the first source's link is as it should be.
    pub async fn until_link(&self, what: &str, mut holds: impl FnMut(&Link) -> bool) -> SourceView {
        let overview =
            self.until(what, |overview| overview.sources.first().is_some_and(|one| holds(&one.link))).await;
        overview.sources[0].clone()
    }

    /// Waits until this source's link is as it should be.
    pub async fn until_link_of(
        &self,
        id: SourceId,
        what: &str,
        mut holds: impl FnMut(&Link) -> bool,
    ) -> Link {
        let is_this = |source: &&SourceView| source.id == id;
        let overview = self
            .until(what, |overview| overview.sources.iter().find(is_this).is_some_and(|one| holds(&one.link)))
            .await;
        overview.sources.into_iter().find(|source| source.id == id).unwrap().link
    }

    /// Waits until everything arrives as it happens.
    pub async fn until_live(&self) -> SourceView {
        self.until_link("the link is live", |link| matches!(link, Link::Live { .. })).await
    }

    /// Waits, reading the store at each change, until it has what it should have.
    pub async fn until_stored(&self, what: &str, mut holds: impl FnMut(&[Alert], &[Transaction]) -> bool) {
        let waiting = async {
            loop {
                if holds(&self.alerts().await, &self.transactions().await) {
                    return;
                }
                // The database changes by other hands than this test's; there is nothing to wait on but it.
                tokio::task::yield_now().await;
            }
        };
        if tokio::time::timeout(IN_VAIN, waiting).await.is_err() {
            panic!("waited in vain until {what}: {:#?}", self.desk.diagnostics().await);
        }
    }

    /// All stored alerts, newest first.
    pub async fn alerts(&self) -> Vec<Alert> {
        let filter = AlertFilter { closed: true, ..AlertFilter::default() };
        let (mut all, mut side) = (Vec::new(), AlertSide::Newest);
        loop {
            let page = self.desk.store().alerts(&filter, side, PAGE_LIMIT).await.unwrap();
            all.extend(page.rows);
            let Some(next) = page.next else { return all };
            side = AlertSide::Before(next);
        }
    }

    /// All stored transactions, newest first.
    pub async fn transactions(&self) -> Vec<Transaction> {
        let (mut all, mut side) = (Vec::new(), Side::Newest);
        loop {
            let page = self.desk.store().transactions(None, side, PAGE_LIMIT).await.unwrap();
            all.extend(page.rows);
            let Some(next) = page.next else { return all };
            side = Side::Before(next);
        }
    }
}
