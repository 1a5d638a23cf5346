//! tauri-driver, through which the tests drive the real window.

use crate::error::Result;
use crate::{paths, shell};

/// Installs it for this workspace alone. Only Linux drives the window.
pub fn install() -> Result<()> {
    if !cfg!(target_os = "linux") || paths::tools().join("bin/tauri-driver").is_file() {
        return Ok(());
    }
    let mut cargo = shell::cargo();
    cargo.args(["install", "tauri-driver", "--version", "^2", "--locked", "--root"]);
    shell::run(cargo.arg(paths::tools()))
}
