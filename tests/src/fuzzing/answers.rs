//! What HTTP answers say beside their lists: how long to wait, where to go, what proves who we are.

use std::time::Duration;

use secrecy::ExposeSecret as _;
use url::Url;
use vigie_core::link::granted;
use vigie_core::transport::TransportError;
use vigie_core::transport::http::{
    Cookie, Credential, HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Validators, redirect_target,
    retry_after,
};

use super::events::NOW;

/// The longest wait that a server may impose.
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// What was asked.
const FROM: &str = "https://bank.example/fraud/events?token=secret";

/// Lines of headers and, after an empty one, a body.
pub fn check(bytes: &[u8]) {
    let end = bytes.windows(2).position(|two| two == b"\n\n");
    let (head, body) = end.map_or((bytes, &b""[..]), |end| (&bytes[..end], &bytes[end + 2..]));
    let headers = headers(head);
    assert!(retry_after(&headers).is_none_or(|wait| wait <= LONGEST));
    let Validators { etag, last_modified } = Validators::of(&headers);
    for validator in [etag, last_modified].into_iter().flatten() {
        assert!(HeaderValue::try_from(validator).is_ok(), "it cannot be sent back");
    }
    goes_nowhere_else(&headers);
    let cookies = Cookie::all(&headers);
    for cookie in &cookies {
        assert!(!cookie.name.is_empty() && !cookie.name.contains(['=', ';', '\n']));
        assert!(!cookie.value.expose_secret().contains([';', '\n']));
    }
    if let Some((pairs, _)) = granted::cookies(&cookies) {
        Credential::cookie(&pairs).add_to_headers(&mut HeaderMap::new()).expect("it can be sent back");
    }
    match granted::token(body, "/access_token", Some("/expires_in"), NOW) {
        Ok((token, _)) => {
            assert!(!token.expose_secret().is_empty());
            let _no_header_can_carry_every_token =
                Credential::bearer(&token).add_to_headers(&mut HeaderMap::new());
        }
        Err(error) => assert!(matches!(error, TransportError::Protocol(_))),
    }
}

/// A redirect leads to the same origin or is refused, and what it says of itself tells no secret.
fn goes_nowhere_else(headers: &HeaderMap) {
    let from: Url = FROM.parse().unwrap();
    for status in [StatusCode::OK, StatusCode::FOUND, StatusCode::PERMANENT_REDIRECT] {
        for method in [Method::GET, Method::POST] {
            match redirect_target(&method, &from, status, headers) {
                Ok(None) => {}
                Ok(Some(to)) => {
                    assert_eq!((to.origin(), to.username(), to.password()), (from.origin(), "", None));
                    assert!(status.is_redirection() && method == Method::GET);
                }
                Err(error) => assert!(error.to_string().len() < 500, "{error}"),
            }
        }
    }
}

fn headers(head: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in head.split(|byte| *byte == b'\n') {
        let mut parts = line.splitn(2, |byte| *byte == b':');
        let (name, value) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name), HeaderValue::from_bytes(value.trim_ascii()))
        {
            headers.append(name, value);
        }
    }
    headers
}

/// What servers say, and what they had better not.
pub fn seeds() -> Vec<Vec<u8>> {
    let heads: [&[u8]; 12] = [
        b"Retry-After: 120",
        b"Retry-After: 999999999999999999999999",
        b"Retry-After: Sun, 06 Nov 1994 08:51:07 GMT\nDate: Sun, 06 Nov 1994 08:49:37 GMT",
        b"Retry-After: Fri, 31 Dec 9999 23:59:59 GMT\nDate: Thu, 01 Jan 1970 00:00:00 +0000",
        b"ETag: W/\"1-\xE9\"\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT",
        b"Set-Cookie: session=abc; Path=/; HttpOnly; Max-Age=60\nSet-Cookie: csrf=\"b\"",
        b"Set-Cookie: session=; Max-Age=-1\nSet-Cookie: =x\nSet-Cookie: a = b=c ; MAX-AGE = 99999999999999999999",
        b"Location: /elsewhere?x=1",
        b"Location: https://analyst:secret@bank.example:443/x#y",
        b"Location: //other.example/",
        b"Location: javascript:alert(1)",
        b"Location: https://\xE2\x80\xAE[::1]:99999/",
    ];
    let bodies: [&[u8]; 7] = [
        br#"{"access_token":"abc","expires_in":3600}"#,
        br#"{"access_token":"abc","expires_in":"1e308"}"#,
        br#"{"access_token":"a\nb","expires_in":-1}"#,
        br#"{"access_token":"x.eyJzdWIiOiJhZGEiLCJpYXQiOjE3OTAwMDAwMDAsImV4cCI6MTc5MDAwMDYwMH0.y"}"#,
        br#"{"access_token":"x.eyJzdWIiOiJhZGEiLCJleHAiOjE3OTAwMDA2MDB9.y"}"#,
        br#"{"access_token":"x.eyJleHAiOjFlMzA4LCJpYXQiOi0xZTMwOH0.y"}"#,
        b"<html>",
    ];
    let answers = bodies.iter().map(|body| [b"Retry-After: 1\n\n", *body].concat());
    heads.iter().map(|head| head.to_vec()).chain(answers).collect()
}
