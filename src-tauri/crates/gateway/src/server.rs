//! The listening socket, and connections whose patience has an end.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::serve::Listener;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpSocket, TcpStream},
    time::{Sleep, sleep},
};

/// Connections that wait to be accepted, as most servers have it.
const BACKLOG: u32 = 1_024;

/// What the system buffers for a connection, in bytes: a slow reader shows in the queue, and is not hidden here.
const SEND_BUFFER: u32 = 128 * 1024;

/// How long the head of a connection's first request may take, so that half of one does not hold a socket for ever.
const HEAD: Duration = Duration::from_secs(30);

/// How long a client may take nothing of what it is sent: longer than any farewell, shorter than for ever.
const STALLED: Duration = Duration::from_secs(30);

/// Listens at an address.
pub(crate) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A gateway that is started again must not wait for the connections of the one before. On Windows the same
    // option would let two of them share a port.
    socket.set_reuseaddr(cfg!(not(windows)))?;
    // Accepted connections inherit it.
    socket.set_send_buffer_size(SEND_BUFFER)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// A listener whose connections end when their client is silent or deaf for too long.
pub(crate) struct Patient(pub TcpListener);

impl Listener for Patient {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        // News are small, and must not wait for each other. Without it they are late, not lost.
        let _ = stream.set_nodelay(true);
        (Connection { stream, head: Some(Box::pin(sleep(HEAD))), stalled: None }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// A connection that ends when its client is silent or deaf for too long.
pub(crate) struct Connection {
    stream: TcpStream,
    /// Until when the first request has to be answered.
    head: Option<Pin<Box<Sleep>>>,
    /// Until when the client has to take something.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl Connection {
    /// What came of writing: nothing at all for too long is an error.
    fn written(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.head = None;
            self.stalled = None;
            return written;
        }
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(STALLED)));
        ready!(stalled.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        let too_late = self.head.as_mut().is_some_and(|head| head.as_mut().poll(context).is_ready());
        if read.is_pending() && too_late {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        read
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.written(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
