//! The folders of a desktop: a home and everything below it.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// The folders of a desktop.
pub struct Place {
    folder: TempDir,
}

/// Folders and the variable that leads to each.
const FOLDERS: [(&str, &str); 6] = [
    ("HOME", "home"),
    ("XDG_DATA_HOME", "home/data"),
    ("XDG_CONFIG_HOME", "home/config"),
    ("XDG_CACHE_HOME", "home/cache"),
    ("XDG_STATE_HOME", "home/state"),
    ("XDG_RUNTIME_DIR", "run"),
];

impl Place {
    /// Makes the folders.
    pub(super) fn new() -> Self {
        // A short path, because a socket's may have a hundred characters only.
        let folder = tempfile::Builder::new().prefix("vigie-").tempdir().unwrap();
        for (_, name) in FOLDERS {
            let path = folder.path().join(name);
            std::fs::create_dir_all(&path).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
        }
        Self { folder }
    }

    /// The whole.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where the application keeps its data.
    pub fn data(&self) -> PathBuf {
        self.folder().join("vigie")
    }

    /// The file of what is set.
    pub fn settings_file(&self) -> PathBuf {
        self.folder().join("home/config/app.vigie.desktop/settings.toml")
    }

    /// The file of where the window was.
    pub fn window_file(&self) -> PathBuf {
        self.folder().join("home/config/app.vigie.desktop/.window-state.json")
    }

    /// What is in it.
    pub fn settings(&self) -> String {
        std::fs::read_to_string(self.settings_file()).unwrap_or_default()
    }

    /// What the application has written to its log so far.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(self.log_path()).unwrap_or_default()).into_owned()
    }

    /// The application's log, to be written on at its end.
    pub fn log_file(&self) -> File {
        OpenOptions::new().create(true).append(true).open(self.log_path()).unwrap()
    }

    fn log_path(&self) -> PathBuf {
        self.folder().join("vigie.log")
    }

    /// Every file that the application keeps, with its bytes.
    pub fn data_files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        let mut folders = vec![self.data(), self.folder().join("home")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().flatten() {
                match entry.file_type().unwrap() {
                    kind if kind.is_dir() => folders.push(entry.path()),
                    // A file that is gone by now keeps nothing.
                    kind if kind.is_file() => {
                        files.extend(std::fs::read(entry.path()).map(|bytes| (entry.path(), bytes)));
                    }
                    _ => {}
                }
            }
        }
        files
    }

    /// The variables that lead into the folders, and what makes every run alike.
    pub(super) fn environment(&self) -> Vec<(&'static str, String)> {
        let mut environment: Vec<(&'static str, String)> = FOLDERS
            .iter()
            .map(|(variable, name)| (*variable, self.folder().join(name).display().to_string()))
            .collect();
        environment.push(("PATH", std::env::var("PATH").unwrap()));
        let fixed = [
            ("LANG", "C.UTF-8"),
            ("LANGUAGE", "en"),
            ("TZ", "UTC"),
            ("GDK_BACKEND", "x11"),
            ("NO_AT_BRIDGE", "1"),
            // A display without a graphics card.
            ("LIBGL_ALWAYS_SOFTWARE", "1"),
            ("WEBKIT_DISABLE_DMABUF_RENDERER", "1"),
        ];
        environment.extend(fixed.map(|(name, value)| (name, value.to_owned())));
        environment
    }
}
