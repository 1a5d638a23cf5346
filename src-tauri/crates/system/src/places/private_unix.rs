//! Folders for this user alone.

use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

/// Read, write and look into, for the owner only.
const OWNER_ONLY: u32 = 0o700;

/// Makes a folder and those above it, each readable by this user only: what is in it holds customers' names. One that
/// was there before stays as it is.
pub fn make(folder: &Path) -> io::Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(OWNER_ONLY).create(folder)
}
