//! What is damaged is kept, and the newest sound backup or its sources take its place.

use std::path::PathBuf;

use vigie_core::model::{SourceId, Time};
use vigie_core::store::{Begun, OpenError, Opened, Store, backups, set_aside_files};

use super::{
    DAY, HOUR, NOW, Place, damage, damage_events, damage_table, execute, names, replaced, settle, source,
};

#[tokio::test]
async fn a_sound_database_is_opened_and_nothing_is_set_aside() {
    let place = Place::new();
    let path = place.with_source("Retail").await;
    let Opened { store, set_aside } = Store::open_or_replace(&path).await.unwrap();
    assert_eq!((set_aside, names(&store).await), (None, vec!["Retail".to_owned()]));
}

#[tokio::test]
async fn a_damaged_database_is_refused_where_it_was_asked_for_by_name_and_stays_as_it_is() {
    let place = Place::new();
    let path = place.with_source("Retail").await;
    damage_events(&path).await;
    let before = std::fs::read(&path).unwrap();
    match Store::open(&path).await {
        Err(error @ OpenError::Damaged { .. }) => assert!(error.to_string().contains("move it away")),
        other => panic!("{:?}", other.err()),
    }
    assert_eq!(std::fs::read(&path).unwrap(), before);
    assert_eq!(set_aside_files(&path).unwrap(), []);
}

#[tokio::test]
async fn a_damaged_database_is_kept_to_the_byte_and_its_sources_go_on() {
    let place = Place::new();
    let path = place.with_source("Retail").await;
    damage_events(&path).await;
    let before = std::fs::read(&path).unwrap();
    let (store, set_aside) = replaced(&path).await;
    assert_eq!(set_aside.begun, Begun::Sources);
    assert_eq!(std::fs::read(&set_aside.path).unwrap(), before);
    assert_eq!(set_aside_files(&path).unwrap()[0].path, PathBuf::from(&set_aside.path));
    let (kept, _) = store.sources().await.unwrap().remove(0);
    assert_eq!((kept.name.as_str(), kept.url.as_str()), ("Retail", "https://retail.example/"));
    assert_eq!((kept.profile.as_str(), kept.user.as_str()), ("aml", "ada"));
    assert_eq!((&kept.parameters["branch"], kept.remembered), (&vec!["7".to_owned()], true));
    assert_eq!(store.summary().await.unwrap().transactions.events, 0);
}

#[tokio::test]
async fn a_source_that_was_signed_out_is_still_signed_out() {
    let place = Place::new();
    let store = Store::open(&place.path()).await.unwrap();
    let mut added = store.add_source(source("Retail")).await.unwrap();
    added.signed_out = true;
    store.update_source(&added).await.unwrap();
    settle(store).await;
    damage_events(&place.path()).await;
    let (store, _) = replaced(&place.path()).await;
    assert!(store.sources().await.unwrap()[0].0.signed_out);
}

#[tokio::test]
async fn the_newest_sound_backup_takes_the_place_with_the_sources_that_came_since() {
    let place = Place::new();
    let path = place.with_source("Retail").await;
    let store = Store::open(&path).await.unwrap();
    store.back_up(NOW).await.unwrap();
    store.add_source(source("Business")).await.unwrap();
    let newest = store.back_up(NOW.plus(DAY)).await.unwrap();
    store.add_source(source("Private")).await.unwrap();
    settle(store).await;
    damage(&newest.path, 0);
    damage_events(&path).await;
    let (store, set_aside) = replaced(&path).await;
    assert_eq!(set_aside.begun, Begun::Backup { at: NOW });
    assert_eq!(names(&store).await, ["Retail", "Business", "Private"]);
    assert!(backups(&path).unwrap().iter().any(|backup| backup.at == NOW), "the backup stays");
}

#[tokio::test]
async fn what_was_stored_of_a_source_that_no_backup_has_is_a_gap() {
    let place = Place::new();
    let path = place.with_source("Retail").await;
    let store = Store::open(&path).await.unwrap();
    // The first day's, of before there was anything in it.
    store.set_stored_until(SourceId(1), Time(9_000)).await.unwrap();
    settle(store).await;
    execute(
        &path,
        "INSERT INTO event (source, kind, subject, digest, received_at, raw) VALUES (1, 1, 't-1', 0, 4000, '{}')",
    )
    .await;
    for (is_readable, since) in [(true, 4_000), (false, 9_000)] {
        let place = Place::new();
        std::fs::copy(&path, place.path()).unwrap();
        if is_readable {
            damage_table(&place.path(), "gap").await;
        } else {
            damage_events(&place.path()).await;
        }
        let (store, set_aside) = replaced(&place.path()).await;
        assert_eq!(set_aside.begun, Begun::Sources);
        let (source, stored_until) = store.sources().await.unwrap().remove(0);
        assert_eq!(stored_until, Some(Time(since)));
        let gaps = store.gaps().await.unwrap();
        let gap = (gaps[0].source, gaps[0].start, gaps[0].end, gaps[0].reason.as_str());
        assert_eq!(gap, (source.id, Time(since), None, "database_replaced"));
    }
}

#[tokio::test]
async fn a_backup_of_before_there_was_a_source_has_nothing_to_go_on_from() {
    let place = Place::new();
    let store = Store::open(&place.path()).await.unwrap();
    store.back_up(NOW).await.unwrap();
    store.add_source(source("Retail")).await.unwrap();
    settle(store).await;
    damage_events(&place.path()).await;
    let (store, set_aside) = replaced(&place.path()).await;
    assert_eq!((set_aside.begun, names(&store).await), (Begun::Sources, vec!["Retail".to_owned()]));
    settle(store).await;
    std::fs::write(place.path(), "").unwrap();
    assert_eq!(replaced(&place.path()).await.1.begun, Begun::Nothing, "it has no source to fetch from");
}

#[tokio::test]
async fn a_source_that_came_since_the_last_backup_makes_another_due() {
    let place = Place::new();
    let store = Store::open(&place.path()).await.unwrap();
    store.back_up(NOW).await.unwrap();
    assert!(!store.is_backup_due(NOW.plus(HOUR)).await.unwrap());
    let added = store.add_source(source("Retail")).await.unwrap();
    assert!(store.is_backup_due(NOW.plus(HOUR)).await.unwrap());
    store.back_up(NOW.plus(HOUR)).await.unwrap();
    assert!(!store.is_backup_due(NOW.plus(HOUR)).await.unwrap());
    store.remove_source(added.id).await.unwrap();
    assert!(!store.is_backup_due(NOW.plus(HOUR)).await.unwrap(), "there is nothing more to lose");
}
