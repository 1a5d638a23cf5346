//! One TLS configuration for every transport. The operating system decides which certificates count, because
//! a bank brings its own authority.

use std::io;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::client::Resumption;
use rustls::pki_types::ServerName;
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::{Resting, TransportError};

/// The TLS configuration, cheap to clone.
#[derive(Debug, Clone)]
pub struct Tls(Arc<ClientConfig>);

impl Tls {
    /// Reads the system's trusted authorities.
    pub fn new() -> Result<Self, TransportError> {
        let insecure = |error: rustls::Error| TransportError::Insecure(error.to_string());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(insecure)?
            .with_platform_verifier()
            .map_err(insecure)?
            .with_no_client_auth();
        Ok(Self(Arc::new(config)))
    }

    /// The same without what it remembers of servers: each connection looks at the certificate anew.
    pub fn forgetful(&self) -> Self {
        let mut config = (*self.0).clone();
        config.resumption = Resumption::disabled();
        Self(Arc::new(config))
    }

    /// Encrypts a connection to `host`, a name or an address without brackets.
    pub async fn encrypt(&self, host: String, tcp: Resting) -> Result<TlsStream<Resting>, TransportError> {
        let name = ServerName::try_from(host).map_err(|error| TransportError::Insecure(error.to_string()))?;
        TlsConnector::from(self.shared()).connect(name, tcp).await.map_err(handshake_failed)
    }

    /// The configuration, to be shared.
    pub fn shared(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.0)
    }
}

/// A certificate that is not trusted, or only a line that broke meanwhile.
fn handshake_failed(error: io::Error) -> TransportError {
    match error.get_ref() {
        Some(inner) if inner.is::<rustls::Error>() => TransportError::Insecure(error.to_string()),
        _ => TransportError::Unreachable(error.to_string()),
    }
}
