//! Vaults that are locked, not there, or have a mistake in them.

use std::sync::Arc;
use std::time::Duration;

use tempfile::tempdir;
use vigie_core::desk::view::FailureCode;
use vigie_core::model::{Link, SignedOutReason, Trouble};
use vigie_core::vault::{SessionVault, Vault, VaultError};
use vigie_tests::clock::ManualClock;
use vigie_tests::desk::TestDesk;
use vigie_tests::server::Server;

use super::retrying;

#[tokio::test]
async fn a_locked_vault_is_waited_for() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let (vault, clock) = (Arc::new(LockableVault::default()), Arc::new(ManualClock::default()));
    let desk = TestDesk::start_with(folder.path(), vault.clone(), clock.clone()).await;
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    desk.until_live().await;
    vault.lock(true);
    connection.close(1008).await;
    desk.until_link("the vault is locked", retrying(Trouble::VaultLocked)).await;
    vault.lock(false);
    clock.advance(Duration::from_secs(60));
    let _connection = server.connection().await;
    desk.until_live().await;
}

#[tokio::test]
async fn what_was_kept_for_the_session_is_not_looked_for_in_a_vault_that_is_not_there() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let vault = Arc::new(LockableVault::default());
    vault.lock(true);
    let desk = TestDesk::start_with(folder.path(), vault.clone(), Arc::new(ManualClock::default())).await;
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let _connection = server.connection().await;
    assert!(!desk.until_live().await.remembered);
    desk.desk.close().await.unwrap();
    let again = TestDesk::start_with(folder.path(), vault, Arc::new(ManualClock::default())).await;
    let source = again.until_link("signed out", |link| matches!(link, Link::SignedOut { .. })).await;
    assert_eq!(source.link, Link::SignedOut { reason: SignedOutReason::NoCredential });
}

/// A vault with a mistake in it.
#[derive(Default)]
struct MistakenVault {
    vault: SessionVault,
    is_mistaken: std::sync::atomic::AtomicBool,
}

#[async_trait::async_trait]
impl Vault for MistakenVault {
    async fn put(&self, name: &str, secret: &secrecy::SecretString) -> Result<(), VaultError> {
        self.vault.put(name, secret).await
    }

    async fn get(&self, name: &str) -> Result<Option<secrecy::SecretString>, VaultError> {
        assert!(!self.is_mistaken.load(std::sync::atomic::Ordering::SeqCst), "a mistake, on purpose");
        self.vault.get(name).await
    }

    async fn remove(&self, name: &str) -> Result<(), VaultError> {
        self.vault.remove(name).await
    }
}

#[tokio::test]
async fn a_link_that_ends_by_a_mistake_of_ours_says_so_and_can_be_started_anew() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let (vault, clock) = (Arc::new(MistakenVault::default()), Arc::new(ManualClock::default()));
    let desk = TestDesk::start_with(folder.path(), vault.clone(), clock).await;
    let source = desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    desk.until_live().await;
    vault.is_mistaken.store(true, std::sync::atomic::Ordering::SeqCst);
    connection.close(1008).await;
    desk.until_link("it has failed", |link| *link == Link::Refused { why: Trouble::Failed }).await;
    vault.is_mistaken.store(false, std::sync::atomic::Ordering::SeqCst);
    desk.desk.retry(source).await.unwrap();
    let _connection = server.connection().await;
    desk.until_live().await;
}

/// A vault that can be locked.
#[derive(Default)]
struct LockableVault {
    vault: SessionVault,
    locked: std::sync::atomic::AtomicBool,
}

impl LockableVault {
    fn lock(&self, locked: bool) {
        self.locked.store(locked, std::sync::atomic::Ordering::SeqCst);
    }

    fn check(&self) -> Result<(), VaultError> {
        match self.locked.load(std::sync::atomic::Ordering::SeqCst) {
            true => Err(VaultError::Unavailable("it is locked".to_owned())),
            false => Ok(()),
        }
    }
}

#[async_trait::async_trait]
impl Vault for LockableVault {
    async fn put(&self, name: &str, secret: &secrecy::SecretString) -> Result<(), VaultError> {
        self.check()?;
        self.vault.put(name, secret).await
    }

    async fn get(&self, name: &str) -> Result<Option<secrecy::SecretString>, VaultError> {
        self.check()?;
        self.vault.get(name).await
    }

    async fn remove(&self, name: &str) -> Result<(), VaultError> {
        self.check()?;
        self.vault.remove(name).await
    }
}

#[tokio::test]
async fn signing_out_with_a_locked_vault_does_not_look_done() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let (vault, clock) = (Arc::new(LockableVault::default()), Arc::new(ManualClock::default()));
    let desk = TestDesk::start_with(folder.path(), vault.clone(), clock).await;
    let source = desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let _connection = server.connection().await;
    vault.lock(true);
    assert_eq!(desk.desk.sign_out(source).await.unwrap_err().code, FailureCode::Vault);
}
