//! Keeps files from other users: the database holds customers' names.

use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

/// Read, write and look into, for the owner only.
const FOLDER_OF_OWNER: u32 = 0o700;
/// Read and write, for the owner only. SQLite gives its other files the rights of the database.
const OWNER_ONLY: u32 = 0o600;

/// Makes the file if it is not there, and private if it was not.
pub fn make(path: &Path) -> io::Result<()> {
    let file = std::fs::OpenOptions::new().append(true).create(true).mode(OWNER_ONLY).open(path)?;
    file.set_permissions(std::fs::Permissions::from_mode(OWNER_ONLY))
}

/// Makes the folder if it is not there, and private if it was not.
pub fn make_folder(path: &Path) -> io::Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(FOLDER_OF_OWNER).create(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(FOLDER_OF_OWNER))
}
