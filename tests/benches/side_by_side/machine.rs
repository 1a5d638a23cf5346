//! What the figures belong to: the machine, the commit and the moment.

use std::fs;
use std::process::Command;

use jiff::Timestamp;
use serde::Serialize;

/// The machine, the commit and the moment of a run.
#[derive(Debug, Clone, Serialize)]
pub struct Machine {
    /// The processor's name.
    pub processor: String,
    /// How many there are.
    pub processors: usize,
    /// Memory, in GiB.
    pub memory: u64,
    /// The kernel.
    pub system: String,
    /// The file system that the databases are on.
    pub file_system: String,
    /// How busy the machine was with other things as the run began: the load average of a minute.
    pub load: String,
    /// The commit.
    pub commit: String,
    /// When the run began.
    pub at: Timestamp,
}

impl Machine {
    /// This one, now.
    pub fn look() -> Self {
        let line = |file: &str, name: &str| {
            let text = fs::read_to_string(file).unwrap_or_default();
            let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
            line.split_once(':').unwrap_or_default().1.trim().to_owned()
        };
        let kilobytes =
            line("/proc/meminfo", "MemTotal").split(' ').next().and_then(|text| text.parse().ok());
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let changed = answer("git", &["status", "--porcelain", "--untracked-files=no"]);
        let commit = answer("git", &["rev-parse", "--short=12", "HEAD"]);
        Self {
            processor: line("/proc/cpuinfo", "model name"),
            processors: std::thread::available_parallelism().map_or(0, usize::from),
            memory: kilobytes.unwrap_or(0_u64) >> 20,
            system: answer("uname", &["-sr"]),
            file_system: answer(
                "findmnt",
                &["--noheadings", "--output", "FSTYPE", "--target", env!("CARGO_MANIFEST_DIR")],
            ),
            load: load.split(' ').next().unwrap_or_default().to_owned(),
            commit: if changed.is_empty() { commit } else { format!("{commit} with changes") },
            at: Timestamp::now(),
        }
    }

    /// In a sentence.
    pub fn words(&self) -> String {
        format!(
            "Commit {}, {}. {} × {}, {} GiB, {}, {}; load {} as it began.",
            self.commit,
            self.at.strftime("%Y-%m-%d %H:%M UTC"),
            self.processors,
            self.processor,
            self.memory,
            self.system,
            self.file_system,
            self.load,
        )
    }
}

/// What a program says; nothing, where it is not there.
fn answer(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}
