//! Windows: nothing to install but WebView2, which Windows 11 brings. The build tools are here, or this program
//! could not have been linked.

use std::process::Command;

use crate::error::{Error, Result};
use crate::shell;

/// Where an installed WebView2 is registered: for all users, and for this one.
const KEYS: [&str; 2] = [
    r"HKLM\SOFTWARE\WOW6432Node\Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}",
    r"HKCU\Software\Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}",
];

/// Checks for WebView2.
pub fn prepare() -> Result<()> {
    if KEYS.iter().any(|key| shell::succeeds(Command::new("reg").args(["query", key, "/v", "pv"]))) {
        return Ok(());
    }
    Err(Error::Missing { what: "WebView2 is", install: "winget install Microsoft.EdgeWebView2Runtime" })
}
