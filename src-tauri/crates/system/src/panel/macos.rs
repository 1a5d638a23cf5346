//! The menu bar draws a sign in its own colour (a template image), so it need not be known.

use tokio::sync::watch;

use super::{Panel, tell};

/// There is nothing more to tell.
pub async fn follow(told: watch::Sender<Panel>) {
    tell(&told, Panel::Unknown);
    told.closed().await;
}
