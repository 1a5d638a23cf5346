//! TLS before a server that speaks none, with an authority that nobody knows unless told.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// TLS before another server.
pub struct TlsFront {
    /// Its address.
    pub url: String,
    /// Its authority's certificate, in PEM.
    pub authority: String,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for TlsFront {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl TlsFront {
    /// Passes on what comes to the server at `plain`, an `http` address.
    pub async fn start(plain: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        // Told by who looks at it.
        params.not_after = date_time_ymd(2099, 12, 31);
        let certificate = params.signed_by(&key, &authority).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            )
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        let behind = plain.trim_start_matches("http://").to_owned();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(pass_on(acceptor.clone(), stream, behind.clone()));
            }
        });
        Self { url, authority: authority.pem(), task }
    }
}

/// Whoever does not trust it leaves during the handshake.
async fn pass_on(acceptor: TlsAcceptor, stream: TcpStream, behind: String) {
    let Ok(mut stream) = acceptor.accept(stream).await else { return };
    let Ok(mut plain) = TcpStream::connect(behind).await else { return };
    let _ended = tokio::io::copy_bidirectional(&mut stream, &mut plain).await;
}
