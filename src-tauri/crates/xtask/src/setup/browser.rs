//! A Chromium, in which the tests look at the page.

use super::packages::Purpose;
use crate::error::Result;
use crate::shell;

/// What it is called where it is installed; Google's own does as well.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Installs it, unless there is one. Only Linux looks at the page.
pub fn install() -> Result<()> {
    if !cfg!(target_os = "linux") || NAMES.iter().any(|name| shell::find(name).is_some()) {
        return Ok(());
    }
    super::prepare_system(&[Purpose::Browser])
}
