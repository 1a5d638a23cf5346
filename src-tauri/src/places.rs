//! Where the program keeps its files.

use std::io;
use std::path::{Path, PathBuf};

/// The simulated bank's own database, beside the desk's.
pub const SIMULATION: &str = "simulation.sqlite";

/// Makes the folder for the data, readable by this user only: it holds customers' names. One that was there before
/// stays as it is; the files in it are private anyway.
pub fn data_folder(folder: PathBuf, demo: bool) -> io::Result<PathBuf> {
    let folder = if demo { folder.join("demo") } else { folder };
    make_private(&folder)?;
    Ok(folder)
}

#[cfg(unix)]
fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    const OWNER_ONLY: u32 = 0o700;
    std::fs::DirBuilder::new().recursive(true).mode(OWNER_ONLY).create(folder)
}

/// A folder below the user's own application data is private by inheritance.
#[cfg(windows)]
fn make_private(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn nobody_else_can_look_into_the_folder() {
        let parent = std::env::temp_dir().join(format!("vigie-places-{}", std::process::id()));
        let folder = super::data_folder(parent.clone(), true).unwrap();
        let mode = std::fs::metadata(&folder).unwrap().permissions().mode();
        std::fs::remove_dir_all(parent).unwrap();
        assert_eq!(mode & 0o777, 0o700);
    }
}
