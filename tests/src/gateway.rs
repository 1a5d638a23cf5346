//! `vigie-gateway` in a process of its own, to be killed.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// Who may sign in.
pub const USER: &str = "analyst";
/// With this password.
pub const PASSWORD: &str = "password-5c1f-not-to-be-seen";

/// A program of the workspace, built by the test command.
pub fn program(name: &str) -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let folder = own.ancestors().nth(2).unwrap();
    let program = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(
        program.exists(),
        "{} is not built: run `cargo xtask test`, or `cargo build --workspace`",
        program.display()
    );
    program
}

/// What a gateway is to be.
#[derive(Debug, Clone)]
pub struct Options {
    /// Its port; 0: any.
    pub port: u16,
    /// The contract that it speaks.
    pub profile: &'static str,
    /// Transactions a second; 0: none.
    pub simulate: u32,
    /// Where it writes down what it sends.
    pub journal: Option<PathBuf>,
    /// Whether its event streams have ids, and go on after them.
    pub event_ids: bool,
    /// The token that contracts without a sign-in ask for.
    pub token: Option<&'static str>,
    /// Who may sign in.
    pub users: &'static [&'static str],
    /// How long a session lives, in seconds.
    pub token_lifetime: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            profile: "big-defend",
            simulate: 0,
            journal: None,
            event_ids: false,
            token: None,
            users: &[USER],
            token_lifetime: 3_600,
        }
    }
}

/// A running gateway.
pub struct GatewayProcess {
    child: Child,
    /// Its address.
    pub url: String,
}

impl GatewayProcess {
    /// Starts a Big Defend gateway with its state in `folder`, on a port (0: any), with `simulate` transactions a
    /// second (0: none; what it has kept is all there is).
    pub async fn start(folder: &Path, port: u16, simulate: u32) -> Self {
        Self::start_with(folder, Options { port, simulate, ..Options::default() }).await
    }

    /// Starts a gateway with its state in `folder`.
    pub async fn start_with(folder: &Path, options: Options) -> Self {
        let mut command = Command::new(program("vigie-gateway"));
        if options.simulate > 0 {
            command.args(["--simulate", &options.simulate.to_string(), "--seed", "7", "--history", "50"]);
        }
        if let Some(journal) = &options.journal {
            command.arg("--journal").arg(journal);
        }
        if options.event_ids {
            command.arg("--event-ids");
        }
        if let Some(token) = options.token {
            command.env("VIGIE_GATEWAY_TOKEN", token);
        }
        for user in options.users {
            command.args(["--user", user]);
        }
        command.args(["--token-lifetime", &options.token_lifetime.to_string()]);
        let mut child = command
            .args([
                "--listen",
                &format!("127.0.0.1:{}", options.port),
                "--profile",
                options.profile,
                "--state",
            ])
            .arg(folder.join("gateway.sqlite"))
            .env("VIGIE_GATEWAY_PASSWORD", PASSWORD)
            .env("RUST_LOG", "warn")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = loop {
            let line = lines.next_line().await.unwrap().expect("the gateway ended");
            if let Some(url) = line.strip_prefix("vigie-gateway listening on ") {
                break url.to_owned();
            }
        };
        // Whatever it still says must have somewhere to go.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { child, url }
    }

    /// Kills it as `kill -9` does.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.url.rsplit(':').next().unwrap().parse().unwrap()
    }
}
