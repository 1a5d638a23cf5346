//! What the answer to a sign-in gives: cookies, or a token, and how long they count.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize as _;

use crate::model::Time;
use crate::transport::TransportError;
use crate::transport::http::Cookie;

/// The cookies that a server sets, as they go back to it, and the shortest of their lives.
pub fn cookies(cookies: &[Cookie]) -> Option<(SecretString, Option<Duration>)> {
    let kept = || cookies.iter().filter(|cookie| cookie.max_age != Some(Duration::ZERO));
    let pairs: Vec<String> =
        kept().map(|cookie| format!("{}={}", cookie.name, cookie.value.expose_secret())).collect();
    if pairs.is_empty() {
        return None;
    }
    Some((pairs.join("; ").into(), kept().filter_map(|cookie| cookie.max_age).min()))
}

/// The token at a JSON Pointer of an answer, and how long it counts: as the answer says where `expires_in` points, or
/// as the token itself does.
pub fn token(
    answer: &[u8],
    token: &str,
    expires_in: Option<&str>,
    now: Time,
) -> Result<(SecretString, Option<Duration>), TransportError> {
    let answer = serde_json::Value::deserialize(&mut serde_json::Deserializer::from_slice(answer))
        .map_err(|_| TransportError::Protocol("the answer to the sign-in is not JSON".to_owned()))?;
    let token =
        answer
            .pointer(token)
            .and_then(serde_json::Value::as_str)
            .filter(|token| !token.is_empty())
            .ok_or_else(|| TransportError::Protocol("the answer to the sign-in has no token".to_owned()))?;
    let said = expires_in.and_then(|pointer| answer.pointer(pointer)).and_then(|seconds| match seconds {
        serde_json::Value::String(text) => text.parse::<f64>().ok(),
        other => other.as_f64(),
    });
    let lifetime = match said.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()) {
        Some(lifetime) => Some(lifetime),
        None => lifetime_of(token, now),
    };
    Ok((token.into(), lifetime))
}

/// How long a JSON Web Token (RFC 7519) counts from `now` on, by its own word: two times of the server's clock, so that
/// ours does not matter; ours, where it does not say when it was made.
fn lifetime_of(token: &str, now: Time) -> Option<Duration> {
    use base64::Engine as _;
    let claims = token.split('.').nth(1)?;
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(claims).ok()?;
    let claims: serde_json::Value = serde_json::from_slice(&claims).ok()?;
    let at = |name: &str| claims.get(name).and_then(serde_json::Value::as_f64);
    let made = at("iat").unwrap_or(Duration::from_millis(u64::try_from(now.0).ok()?).as_secs_f64());
    Duration::try_from_secs_f64(at("exp")? - made).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_web_token_tells_how_long_it_counts() {
        // {"sub":"ada","iat":1790000000,"exp":1790000600}
        let token = "x.eyJzdWIiOiJhZGEiLCJpYXQiOjE3OTAwMDAwMDAsImV4cCI6MTc5MDAwMDYwMH0.y";
        assert_eq!(lifetime_of(token, Time(0)), Some(Duration::from_secs(600)));
        // {"sub":"ada","exp":1790000600}
        let undated = "x.eyJzdWIiOiJhZGEiLCJleHAiOjE3OTAwMDA2MDB9.y";
        assert_eq!(lifetime_of(undated, Time(1_790_000_000_000)), Some(Duration::from_secs(600)));
        for none in ["", "a.b.c", "x.e30.y"] {
            assert_eq!(lifetime_of(none, Time(0)), None, "{none}");
        }
    }

    #[test]
    fn cookies_go_back_together_and_count_as_long_as_the_shortest() {
        let cookie = |name: &str, value: &str, age: Option<u64>| Cookie {
            name: name.to_owned(),
            value: value.into(),
            max_age: age.map(Duration::from_secs),
        };
        let cookies =
            [cookie("session", "a", Some(60)), cookie("csrf", "b", None), cookie("old", "", Some(0))];
        let (pairs, lifetime) = self::cookies(&cookies).unwrap();
        assert_eq!((pairs.expose_secret(), lifetime), ("session=a; csrf=b", Some(Duration::from_secs(60))));
        assert!(self::cookies(&cookies[2..]).is_none());
    }
}
