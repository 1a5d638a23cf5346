//! Names and passwords.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

use super::User;
use crate::clock::{Clock, later};

/// Wrong passwords a user may give in [`ATTEMPTS_WITHIN`].
const ATTEMPTS: usize = 5;

/// The stretch in which wrong passwords are counted.
const ATTEMPTS_WITHIN: Duration = Duration::from_secs(60);

/// Passwords checked at the same time: each takes a thread and its memory.
const CHECKS: usize = 2;

/// The longest password that is looked at, in bytes.
const LONGEST_PASSWORD: usize = 1_024;

/// Memory in KiB and passes of a hash: what OWASP asks at the least, or a token effort in a build that is not
/// optimised, where a hash takes a hundred times longer and guards nothing but tests.
const EFFORT: (u32, u32) = if cfg!(debug_assertions) { (64, 1) } else { (19_456, 2) };

/// Why accounts cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// Two users have the same name.
    #[error("there are two users called {0}")]
    SameName(String),
    /// A password cannot be hashed.
    #[error("a password cannot be hashed: {0}")]
    Hash(String),
    /// A password is checked in a thread, which ended before it was done.
    #[error("the gateway is stopping")]
    Stopping,
}

/// Why somebody may not come in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SignInError {
    /// The name or the password is wrong; which of them is not told.
    #[error("wrong username or password")]
    Wrong,
    /// There were too many wrong passwords.
    #[error("too many wrong passwords: try again in {} seconds", .retry_after.as_secs())]
    TooMany {
        /// When to try again, in whole seconds.
        retry_after: Duration,
    },
    /// Nothing can be checked.
    #[error(transparent)]
    Account(#[from] AccountError),
}

#[derive(Debug)]
struct Account {
    hash: String,
    bank: Option<String>,
    /// When passwords were tried that were not right.
    attempts: Mutex<VecDeque<Timestamp>>,
}

/// The users.
#[derive(Debug)]
pub(crate) struct Accounts {
    accounts: HashMap<String, Account>,
    /// Stands for every name that nobody has, so that the answer takes as long and its attempts are bounded.
    nobody: Account,
    checks: Arc<Semaphore>,
    clock: Clock,
}

impl Accounts {
    /// Hashes the passwords of these users.
    pub async fn open(users: Vec<User>, clock: Clock) -> Result<Self, AccountError> {
        let hashing = tokio::task::spawn_blocking(move || {
            let mut accounts = HashMap::new();
            for user in users {
                let account = Account::new(&user.password, user.bank)?;
                if accounts.insert(user.name.clone(), account).is_some() {
                    return Err(AccountError::SameName(user.name));
                }
            }
            Ok((accounts, Account::new(&SecretString::from(""), None)?))
        });
        let (accounts, nobody) = hashing.await.map_err(|_| AccountError::Stopping)??;
        Ok(Self { accounts, nobody, checks: Arc::new(Semaphore::new(CHECKS)), clock })
    }

    /// Checks a password.
    pub async fn sign_in(&self, name: &str, password: SecretString) -> Result<(), SignInError> {
        let known = self.accounts.get(name);
        let account = known.unwrap_or(&self.nobody);
        // Counted before it is checked, so that guesses at the same time count as well.
        account.attempt(self.clock.now())?;
        let hash = account.hash.clone();
        let _permit = self.checks.acquire().await.map_err(|_| AccountError::Stopping)?;
        let checking = tokio::task::spawn_blocking(move || {
            let password = password.expose_secret().as_bytes();
            let hash = PasswordHash::new(&hash).map_err(|error| AccountError::Hash(error.to_string()))?;
            Ok::<_, AccountError>(
                password.len() <= LONGEST_PASSWORD
                    && Argon2::default().verify_password(password, &hash).is_ok(),
            )
        });
        let right = checking.await.map_err(|_| AccountError::Stopping)??;
        if !right || known.is_none() {
            return Err(SignInError::Wrong);
        }
        account.attempts.lock().unwrap_or_else(PoisonError::into_inner).clear();
        Ok(())
    }

    /// The bank of a user, if there is such a user.
    pub fn bank_of(&self, name: &str) -> Option<Option<&str>> {
        self.accounts.get(name).map(|account| account.bank.as_deref())
    }
}

impl Account {
    fn new(password: &SecretString, bank: Option<String>) -> Result<Self, AccountError> {
        let failed = |error: String| AccountError::Hash(error);
        let params = Params::new(EFFORT.0, EFFORT.1, 1, None).map_err(|error| failed(error.to_string()))?;
        let hash: argon2::password_hash::phc::PasswordHash =
            Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
                .hash_password(password.expose_secret().as_bytes())
                .map_err(|error| failed(error.to_string()))?;
        Ok(Self { hash: hash.to_string(), bank, attempts: Mutex::default() })
    }

    /// Counts an attempt, if there may be another one.
    fn attempt(&self, now: Timestamp) -> Result<(), SignInError> {
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        while attempts.front().is_some_and(|first| later(*first, ATTEMPTS_WITHIN) <= now) {
            attempts.pop_front();
        }
        if attempts.len() < ATTEMPTS {
            attempts.push_back(now);
            return Ok(());
        }
        let again = attempts.front().map_or(now, |first| later(*first, ATTEMPTS_WITHIN));
        let left = Duration::try_from(again.duration_since(now)).unwrap_or_default();
        Err(SignInError::TooMany {
            retry_after: Duration::from_secs(left.as_millis().div_ceil(1_000) as u64),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn accounts(clock: &Clock) -> Accounts {
        let user = User { name: "analyst".into(), password: "crow's nest".into(), bank: None };
        Accounts::open(vec![user], clock.clone()).await.unwrap()
    }

    #[tokio::test]
    async fn after_five_wrong_passwords_even_the_right_one_has_to_wait() {
        let clock = Clock::standing_at(Timestamp::UNIX_EPOCH);
        let accounts = accounts(&clock).await;
        for _ in 0..ATTEMPTS {
            assert!(matches!(accounts.sign_in("analyst", "guess".into()).await, Err(SignInError::Wrong)));
        }
        clock.advance(Duration::from_secs(20));
        let refused = accounts.sign_in("analyst", "crow's nest".into()).await;
        assert!(matches!(refused, Err(SignInError::TooMany { retry_after }) if retry_after.as_secs() == 40));
        clock.advance(Duration::from_secs(40));
        accounts.sign_in("analyst", "crow's nest".into()).await.unwrap();
    }

    #[tokio::test]
    async fn the_right_password_clears_the_wrong_ones() {
        let clock = Clock::standing_at(Timestamp::UNIX_EPOCH);
        let accounts = accounts(&clock).await;
        for _ in 0..3 * ATTEMPTS {
            assert!(accounts.sign_in("analyst", "typo".into()).await.is_err());
            accounts.sign_in("analyst", "crow's nest".into()).await.unwrap();
        }
    }

    #[tokio::test]
    async fn nobody_has_no_password() {
        let accounts = accounts(&Clock::standing_at(Timestamp::UNIX_EPOCH)).await;
        assert!(matches!(accounts.sign_in("nobody", "".into()).await, Err(SignInError::Wrong)));
    }

    #[tokio::test]
    async fn two_users_cannot_have_one_name() {
        let user = |bank: &str| User { name: "lead".into(), password: "x".into(), bank: Some(bank.into()) };
        let refused = Accounts::open(vec![user("A"), user("B")], Clock::system()).await;
        assert!(matches!(refused, Err(AccountError::SameName(name)) if name == "lead"));
    }
}
