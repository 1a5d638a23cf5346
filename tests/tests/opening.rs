//! The desk and its database: a full disk, a backup, damage. The analyst is told, and nothing that was stored is lost.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::{Connection as _, SqliteConnection};
use tempfile::tempdir;
use vigie_core::desk::PAINT_LIMIT;
use vigie_core::desk::desktop::{About, TraySign};
use vigie_core::desk::view::{Notice, Overview};
use vigie_core::model::{Link, SourceId, Time, Trouble};
use vigie_core::store::{Begun, OpenError, SetAside, Store, backups};
use vigie_core::vault::SessionVault;
use vigie_tests::clock::ManualClock;
use vigie_tests::desk::{IN_VAIN, TestDesk};
use vigie_tests::server::{Connection, Server, transaction};

/// More than fits into the room that is left in the pages of a new database.
const MANY: usize = 400;

async fn desk_with_clock(folder: &Path) -> (TestDesk, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::default());
    let desk = TestDesk::start_with(folder, Arc::new(SessionVault::default()), clock.clone()).await;
    (desk, clock)
}

fn has(overview: &Overview, notice: Notice) -> bool {
    overview.notices.contains(&notice)
}

fn is_full(link: &Link) -> bool {
    matches!(link, Link::Retrying { why: Trouble::DiskFull, .. })
}

/// A desk that was live until its disk was full, with more sent to it than it had room for.
async fn with_a_full_disk(
    folder: &Path,
    server: &mut Server,
) -> (TestDesk, Arc<ManualClock>, SourceId, Connection) {
    let (desk, clock) = desk_with_clock(folder).await;
    let source = desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    desk.until_live().await;
    connection.send(transaction(1)).await;
    desk.until_stored("the first is stored", |_, transactions| transactions.len() == 1).await;
    // The file may not grow any more, as on a full disk.
    desk.desk.store().limit_pages(Some(1)).await.unwrap();
    for number in 2..=MANY {
        connection.send(transaction(u32::try_from(number).unwrap())).await;
    }
    desk.until_link("the disk is full", is_full).await;
    (desk, clock, source, connection)
}

#[tokio::test]
async fn a_full_disk_is_shown_as_what_it_is_and_what_is_stored_can_be_read() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let (desk, _clock, source, _connection) = with_a_full_disk(folder.path(), &mut server).await;
    let overview = desk.desk.overview().await.unwrap();
    assert!(
        has(&overview, Notice::DiskFull) && !has(&overview, Notice::StoreFails),
        "{:?}",
        overview.notices
    );
    assert_eq!(desk.desktop.shown().tray.unwrap().sign, TraySign::Offline);
    // What is stored and how far we are agree: nothing of what did not fit counts as had.
    let stored = desk.transactions().await.len();
    assert!(0 < stored && stored < MANY, "{stored}");
    assert_eq!(desk.desk.store().positions(source).await.unwrap()["transactions"], stored.to_string());
}

#[tokio::test]
async fn when_there_is_room_it_goes_on_by_itself_and_has_lost_nothing() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let (desk, clock, source, _connection) = with_a_full_disk(folder.path(), &mut server).await;
    desk.desk.store().limit_pages(None).await.unwrap();
    clock.advance(Duration::from_secs(2));
    desk.until_stored("everything is stored once", |_, transactions| transactions.len() == MANY).await;
    desk.until_live().await;
    desk.until("the notice is gone", |overview| !has(overview, Notice::DiskFull)).await;
    assert_eq!(desk.desk.store().positions(source).await.unwrap()["transactions"], MANY.to_string());
    assert_eq!(server.count("GET /ws"), 1, "it is the same connection");
}

#[tokio::test]
async fn who_has_made_room_need_not_wait() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let (desk, _clock, source, _connection) = with_a_full_disk(folder.path(), &mut server).await;
    desk.desk.store().limit_pages(None).await.unwrap();
    desk.desk.retry(source).await.unwrap();
    desk.until_live().await;
    desk.until_stored("everything is stored", |_, transactions| transactions.len() == MANY).await;
}

/// How often the analyst was told by a notification that nothing can be stored.
fn told(desk: &TestDesk) -> usize {
    let title = "Vigie cannot store what arrives";
    desk.desktop.shown().notifications.iter().filter(|one| one.title == title).count()
}

#[tokio::test]
async fn that_nothing_can_be_stored_is_told_by_one_notification_until_it_has_worked_again() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let (desk, clock, _source, connection) = with_a_full_disk(folder.path(), &mut server).await;
    let shown = desk.desktop.until(|shown| !shown.notifications.is_empty()).await;
    assert_eq!(shown.notifications[0].about, About::Program);
    let words = format!("{:?}", shown.notifications[0]);
    assert!(words.contains("disk is full") && !words.contains("Retail"), "{words}");
    // It is tried again, and fails again.
    let wait = Duration::from_secs(2);
    for tries in 1..=3 {
        let again = |link: &Link| matches!(link, Link::Retrying { attempts, .. } if *attempts == tries);
        desk.until_link("it was tried again", again).await;
        clock.sleeper(wait..=wait).await;
        clock.advance(wait);
    }
    assert_eq!(told(&desk), 1);
    desk.desk.store().limit_pages(None).await.unwrap();
    clock.advance(wait);
    desk.until_live().await;
    desk.until("the notice is gone", |overview| !has(overview, Notice::DiskFull)).await;
    desk.desk.store().limit_pages(Some(1)).await.unwrap();
    for number in MANY + 1..=2 * MANY {
        connection.send(transaction(u32::try_from(number).unwrap())).await;
    }
    desk.desktop.until(|_| told(&desk) == 2).await;
}

#[tokio::test]
async fn a_file_that_is_emptied_under_the_program_is_told_though_it_cannot_be_read_either() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let (desk, clock) = desk_with_clock(folder.path()).await;
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    desk.until_live().await;
    connection.send(transaction(1)).await;
    desk.until_stored("the first is stored", |_, transactions| transactions.len() == 1).await;
    desk.desk.watch().await.unwrap();
    // All of it stands in the file itself, and none in the journal.
    let mut other = SqliteConnection::connect(&format!("sqlite://{}", desk.path.display())).await.unwrap();
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut other).await.unwrap();
    std::fs::File::create(&desk.path).unwrap();
    connection.send(transaction(2)).await;
    let is_told = |overview: &Overview| {
        let fails = [Notice::StoreFails, Notice::StoreDamaged];
        fails.iter().any(|notice| has(overview, *notice))
            && matches!(overview.sources[0].link, Link::Retrying { why: Trouble::StoreFailed, .. })
    };
    desk.until("it is told", is_told).await;
    clock.advance(PAINT_LIMIT);
    let shown = desk.desktop.until(|shown| shown.pushed.last().is_some_and(is_told)).await;
    assert_eq!(shown.tray.unwrap().sign, TraySign::Offline);
    desk.desktop.until(|_| told(&desk) == 1).await;
}

#[tokio::test]
async fn the_analyst_is_told_what_took_the_place_of_a_damaged_database() {
    let folder = tempdir().unwrap();
    let desk = TestDesk::start(folder.path()).await;
    let set_aside =
        SetAside { path: "/home/ada/vigie.damaged.sqlite".into(), begun: Begun::Backup { at: Time(5) } };
    desk.desk.look_after_store(Some(set_aside.clone())).await.unwrap();
    let overview = desk.desk.overview().await.unwrap();
    assert!(has(&overview, Notice::SetAside));
    assert_eq!(overview.set_aside, Some(set_aside));
    let shown = desk.desktop.until(|shown| !shown.notifications.is_empty()).await;
    assert_eq!(shown.notifications[0].about, About::Program);
    assert!(shown.notifications[0].body.contains("damaged"), "{:?}", shown.notifications[0]);
}

/// Waits for something that happens on the disk alone.
async fn until_on_disk(what: &str, holds: impl Fn() -> bool) {
    let waiting = async {
        while !holds() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(IN_VAIN, waiting).await.unwrap_or_else(|_| panic!("waited in vain until {what}"));
}

#[tokio::test]
async fn a_database_is_backed_up_beside_the_work_once_the_start_is_over_and_each_day() {
    let folder = tempdir().unwrap();
    let (desk, clock) = desk_with_clock(folder.path()).await;
    desk.desk.look_after_store(None).await.unwrap();
    let minute = Duration::from_secs(60);
    clock.sleeper(minute..=minute).await;
    assert_eq!(backups(&desk.path).unwrap(), []);
    clock.advance(minute);
    until_on_disk("it is backed up", || backups(&desk.path).unwrap().len() == 1).await;
    assert!(
        !desk.desk.store().is_check_due(vigie_core::clock::Clock::now(clock.as_ref())),
        "and was read through"
    );
    // The desk's own loop sleeps for an hour too: time passes until what is waited for is there.
    until_on_disk("it is backed up again", || {
        clock.advance(Duration::from_secs(3_600));
        backups(&desk.path).unwrap().len() == 2
    })
    .await;
    desk.desk.close().await.unwrap();
}

#[tokio::test]
async fn damage_that_is_found_beside_the_work_is_told_and_the_next_start_looks_closely() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("vigie.sqlite");
    drop(Store::open(&path).await.unwrap());
    let mut writer = SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
    sqlx::raw_sql(
        "INSERT INTO source (id, name, url, profile, user, parameters, signed_out)
             VALUES (1, 'Retail', 'https://bank.example', 'aml', '', '{}', 1);
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000)
             INSERT INTO rejected (source, received_at, reason, detail, length, head)
             SELECT 1, i, 'not_json', '', 0, printf('%01000d', i) FROM n;
         PRAGMA wal_checkpoint(TRUNCATE);",
    )
    .execute(&mut writer)
    .await
    .unwrap();
    writer.close().await.unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[3 << 20..4 << 20].fill(0x5a);
    std::fs::write(&path, bytes).unwrap();

    let (desk, clock) = desk_with_clock(folder.path()).await;
    desk.desk.look_after_store(None).await.unwrap();
    let minute = Duration::from_secs(60);
    clock.sleeper(minute..=minute).await;
    clock.advance(minute);
    desk.until("it is told", |overview| has(overview, Notice::StoreDamaged)).await;
    assert_eq!(backups(&path).unwrap(), [], "what is damaged is not backed up");
    desk.desk.close().await.unwrap();
    assert!(matches!(Store::open(&path).await, Err(OpenError::Damaged { .. })));
}

/// Overwrites the first page of the events; what is before it can still be read.
async fn damage_events(path: &Path) {
    let mut reader = SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
    let sizes =
        "SELECT rootpage, (SELECT page_size FROM pragma_page_size) FROM sqlite_schema WHERE name = 'event'";
    let (page, size) = sqlx::query_as::<_, (i64, i64)>(sizes).fetch_one(&mut reader).await.unwrap();
    reader.close().await.unwrap();
    let (page, size) = (usize::try_from(page).unwrap(), usize::try_from(size).unwrap());
    let mut bytes = std::fs::read(path).unwrap();
    bytes[(page - 1) * size..page * size].fill(0x5a);
    std::fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn what_was_in_a_damaged_database_is_asked_for_again_from_the_start() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let (desk, _clock) = desk_with_clock(folder.path()).await;
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    desk.until_live().await;
    connection.send(transaction(1)).await;
    desk.until_stored("it is stored", |_, transactions| transactions.len() == 1).await;
    let (path, vault) = (desk.path.clone(), Arc::clone(&desk.vault));
    desk.desk.close().await.unwrap();
    drop(desk);
    damage_events(&path).await;
    let replaced = Store::open_or_replace(&path).await.unwrap();
    assert_eq!(replaced.set_aside.unwrap().begun, Begun::Sources);
    replaced.store.close().await;
    assert!(!server.requests().iter().any(|asked| asked.contains("since=0")));

    let desk = TestDesk::start_with(folder.path(), vault, Arc::new(ManualClock::default())).await;
    let _connection = server.connection().await;
    desk.until_live().await;
    let asked = server.requests();
    for list in ["GET /transactions", "GET /alerts"] {
        assert!(
            asked.iter().any(|one| one.starts_with(list) && one.contains("since=0")),
            "{list}: {asked:?}"
        );
    }
    let gaps = desk.desk.diagnostics().await.unwrap().gaps;
    assert_eq!((gaps.len(), gaps[0].reason.as_str()), (1, "database_replaced"));
    assert!(gaps[0].closed_at.is_some(), "the server has given everything again");
}

#[tokio::test]
async fn damage_that_only_the_housekeeping_meets_is_told() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("vigie.sqlite");
    let mut writer = {
        drop(Store::open(&path).await.unwrap());
        SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap()
    };
    sqlx::raw_sql(
        "INSERT INTO source (id, name, url, profile, user, parameters, signed_out)
             VALUES (1, 'Retail', 'https://bank.example', 'aml', '', '{}', 1);
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000)
             INSERT INTO event (source, kind, subject, digest, received_at, raw)
             SELECT 1, 1, 't-' || i, i, i, printf('%01000d', i) FROM n;
         PRAGMA wal_checkpoint(TRUNCATE);",
    )
    .execute(&mut writer)
    .await
    .unwrap();
    writer.close().await.unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[4 << 20..12 << 20].fill(0x5a);
    std::fs::write(&path, bytes).unwrap();
    // Nobody looks after the store, and nobody asks for anything. It gives way to whoever writes, for moments of a
    // clock that runs.
    let desk = TestDesk::start(folder.path()).await;
    desk.until("it is told", |overview| has(overview, Notice::StoreDamaged)).await;
    desk.desk.close().await.unwrap();
    assert!(
        matches!(Store::open(&path).await, Err(OpenError::Damaged { .. })),
        "the next start looks closely"
    );
}
