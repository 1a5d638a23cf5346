//! A database that is damaged is set aside, kept and replaced; one that is sound is backed up.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]

#[path = "../src/store/settled.rs"]
mod settled;

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};
use tempfile::{TempDir, tempdir};
use vigie_core::model::{Parameters, SourceId, Time};
use vigie_core::store::{
    BackupError, Begun, CheckError, NewSource, OpenError, Opened, SetAside, Store, StoreError, backups,
    check, set_aside_files,
};

use settled::settled;

/// 2026-01-01T00:00:00Z.
const NOW: Time = Time(1_767_225_600_000);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(24 * 3_600);
/// Where pages of tables are, and none that every start reads.
const FAR_INTO: usize = 3 << 20;

struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempdir().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("vigie.sqlite")
    }

    /// A database with a source, which a program has left that ended as it should.
    async fn with_source(&self, name: &str) -> PathBuf {
        let path = self.path();
        let store = Store::open(&path).await.unwrap();
        store.add_source(source(name)).await.unwrap();
        settle(store).await;
        path
    }

    /// The same, so large that it is not read through at a start.
    async fn large(&self) -> PathBuf {
        let path = self.with_source("Retail").await;
        execute(
            &path,
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000)
             INSERT INTO rejected (source, received_at, reason, detail, length, head)
             SELECT 1, i, 'not_json', '', 0, printf('%01000d', i) FROM n",
        )
        .await;
        path
    }
}

fn source(name: &str) -> NewSource {
    NewSource {
        name: name.into(),
        url: format!("https://{}.example", name.to_lowercase()).parse().unwrap(),
        profile: "aml".into(),
        user: "ada".into(),
        parameters: Parameters::from([("branch".into(), vec!["7".into()])]),
        simulated: false,
        remembered: true,
    }
}

/// Ends as a program does that has ended: one file, and nothing of SQLite's beside it.
async fn settle(store: Store) {
    let path = store.path().to_owned();
    store.close().await;
    drop(store);
    settled(&path).await;
}

/// Does something to a database that nobody has open.
async fn execute(path: &Path, statement: &'static str) {
    let options = SqliteConnectOptions::new().filename(path);
    let mut writer = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::query(statement).execute(&mut writer).await.unwrap();
    writer.close().await.unwrap();
}

/// Overwrites some pages.
fn damage(path: &Path, from: usize) {
    let mut bytes = std::fs::read(path).unwrap();
    let until = bytes.len().min(from + (64 << 10));
    assert!(from < until, "there is something to damage");
    bytes[from..until].fill(0x5a);
    std::fs::write(path, bytes).unwrap();
}

/// What stands beside a database.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}{suffix}", path.display()))
}

async fn names(store: &Store) -> Vec<String> {
    store.sources().await.unwrap().into_iter().map(|(source, _)| source.name).collect()
}

async fn replaced(path: &Path) -> (Store, SetAside) {
    let Opened { store, set_aside } = Store::open_or_replace(path).await.unwrap();
    (store, set_aside.expect("it was set aside"))
}

/// The first page of the events: what is before it can still be read.
async fn damage_events(path: &Path) {
    damage_table(path, "event").await;
}

/// The first page of a table's rows.
async fn damage_table(path: &Path, table: &str) {
    let mut reader =
        SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(path)).await.unwrap();
    let page: i64 = sqlx::query_scalar("SELECT rootpage FROM sqlite_schema WHERE name = ?")
        .bind(table)
        .fetch_one(&mut reader)
        .await
        .unwrap();
    let size: i64 = sqlx::query_scalar("PRAGMA page_size").fetch_one(&mut reader).await.unwrap();
    reader.close().await.unwrap();
    let (page, size) = (usize::try_from(page).unwrap(), usize::try_from(size).unwrap());
    let mut bytes = std::fs::read(path).unwrap();
    bytes[(page - 1) * size..page * size].fill(0x5a);
    std::fs::write(path, bytes).unwrap();
}

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
