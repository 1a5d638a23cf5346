//! What became of an exchange, in our own kinds and without addresses.

use std::error::Error;
use std::io;

use super::{CONNECT_LIMIT, PING};
use crate::transport::TransportError;

/// The error without what could hold an address.
pub(in crate::transport) fn failed(error: reqwest::Error) -> TransportError {
    let error = error.without_url();
    let causes = || causes(&error);
    let words = || causes().last().map(ToString::to_string).unwrap_or_default();
    if error.is_timeout() {
        return TransportError::Silent(if error.is_connect() { CONNECT_LIMIT } else { 2 * PING });
    }
    if causes().any(is_insecure) {
        return TransportError::Insecure(words());
    }
    if error.is_connect() {
        return TransportError::Unreachable(words());
    }
    // From here on the server was there.
    let broken = |kind| {
        use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
        matches!(kind, BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof)
    };
    let misunderstood = |kind| matches!(kind, io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput);
    match causes().find_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind) {
        Some(kind) if broken(kind) => return TransportError::Closed(None),
        Some(kind) if misunderstood(kind) => return TransportError::Protocol(words()),
        Some(_) => return TransportError::Unreachable(words()),
        None => {}
    }
    match causes().find_map(|cause| cause.downcast_ref::<hyper::Error>()) {
        Some(hyper) if !hyper.is_parse() && !hyper.is_user() => TransportError::Closed(None),
        _ => TransportError::Protocol(words()),
    }
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |cause| (*cause).source())
}

fn is_insecure(cause: &(dyn Error + 'static)) -> bool {
    let inner = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    cause.is::<rustls::Error>() || inner.is_some_and(|inner| inner.is::<rustls::Error>())
}
