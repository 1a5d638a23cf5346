//! A place of a test's own: folders that are empty at first, and an environment without a desktop.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use tokio::process::Command;

/// Whoever waits so long waits in vain.
pub const IN_VAIN: Duration = Duration::from_secs(60);

/// A place of a test's own.
pub struct Place {
    folder: TempDir,
}

impl Place {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["home", "config", "data", "run", "tmp"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        Self { folder }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A file below it.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    /// What a program finds in its environment here.
    pub fn environment(&self) -> Vec<(String, String)> {
        let path = |name: &str| self.folder().join(name).to_str().unwrap().to_owned();
        // What a program cannot do without.
        let kept = ["PATH", "SystemRoot", "SystemDrive", "LLVM_PROFILE_FILE"];
        let mut environment: Vec<(String, String)> =
            kept.into_iter().filter_map(|name| Some((name.to_owned(), std::env::var(name).ok()?))).collect();
        for (name, folder) in [
            ("HOME", "home"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_RUNTIME_DIR", "run"),
            ("TMPDIR", "tmp"),
            ("TEMP", "tmp"),
            ("TMP", "tmp"),
        ] {
            environment.push((name.to_owned(), path(folder)));
        }
        environment.push(("DBUS_SESSION_BUS_ADDRESS".to_owned(), format!("unix:path={}", path("no-bus"))));
        environment
    }

    /// The program, to be started here.
    pub fn program(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vigie-cli"));
        command
            .env_clear()
            .envs(self.environment())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Runs the program to its end.
    pub async fn run(&self, arguments: &[&str]) -> Said {
        Said::by(self.program().args(arguments)).await
    }

    /// All files below it, with their lengths.
    pub fn files(&self) -> Vec<(PathBuf, u64)> {
        let (mut files, mut folders) = (Vec::new(), vec![self.folder().to_owned()]);
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
                let kind = entry.file_type().unwrap();
                if kind.is_dir() {
                    folders.push(entry.path());
                }
                files.push((entry.path(), if kind.is_file() { entry.metadata().unwrap().len() } else { 0 }));
            }
        }
        files.sort();
        files
    }
}

/// What the program said until its end.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub error: String,
}

impl Said {
    pub async fn by(command: &mut Command) -> Self {
        let output = tokio::time::timeout(IN_VAIN, command.output()).await.expect("it does not end");
        let Output { status, stdout, stderr } = output.unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: status.code(), out: text(stdout), error: text(stderr) }
    }

    /// The lines that begin with these words.
    pub fn lines(&self, start: &str) -> Vec<&str> {
        let is_one =
            |line: &&str| line.split_whitespace().take(start.split(' ').count()).eq(start.split(' '));
        self.out.lines().filter(is_one).collect()
    }
}
