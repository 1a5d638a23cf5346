//! What a machine without a desktop lacks: a screen, a session bus, and someone to look.

use std::env;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::camera::Camera;
use crate::error::Result;
use crate::started::Started;

/// The picture's size, and 24 bits of colour.
const SCREEN: &str = "1280x800x24";

/// Software rendering and no services that only a desktop has.
const ENVIRONMENT: [(&str, &str); 4] = [
    ("GDK_BACKEND", "x11"),
    ("LIBGL_ALWAYS_SOFTWARE", "1"),
    ("NO_AT_BRIDGE", "1"),
    ("WEBKIT_DISABLE_DMABUF_RENDERER", "1"),
];

/// Whether there is no screen to show a window on. Only Linux can be without one.
pub fn is_needed() -> bool {
    cfg!(target_os = "linux") && ["DISPLAY", "WAYLAND_DISPLAY"].iter().all(|name| is_unset(name))
}

/// A screen and a bus of our own, for as long as this lives.
pub struct Headless {
    pub camera: Camera,
    environment: Vec<(&'static str, String)>,
    // Fields are dropped in this order: the bus, which knows the screen, goes first.
    _bus: Option<Started>,
    _screen: Started,
}

impl Headless {
    /// Starts both; `limit` is how long vigie will run, if that is known.
    pub fn start(limit: Option<Duration>) -> Result<Self> {
        let mut environment: Vec<_> = ENVIRONMENT.map(|(name, value)| (name, value.to_owned())).into();

        // It picks a free display and says which, once it is ready.
        let mut xvfb = Command::new("Xvfb");
        xvfb.args(["-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset"]);
        let (screen, number) = Started::announced(xvfb.stderr(Stdio::null()), "display")?;
        let display = format!(":{number}");
        environment.push(("DISPLAY", display.clone()));

        let mut bus = None;
        if is_unset("DBUS_SESSION_BUS_ADDRESS") {
            let mut daemon = Command::new("dbus-daemon");
            daemon.args(["--session", "--nofork", "--nopidfile", "--print-address=1"]);
            daemon.envs(environment.iter().cloned()).stderr(Stdio::null());
            let (daemon, address) = Started::announced(&mut daemon, "address")?;
            environment.push(("DBUS_SESSION_BUS_ADDRESS", address));
            bus = Some(daemon);
        }
        Ok(Self { camera: Camera::new(display, limit)?, environment, _bus: bus, _screen: screen })
    }

    /// Tells a program where the screen and the bus are.
    pub fn offer_to(&self, command: &mut Command) {
        command.envs(self.environment.iter().cloned());
    }
}

fn is_unset(name: &str) -> bool {
    env::var_os(name).is_none_or(|value| value.is_empty())
}
