//! The body of an event stream, on a thread and a runtime of its own. The sockets are the HTTP client's, and as long as
//! a runtime turns, each packet wakes the program, whether or not anybody reads. This one turns only while somebody
//! waits for more. Of who waited and was called away the next piece is read; what arrives after it stays in the system,
//! and is read all at once.

use std::sync::mpsc;
use std::thread;

use bytes::{Bytes, BytesMut};
use reqwest::Response;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use crate::transport::TransportError;
use crate::transport::http::failed;

/// The most that is read at once, in bytes, but for the rest of a piece: hundreds of events.
const READ_LIMIT: usize = 256 << 10;
/// How often the runtime turns without a new piece before nothing more counts as there: once to see that a socket can be
/// read, and once for who reads it.
const TURNS: usize = 2;

/// The body of an open stream. Dropped, it ends the connection.
pub(super) struct Body {
    asks: mpsc::Sender<Ask>,
    /// What was asked for last, until it is taken.
    asked: Option<oneshot::Receiver<Part>>,
}

/// What was read.
#[derive(Default)]
pub(super) struct Part {
    pub bytes: BytesMut,
    /// Why nothing comes after it.
    pub end: Option<TransportError>,
}

/// A wish for what has arrived.
struct Ask {
    /// Whether to wait if nothing has.
    waits: bool,
    answer: oneshot::Sender<Part>,
}

impl Body {
    /// The body of what `request` gives, which runs on the new thread as well.
    pub async fn open(
        request: impl Future<Output = Result<Response, TransportError>> + Send + 'static,
    ) -> Result<Self, TransportError> {
        let (asks, asked) = mpsc::channel();
        let (opened, is_open) = oneshot::channel();
        thread::Builder::new()
            .name("event-stream".to_owned())
            .spawn(move || serve(request, opened, &asked))
            .map_err(out_of_resources)?;
        is_open.await.unwrap_or(Err(TransportError::Closed(None)))?;
        Ok(Self { asks, asked: None })
    }

    /// Waits for what comes next. May be dropped and called again without losing anything.
    pub async fn next(&mut self) -> Part {
        loop {
            if self.asked.is_none() {
                self.ask(true);
            }
            let part = self.answer().await;
            // A look that was given up may have found nothing.
            if part.is_something() {
                return part;
            }
        }
    }

    /// What has arrived, if anything has. May be dropped and called again without losing anything.
    pub async fn look(&mut self) -> Option<Part> {
        match &self.asked {
            // Who waits for it has not seen anything.
            Some(asked) if asked.is_empty() => return None,
            Some(_) => {}
            None => self.ask(false),
        }
        Some(self.answer().await).filter(Part::is_something)
    }

    fn ask(&mut self, waits: bool) {
        let (answer, asked) = oneshot::channel();
        // Where nobody is left to hear it, nobody answers.
        let _ended = self.asks.send(Ask { waits, answer });
        self.asked = Some(asked);
    }

    async fn answer(&mut self) -> Part {
        let ended = || Part { end: Some(TransportError::Closed(None)), ..Part::default() };
        let part = match &mut self.asked {
            Some(asked) => asked.await.unwrap_or_else(|_| ended()),
            None => ended(),
        };
        self.asked = None;
        part
    }
}

impl Part {
    fn is_something(&self) -> bool {
        !self.bytes.is_empty() || self.end.is_some()
    }

    /// Adds a piece, or that there was none.
    fn add(&mut self, piece: Result<Option<Bytes>, reqwest::Error>) {
        match piece {
            Ok(Some(bytes)) => self.bytes.extend_from_slice(&bytes),
            Ok(None) => self.end = Some(TransportError::Closed(None)),
            Err(error) => self.end = Some(failed(error)),
        }
    }
}

/// What the thread does: sends the request, then reads of the answer what it is asked for, until that ends or nobody
/// wants it.
fn serve(
    request: impl Future<Output = Result<Response, TransportError>>,
    mut opened: oneshot::Sender<Result<(), TransportError>>,
    asks: &mpsc::Receiver<Ask>,
) {
    let (runtime, mut response) = match answered(request, &mut opened) {
        Ok(answered) => answered,
        Err(error) => {
            let _nobody_waits = opened.send(Err(error));
            return;
        }
    };
    let _nobody_waits = opened.send(Ok(()));
    // Until it is asked for more, nothing turns.
    while let Ok(mut ask) = asks.recv() {
        let part = runtime.block_on(read(&mut response, &mut ask));
        let is_over = part.end.is_some();
        if ask.answer.send(part).is_err() || is_over {
            break;
        }
    }
    // The connection says good-bye.
    drop(response);
    runtime.block_on(turns());
}

/// The answer to a request, and what it runs on.
fn answered(
    request: impl Future<Output = Result<Response, TransportError>>,
    opened: &mut oneshot::Sender<Result<(), TransportError>>,
) -> Result<(Runtime, Response), TransportError> {
    let runtime = Builder::new_current_thread().enable_all().build().map_err(out_of_resources)?;
    let answered = runtime.block_on(async {
        tokio::select! {
            response = request => response,
            () = opened.closed() => Err(TransportError::Closed(None)),
        }
    });
    match answered {
        Ok(response) => Ok((runtime, response)),
        Err(error) => {
            // An address that is still looked up is not waited for.
            runtime.shutdown_background();
            Err(error)
        }
    }
}

/// Reads what is there, or what comes next.
async fn read(response: &mut Response, ask: &mut Ask) -> Part {
    let mut part = Part::default();
    if ask.waits {
        tokio::select! {
            piece = response.chunk() => part.add(piece),
            () = ask.answer.closed() => return part,
        }
    }
    while part.end.is_none() && part.bytes.len() < READ_LIMIT {
        tokio::select! {
            biased;
            piece = response.chunk() => part.add(piece),
            () = turns() => break,
        }
    }
    part
}

async fn turns() {
    for _ in 0..TURNS {
        tokio::task::yield_now().await;
    }
}

/// There are too many threads or files: the same as for a socket.
fn out_of_resources(error: std::io::Error) -> TransportError {
    TransportError::Unreachable(error.to_string())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::FutureExt as _;
    use reqwest::header::HeaderMap;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};
    use url::Url;

    use super::*;
    use crate::transport::Tls;
    use crate::transport::http::{Credential, Http};

    /// A body, the other side of it, and how often what it runs on has turned.
    async fn opened() -> (Body, TcpStream, Arc<AtomicUsize>) {
        let _chosen_already = rustls::crypto::ring::default_provider().install_default();
        let http = Http::new(&Tls::new().unwrap()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let turned = Arc::new(AtomicUsize::default());
        let turning = Arc::clone(&turned);
        let opening = Body::open(async move {
            tokio::spawn(async move {
                loop {
                    turning.fetch_add(1, Ordering::SeqCst);
                    tokio::task::yield_now().await;
                }
            });
            http.open(url, &Credential::none(), HeaderMap::new()).await
        });
        let (body, peer) = tokio::join!(opening, async {
            let (mut peer, _) = listener.accept().await.unwrap();
            while peer.read_u8().await.unwrap() != b'\r' {}
            peer.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
            peer
        });
        (body.unwrap(), peer, turned)
    }

    #[tokio::test]
    async fn while_nobody_waits_nothing_turns_and_who_looks_finds_it_all() {
        let (mut body, mut peer, turned) = opened().await;
        assert!(turned.load(Ordering::SeqCst) > 0);
        let mut found_at_first = 0;
        for _ in 0..3 {
            let before = turned.load(Ordering::SeqCst);
            for _ in 0..100 {
                peer.write_all(b"data: a\n\n").await.unwrap();
                tokio::task::yield_now().await;
            }
            assert_eq!(turned.load(Ordering::SeqCst), before, "it turns though nobody waits");
            let mut arrived = body.look().await.map_or(0, |part| part.bytes.len());
            found_at_first += arrived;
            while arrived < 900 {
                arrived += body.look().await.map_or(0, |part| part.bytes.len());
            }
            assert!(body.look().await.is_none());
        }
        // On its way it may be late once, and not each time.
        assert!(found_at_first > 0, "who looks first finds nothing");
    }

    #[tokio::test]
    async fn who_waits_is_given_what_comes_and_who_is_called_away_loses_nothing() {
        let (mut body, mut peer, _) = opened().await;
        assert!(body.next().now_or_never().is_none());
        assert!(body.look().await.is_none(), "it is waited for already");
        peer.write_all(b"one").await.unwrap();
        assert_eq!(&*body.next().await.bytes, b"one");
        drop(peer);
        assert!(matches!(body.next().await.end, Some(TransportError::Closed(None))));
        assert!(matches!(body.next().await.end, Some(TransportError::Closed(None))), "it does not stay so");
    }

    #[tokio::test]
    async fn little_is_read_ahead() {
        let (mut body, peer, _) = opened().await;
        let (_reader, mut writer) = peer.into_split();
        let pouring = tokio::spawn(async move { writer.write_all(&vec![b'x'; 64 * READ_LIMIT]).await });
        let mut read = 0;
        while read < 64 * READ_LIMIT {
            let part = body.next().await;
            assert!(part.bytes.len() < 4 * READ_LIMIT, "{} bytes at once", part.bytes.len());
            read += part.bytes.len();
            assert!(part.end.is_none() || read == 64 * READ_LIMIT, "it ends after {read} bytes");
        }
        pouring.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn who_is_dropped_hangs_up() {
        for is_waiting in [false, true] {
            let (mut body, mut peer, _) = opened().await;
            if is_waiting {
                assert!(body.next().now_or_never().is_none());
            }
            drop(body);
            let mut rest = Vec::new();
            peer.read_to_end(&mut rest).await.unwrap();
        }
    }
}
