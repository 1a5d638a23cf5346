//! A port that nobody else is given.

use tokio::net::TcpSocket;

/// A port of the loopback on which nobody listens. As long as this lives the system gives it to nobody who asks for any;
/// a server that asks for this one may listen on it, as often as it is started.
pub struct ReservedPort(TcpSocket);

impl ReservedPort {
    /// Reserves one.
    pub fn new() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        // Both who reserves a port and who listens on it have to say so.
        socket.set_reuseaddr(true).unwrap();
        socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
        Self(socket)
    }

    /// Its number.
    pub fn number(&self) -> u16 {
        self.0.local_addr().unwrap().port()
    }

    /// The address of what would listen on it.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.number())
    }
}

impl Default for ReservedPort {
    fn default() -> Self {
        Self::new()
    }
}
