//! The application as a process, with a driver beside it.

use std::net::TcpListener;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, kill_process_group, pidfd_open};
use tokio::process::{Child, Command};

use super::{Place, WebDriver};
use crate::desk::IN_VAIN;
use crate::gateway::program;

/// The running application; what its page can do stands in [`WebDriver`].
pub struct App {
    window: WebDriver,
    process: Pid,
    _drivers: Drivers,
}

/// The drivers, which are one group with the application.
struct Drivers(Child);

impl Deref for App {
    type Target = WebDriver;

    fn deref(&self) -> &WebDriver {
        &self.window
    }
}

impl Drop for Drivers {
    fn drop(&mut self) {
        // Those that have ended by now need no signal.
        if let Some(group) = self.0.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)) {
            let _ended = kill_process_group(group, Signal::KILL);
        }
    }
}

impl App {
    /// Starts the application by its driver.
    pub(super) async fn start(environment: Vec<(&'static str, String)>, place: &Place) -> Self {
        let [port, native_port] = free_ports();
        let drivers = Command::new(driver_program())
            .args(["--port", &port.to_string(), "--native-port", &native_port.to_string()])
            .env_clear()
            .envs(environment)
            .stdout(place.log_file())
            // The application inherits it: this is its log.
            .stderr(place.log_file())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let drivers = Drivers(drivers);
        let data = place.data().display().to_string();
        let window = WebDriver::start(port, &program("vigie"), &["--data".to_owned(), data.clone()]).await;
        let process = process_with(&data).expect("the application has ended");
        let app = Self { window, process, _drivers: drivers };
        app.until("the page is there", "return document.documentElement.dataset.ready").await;
        app
    }

    /// The number of the process.
    pub const fn process(&self) -> Pid {
        self.process
    }

    /// Whether the process still runs.
    pub fn is_running(&self) -> bool {
        rustix::process::test_kill_process(self.process).is_ok()
    }

    /// Kills it as `kill -9` does, and waits until it is gone.
    pub async fn kill(self) {
        kill_process(self.process, Signal::KILL).unwrap();
        self.until_ended().await;
    }

    /// Asks it to end as the system does, and waits until it has.
    pub async fn end_by(self, signal: Signal) {
        kill_process(self.process, signal).unwrap();
        self.until_ended().await;
    }

    /// Waits until the process has ended by itself.
    pub async fn until_ended(self) {
        let process = self.process;
        let ended = tokio::task::spawn_blocking(move || {
            // One that has no descriptor any more has ended.
            let Ok(process) = pidfd_open(process, PidfdFlags::empty()) else { return true };
            let timeout = Timespec::try_from(IN_VAIN).unwrap();
            poll(&mut [PollFd::new(&process, PollFlags::IN)], Some(&timeout)).unwrap() == 1
        });
        assert!(ended.await.unwrap(), "the application does not end");
    }
}

/// Two ports that nobody listens on. Another program may take one before the driver does: then the test fails loudly.
fn free_ports() -> [u16; 2] {
    let listeners = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

/// The driver: where programs are found, or among the workspace's tools.
fn driver_program() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let tools = own.ancestors().map(|folder| folder.join("tools/bin"));
    std::env::split_paths(&std::env::var_os("PATH").unwrap())
        .chain(tools)
        .map(|folder| folder.join("tauri-driver"))
        .find(|program| program.exists())
        .expect("tauri-driver is missing: run `cargo install tauri-driver --locked --root target/tools`")
}

/// The workspace's folder for what is built.
pub(super) fn target_folder() -> PathBuf {
    std::env::current_exe().unwrap().ancestors().nth(3).unwrap().to_owned()
}

/// The application's process, known by the folder that it was given.
fn process_with(data: &str) -> Option<Pid> {
    let is_ours = |process: &Path| {
        let line = std::fs::read(process.join("cmdline")).unwrap_or_default();
        let mut words = line.split(|byte| *byte == 0);
        words.next().is_some_and(|name| name.ends_with(b"/vigie"))
            && words.any(|word| word == data.as_bytes())
    };
    let mut processes = std::fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    let process = processes.find(|process| is_ours(process))?;
    Pid::from_raw(process.file_name()?.to_str()?.parse().ok()?)
}
