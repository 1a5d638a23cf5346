//! What this computer has: vault, notifications, tray, display, room on the disk.

use std::path::Path;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use vigie_core::vault::{Vault, VaultError};
use vigie_system::vault::SystemVault;
use vigie_system::{display, notifications, tray};

use super::finding::Finding;

/// How long the vault may take to write, read and remove: long enough to unlock it by hand.
const VAULT_LIMIT: Duration = Duration::from_secs(30);
/// The vault's probe is kept under this name for a moment.
const PROBE: &str = "doctor-probe";
/// Less free space than this is worth a word: a busy bank's events of some weeks.
const SPACE_WANTED: u64 = 1 << 30;
/// With less than this a database cannot even be cleared up.
const SPACE_NEEDED: u64 = 50 << 20;

/// Writes, reads and removes a probe.
pub async fn vault() -> Finding {
    let what = "vault";
    match tokio::time::timeout(VAULT_LIMIT, probe(&SystemVault)).await {
        Ok(Ok(())) => Finding::ok(what, "a secret was written, read and removed again"),
        Ok(Err(why)) => Finding::fail(what, why),
        Err(_) => {
            let seconds = VAULT_LIMIT.as_secs();
            Finding::fail(what, format!("it did not answer within {seconds} s: unlock it, then check again"))
        }
    }
}

async fn probe(vault: &dyn Vault) -> Result<(), String> {
    // It says what to do itself.
    let failed = |error: VaultError| error.to_string();
    let probe = SecretString::from(format!("{:?}", std::time::SystemTime::now()));
    vault.put(PROBE, &probe).await.map_err(failed)?;
    let kept = vault.get(PROBE).await;
    vault.remove(PROBE).await.map_err(failed)?;
    match kept.map_err(failed)? {
        Some(kept) if kept.expose_secret() == probe.expose_secret() => {}
        _ => {
            return Err(
                "it did not give back what it was given: check the system's password store".to_owned()
            );
        }
    }
    match vault.get(PROBE).await.map_err(failed)? {
        None => Ok(()),
        Some(_) => Err(format!("it does not forget: remove `{PROBE}` of Vigie from it by hand")),
    }
}

/// Asks who shows notifications, and what they can.
pub async fn notifications() -> Finding {
    let what = "notifications";
    match notifications::check().await {
        Ok(service) if service.lacks.is_empty() => Finding::ok(what, service.name),
        Ok(service) if cfg!(target_os = "linux") => {
            let lacks = service.lacks.join("; ");
            Finding::warn(what, format!("{}: {lacks}: another notification service can more", service.name))
        }
        Ok(service) => Finding::ok(what, format!("{}; {}", service.name, service.lacks.join("; "))),
        Err(missing) => Finding::fail(what, missing.to_string()),
    }
}

/// Asks whether there is a tray; Vigie goes on without one.
pub async fn tray() -> Finding {
    Finding::of("tray", tray::check().await).or_warn()
}

/// Looks whether there is a display.
pub fn display() -> Finding {
    Finding::of("display", display::check())
}

/// Asks how much room there is where the database is, or will be, and whether it may be used.
pub fn disk(database: &Path) -> Finding {
    let what = "disk";
    let Some(folder) = database.ancestors().skip(1).find(|folder| folder.is_dir()) else {
        return Finding::warn(what, format!("there is no folder for {}: make it", database.display()));
    };
    // A file without a name: nothing is left of it. That there is no room for one is said below.
    if let Err(error) = tempfile::tempfile_in(folder)
        && error.kind() != std::io::ErrorKind::StorageFull
    {
        let folder = folder.display();
        let words =
            format!("{folder} cannot be written to ({error}): make it writable, or Vigie does not start");
        return Finding::fail(what, words);
    }
    match fs4::available_space(folder) {
        Ok(free) => {
            let words = format!("{} MiB are free in {}", free >> 20, folder.display());
            match free {
                ..SPACE_NEEDED => Finding::fail(what, format!("{words}: make room")),
                SPACE_NEEDED..SPACE_WANTED => Finding::warn(what, format!("{words}: make room soon")),
                _ => Finding::ok(what, words),
            }
        }
        Err(error) => Finding::warn(what, format!("the free space is not known ({error}): look yourself")),
    }
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use vigie_core::vault::SessionVault;

    use super::*;

    /// A vault that keeps, but gives back something else.
    struct Forgetful;

    #[async_trait]
    impl Vault for Forgetful {
        async fn put(&self, _: &str, _: &SecretString) -> Result<(), VaultError> {
            Ok(())
        }

        async fn get(&self, _: &str) -> Result<Option<SecretString>, VaultError> {
            Ok(None)
        }

        async fn remove(&self, _: &str) -> Result<(), VaultError> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_vault_that_keeps_and_forgets_is_well_and_its_probe_is_gone() {
        let vault = SessionVault::default();
        assert_eq!(probe(&vault).await, Ok(()));
        assert!(vault.get(PROBE).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_vault_that_does_not_give_back_is_told() {
        assert!(probe(&Forgetful).await.unwrap_err().contains("did not give back"));
    }

    /// Not even the administrator may put a file there.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_folder_that_may_not_be_written_to_is_no_lack_of_room() {
        let finding = disk(Path::new("/proc/self/vigie.sqlite"));
        let words = format!("{finding:?}");
        assert!(words.contains("make it writable") && !words.contains("make room"), "{words}");
    }
}
