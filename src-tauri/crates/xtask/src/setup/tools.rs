//! Cargo's own tools that a chore needs, each in the one version that it was tried with.

use std::fs;
use std::path::PathBuf;

use crate::error::Result;
use crate::{paths, shell};

/// A program from crates.io.
pub struct Tool {
    name: &'static str,
    version: &'static str,
    features: &'static str,
}

/// Knows the licences of what is linked, and refuses those that are not on the list.
pub const ABOUT: Tool = Tool { name: "cargo-about", version: "0.9.3", features: "cli" };

/// Writes the list of what is linked in a form that scanners read.
pub const CYCLONEDX: Tool = Tool { name: "cargo-cyclonedx", version: "0.5.9", features: "" };

/// Installs it for this workspace alone, and says where it is.
pub fn install(tool: &Tool) -> Result<PathBuf> {
    let Tool { name, version, features } = tool;
    let program = paths::tools().join("bin").join(name).with_extension(std::env::consts::EXE_EXTENSION);
    if !program.is_file() || !is_noted(name, version) {
        let mut cargo = shell::cargo();
        cargo.args(["install", name, "--version", version, "--features", features, "--locked", "--root"]);
        shell::run(cargo.arg(paths::tools()))?;
    }
    Ok(program)
}

/// Whether Cargo has noted that this is the version it installed there.
fn is_noted(name: &str, version: &str) -> bool {
    let note = fs::read_to_string(paths::tools().join(".crates.toml")).unwrap_or_default();
    note.contains(&format!("\"{name} {version} "))
}
