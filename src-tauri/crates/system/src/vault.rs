//! The operating system's vault: Secret Service, Keychain or Credential Manager.

use std::time::Duration;

use async_trait::async_trait;
use keyring::{Entry, Error};
use secrecy::{ExposeSecret as _, SecretString};
use vigie_core::vault::{Vault, VaultError};

/// Under this service the passwords stand in the vault.
const SERVICE: &str = "Vigie";
/// How long the analyst has to unlock the vault.
const UNLOCK_LIMIT: Duration = Duration::from_secs(180);

/// The operating system's vault.
#[derive(Debug, Default)]
pub struct SystemVault;

#[async_trait]
impl Vault for SystemVault {
    async fn put(&self, name: &str, secret: &SecretString) -> Result<(), VaultError> {
        let secret = secret.clone();
        with(name, move |entry| entry.set_password(secret.expose_secret())).await
    }

    async fn get(&self, name: &str) -> Result<Option<SecretString>, VaultError> {
        with(name, |entry| match entry.get_password() {
            Ok(password) => Ok(Some(SecretString::from(password))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })
        .await
    }

    async fn remove(&self, name: &str) -> Result<(), VaultError> {
        with(name, |entry| match entry.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(error),
        })
        .await
    }
}

/// Does something with an entry on a thread of its own: the system may ask the analyst to unlock the vault.
async fn with<T: Send + 'static>(
    name: &str,
    act: impl FnOnce(Entry) -> Result<T, Error> + Send + 'static,
) -> Result<T, VaultError> {
    let name = name.to_owned();
    let done = tokio::task::spawn_blocking(move || Entry::new(SERVICE, &name).and_then(act));
    match tokio::time::timeout(UNLOCK_LIMIT, done).await {
        Ok(Ok(outcome)) => outcome.map_err(failed),
        Ok(Err(panic)) => Err(VaultError::Unavailable(panic.to_string())),
        Err(_) => {
            Err(VaultError::Unavailable(format!("it did not answer within {} s", UNLOCK_LIMIT.as_secs())))
        }
    }
}

fn failed(error: Error) -> VaultError {
    match error {
        Error::NoDefaultStore => {
            let why = Entry::store_status().as_ref().err().map(ToString::to_string);
            VaultError::Unavailable(why.unwrap_or_else(|| error.to_string()))
        }
        Error::NoStorageAccess(_) | Error::PlatformFailure(_) => VaultError::Unavailable(error.to_string()),
        other => VaultError::Refused(other.to_string()),
    }
}
