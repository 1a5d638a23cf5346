//! Where things are.

use std::env;
use std::path::{Path, PathBuf};

/// The root of the workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3).unwrap_or(Path::new(".")).to_owned()
}

/// The window's sources.
pub fn ui() -> PathBuf {
    root().join("ui")
}

/// Where Cargo builds to.
pub fn target() -> PathBuf {
    root().join(env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// Notes of this program on what it has done already.
pub fn notes() -> PathBuf {
    target().join("xtask")
}

/// Programs that only the tests need.
pub fn tools() -> PathBuf {
    target().join("tools")
}

/// What packages are made with, beside Tauri's own configuration.
pub fn packages() -> PathBuf {
    root().join("src-tauri").join("packages")
}

/// The packages that were made.
pub fn bundle() -> PathBuf {
    target().join("bundle")
}
