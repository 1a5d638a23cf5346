//! Where a password, token or key comes from: the environment, the vault, or a prompt. Never an argument, which
//! everybody on the computer can see.

use std::io::{self, IsTerminal as _};

use secrecy::SecretString;
use vigie_core::model::{SecretKind, SignInView};
use vigie_core::vault::Vault;

use crate::output::plain;

/// The environment variables that may hold it; the first that is set counts.
const VARIABLES: [&str; 2] = ["VIGIE_PASSWORD", "VIGIE_SECRET"];

/// Why there is no secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// A variable holds something that is no text.
    #[error("the environment variable {0} is no text")]
    NotText(&'static str),
    /// It is nowhere, and there is nobody to ask.
    #[error(
        "there is no {what}: set VIGIE_PASSWORD (or VIGIE_SECRET), start this in a terminal to be asked, or sign in with \
         the application and keep it{vault}"
    )]
    Nowhere {
        /// What it is.
        what: &'static str,
        /// What the vault said, if it failed.
        vault: String,
    },
    /// The terminal did not take it.
    #[error("the {what} could not be asked for: {error}")]
    Prompt {
        /// What it is.
        what: &'static str,
        /// What the system says.
        error: io::Error,
    },
}

/// The secret that the profile asks for; empty where it asks for none. `name` is what the vault keeps it under.
pub async fn find(asks: SignInView, name: &str, vault: &dyn Vault) -> Result<SecretString, SecretError> {
    let Some(kind) = asks.secret else { return Ok(SecretString::default()) };
    for variable in VARIABLES {
        match std::env::var(variable) {
            Ok(secret) if !secret.is_empty() => return Ok(secret.into()),
            Ok(_) | Err(std::env::VarError::NotPresent) => {}
            Err(std::env::VarError::NotUnicode(_)) => return Err(SecretError::NotText(variable)),
        }
    }
    let vault = match vault.get(name).await {
        Ok(Some(secret)) => return Ok(secret),
        Ok(None) => String::new(),
        Err(error) => format!(" ({error})"),
    };
    let what = word(kind);
    if io::stdin().is_terminal() {
        let may_be_empty = if asks.optional { " (may be empty)" } else { "" };
        let prompt = plain(&format!("The {what} of {name}{may_be_empty}: "));
        let said = rpassword::prompt_password(prompt);
        return said.map(SecretString::from).map_err(|error| SecretError::Prompt { what, error });
    }
    if asks.optional { Ok(SecretString::default()) } else { Err(SecretError::Nowhere { what, vault }) }
}

const fn word(kind: SecretKind) -> &'static str {
    match kind {
        SecretKind::Password => "password",
        SecretKind::Token => "token",
        SecretKind::Key => "key",
    }
}
