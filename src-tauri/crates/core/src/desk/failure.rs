//! Errors on their way to the window: `{code, message}`.

use super::view::{Failure, FailureCode};
use crate::link::SignInError;
use crate::model::Trouble;
use crate::store::StoreError;
use crate::transport::TransportError;
use crate::vault::VaultError;

impl Failure {
    /// A failure with this code; `message` is for whoever helps.
    pub fn new(code: FailureCode, message: impl ToString) -> Self {
        Self { code, message: message.to_string() }
    }

    /// The desk is gone.
    pub fn closing() -> Self {
        Self::new(FailureCode::Closing, "the program is ending")
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let code = match error {
            StoreError::NotFound => FailureCode::NotFound,
            StoreError::DiskFull => FailureCode::DiskFull,
            StoreError::Damaged(_) => FailureCode::StoreDamaged,
            StoreError::Sqlite(_) => FailureCode::Store,
            StoreError::OutboxFull(_) => FailureCode::OutboxFull,
            StoreError::SnoozesFull(_) => FailureCode::SnoozesFull,
        };
        Self::new(code, error)
    }
}

impl From<VaultError> for Failure {
    fn from(error: VaultError) -> Self {
        Self::new(FailureCode::Vault, error)
    }
}

impl From<TransportError> for Failure {
    fn from(error: TransportError) -> Self {
        let code = match error.trouble() {
            Trouble::Unreachable | Trouble::Closed | Trouble::Ended | Trouble::Silent => {
                FailureCode::Unreachable
            }
            Trouble::Insecure => FailureCode::Insecure,
            Trouble::Unavailable => FailureCode::Unavailable,
            Trouble::Forbidden => FailureCode::Forbidden,
            Trouble::NotUnderstood => FailureCode::NotUnderstood,
            // A transport says neither of these.
            Trouble::StoreFailed | Trouble::Failed => FailureCode::Store,
            Trouble::DiskFull => FailureCode::DiskFull,
            Trouble::VaultLocked => FailureCode::Vault,
        };
        Self::new(code, error)
    }
}

impl From<SignInError> for Failure {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::PasswordRefused => Self::new(FailureCode::PasswordRefused, error),
            SignInError::CredentialRefused => Self::new(FailureCode::CredentialRefused, error),
            SignInError::Transport(error) => error.into(),
        }
    }
}
