//! Tokens: JSON Web Tokens that the gateway signs for itself.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError, RwLock},
    time::Duration,
};

use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use crate::clock::{Clock, later};

/// Why there is no token, or it is worth nothing.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// It is none of ours, was revoked, or is no token at all.
    #[error("invalid token")]
    Invalid,
    /// It was one once.
    #[error("token expired")]
    Expired,
    /// It cannot be signed.
    #[error("a token cannot be signed: {0}")]
    Unsigned(#[source] jsonwebtoken::errors::Error),
}

/// Who a token was made for, and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    /// The token's number, of 53 bits; 0 if it has none.
    pub id: u64,
    /// The user's name.
    pub user: String,
    /// The first instant at which it is worth nothing.
    pub expires: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: String,
    iat: i64,
    exp: i64,
    #[serde(default)]
    jti: u64,
}

struct Keys {
    signing: EncodingKey,
    checking: DecodingKey,
}

/// Makes and checks tokens.
pub(crate) struct Tokens {
    keys: RwLock<Keys>,
    /// Tokens that were ended before their time, by number, each with that time.
    ended: Mutex<HashMap<u64, Timestamp>>,
    lifetime: Duration,
    clock: Clock,
}

impl Tokens {
    /// Tokens that are signed with this key and live so long, in whole seconds.
    pub fn new(key: &[u8], lifetime: Duration, clock: Clock) -> Self {
        let lifetime = Duration::from_secs(lifetime.as_secs().max(1));
        Self { keys: RwLock::new(Keys::new(key)), ended: Mutex::default(), lifetime, clock }
    }

    /// How long a token lives.
    pub fn lifetime(&self) -> Duration {
        self.lifetime
    }

    /// Makes a token.
    pub fn issue(&self, user: &str) -> Result<String, TokenError> {
        let now = self.clock.now();
        let exp = later(now, self.lifetime).as_second();
        let claims =
            Claims { sub: user.to_owned(), iat: now.as_second(), exp, jti: rand::random::<u64>() >> 11 };
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &keys.signing)
            .map_err(TokenError::Unsigned)
    }

    /// Checks a token.
    pub fn check(&self, token: &str) -> Result<Session, TokenError> {
        let mut validation = Validation::new(Algorithm::HS256);
        // By our own clock, and without the minute of leeway that is the default.
        validation.validate_exp = false;
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let claims = jsonwebtoken::decode::<Claims>(token, &keys.checking, &validation)
            .map_err(|_| TokenError::Invalid)?
            .claims;
        let expires = Timestamp::from_second(claims.exp).map_err(|_| TokenError::Invalid)?;
        if expires <= self.clock.now() {
            return Err(TokenError::Expired);
        }
        if self.ended().contains_key(&claims.jti) {
            return Err(TokenError::Invalid);
        }
        Ok(Session { id: claims.jti, user: claims.sub, expires })
    }

    /// Makes a session's token worthless.
    pub fn end(&self, session: &Session) {
        let (now, mut ended) = (self.clock.now(), self.ended());
        ended.retain(|_, expires| *expires > now);
        ended.insert(session.id, session.expires);
    }

    fn ended(&self) -> MutexGuard<'_, HashMap<u64, Timestamp>> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Signs with another key from now on: every token made before is worth nothing.
    pub fn replace_key(&self, key: &[u8]) {
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Keys::new(key);
    }
}

impl Keys {
    fn new(key: &[u8]) -> Self {
        Self { signing: EncodingKey::from_secret(key), checking: DecodingKey::from_secret(key) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_worth_something_until_it_expires() {
        let clock = Clock::standing_at(Timestamp::from_second(1_790_000_000).unwrap());
        let tokens = Tokens::new(&[7; 32], Duration::from_secs(60), clock.clone());
        let token = tokens.issue("analyst").unwrap();
        clock.advance(Duration::from_secs(59));
        assert_eq!(tokens.check(&token).unwrap().user, "analyst");
        clock.advance(Duration::from_secs(1));
        assert!(matches!(tokens.check(&token), Err(TokenError::Expired)));
    }

    #[test]
    fn a_token_of_another_key_or_of_no_algorithm_is_worth_nothing() {
        let clock = Clock::standing_at(Timestamp::from_second(1_790_000_000).unwrap());
        let tokens = Tokens::new(&[7; 32], Duration::from_secs(60), clock.clone());
        let foreign = Tokens::new(&[8; 32], Duration::from_secs(60), clock).issue("analyst").unwrap();
        let unsigned = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiJhbmFseXN0IiwiZXhwIjo0MTAwMDAwMDAwfQ.";
        for token in [foreign.as_str(), unsigned, "", "a.b.c"] {
            assert!(matches!(tokens.check(token), Err(TokenError::Invalid)), "{token}");
        }
    }
}
