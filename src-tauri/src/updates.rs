//! The feed of newer versions, by Tauri's updater: a package is taken only if it was signed with the key that is built
//! into the program, for the version that the feed says it is.
//!
//! Where it is and whose signature counts is said when a release is built: `VIGIE_UPDATER_URL` (`https` only) and
//! `VIGIE_UPDATER_KEY`. A build that was told neither, or that no package holds, does not update itself; nor does the
//! one in an MSI, which an administrator rolls out: Windows asks for one only when this program has ended already, and
//! where that is refused nothing would start it again.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tauri::AppHandle;
use tauri::utils::config::BundleType;
use tauri::utils::platform::bundle_type;
use tauri_plugin_updater::{Updater, UpdaterExt as _};
use url::Url;
use vigie_core::desk::Desk;
use vigie_core::updating::{Feed, Update, UpdateError};

/// The longest that an answer of the feed may take.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);
/// The longest that a package may take: it is some 20 MB, and a line may be slow.
const PACKAGE_TIME_LIMIT: Duration = Duration::from_secs(30 * 60);
/// The largest package, in bytes, ten times what ours are: it is held in memory until its signature has been checked.
const PACKAGE_LIMIT: u64 = 200 << 20;

/// The feed that this build was told of.
pub struct SignedFeed {
    app: AppHandle,
    url: Url,
    key: &'static str,
    desk: Desk,
    found: Mutex<Option<tauri_plugin_updater::Update>>,
    /// Whether the desk was closed for an installer.
    closed: Arc<AtomicBool>,
}

impl SignedFeed {
    /// The feed; `None` where this build does not update itself.
    pub fn of(app: &AppHandle, desk: Desk) -> Option<Arc<dyn Feed>> {
        bundle_type().filter(|kind| *kind != BundleType::Msi)?;
        let key = option_env!("VIGIE_UPDATER_KEY").filter(|key| !key.is_empty())?;
        let url = option_env!("VIGIE_UPDATER_URL").filter(|url| !url.is_empty())?;
        match url.parse() {
            Ok(url) => {
                let (found, closed) = (Mutex::default(), Arc::default());
                Some(Arc::new(Self { app: app.clone(), url, key, desk, found, closed }))
            }
            Err(error) => {
                tracing::warn!(%error, "this build was told a wrong address of newer versions, and does not look for any");
                None
            }
        }
    }

    fn updater(&self) -> Result<Updater, tauri_plugin_updater::Error> {
        let (desk, closed) = (self.desk.clone(), Arc::clone(&self.closed));
        self.app
            .updater_builder()
            .endpoints(vec![self.url.clone()])?
            .pubkey(self.key)
            .timeout(ANSWER_LIMIT)
            // On Windows the installer ends the program: what is stored is closed before.
            .on_before_exit(move || {
                closed.store(true, Ordering::Relaxed);
                let _already_closed = tauri::async_runtime::block_on(desk.close());
            })
            .build()
    }

    fn found(&self) -> std::sync::MutexGuard<'_, Option<tauri_plugin_updater::Update>> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Feed for SignedFeed {
    async fn newest(&self) -> Result<Option<Update>, UpdateError> {
        let not_asked = |error: tauri_plugin_updater::Error| UpdateError::NotAsked(error.to_string());
        let found = self.updater().map_err(not_asked)?.check().await.map_err(not_asked)?;
        let update = found.as_ref().map(|found| Update::new(&found.version, found.body.as_deref()));
        *self.found() = found;
        Ok(update)
    }

    async fn install(&self) -> Result<(), UpdateError> {
        let mut found = self.found().clone().ok_or(UpdateError::Nothing)?;
        found.timeout = Some(PACKAGE_TIME_LIMIT);
        let package = fetch(&found).await?;
        // It may ask for an administrator's password, and wait for it.
        let outcome = tokio::task::spawn_blocking(move || found.install(package))
            .await
            .map_err(|error| UpdateError::NotInstalled(error.to_string()))
            .and_then(|outcome| outcome.map_err(|error| UpdateError::NotInstalled(error.to_string())));
        // Also where the desk was closed for an installer that the system then did not start: this version comes back.
        if outcome.is_ok() || self.closed.load(Ordering::Relaxed) {
            self.app.request_restart();
        }
        outcome
    }
}

/// Fetches a package, which is let go of once it is too large.
async fn fetch(found: &tauri_plugin_updater::Update) -> Result<Vec<u8>, UpdateError> {
    let (got, too_large) = (AtomicU64::new(0), tokio::sync::Notify::new());
    let fetching = found.download(
        |piece, _| {
            let piece = u64::try_from(piece).unwrap_or(u64::MAX);
            if got.fetch_add(piece, Ordering::Relaxed).saturating_add(piece) > PACKAGE_LIMIT {
                too_large.notify_one();
            }
        },
        || {},
    );
    tokio::select! {
        biased;
        () = too_large.notified() => Err(UpdateError::NotInstalled("its package is too large".to_owned())),
        package = fetching => package.map_err(|error| UpdateError::NotInstalled(error.to_string())),
    }
}
