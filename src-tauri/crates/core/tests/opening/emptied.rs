//! A file that is gone, empty or no database.

use std::path::Path;

use vigie_core::store::{Begun, CheckError, OpenError, Store, check, set_aside_files};

use super::{NOW, Place, beside, names, replaced, settle};

#[tokio::test]
async fn a_journal_whose_database_is_gone_is_set_aside_and_the_backup_takes_its_place() {
    let place = Place::new();
    let path = place.with_source("Retail").await;
    let store = Store::open(&path).await.unwrap();
    store.back_up(NOW).await.unwrap();
    settle(store).await;
    std::fs::remove_file(&path).unwrap();
    std::fs::write(beside(&path, "-wal"), "what was not written back").unwrap();
    let (store, set_aside) = replaced(&path).await;
    assert_eq!(
        (set_aside.begun, names(&store).await),
        (Begun::Backup { at: NOW }, vec!["Retail".to_owned()])
    );
    assert_eq!(std::fs::read(&set_aside.path).unwrap(), b"what was not written back");
}

#[tokio::test]
async fn of_what_is_no_database_nothing_can_be_read_and_it_is_kept_all_the_same() {
    let place = Place::new();
    let mut kept = Vec::new();
    for text in ["a shopping list", "another one"] {
        let text = text.repeat(500);
        std::fs::write(place.path(), &text).unwrap();
        let (store, set_aside) = replaced(&place.path()).await;
        assert_eq!((set_aside.begun, names(&store).await.len()), (Begun::Nothing, 0));
        settle(store).await;
        kept.push((set_aside.path, text));
    }
    // Both within a second, and neither over the other.
    for (path, text) in kept {
        assert_eq!(std::fs::read_to_string(path).unwrap(), text);
    }
    assert_eq!(set_aside_files(&place.path()).unwrap().len(), 2);
}

#[tokio::test]
async fn an_emptied_database_is_set_aside_with_its_journal_and_the_backup_takes_its_place() {
    let place = Place::new();
    let path = place.with_source("Retail").await;
    let store = Store::open(&path).await.unwrap();
    store.back_up(NOW).await.unwrap();
    settle(store).await;
    std::fs::write(&path, "").unwrap();
    std::fs::write(beside(&path, "-wal"), "what was not written back").unwrap();
    std::fs::write(beside(&path, "-shm"), "its index").unwrap();
    assert!(matches!(check(&path).await, Err(CheckError::Damaged { .. })));
    assert!(matches!(Store::open(&path).await, Err(OpenError::Damaged { .. })));
    let (store, set_aside) = replaced(&path).await;
    assert_eq!(
        (set_aside.begun, names(&store).await),
        (Begun::Backup { at: NOW }, vec!["Retail".to_owned()])
    );
    let journal = std::fs::read(beside(Path::new(&set_aside.path), "-wal")).unwrap();
    assert_eq!(journal, b"what was not written back");
}

#[tokio::test]
async fn an_empty_file_counts_as_emptied_by_whatever_is_left_of_what_it_held() {
    for left in ["-wal", "-health"] {
        let place = Place::new();
        std::fs::write(place.path(), "").unwrap();
        std::fs::write(beside(&place.path(), left), "{}").unwrap();
        let (_store, set_aside) = replaced(&place.path()).await;
        assert_eq!(set_aside.begun, Begun::Nothing, "{left}");
    }
    let place = Place::new();
    let path = place.with_source("Retail").await;
    let store = Store::open(&path).await.unwrap();
    store.back_up(NOW).await.unwrap();
    settle(store).await;
    std::fs::remove_file(beside(&path, "-health")).unwrap();
    std::fs::write(&path, "").unwrap();
    assert_eq!(replaced(&path).await.1.begun, Begun::Backup { at: NOW });
}

#[tokio::test]
async fn a_file_that_is_missing_or_was_always_empty_is_new() {
    let place = Place::new();
    let path = place.with_source("Retail").await;
    let store = Store::open(&path).await.unwrap();
    store.back_up(NOW).await.unwrap();
    settle(store).await;
    std::fs::remove_file(&path).unwrap();
    assert_eq!(Store::open_or_replace(&path).await.unwrap().set_aside, None);
    let place = Place::new();
    std::fs::write(place.path(), "").unwrap();
    assert_eq!(Store::open_or_replace(&place.path()).await.unwrap().set_aside, None);
}
