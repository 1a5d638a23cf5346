//! Makes a machine ready: system packages, Node, the window's packages. Each step is quick when it is done already.

pub mod browser;
pub mod driver;
mod linux;
mod macos;
mod node;
pub mod packages;
pub mod tools;
mod windows;

use std::env;

pub use linux::as_root;

use crate::error::Result;
use crate::window;
use packages::Purpose;

/// Prepares what the purposes need of the system.
pub fn prepare_system(purposes: &[Purpose]) -> Result<()> {
    match env::consts::OS {
        "windows" => windows::prepare(),
        "macos" => macos::prepare(),
        _ => linux::prepare(purposes),
    }
}

/// Prepares everything that the purposes need.
pub fn prepare(purposes: &[Purpose]) -> Result<()> {
    prepare_system(purposes)?;
    node::check()?;
    window::install()
}
