//! A large file is read through beside the work, not at the start.

use vigie_core::model::Time;
use vigie_core::store::{Begun, OpenError, Opened, Store, StoreError};

use super::{DAY, FAR_INTO, HOUR, NOW, Place, damage, names, replaced, settle};

#[tokio::test]
async fn a_file_that_was_cut_short_is_noticed_at_once_however_large() {
    let place = Place::new();
    let path = place.large().await;
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    file.set_len(std::fs::metadata(&path).unwrap().len() / 2).unwrap();
    assert!(matches!(Store::open(&path).await, Err(OpenError::Damaged { .. })));
}

#[tokio::test]
async fn damage_deep_in_a_large_file_does_not_hold_up_the_start_and_is_set_aside_at_the_next() {
    let place = Place::new();
    let path = place.large().await;
    damage(&path, FAR_INTO);
    let store = Store::open(&path).await.unwrap();
    let detail = match store.read_through(NOW).await {
        Err(StoreError::Damaged(detail)) => detail,
        other => panic!("{other:?}"),
    };
    store.note_damage(&detail);
    assert_eq!(names(&store).await, ["Retail"], "it goes on with what can be read");
    settle(store).await;
    assert!(matches!(Store::open(&path).await, Err(OpenError::Damaged { .. })));
    let (store, set_aside) = replaced(&path).await;
    assert_eq!(set_aside.begun, Begun::Sources);
    settle(store).await;
    assert_eq!(Store::open_or_replace(&path).await.unwrap().set_aside, None, "the new one is not suspected");
}

#[tokio::test]
async fn a_suspicion_that_proves_wrong_is_forgotten() {
    let place = Place::new();
    let store = Store::open(&place.with_source("Retail").await).await.unwrap();
    store.note_damage("a cable was loose");
    settle(store).await;
    for _ in 0..2 {
        let Opened { store, set_aside } = Store::open_or_replace(&place.path()).await.unwrap();
        assert_eq!((set_aside, names(&store).await.len()), (None, 1));
        settle(store).await;
    }
}

#[tokio::test]
async fn it_is_read_through_once_a_day_and_after_a_run_that_did_not_end() {
    let place = Place::new();
    let store = Store::open(&place.path()).await.unwrap();
    assert!(store.is_check_due(NOW), "nobody ever did");
    store.read_through(NOW).await.unwrap();
    settle(store).await;
    let store = Store::open(&place.path()).await.unwrap();
    assert!(!store.is_check_due(NOW.plus(HOUR)));
    assert!(store.is_check_due(NOW.plus(DAY)));
    assert!(store.is_check_due(Time(0)), "the clock was wrong then or is now");
    // It crashes.
    drop(store);
    let store = Store::open(&place.path()).await.unwrap();
    assert!(store.is_check_due(NOW.plus(HOUR)));
    store.read_through(NOW.plus(HOUR)).await.unwrap();
    assert!(!store.is_check_due(NOW.plus(HOUR)));
}
