//! A proxy between a desktop and a server, which lets through what it is told to.

use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// The longest head of a request that it looks at.
const HEAD_LIMIT: usize = 16 << 10;

/// What the proxy does not let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Eats {
    /// Nothing.
    Nothing,
    /// WebSockets: their handshake is refused, as by a proxy that knows only HTTP.
    WebSockets,
    /// Event streams: the request is answered with a page of the proxy's own.
    EventStreams,
    /// Both.
    Streams,
}

/// A proxy in front of one server.
pub struct Proxy {
    /// Its address.
    pub url: String,
    eats: watch::Sender<Eats>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Proxy {
    /// Starts a proxy in front of the server on this port.
    pub async fn start(port: u16, eats: Eats) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let eats = watch::Sender::new(eats);
        let rules = Arc::new(eats.subscribe());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let rules = (*rules).clone();
                tokio::spawn(async move {
                    // A connection that breaks is no business of the proxy's.
                    let _broken = pass(stream, port, rules).await;
                });
            }
        });
        Self { url, eats, task }
    }

    /// From now on it eats this, for new connections.
    pub fn eat(&self, eats: Eats) {
        self.eats.send_replace(eats);
    }
}

async fn pass(mut client: TcpStream, port: u16, rules: watch::Receiver<Eats>) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") && head.len() < HEAD_LIMIT {
        if client.read_buf(&mut head).await? == 0 {
            return Ok(());
        }
    }
    let text = String::from_utf8_lossy(&head).to_lowercase();
    let (is_socket, is_stream) = (text.contains("upgrade: websocket"), text.contains("text/event-stream"));
    let eats = *rules.borrow();
    if is_socket && matches!(eats, Eats::WebSockets | Eats::Streams) {
        return client
            .write_all(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            .await;
    }
    if is_stream && matches!(eats, Eats::EventStreams | Eats::Streams) {
        return client.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 2\r\nconnection: close\r\n\r\nno").await;
    }
    // One request a connection, so that each is looked at.
    let text = String::from_utf8_lossy(&head).into_owned();
    let head = if is_socket { text } else { text.replacen("\r\n", "\r\nconnection: close\r\n", 1) };
    let mut server = TcpStream::connect(("127.0.0.1", port)).await?;
    server.write_all(head.as_bytes()).await?;
    tokio::io::copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}
