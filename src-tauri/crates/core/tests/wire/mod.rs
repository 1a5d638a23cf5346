//! What the transports' tests stand on: a server that sends exactly the bytes that it is told to, and a clock that
//! is held still.
#![allow(dead_code, unused_imports, reason = "each test uses a part of it")]

mod clock;
mod server;

use flate2::Compression;
use flate2::write::GzEncoder;
use secrecy::SecretString;
use vigie_core::transport::http::{Credential, Http};
use vigie_core::transport::{Tls, TransportError};

pub use clock::ManualClock;
pub use server::{Peer, Server};

/// Part of every secret that these tests send.
pub const SECRET: &str = "s3cr3t";

pub fn http() -> Http {
    // A build of the whole workspace has more than one cryptography to choose from; the other tests may have chosen.
    let _chosen_already = rustls::crypto::ring::default_provider().install_default();
    Http::new(&Tls::new().unwrap()).unwrap()
}

/// A credential that uses every way there is.
pub fn credential() -> Credential {
    let secret = |name: &str| SecretString::from(format!("{name}-{SECRET}"));
    let mut all = Credential::bearer(&secret("token"));
    for one in [Credential::cookie(&secret("session=c")), Credential::query("key", &secret("q"))] {
        all.headers.extend(one.headers);
        all.query.extend(one.query);
    }
    all
}

/// An answer as it stands on the wire, which is the last on its connection.
pub fn answer(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {status}\r\nConnection: close\r\n{headers}\r\n").into_bytes();
    bytes.extend_from_slice(body.as_ref());
    bytes
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// An error in one line, for tables. No secret is in it.
pub fn told(error: &TransportError) -> String {
    for text in [format!("{error:?}"), error.to_string()] {
        assert!(!text.contains(SECRET), "a secret is told: {text}");
    }
    match error {
        TransportError::Status { status, retry_after } => {
            let wait = retry_after.map(|wait| format!(", wait {} s", wait.as_secs())).unwrap_or_default();
            format!("status {status}{wait}")
        }
        other => other.to_string(),
    }
}

/// Lets everybody else have some turns. What has arrived is most likely handled then; nothing may rest on it.
pub async fn turns() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}
