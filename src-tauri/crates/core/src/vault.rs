//! Where credentials are kept. The real vault is the operating system's; it stands in `vigie-system`.

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;
use secrecy::SecretString;

/// Why a vault did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// There is none on this computer, or it is locked.
    #[error("the system's password store is not available: {0}; unlock it, or sign in for this session only")]
    Unavailable(String),
    /// It is there but refused.
    #[error("the system's password store refused: {0}")]
    Refused(String),
}

/// Keeps secrets by name.
#[async_trait]
pub trait Vault: Send + Sync + 'static {
    /// Keeps a secret; replaces one of the same name.
    async fn put(&self, name: &str, secret: &SecretString) -> Result<(), VaultError>;
    /// The secret of this name.
    async fn get(&self, name: &str) -> Result<Option<SecretString>, VaultError>;
    /// Forgets a secret; to forget what is not there is fine.
    async fn remove(&self, name: &str) -> Result<(), VaultError>;
}

/// Keeps secrets until the program ends: for computers without a vault, and for analysts who do not want theirs
/// kept.
#[derive(Default)]
pub struct SessionVault {
    secrets: Mutex<HashMap<String, SecretString>>,
}

impl SessionVault {
    fn secrets(&self) -> std::sync::MutexGuard<'_, HashMap<String, SecretString>> {
        self.secrets.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[async_trait]
impl Vault for SessionVault {
    async fn put(&self, name: &str, secret: &SecretString) -> Result<(), VaultError> {
        self.secrets().insert(name.to_owned(), secret.clone());
        Ok(())
    }

    async fn get(&self, name: &str) -> Result<Option<SecretString>, VaultError> {
        Ok(self.secrets().get(name).cloned())
    }

    async fn remove(&self, name: &str) -> Result<(), VaultError> {
        self.secrets().remove(name);
        Ok(())
    }
}
