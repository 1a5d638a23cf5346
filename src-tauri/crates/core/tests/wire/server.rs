//! A server that does nothing by itself.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// A server on loopback.
pub struct Server {
    listener: TcpListener,
    pub port: u16,
}

/// One connection to it, whose request has been read.
pub struct Peer {
    socket: TcpStream,
    pub request: Asked,
}

/// A request as it was received.
pub struct Asked {
    /// Its head, with the headers' names in lower case.
    pub head: String,
    pub body: Vec<u8>,
}

impl Server {
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        Self { listener, port }
    }

    pub fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://127.0.0.1:{}{path}", self.port)).unwrap()
    }

    /// The next connection and its request.
    pub async fn accept(&self) -> Peer {
        let (mut socket, _) = self.listener.accept().await.unwrap();
        socket.set_nodelay(true).unwrap();
        let mut bytes = Vec::new();
        let end = loop {
            assert_ne!(socket.read_buf(&mut bytes).await.unwrap(), 0, "the request has no end");
            if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
        };
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let (request_line, headers) = head.split_once("\r\n").unwrap();
        let head = format!("{request_line}\r\n{}", names_in_lower_case(headers));
        let mut request = Asked { head, body: bytes[end..].to_vec() };
        let length = request.header("content-length").map_or(0, |length| length.parse().unwrap());
        while request.body.len() < length {
            assert_ne!(socket.read_buf(&mut request.body).await.unwrap(), 0, "the body has no end");
        }
        Peer { socket, request }
    }

    /// Answers the next connections with these bytes, one each, and gives their requests' heads.
    pub async fn answer(&self, answers: impl IntoIterator<Item = Vec<u8>>) -> Vec<String> {
        let mut heads = Vec::new();
        for bytes in answers {
            let mut peer = self.accept().await;
            peer.send(bytes).await;
            heads.push(peer.leave().head);
        }
        heads
    }

    /// Whether somebody has connected and was not accepted.
    pub async fn is_visited(&self) -> bool {
        // Visitors are accepted in their order.
        let ours = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let (_, first) = self.listener.accept().await.unwrap();
        first != ours.local_addr().unwrap()
    }
}

impl Asked {
    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

impl Peer {
    /// Closes the connection; gives what was asked on it.
    pub fn leave(self) -> Asked {
        self.request
    }

    /// Sends these bytes.
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.socket.write_all(bytes.as_ref()).await.unwrap();
    }

    /// Sends these bytes, unless the other side has gone.
    pub async fn offer(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.socket.write_all(bytes).await
    }
}

fn names_in_lower_case(headers: &str) -> String {
    let lower = |line: &str| match line.split_once(':') {
        Some((name, value)) => format!("{}:{value}\r\n", name.to_ascii_lowercase()),
        None => String::new(),
    };
    headers.split("\r\n").map(lower).collect()
}
