//! A connection that can rest. As long as the runtime watches a socket, each packet wakes the program, whether or not
//! anybody reads; while nobody sees the window that is most of what it costs. A resting socket is not watched: what
//! arrives waits in the system, and is read all at once.

use std::io::{self, Read as _, Write as _};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// A TCP connection that can rest.
pub struct Resting(Socket);

enum Socket {
    /// The runtime watches it.
    Watched(TcpStream),
    /// Nobody watches it.
    Unwatched(std::net::TcpStream),
    /// The runtime did not give it back, or did not take it.
    Lost,
}

impl From<TcpStream> for Resting {
    fn from(tcp: TcpStream) -> Self {
        Self(Socket::Watched(tcp))
    }
}

impl Resting {
    /// Lets it rest until somebody waits on it: for what has not arrived, or for room. Nobody who did before is woken
    /// meanwhile.
    pub fn rest(&mut self) {
        self.0 = match std::mem::replace(&mut self.0, Socket::Lost) {
            Socket::Watched(tcp) => tcp.into_std().map_or(Socket::Lost, Socket::Unwatched),
            resting => resting,
        };
    }

    /// The socket as the runtime watches it.
    fn watched(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        if let Socket::Unwatched(_) = self.0
            && let Socket::Unwatched(tcp) = std::mem::replace(&mut self.0, Socket::Lost)
        {
            self.0 = Socket::Watched(TcpStream::from_std(tcp)?);
        }
        match &mut self.0 {
            Socket::Watched(tcp) => Ok(Pin::new(tcp)),
            Socket::Unwatched(_) | Socket::Lost => Err(io::ErrorKind::NotConnected.into()),
        }
    }
}

/// What came of trying without the runtime, which would find out only later what can be read or written: until then it
/// would look as if nothing could. `None`: it has to be waited for.
fn at_once<T>(tried: io::Result<T>) -> Option<io::Result<T>> {
    match tried {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => None,
        tried => Some(tried),
    }
}

impl AsyncRead for Resting {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let Socket::Unwatched(tcp) = &mut self.0
            && let Some(read) = at_once(tcp.read(buffer.initialize_unfilled()))
        {
            return Poll::Ready(read.map(|count| buffer.advance(count)));
        }
        self.watched()?.poll_read(context, buffer)
    }
}

impl AsyncWrite for Resting {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if let Socket::Unwatched(tcp) = &mut self.0
            && let Some(written) = at_once(tcp.write(bytes))
        {
            return Poll::Ready(written);
        }
        self.watched()?.poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.0 {
            Socket::Watched(tcp) => Pin::new(tcp).poll_flush(context),
            // Nothing is held back.
            Socket::Unwatched(_) | Socket::Lost => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.watched()?.poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::task::{Wake, Waker};

    use futures_util::FutureExt as _;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    /// Counts how often somebody was woken.
    #[derive(Default)]
    struct Woken(AtomicU32);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// A connection, and the other side of it.
    async fn connected() -> (Resting, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let dialling = TcpStream::connect(listener.local_addr().unwrap());
        let (ours, theirs) = tokio::join!(dialling, listener.accept());
        (ours.unwrap().into(), theirs.unwrap().0)
    }

    /// Waits until so many bytes have arrived, without the runtime.
    fn until_arrived(resting: &Resting, count: usize) {
        let Socket::Unwatched(tcp) = &resting.0 else { panic!("it does not rest") };
        let mut seen = vec![0; count];
        while tcp.peek(&mut seen).unwrap_or(0) < count {
            std::thread::yield_now();
        }
    }

    #[tokio::test]
    async fn what_arrived_during_a_rest_is_there_at_the_first_look() {
        let (mut ours, mut theirs) = connected().await;
        ours.rest();
        theirs.write_all(b"one two").await.unwrap();
        until_arrived(&ours, 7);
        let mut heard = [0; 7];
        ours.read_exact(&mut heard).now_or_never().expect("it looks as if there were nothing").unwrap();
        assert_eq!(&heard, b"one two");
    }

    #[tokio::test]
    async fn after_a_rest_what_arrives_wakes_who_waits() {
        let (mut ours, mut theirs) = connected().await;
        for rest in 0..3 {
            ours.rest();
            let reading = ours.read_u8();
            let writing = async {
                tokio::task::yield_now().await;
                theirs.write_u8(rest).await.unwrap();
            };
            let (heard, ()) = tokio::join!(reading, writing);
            assert_eq!(heard.unwrap(), rest);
        }
    }

    #[tokio::test]
    async fn a_packet_wakes_nobody_during_a_rest() {
        let (mut ours, mut theirs) = connected().await;
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(Arc::clone(&woken));
        let mut byte = [0; 1];
        let mut buffer = ReadBuf::new(&mut byte);
        let look = Pin::new(&mut ours).poll_read(&mut Context::from_waker(&waker), &mut buffer);
        assert!(look.is_pending(), "nothing was said yet");
        ours.rest();
        // Who is let go is woken for the last time.
        let before = woken.0.load(Ordering::SeqCst);
        theirs.write_all(b"!").await.unwrap();
        until_arrived(&ours, 1);
        tokio::task::yield_now().await;
        assert_eq!(woken.0.load(Ordering::SeqCst), before);
        assert_eq!(ours.read_u8().await.unwrap(), b'!');
    }

    #[tokio::test]
    async fn what_is_written_first_hides_nothing_that_has_arrived() {
        let (mut ours, mut theirs) = connected().await;
        ours.rest();
        theirs.write_all(b"!").await.unwrap();
        until_arrived(&ours, 1);
        ours.write_all(b"?").now_or_never().expect("there is room").unwrap();
        assert_eq!(ours.read_u8().now_or_never().expect("it looks as if there were nothing").unwrap(), b'!');
        assert_eq!(theirs.read_u8().await.unwrap(), b'?');
    }

    #[tokio::test]
    async fn it_can_be_written_to_and_closed_during_a_rest() {
        let (mut ours, mut theirs) = connected().await;
        ours.rest();
        ours.write_all(b"still here").await.unwrap();
        ours.rest();
        ours.flush().await.unwrap();
        ours.shutdown().await.unwrap();
        let mut heard = Vec::new();
        theirs.read_to_end(&mut heard).await.unwrap();
        assert_eq!(heard, b"still here");
    }

    #[tokio::test]
    async fn who_hangs_up_during_a_rest_is_noticed() {
        let (mut ours, theirs) = connected().await;
        ours.rest();
        drop(theirs);
        assert_eq!(ours.read(&mut [0; 1]).await.unwrap(), 0);
    }
}
