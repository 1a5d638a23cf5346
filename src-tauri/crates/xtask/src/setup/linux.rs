//! Linux: finds the missing packages and installs them with the system's own package manager.

use std::io::{IsTerminal, stdin};
use std::process::Command;

use super::packages::{Manager, Purpose, wanted};
use crate::error::{Error, Result};
use crate::shell;

/// Installs what is missing.
pub fn prepare(purposes: &[Purpose]) -> Result<()> {
    let Some(manager) = manager() else {
        eprintln!("  Neither apt, dnf nor pacman is here: install WebKitGTK 4.1 and its like yourself, see");
        eprintln!("  https://v2.tauri.app/start/prerequisites, should something below be missing.");
        return Ok(());
    };
    let missing = missing(manager, &wanted(manager, purposes))?;
    if missing.is_empty() {
        return Ok(());
    }
    eprintln!("  Missing system packages: {}", missing.join(", "));
    if manager == Manager::Apt {
        // Offline, the lists at hand may still do.
        shell::run(&mut as_root(&["apt-get", "update", "--quiet=2"])?).ok();
    }
    shell::run(&mut as_root(&[install(manager), &missing].concat())?)
}

fn manager() -> Option<Manager> {
    [("apt-get", Manager::Apt), ("dnf", Manager::Dnf), ("pacman", Manager::Pacman)]
        .into_iter()
        .find_map(|(program, manager)| shell::find(program).map(|_| manager))
}

/// Which of the wanted packages are not installed.
fn missing(manager: Manager, wanted: &[&'static str]) -> Result<Vec<&'static str>> {
    let says = |command: &mut Command| {
        shell::answer(command).map(|answer| String::from_utf8_lossy(&answer).into_owned())
    };
    let mut missing = wanted.to_vec();
    match manager {
        Manager::Apt => {
            let format = "--showformat=${Package} ${db:Status-Status}\n";
            let known = says(Command::new("dpkg-query").args(["--show", format]).args(wanted))?;
            missing.retain(|name| !known.lines().any(|line| line == format!("{name} installed")));
        }
        Manager::Dnf => {
            missing.retain(|name| !shell::succeeds(Command::new("rpm").args(["-q", "--whatprovides", name])));
        }
        Manager::Pacman => {
            let unmet = says(Command::new("pacman").arg("--deptest").args(wanted))?;
            missing.retain(|name| unmet.lines().any(|line| line == *name));
        }
    }
    Ok(missing)
}

/// The command that installs without asking back.
fn install(manager: Manager) -> &'static [&'static str] {
    match manager {
        Manager::Apt => &[
            "env",
            "DEBIAN_FRONTEND=noninteractive",
            "apt-get",
            "install",
            "--yes",
            "--quiet=2",
            "--no-install-recommends",
            // Another installation may be under way: wait for it.
            "--option=DPkg::Lock::Timeout=300",
        ],
        Manager::Dnf => &["dnf", "install", "--assumeyes", "--setopt=install_weak_deps=False"],
        Manager::Pacman => &["pacman", "--sync", "--needed", "--noconfirm"],
    }
}

/// The command as root: as it is, or through sudo, which may ask for a password only where someone can answer.
pub fn as_root(words: &[&str]) -> Result<Command> {
    let is_root = shell::answer(Command::new("id").arg("-u"))?.trim_ascii() == b"0";
    let sudo: &[&str] = match (is_root, shell::find("sudo"), stdin().is_terminal()) {
        (true, ..) => &[],
        (false, None, _) => return Err(Error::NotRoot { install: words.join(" ") }),
        (false, Some(_), true) => &["sudo"],
        (false, Some(_), false) => &["sudo", "--non-interactive"],
    };
    let words = [sudo, words].concat();
    let mut command = Command::new(words[0]);
    command.args(&words[1..]);
    Ok(command)
}
