//! Who asks where nobody signs in: everybody, or whoever has the gateway's token.

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use secrecy::ExposeSecret as _;

use crate::{access::TokenError, backend::Backend, refusal::Refusal};

/// Somebody who may come in without signing in.
pub(crate) struct Guest;

impl FromRequestParts<Arc<Backend>> for Guest {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, backend: &Arc<Backend>) -> Result<Self, Refusal> {
        let Some(wanted) = &backend.guest_token else { return Ok(Self) };
        match bearer(parts) {
            Some(given) if same(given.as_bytes(), wanted.expose_secret().as_bytes()) => Ok(Self),
            _ => Err(TokenError::Invalid.into()),
        }
    }
}

/// The bearer token of a request.
pub(crate) fn bearer(parts: &Parts) -> Option<&str> {
    let authorization = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// Whether two secrets are the same, in a time that does not tell how far they are.
fn same(one: &[u8], other: &[u8]) -> bool {
    let differences = one.iter().zip(other).fold(0, |found, (one, other)| found | (one ^ other));
    one.len() == other.len() && std::hint::black_box(differences) == 0
}
