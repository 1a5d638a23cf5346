//! A replacement that was interrupted is finished at the next start.

use vigie_core::store::{Begun, Opened, SetAside, Store};

use super::{NOW, Place, beside, execute, names, replaced, settle, source};

#[tokio::test]
async fn a_replacement_that_was_interrupted_is_finished_and_the_journal_stays_with_what_it_belongs_to() {
    let place = Place::new();
    let path = place.with_source("Retail").await;
    // It ends between the two moves.
    let aside = place.0.path().join("vigie.damaged-2026-01-01T00-00-00Z.sqlite");
    std::fs::rename(&path, beside(&path, "-next")).unwrap();
    std::fs::write(&aside, "damaged").unwrap();
    std::fs::write(beside(&path, "-wal"), "its journal").unwrap();
    let (store, set_aside) = replaced(&path).await;
    assert_eq!(set_aside, SetAside { path: aside.display().to_string(), begun: Begun::Sources });
    assert_eq!(names(&store).await, ["Retail"]);
    assert_eq!(std::fs::read_to_string(beside(&aside, "-wal")).unwrap(), "its journal");
    settle(store).await;
    let Opened { store, set_aside } = Store::open_or_replace(&path).await.unwrap();
    assert_eq!((set_aside, names(&store).await), (None, vec!["Retail".to_owned()]));
}

#[tokio::test]
async fn an_interrupted_replacement_by_a_backup_says_which() {
    let place = Place::new();
    let path = place.with_source("Retail").await;
    execute(
        &path,
        "INSERT INTO event (source, kind, subject, digest, received_at, raw) VALUES (1, 1, 't-1', 0, 0, '{}')",
    )
    .await;
    let store = Store::open(&path).await.unwrap();
    let backup = store.back_up(NOW).await.unwrap();
    settle(store).await;
    let aside = place.0.path().join("vigie.damaged-2026-01-01T00-00-00Z.sqlite");
    std::fs::rename(&path, &aside).unwrap();
    std::fs::copy(&backup.path, beside(&path, "-next")).unwrap();
    assert_eq!(replaced(&path).await.1.begun, Begun::Backup { at: NOW });
}

#[tokio::test]
async fn what_was_to_take_a_place_is_not_taken_while_the_damaged_file_is_there() {
    let place = Place::new();
    let path = place.with_source("Retail").await;
    std::fs::copy(&path, beside(&path, "-next")).unwrap();
    let store = Store::open(&path).await.unwrap();
    store.add_source(source("Business")).await.unwrap();
    settle(store).await;
    let Opened { store, set_aside } = Store::open_or_replace(&path).await.unwrap();
    assert_eq!((set_aside, names(&store).await.len()), (None, 2));
}
