//! Folders for this user alone.

use std::io;
use std::path::Path;

/// Makes a folder and those above it. Below the user's own application data they are private by inheritance. One that
/// was there before stays as it is.
pub fn make(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)
}
