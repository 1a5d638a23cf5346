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

/// A running gateway.
pub struct GatewayProcess {
    child: Child,
    /// Its address.
    pub url: String,
}

impl GatewayProcess {
    /// Starts a gateway with its state in `folder`, on a port (0: any), with `simulate` transactions a second (0:
    /// none; what it has kept is all there is).
    pub async fn start(folder: &Path, port: u16, simulate: u32) -> Self {
        let mut command = Command::new(program("vigie-gateway"));
        if simulate > 0 {
            command.args(["--simulate", &simulate.to_string(), "--seed", "7", "--history", "50"]);
        }
        let mut child = command
            .args(["--listen", &format!("127.0.0.1:{port}"), "--profile", "big-defend", "--state"])
            .arg(folder.join("gateway.sqlite"))
            .env("VIGIE_GATEWAY_PASSWORD", PASSWORD)
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
