//! A bus with a desktop's services on it: what `doctor` finds there, and a vault that `tail` reads.

use std::path::Path;
use std::process::Stdio;

use secrecy::SecretString;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, Command};
use vigie_core::desk::credential_name;
use vigie_core::vault::Vault as _;
use vigie_system::vault::SystemVault;
use zbus::Connection;
use zbus::interface;

use crate::doctor::{assert_says, store};
use crate::place::{IN_VAIN, Place, Said};
use crate::server::{PASSWORD, SPREE, USER, gateway, pay};

/// Starts nothing by itself: only what a test has put on the bus is there.
const CONFIGURATION: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=SOCKET</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;
/// What the process that keeps a password finds it under.
const KEEP: &str = "VIGIE_TEST_KEEP";

/// A bus, with what is put on it.
struct Desktop {
    place: Place,
    address: String,
    _programs: Vec<Child>,
    _services: Vec<Connection>,
}

impl Desktop {
    /// A bus with nothing on it.
    async fn bare() -> Self {
        let place = Place::new();
        let socket = place.folder().join("run/bus");
        let file = place.write("bus.conf", &CONFIGURATION.replace("SOCKET", socket.to_str().unwrap()));
        let mut daemon = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", file.display()))
            .args(["--print-address", "--nofork", "--nosyslog", "--nopidfile"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("dbus-daemon cannot be started: install the package dbus");
        let mut lines = BufReader::new(daemon.stdout.take().unwrap()).lines();
        let address = lines.next_line().await.unwrap().expect("the bus ended");
        Self { place, address, _programs: vec![daemon], _services: Vec::new() }
    }

    /// With an unlocked vault.
    async fn with_vault(mut self) -> Self {
        let mut vault = Command::new("gnome-keyring-daemon")
            .args(["--unlock", "--components=secrets", "--foreground"])
            .env_clear()
            .envs(self.place.environment())
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("gnome-keyring-daemon cannot be started: install the package gnome-keyring");
        vault.stdin.take().unwrap().write_all(b"the vault's own password\n").await.unwrap();
        self._programs.push(vault);
        // Until it is on the bus; this looks again, because who waits for a name's owner may come too late.
        let bus = zbus::connection::Builder::address(self.address.as_str()).unwrap().build().await.unwrap();
        let proxy = zbus::fdo::DBusProxy::new(&bus).await.unwrap();
        let there = async {
            while !proxy.name_has_owner("org.freedesktop.secrets".try_into().unwrap()).await.unwrap() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(IN_VAIN, there).await.expect("the vault does not start");
        self
    }

    /// With a notification service that can do this.
    async fn with_notifications(mut self, capabilities: &'static [&'static str]) -> Self {
        let service = zbus::connection::Builder::address(self.address.as_str())
            .unwrap()
            .serve_at("/org/freedesktop/Notifications", Notifications(capabilities))
            .unwrap()
            .name("org.freedesktop.Notifications")
            .unwrap();
        self._services.push(service.build().await.unwrap());
        self
    }

    /// With a watcher of icons, whether or not a panel shows them.
    async fn with_tray(mut self, has_host: bool) -> Self {
        let service = zbus::connection::Builder::address(self.address.as_str())
            .unwrap()
            .serve_at("/StatusNotifierWatcher", Watcher(has_host))
            .unwrap()
            .name("org.kde.StatusNotifierWatcher")
            .unwrap();
        self._services.push(service.build().await.unwrap());
        self
    }

    fn program(&self, arguments: &[&str]) -> Command {
        let mut command = self.place.program();
        command.env("DBUS_SESSION_BUS_ADDRESS", &self.address).env("DISPLAY", ":7").args(arguments);
        command
    }

    async fn doctor(&self) -> Said {
        Said::by(&mut self.program(&["doctor"])).await
    }

    /// Keeps a password in the vault as the application does. A process has one bus, so another one does it.
    async fn keep(&self, url: &str, password: &str) {
        let mut other = Command::new(std::env::current_exe().unwrap());
        other
            .args(["--exact", "desktop::keeps_what_it_is_told", "--ignored"])
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .env(KEEP, format!("{url} {password}"))
            .kill_on_drop(true);
        let kept = Said::by(&mut other).await;
        assert_eq!(kept.code, Some(0), "{kept:?}");
    }

    /// The application's database.
    fn database(&self) -> std::path::PathBuf {
        let file = self.place.folder().join("data/app.vigie.desktop/vigie.sqlite");
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        file
    }
}

struct Notifications(&'static [&'static str]);

#[interface(name = "org.freedesktop.Notifications")]
impl Notifications {
    fn get_server_information(&self) -> (&str, &str, &str, &str) {
        ("played", "the tests", "1.0", "1.2")
    }

    fn get_capabilities(&self) -> Vec<&str> {
        self.0.to_vec()
    }
}

struct Watcher(bool);

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        self.0
    }
}

/// The other process of [`Desktop::keep`].
#[tokio::test]
#[ignore = "does something only where another test tells it what"]
async fn keeps_what_it_is_told() {
    let Ok(told) = std::env::var(KEEP) else { return };
    let (url, password) = told.split_once(' ').unwrap();
    let name = credential_name(USER, "big-defend", &url.parse().unwrap());
    SystemVault.put(&name, &SecretString::from(password)).await.unwrap();
}

async fn one_source(path: &Path, url: &str) {
    store(path, &[("Retail", url, "big-defend", USER)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desktop_with_everything_is_well() {
    let desktop = Desktop::bare().await.with_vault().await.with_notifications(&["body", "actions"]).await;
    let desktop = desktop.with_tray(true).await;
    let gateway = gateway().await;
    one_source(&desktop.database(), &gateway.url()).await;
    desktop.keep(&gateway.url(), PASSWORD).await;
    let said = desktop.doctor().await;
    assert_eq!((said.code, said.error.as_str()), (Some(0), ""), "{said:?}");
    assert_says(&said, "ok vault", "removed again");
    assert_says(&said, "ok notifications", "played 1.0 (the tests)");
    assert_says(&said, "ok tray", "a panel shows icons");
    assert_says(&said, "ok Retail", "signed in as analyst");
    assert_says(&said, "ok Retail", "its events can be had");
    assert!(!said.out.contains(PASSWORD));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_service_cannot_do_is_told() {
    let desktop = Desktop::bare().await.with_notifications(&["body"]).await.with_tray(false).await;
    let said = desktop.doctor().await;
    assert_says(&said, "warn notifications", "a click on a notification does not open the alert");
    assert_says(&said, "warn tray", "no panel shows the icons");
    assert_says(&said, "fail vault", "unlock it");
}

#[tokio::test(flavor = "multi_thread")]
async fn services_that_are_not_there_are_told() {
    let said = Desktop::bare().await.doctor().await;
    assert_says(&said, "fail notifications", "install and start a notification service");
    assert_says(&said, "warn tray", "on GNOME install the extension AppIndicator");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_the_server_no_longer_takes_is_told() {
    let (desktop, gateway) = (Desktop::bare().await.with_vault().await, gateway().await);
    one_source(&desktop.database(), &gateway.url()).await;
    desktop.keep(&gateway.url(), "one-of-before-not-to-be-seen").await;
    let said = desktop.doctor().await;
    assert_eq!(said.code, Some(1));
    assert_says(&said, "fail Retail", "refused the name or the password: sign in again");
    assert!(!said.out.contains("one-of-before"));
}

#[tokio::test(flavor = "multi_thread")]
async fn tail_signs_in_with_what_the_application_has_kept_and_leaves_it_there() {
    let (desktop, gateway) = (Desktop::bare().await.with_vault().await, gateway().await);
    desktop.keep(&gateway.url(), PASSWORD).await;
    let sent = pay(&gateway, "C-1", "Maison Verte", SPREE).await;
    // Twice: the first must not have removed what the second needs.
    for _ in 0..2 {
        let url = gateway.url();
        let mut tail = desktop.program(&["tail", "--url", &url, "--user", USER]).spawn().unwrap();
        let mut lines = BufReader::new(tail.stdout.take().unwrap()).lines();
        let arrived = async {
            while let Some(line) = lines.next_line().await.unwrap() {
                if line.contains(&sent[0]) {
                    return true;
                }
            }
            false
        };
        assert!(tokio::time::timeout(IN_VAIN, arrived).await.unwrap(), "it signed in and got what was sent");
        tail.kill().await.unwrap();
    }
}
