//! Where the analyst's passwords are: in the system's vault, or until the program ends.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;
use url::Url;

use crate::model::Source;
use crate::store::NewSource;
use crate::vault::{SessionVault, Vault, VaultError};

/// The name under which the credential of a user at an address is kept; of a kind of backend where no user is asked
/// for.
pub fn credential_name(user: &str, profile: &str, url: &Url) -> String {
    format!("{}@{url}", if user.is_empty() { profile } else { user })
}

/// The system's vault and one for this session, as one.
pub struct Credentials {
    system: Arc<dyn Vault>,
    session: SessionVault,
}

impl Credentials {
    /// Uses `system` for what is to be remembered.
    pub fn new(system: Arc<dyn Vault>) -> Self {
        Self { system, session: SessionVault::default() }
    }

    /// The name under which the credential of a source is kept: that of its user at its address, or of its kind where
    /// no user is asked for.
    pub fn name(source: &Source) -> String {
        credential_name(&source.user, &source.profile, &source.url)
    }

    /// The same for a source that is still to be added.
    pub fn name_of(new: &NewSource) -> String {
        credential_name(&new.user, &new.profile, &new.url)
    }

    /// Keeps a password, in the system's vault or until the program ends, and in one place only. Says whether the
    /// system's vault has it now; one that does not work keeps nobody out.
    pub async fn keep(
        &self,
        name: &str,
        password: &SecretString,
        remember: bool,
    ) -> Result<Kept, VaultError> {
        if remember {
            match self.system.put(name, password).await {
                Ok(()) => {
                    self.session.remove(name).await?;
                    return Ok(Kept::InVault);
                }
                Err(error) => tracing::warn!(%error, "the password is kept until the program ends"),
            }
        } else if let Err(error) = self.forget(name).await {
            tracing::warn!(%error, "an older password may still be in the vault");
        }
        self.session.put(name, password).await?;
        Ok(if remember { Kept::NoVault } else { Kept::ForSession })
    }

    /// Removes a password wherever it is. Without a vault there is none in it.
    pub async fn forget(&self, name: &str) -> Result<(), VaultError> {
        match self.remove(name).await {
            Err(VaultError::Unavailable(_)) | Ok(()) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// Where a password is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// In the system's vault.
    InVault,
    /// Until the program ends, as the analyst wanted.
    ForSession,
    /// Until the program ends, because the vault did not take it.
    NoVault,
}

#[async_trait]
impl Vault for Credentials {
    async fn put(&self, name: &str, secret: &SecretString) -> Result<(), VaultError> {
        self.system.put(name, secret).await
    }

    async fn get(&self, name: &str) -> Result<Option<SecretString>, VaultError> {
        match self.session.get(name).await? {
            Some(secret) => Ok(Some(secret)),
            None => self.system.get(name).await,
        }
    }

    async fn remove(&self, name: &str) -> Result<(), VaultError> {
        self.session.remove(name).await?;
        self.system.remove(name).await
    }
}
