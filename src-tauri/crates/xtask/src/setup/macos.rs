//! macOS: nothing to install but Xcode's command line tools.

use std::process::Command;

use crate::error::{Error, Result};
use crate::shell;

/// Checks for the tools.
pub fn prepare() -> Result<()> {
    if shell::succeeds(Command::new("xcode-select").arg("--print-path")) {
        return Ok(());
    }
    Err(Error::Missing { what: "Xcode's command line tools are", install: "xcode-select --install" })
}
