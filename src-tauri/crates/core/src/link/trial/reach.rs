//! The first two steps: where a server is, and whether one listens there and is who it says.

use std::net::SocketAddr;
use std::time::Duration;

use hyper_util::client::proxy::matcher::Matcher;
use rustls::ProtocolVersion;
use tokio::net::{TcpStream, lookup_host};
use x509_cert::Certificate;
use x509_cert::der::Decode as _;

use super::{Found, Tools, Trial};
use crate::desk::view::Failure;
use crate::model::Time;
use crate::transport::TransportError;
use crate::transport::http::{Credential, Request};

/// Where a server is.
pub(super) enum Addresses {
    Here(Vec<SocketAddr>),
    /// A proxy knows.
    Proxy,
}

impl Trial<'_> {
    /// Finds the server's addresses.
    pub(super) async fn find(&self) -> Result<(Addresses, Found), Failure> {
        if self.is_proxied() {
            return Ok((Addresses::Proxy, Found::Proxy));
        }
        let (host, port) = (self.host(), self.url.port_or_known_default().unwrap_or_default());
        let unknown = |why: String| {
            Failure::from(TransportError::Unreachable(format!(
                "no address is known for the name `{host}`: {why}"
            )))
        };
        let found: Vec<SocketAddr> =
            lookup_host((host.as_str(), port)).await.map_err(|error| unknown(error.to_string()))?.collect();
        if found.is_empty() {
            return Err(unknown("there is none".to_owned()));
        }
        let count = u32::try_from(found.len()).unwrap_or(u32::MAX);
        Ok((Addresses::Here(found), Found::Addresses { host, count }))
    }

    /// Connects to the first address that answers, and encrypts as the link does.
    pub(super) async fn reach(&self, tools: &Tools, addresses: &Addresses) -> Result<((), Found), Failure> {
        let addresses = match addresses {
            Addresses::Here(addresses) => addresses,
            Addresses::Proxy => return self.reach_by_proxy(tools).await,
        };
        let unreachable = |error: std::io::Error| TransportError::Unreachable(error.to_string());
        let tcp = TcpStream::connect(addresses.as_slice()).await.map_err(unreachable)?;
        if self.url.scheme() != "https" {
            return Ok(((), Found::Unencrypted));
        }
        let tls = tools.tls.encrypt(self.host(), tcp.into()).await?;
        let (_, session) = tls.get_ref();
        let version = session.protocol_version().map(|version| match version {
            ProtocolVersion::TLSv1_3 => "TLS 1.3".to_owned(),
            ProtocolVersion::TLSv1_2 => "TLS 1.2".to_owned(),
            other => format!("{other:?}"),
        });
        let certificate = session.peer_certificates().and_then(|chain| chain.first());
        let valid_until = certificate.and_then(|certificate| valid_until(certificate));
        Ok(((), Found::Encrypted { version, valid_until }))
    }

    /// Whatever the server says through a proxy, it is there.
    async fn reach_by_proxy(&self, tools: &Tools) -> Result<((), Found), Failure> {
        let request = Request::get(self.url.clone(), Credential::none());
        match tools.http.send(request).await {
            Ok(_) | Err(TransportError::Status { .. } | TransportError::TooLarge(_)) => {
                Ok(((), Found::Encrypted { version: None, valid_until: None }))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Whether this computer is set up to go through a proxy there. What is not encrypted never does.
    fn is_proxied(&self) -> bool {
        let address = self.url.as_str().parse().ok();
        self.url.scheme() == "https"
            && address.is_some_and(|address| Matcher::from_system().intercept(&address).is_some())
    }

    fn host(&self) -> String {
        self.url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned()
    }
}

/// Until when a certificate is valid.
fn valid_until(certificate: &[u8]) -> Option<Time> {
    let certificate = Certificate::from_der(certificate).ok()?;
    let end: Duration = certificate.tbs_certificate().validity().not_after.to_unix_duration();
    i64::try_from(end.as_millis()).ok().map(Time)
}
