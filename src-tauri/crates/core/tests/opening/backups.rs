//! A backup is a whole database, and nobody else can read it.

use vigie_core::model::Time;
use vigie_core::store::{BackupError, Begun, Store, backups, check};

use super::{DAY, FAR_INTO, HOUR, NOW, Place, damage, damage_events, replaced, settle, source};

#[tokio::test]
async fn a_backup_is_a_whole_database_made_while_it_is_in_use_and_the_oldest_gives_way() {
    let place = Place::new();
    let path = place.with_source("Retail").await;
    let store = Store::open(&path).await.unwrap();
    assert!(store.is_backup_due(NOW).await.unwrap());
    store.back_up(NOW).await.unwrap();
    assert!(!store.is_backup_due(NOW.plus(HOUR)).await.unwrap());
    assert!(store.is_backup_due(NOW.plus(DAY)).await.unwrap());
    store.add_source(source("Business")).await.unwrap();
    for days in 1..4 {
        store.back_up(NOW.plus(days * DAY)).await.unwrap();
    }
    let kept = backups(&path).unwrap();
    assert_eq!(
        kept.iter().map(|backup| backup.at).collect::<Vec<_>>(),
        [NOW.plus(3 * DAY), NOW.plus(2 * DAY)]
    );
    assert_eq!(check(&kept[0].path).await.unwrap().sources.len(), 2);
    assert_eq!(std::fs::read_dir(kept[0].path.parent().unwrap()).unwrap().count(), 2, "and nothing else");
}

#[tokio::test]
async fn a_backup_of_a_clock_that_was_wrong_counts_as_the_oldest() {
    let place = Place::new();
    let path = place.with_source("Retail").await;
    let store = Store::open(&path).await.unwrap();
    let to_come = Time(4_102_444_800_000);
    store.back_up(to_come).await.unwrap();
    store.add_source(source("Business")).await.unwrap();
    store.back_up(NOW).await.unwrap();
    settle(store).await;
    damage_events(&path).await;
    let (store, set_aside) = replaced(&path).await;
    assert_eq!(set_aside.begun, Begun::Backup { at: NOW });
    store.back_up(NOW.plus(DAY)).await.unwrap();
    let kept = backups(&path).unwrap();
    assert_eq!(kept.iter().map(|backup| backup.at).collect::<Vec<_>>(), [NOW.plus(DAY), NOW]);
}

#[tokio::test]
async fn what_an_interrupted_backup_left_is_no_backup_and_goes() {
    let place = Place::new();
    let store = Store::open(&place.with_source("Retail").await).await.unwrap();
    let first = store.back_up(NOW).await.unwrap();
    let part = first.path.with_added_extension("part");
    std::fs::rename(&first.path, &part).unwrap();
    let of_another = first.path.with_file_name("vigie-two-2026-01-01T00-00-00Z.sqlite.part");
    std::fs::write(&of_another, "under way").unwrap();
    assert_eq!(backups(store.path()).unwrap(), []);
    assert!(store.is_backup_due(NOW).await.unwrap());
    store.back_up(NOW.plus(HOUR)).await.unwrap();
    assert!(!part.exists());
    assert!(of_another.exists(), "what another database's backup is at is left alone");
}

#[tokio::test]
async fn what_is_damaged_is_not_backed_up_and_costs_no_backup_that_is_sound() {
    let place = Place::new();
    let path = place.large().await;
    let store = Store::open(&path).await.unwrap();
    store.back_up(NOW).await.unwrap();
    let kept = store.back_up(NOW.plus(DAY)).await.map(|_| backups(&path).unwrap()).unwrap();
    settle(store).await;
    damage(&path, FAR_INTO);
    let store = Store::open(&path).await.unwrap();
    let failed = store.back_up(NOW.plus(2 * DAY)).await;
    assert!(matches!(failed, Err(BackupError::Damaged(_) | BackupError::Unsound(_))), "{failed:?}");
    assert_eq!(backups(&path).unwrap(), kept);
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_a_backup_or_what_was_set_aside() {
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::{Path, PathBuf};

    let place = Place::new();
    let path = place.with_source("Retail").await;
    let store = Store::open(&path).await.unwrap();
    let backup = store.back_up(NOW).await.unwrap();
    settle(store).await;
    damage_events(&path).await;
    let (_store, set_aside) = replaced(&path).await;
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(backup.path.parent().unwrap()), 0o700);
    for file in
        [&backup.path, &PathBuf::from(set_aside.path), &path, &place.0.path().join("vigie.sqlite-health")]
    {
        assert_eq!(mode(file), 0o600, "{}", file.display());
    }
}
