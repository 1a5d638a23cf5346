//! Keeps files from other users: the database holds customers' names.

use std::io;
use std::path::Path;

/// Makes the file if it is not there. It inherits the rights of its folder, and those below a user's own application
/// data are the user's alone.
pub fn make(path: &Path) -> io::Result<()> {
    std::fs::OpenOptions::new().append(true).create(true).open(path).map(drop)
}

/// Makes the folder if it is not there; it inherits the rights of its own.
pub fn make_folder(path: &Path) -> io::Result<()> {
    std::fs::create_dir_all(path)
}
