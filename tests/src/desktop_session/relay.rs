//! Between a program and the bus: it breaks single connections, which no bus does when it is told to.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;

/// What the message has in it that raises a notification.
const RAISES: &[u8] = b"Notify\0";

/// A way to the bus.
pub struct Relay {
    address: String,
    breaks: watch::Sender<()>,
}

impl Relay {
    /// Opens a way to the bus with its socket in this folder.
    pub(super) fn start(folder: &Path) -> Self {
        let (path, bus) = (folder.join("relay"), folder.join("bus"));
        let listener = UnixListener::bind(&path).unwrap();
        let (breaks, broken) = watch::channel(());
        // Ends with the test.
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, UnixStream::connect(&bus).await.unwrap(), broken.clone()));
            }
        });
        Self { address: format!("unix:path={}", path.display()), breaks }
    }

    /// Its address.
    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// Breaks every connection on which a notification was raised.
    pub fn break_raisers(&self) {
        self.breaks.send_replace(());
    }
}

/// Passes everything on until one of the two ends, or it is broken.
async fn pass(client: UnixStream, bus: UnixStream, mut broken: watch::Receiver<()>) {
    let ((mut asks, mut hears), (mut answers, mut listens)) = (client.into_split(), bus.into_split());
    let has_raised = AtomicBool::new(false);
    let asking = async {
        let mut piece = vec![0; 65_536];
        while let Ok(length @ 1..) = asks.read(&mut piece).await {
            if piece[..length].windows(RAISES.len()).any(|part| part == RAISES) {
                has_raised.store(true, Ordering::Relaxed);
            }
            if listens.write_all(&piece[..length]).await.is_err() {
                break;
            }
        }
    };
    let breaking = async { while broken.changed().await.is_ok() && !has_raised.load(Ordering::Relaxed) {} };
    tokio::select! {
        () = asking => {}
        _ = tokio::io::copy(&mut answers, &mut hears) => {}
        () = breaking => {}
    }
}
