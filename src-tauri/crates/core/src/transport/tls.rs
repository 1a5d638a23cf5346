//! One TLS configuration for every transport. The operating system decides which certificates count, because
//! a bank brings its own authority.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls_platform_verifier::BuilderVerifierExt as _;

use super::TransportError;

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

    /// The configuration, to be shared.
    pub fn shared(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.0)
    }
}
