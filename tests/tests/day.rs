//! A day at the desk: the real window, used by the keyboard alone while events pour in, and what is stored afterwards.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]
#![cfg(target_os = "linux")]

#[path = "day/alerts.rs"]
mod alerts;
#[path = "day/desk.rs"]
mod desk;
#[path = "day/later.rs"]
mod later;
#[path = "day/payments.rs"]
mod payments;
#[path = "day/search.rs"]
mod search;
#[path = "day/sources.rs"]
mod sources;

use std::path::Path;

use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};
use vigie_core::store::Store;
use vigie_tests::desktop_session::{App, Session};
use vigie_tests::gateway::{self, GatewayProcess, Options};
use vigie_tests::port::ReservedPort;

/// Events a second.
const RATE: u32 = 200;

/// A window that is signed in to a gateway from which events pour in.
struct Day {
    session: Session,
    app: App,
    /// `None` while it is stopped.
    gateway: Option<GatewayProcess>,
    port: ReservedPort,
    folder: TempDir,
}

/// A gateway from which events pour, and that writes down what it sends.
fn options(folder: &Path, port: u16) -> Options {
    Options { port, simulate: RATE, journal: Some(folder.join("journal")), ..Options::default() }
}

impl Day {
    /// Starts it, and signs in by the keyboard.
    async fn begin() -> Self {
        let (session, folder) = (Session::start().await, tempdir().unwrap());
        let port = ReservedPort::new();
        let gateway = GatewayProcess::start_with(folder.path(), options(folder.path(), port.number())).await;
        let app = session.open().await;
        app.tab_to("sign-in-profile").await;
        app.write("Big").await;
        app.write_into("sign-in-url", &gateway.url).await;
        app.write_into("sign-in-user", gateway::USER).await;
        app.write_into("sign-in-password", gateway::PASSWORD).await;
        app.keys("Enter").await;
        app.until_link(&["live"]).await;
        app.until_there("alert-row").await;
        Self { session, app, port, gateway: Some(gateway), folder }
    }

    /// Waits until so many events more have come.
    async fn pour(&self, events: usize) {
        let now = self.app.invoke("overview", &json!({})).await["transactions"].as_u64().unwrap();
        self.app.until_transactions(usize::try_from(now).unwrap() + events).await;
    }

    /// The payments that the server has sent, oldest first, by its journal.
    fn payments_sent(&self) -> Vec<String> {
        let journal = std::fs::read_to_string(self.folder.path().join("journal")).unwrap();
        let lines = journal.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let payments = lines.filter(|line| line["frame"]["type"] == "newTransaction");
        payments.map(|line| line["frame"]["payload"]["id"].as_str().unwrap().to_owned()).collect()
    }

    /// Kills the server.
    async fn stop_server(&mut self) {
        self.gateway.take().unwrap().kill().await;
        self.app.until_link(&["retrying", "offline"]).await;
    }

    /// Starts it again.
    async fn start_server(&mut self) {
        self.gateway = Some(
            GatewayProcess::start_with(self.folder.path(), options(self.folder.path(), self.port.number()))
                .await,
        );
        self.app.until_link(&["live"]).await;
    }

    /// Quits by the keyboard, and opens what was stored.
    async fn end(self) -> (Session, Store) {
        self.app.end_by_key("Mod+q").await;
        let store = Store::open(&self.session.place.data().join("vigie.sqlite")).await.unwrap();
        (self.session, store)
    }
}
