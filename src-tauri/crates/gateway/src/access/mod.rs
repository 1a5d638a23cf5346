//! Who may come in: users, their passwords, and the tokens that they get for them.

mod accounts;
mod tokens;

use secrecy::SecretString;

pub use accounts::AccountError;
pub(crate) use accounts::{Accounts, SignInError};
pub use tokens::TokenError;
pub(crate) use tokens::{Session, Tokens};

/// Somebody who may sign in.
#[derive(Debug, Clone)]
pub struct User {
    /// The name to sign in with.
    pub name: String,
    /// The password; only its hash is kept.
    pub password: SecretString,
    /// The bank whose alerts the user sees; without one, those of every bank.
    pub bank: Option<String>,
}
