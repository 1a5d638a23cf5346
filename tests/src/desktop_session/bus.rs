//! A session bus of a test's own, and the vault on it.

use std::collections::HashMap;
use std::process::Stdio;

use futures_util::StreamExt as _;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, Command};
use zbus::fdo::DBusProxy;
use zbus::{Connection, OwnedObjectPath, OwnedVariant};

use super::{Place, until};
use crate::desk::IN_VAIN;

/// Starts nothing by itself: only what a test has put on the bus is there.
const CONFIGURATION: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <keep_umask/>
  <listen>unix:path=SOCKET</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;
/// The name of the application of which there is one.
pub const SINGLE_INSTANCE: &str = "app.vigie.desktop.SingleInstance";
const VAULT: &str = "org.freedesktop.secrets";

/// A session bus.
pub struct Bus {
    _daemon: Child,
    vault: Option<Child>,
    address: String,
    connection: Connection,
}

impl Bus {
    /// Starts a bus with nothing on it.
    pub(super) async fn start(place: &Place) -> Self {
        let configuration = place.folder().join("bus.conf");
        let socket = place.folder().join("run/bus");
        std::fs::write(&configuration, CONFIGURATION.replace("SOCKET", socket.to_str().unwrap())).unwrap();
        let mut daemon = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", configuration.display()))
            .args(["--print-address", "--nofork", "--nosyslog", "--nopidfile"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("dbus-daemon cannot be started: install the package dbus");
        let mut lines = BufReader::new(daemon.stdout.take().unwrap()).lines();
        let address = lines.next_line().await.unwrap().expect("the bus ended");
        let connection = connect(&address).await;
        Self { _daemon: daemon, vault: None, address, connection }
    }

    /// Its address.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Puts an unlocked vault on the bus.
    pub(super) async fn start_vault(&mut self, place: &Place) {
        let bus = DBusProxy::new(&self.connection).await.unwrap();
        let mut owners = bus.receive_name_owner_changed_with_args(&[(0, VAULT)]).await.unwrap();
        let mut vault = Command::new("gnome-keyring-daemon")
            .args(["--unlock", "--components=secrets", "--foreground"])
            .env_clear()
            .envs(place.environment())
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("gnome-keyring-daemon cannot be started: install the package gnome-keyring");
        vault.stdin.take().unwrap().write_all(b"the vault's own password\n").await.unwrap();
        tokio::time::timeout(IN_VAIN, owners.next()).await.expect("the vault does not start");
        self.vault = Some(vault);
    }

    /// Waits until somebody on the bus has this name.
    pub async fn until_owned(&self, name: &str) {
        let bus = DBusProxy::new(&self.connection).await.unwrap();
        let look = async || {
            let is_owned = bus.name_has_owner(name.try_into().unwrap()).await.unwrap();
            is_owned.then_some(())
        };
        assert!(until(look).await.is_some(), "nobody has the name {name}");
    }

    /// Hands these arguments over to the application that runs, as a second start of it does.
    pub async fn hand_over(&self, arguments: &[&str]) {
        let arguments: Vec<&str> = [&["vigie"], arguments].concat();
        let (name, path) = (SINGLE_INSTANCE, "/app/vigie/desktop/SingleInstance");
        let interface = Some("org.SingleInstance.DBus");
        self.connection
            .call_method(Some(name), path, interface, "ExecuteCallback", &(arguments, "/"))
            .await
            .unwrap();
    }

    /// The names under which the vault has the application's secrets.
    pub async fn secrets(&self) -> Vec<String> {
        let query = HashMap::from([("service", "Vigie")]);
        let answer = self
            .connection
            .call_method(
                Some(VAULT),
                "/org/freedesktop/secrets",
                Some("org.freedesktop.Secret.Service"),
                "SearchItems",
                &(query,),
            )
            .await
            .unwrap();
        let (unlocked, locked): (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) =
            answer.body().deserialize().unwrap();
        let mut names = Vec::new();
        for item in unlocked.iter().chain(&locked) {
            let attributes =
                property(&self.connection, VAULT, item.as_str(), "org.freedesktop.Secret.Item", "Attributes")
                    .await
                    .unwrap();
            let mut attributes = HashMap::<String, String>::try_from(attributes).unwrap();
            names.push(attributes.remove("username").unwrap_or_default());
        }
        names
    }

    /// Waits until the vault has no secret of the application.
    pub async fn until_no_secret(&self) {
        let look = async || self.secrets().await.is_empty().then_some(());
        assert!(until(look).await.is_some(), "the vault still has {:?}", self.secrets().await);
    }
}

/// Connects to a bus.
pub(super) async fn connect(address: &str) -> Connection {
    zbus::connection::Builder::address(address).build().await.unwrap()
}

/// Reads a property as it is now.
pub(super) async fn property(
    connection: &Connection,
    service: &str,
    path: &str,
    interface: &str,
    name: &str,
) -> zbus::Result<OwnedVariant> {
    connection
        .call_method(Some(service), path, Some("org.freedesktop.DBus.Properties"), "Get", &(interface, name))
        .await?
        .body()
        .deserialize()
}
