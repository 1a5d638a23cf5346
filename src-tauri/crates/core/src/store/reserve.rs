//! Room that is kept beside the database for the day on which the disk is full: SQLite needs some even to open it (the
//! index of the journal, and what a run that did not end has left in the journal), and what is stored is to be read
//! then too.

use std::io::{self, Write as _};
use std::path::Path;

use rand::Rng as _;

use super::{OpenError, Opened, Store, names, private};

/// What is added to the database's name.
const SUFFIX: &str = "-reserve";
/// Its size in bytes. The index takes 32 KiB for each 16 MiB of the journal, so that of a journal of 2 GiB fits; it is
/// commonly written back at 16 MiB.
const SIZE: usize = 4 << 20;

impl Store {
    /// Opens the database at `path` as [`Store::open_or_replace`] does, and on a full disk with the room that an
    /// earlier run has kept for it. For the application alone.
    pub async fn open_with_reserve(path: &Path) -> Result<Opened, OpenError> {
        open_with(path, async || Self::open_or_replace(path).await).await
    }
}

/// Opens what `open` opens, and once more with the room of the reserve where there is none else.
async fn open_with<T>(path: &Path, open: impl AsyncFn() -> Result<T, OpenError>) -> Result<T, OpenError> {
    match open().await {
        Err(OpenError::DiskFull(_)) if give_up(path) => {
            tracing::warn!("the disk is full; the database is opened with the room that was kept for this");
            open().await
        }
        Ok(opened) => {
            keep(path);
            Ok(opened)
        }
        failed => failed,
    }
}

/// Gives the room back to the disk; whether there was any.
fn give_up(path: &Path) -> bool {
    std::fs::remove_file(names::beside(path, SUFFIX)).is_ok()
}

/// Sees to it that there is a reserve. Where there is no room for it, the next start tries again.
fn keep(path: &Path) {
    let reserve = names::beside(path, SUFFIX);
    if std::fs::metadata(&reserve).is_ok_and(|file| file.len() == SIZE as u64) {
        return;
    }
    if let Err(error) = write(&reserve) {
        // Half a reserve is room that somebody else may need now.
        let _was_never_made = std::fs::remove_file(&reserve);
        tracing::warn!(%error, "no room could be kept for a full disk; the next start tries again");
    }
}

/// Really written, and nothing that could be pressed together: a file with holes, or of zeros, holds no room
/// everywhere.
fn write(reserve: &Path) -> io::Result<()> {
    let mut bytes = vec![0; SIZE];
    rand::rng().fill_bytes(&mut bytes);
    private::make(reserve)?;
    let mut file = std::fs::File::options().write(true).truncate(true).open(reserve)?;
    file.write_all(&bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(path: &Path) -> Option<u64> {
        std::fs::metadata(names::beside(path, SUFFIX)).ok().map(|file| file.len())
    }

    #[tokio::test]
    async fn on_a_full_disk_the_reserve_is_given_up_and_it_is_opened_with_its_room() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vigie.sqlite");
        open_with(&path, async || Ok(())).await.unwrap();
        assert_eq!(size(&path), Some(SIZE as u64));
        // A disk that has no room but that of the reserve.
        let open = async || match size(&path) {
            Some(_) => Err(OpenError::DiskFull(path.clone())),
            None => Ok(()),
        };
        open_with(&path, open).await.unwrap();
        assert_eq!(size(&path), None, "nobody takes the room away again");
        open_with(&path, async || Ok(())).await.unwrap();
        assert_eq!(size(&path), Some(SIZE as u64), "there is room again");
    }

    #[tokio::test]
    async fn without_a_reserve_and_for_other_troubles_it_is_tried_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vigie.sqlite");
        let tries = std::cell::Cell::new(0);
        let full = async || {
            tries.set(tries.get() + 1);
            Err::<(), _>(OpenError::DiskFull(path.clone()))
        };
        assert!(matches!(open_with(&path, full).await, Err(OpenError::DiskFull(_))));
        keep(&path);
        let newer = async || {
            tries.set(tries.get() + 1);
            Err::<(), _>(OpenError::Newer(path.clone()))
        };
        assert!(matches!(open_with(&path, newer).await, Err(OpenError::Newer(_))));
        assert_eq!(tries.get(), 2);
        assert_eq!(size(&path), Some(SIZE as u64));
    }
}
