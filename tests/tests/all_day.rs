//! A program that runs all day: its window closed, its computer asleep, and asked for from outside.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::sqlite::SqliteConnectOptions;
use tempfile::tempdir;
use vigie_core::desk::HIDDEN_FOR;
use vigie_core::desk::desktop::{About, Choice, Entry, Wanted};
use vigie_core::desk::view::FailureCode;
use vigie_core::model::{Event, Facts, Kind, Link, Parameters, Severity, Time};
use vigie_core::profile::{Batch, Library};
use vigie_core::settings::Rule;
use vigie_core::store::{Following, NewSource};
use vigie_core::vault::SessionVault;
use vigie_tests::clock::ManualClock;
use vigie_tests::desk::{IN_VAIN, TestDesk};
use vigie_tests::desktop::Shown;
use vigie_tests::server::{Answer, Connection, Server, alert, transaction};

async fn desk_with_clock(folder: &Path) -> (TestDesk, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::default());
    let desk = TestDesk::start_with(folder, Arc::new(SessionVault::default()), clock.clone()).await;
    (desk, clock)
}

async fn signed_in(desk: &TestDesk, server: &mut Server) -> Connection {
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    desk.until_live().await;
    connection
}

#[tokio::test]
async fn where_the_program_goes_when_its_window_is_closed_is_said_once_and_never_again() {
    let folder = tempdir().unwrap();
    for said in [1, 0] {
        let desk = TestDesk::start(folder.path()).await;
        for _ in 0..2 {
            desk.desk.hidden().await.unwrap();
        }
        // What was asked for before this is done by then.
        desk.desk.open(None).await.unwrap();
        desk.desk.close().await.unwrap();
        let shown = desk.desktop.shown();
        let about_program = shown.notifications.iter().filter(|one| one.about == About::Program);
        assert_eq!(about_program.count(), said);
    }
}

#[tokio::test]
async fn a_hidden_window_is_told_nothing_goes_after_ten_minutes_and_comes_back_up_to_date() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let (desk, clock) = desk_with_clock(folder.path()).await;
    let connection = signed_in(&desk, &mut server).await;
    desk.desk.open(None).await.unwrap();
    desk.desk.watch().await.unwrap();
    desk.desktop.until(|shown| !shown.pushed.is_empty()).await;
    desk.desk.hidden().await.unwrap();
    let pushed = desk.desktop.shown().pushed.len();
    connection.send(transaction(1)).await;
    desk.until_stored("it is there", |_, all| all.len() == 1).await;
    clock.advance(HIDDEN_FOR - Duration::from_secs(1));
    desk.desk.overview().await.unwrap();
    let shown = desk.desktop.shown();
    assert!(shown.has_window && shown.pushed.len() == pushed, "{:?}", shown.pushed.len());
    // Shown in time it stays, however long that is.
    desk.desk.show().await.unwrap();
    clock.advance(HIDDEN_FOR);
    desk.desktop.until(|shown| shown.pushed.last().is_some_and(|one| one.transactions == 1)).await;
    assert!(desk.desktop.shown().has_window);

    desk.desk.hidden().await.unwrap();
    clock.advance(HIDDEN_FOR);
    let pushed = desk.desktop.until(|shown| !shown.has_window).await.pushed.len();
    desk.desk.show().await.unwrap();
    desk.desk.watch().await.unwrap();
    let shown = desk.desktop.until(|shown| shown.pushed.len() > pushed).await;
    assert!(shown.has_window && shown.wanted.last() == Some(&Wanted::AsItWas), "{:?}", shown.wanted);
}

/// Time between two looks at what has arrived while nobody sees the window.
const REST: Duration = Duration::from_millis(500);

/// Waits until a link rests, and lets the time pass until it looks again.
async fn pass_rest(clock: &ManualClock) {
    clock.sleeper(REST..=REST).await;
    clock.advance(REST);
}

/// Sends payments, while nobody looks, until one waits for more; gives how many that are, itself among them.
async fn until_one_waits(desk: &TestDesk, clock: &ManualClock, connection: &Connection) -> u32 {
    connection.send(transaction(1)).await;
    desk.until_stored("it is there", |_, all| all.len() == 1).await;
    // One that has not arrived by the first look is stored as it comes.
    let mut sent = 1;
    while desk.transactions().await.len() == sent as usize {
        sent += 1;
        assert!(sent < 100, "none waits for more");
        connection.send(transaction(sent)).await;
        pass_rest(clock).await;
        clock.sleeper(REST..=REST).await;
    }
    assert_eq!(desk.transactions().await.len(), sent as usize - 1, "it waits for more");
    sent
}

#[tokio::test]
async fn payments_that_arrive_while_nobody_looks_are_stored_every_five_seconds() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let (desk, clock) = desk_with_clock(folder.path()).await;
    let connection = signed_in(&desk, &mut server).await;
    connection.send(alert(1, "low")).await;
    desk.until("it is there at once", |now| now.unacknowledged.low == 1).await;
    desk.desk.unseen().await.unwrap();
    let sent = until_one_waits(&desk, &clock, &connection).await;
    connection.send(transaction(sent + 1)).await;
    for _ in 0..9 {
        pass_rest(&clock).await;
    }
    desk.until_stored("both are there", |_, all| all.len() == sent as usize + 1).await;
    // Who looks waits for nothing.
    connection.send(transaction(sent + 2)).await;
    clock.sleeper(REST..=REST).await;
    desk.desk.show().await.unwrap();
    desk.until_stored("it is there at once", |_, all| all.len() == sent as usize + 2).await;
    connection.send(transaction(sent + 3)).await;
    desk.until_stored("it is there at once", |_, all| all.len() == sent as usize + 3).await;
}

/// So many payments in a row.
fn payments(numbers: std::ops::Range<i64>) -> Batch {
    let payment = |number: i64| Event {
        kind: Kind::Transaction,
        what: None,
        is_history: false,
        subject: format!("t-{number}"),
        digest: 0,
        version: None,
        facts: Facts::default(),
        unreadable: Vec::new(),
        received_at: Time(number),
        raw: "{}".to_owned(),
    };
    Batch { events: numbers.map(payment).collect(), ..Batch::default() }
}

#[tokio::test]
async fn the_index_of_words_follows_by_many_at_once_while_nobody_looks_and_closely_when_somebody_does() {
    let folder = tempdir().unwrap();
    let desk = TestDesk::start(folder.path()).await;
    let add = async |name: &str| {
        let new = NewSource {
            name: name.to_owned(),
            url: format!("https://{name}.example/").parse().unwrap(),
            profile: "big-defend".to_owned(),
            user: "ada".to_owned(),
            parameters: Parameters::new(),
            simulated: false,
            remembered: false,
        };
        desk.store.add_source(new).await.unwrap().id
    };
    let (source, other) = (add("retail").await, add("cards").await);
    let file = SqlitePool::connect_with(SqliteConnectOptions::new().filename(&desk.path).read_only(true));
    let file = file.await.unwrap();
    let indexed = async || {
        let indexed = sqlx::query_scalar::<_, i64>("SELECT event FROM words_until");
        indexed.fetch_one(&file).await.unwrap()
    };
    let until_indexed = async |most_behind| {
        let newest = desk.desk.overview().await.unwrap().newest_transaction;
        let following = async {
            while newest - indexed().await > most_behind {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(IN_VAIN, following).await.expect("the index does not follow");
    };
    desk.desk.unseen().await.unwrap();
    desk.store.ingest(source, &payments(0..4_000), None).await.unwrap();
    desk.store.ingest(other, &payments(0..10), None).await.unwrap();
    // That it is gone shows that the store was looked after.
    desk.store.remove_source(other).await.unwrap();
    let kept = async || {
        let kept = sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM event");
        kept.fetch_one(&file).await.unwrap()
    };
    let gone = async {
        while kept().await > 4_000 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(IN_VAIN, gone).await.expect("nobody looks after the store");
    assert_eq!(indexed().await, 0, "it waits");
    desk.desk.show().await.unwrap();
    until_indexed(Following::CLOSELY.behind).await;
    desk.desk.unseen().await.unwrap();
    desk.store.ingest(source, &payments(4_000..12_500), None).await.unwrap();
    until_indexed(2 * Following::FROM_AFAR.at_once).await;
}

#[tokio::test]
async fn an_alert_that_is_announced_is_stored_within_half_a_second_while_nobody_looks_and_what_waits_with_it()
{
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let (desk, clock) = desk_with_clock(folder.path()).await;
    let connection = signed_in(&desk, &mut server).await;
    desk.desk.unseen().await.unwrap();
    connection.send(transaction(1)).await;
    desk.until_stored("it is there", |_, all| all.len() == 1).await;
    connection.send(transaction(2)).await;
    pass_rest(&clock).await;
    clock.sleeper(REST..=REST).await;
    connection.send(alert(1, "critical")).await;
    assert!(desk.desktop.shown().notifications.is_empty());
    clock.advance(REST);
    desk.desktop.until(|shown| shown.notifications.len() == 1).await;
    assert_eq!(desk.transactions().await.len(), 2);
}

#[tokio::test]
async fn what_the_analyst_is_told_of_does_not_wait_while_nobody_looks_and_the_rest_does() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let (desk, clock) = desk_with_clock(folder.path()).await;
    let connection = signed_in(&desk, &mut server).await;
    desk.desk.unseen().await.unwrap();
    let sent = until_one_waits(&desk, &clock, &connection).await;
    connection.send(alert(1, "low")).await;
    connection.send(alert(2, "medium")).await;
    for _ in 0..3 {
        pass_rest(&clock).await;
        clock.sleeper(REST..=REST).await;
    }
    assert!(desk.alerts().await.is_empty(), "nobody is told of them");
    let mut settings = desk.desk.settings().await.unwrap().settings;
    settings.notifications.from = Severity::Medium;
    desk.desk.set(settings.clone()).await.unwrap();
    clock.advance(REST);
    desk.until_stored("the analyst is told of one", |alerts, all| {
        alerts.len() == 2 && all.len() == sent as usize
    })
    .await;
    // A rule wants payments announced: none waits any more.
    settings.notifications.rules =
        vec![Rule { name: "all".into(), kinds: vec![Kind::Transaction], ..Rule::default() }];
    desk.desk.set(settings).await.unwrap();
    // The desk looks for what the rule wants, and may lie down for as long as a link rests, but for this.
    clock.sleeper(REST..=REST).await;
    clock.advance(Duration::from_millis(1));
    for id in sent + 1..sent + 4 {
        connection.send(transaction(id)).await;
        pass_rest(&clock).await;
        desk.until_stored("it is there", |_, all| all.len() == id as usize).await;
    }
}

#[tokio::test]
async fn a_stream_of_alerts_that_nobody_sees_is_in_the_tray_every_two_seconds_and_announced_as_ever() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let (desk, clock) = desk_with_clock(folder.path()).await;
    let connection = signed_in(&desk, &mut server).await;
    let counted = |count: u32| {
        move |shown: &Shown| shown.tray.as_ref().is_some_and(|tray| tray.unacknowledged == count)
    };
    desk.desk.unseen().await.unwrap();
    clock.advance(Duration::from_secs(2));
    connection.send(alert(1, "critical")).await;
    desk.desktop.until(counted(1)).await;
    clock.sleeper(Duration::from_millis(500)..=Duration::from_millis(500)).await;
    clock.advance(Duration::from_millis(500));
    connection.send(alert(2, "critical")).await;
    let shown = desk.desktop.until(|shown| shown.notifications.len() == 2).await;
    desk.desk.overview().await.unwrap();
    assert!(counted(1)(&shown) && counted(1)(&desk.desktop.shown()), "{:?}", shown.tray);
    clock.advance(Duration::from_millis(1_500));
    desk.desktop.until(counted(2)).await;
}

#[tokio::test]
async fn a_link_that_died_while_the_computer_slept_is_dialled_at_once_and_what_was_missed_is_fetched() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let (desk, clock) = desk_with_clock(folder.path()).await;
    let connection = signed_in(&desk, &mut server).await;
    connection.send(transaction(41)).await;
    desk.until_stored("it is there", |_, all| all.len() == 1).await;
    // Nothing says that it is dead: whoever waits for that waits for the heartbeat.
    connection.go_silent();
    server.answer("GET /transactions", Answer::json(r#"{"items":[],"sequence":41,"more":false}"#));
    clock.sleep_through(Duration::from_secs(8 * 3_600));
    let connection = server.connection().await;
    // What comes on it is stored once what was missed is.
    connection.send(transaction(42)).await;
    desk.until_stored("it is there", |_, all| all.len() == 2).await;
    let gaps = desk.desk.diagnostics().await.unwrap().gaps;
    assert_eq!((gaps.len(), gaps[0].reason.as_str()), (1, "asleep"), "{gaps:#?}");
    let asked = server.requests();
    assert!(asked.contains(&"GET /transactions?limit=500&since=41".to_owned()), "{asked:?}");
}

#[tokio::test]
async fn a_link_that_waits_to_be_tried_again_is_dialled_as_the_computer_wakes() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let (desk, clock) = desk_with_clock(folder.path()).await;
    let connection = signed_in(&desk, &mut server).await;
    connection.send(transaction(1)).await;
    desk.until_stored("it is there", |_, all| all.len() == 1).await;
    drop(connection);
    desk.until_link("it waits", |link| matches!(link, Link::Retrying { .. })).await;
    clock.sleep_through(Duration::from_secs(3_600));
    let _connection = server.connection().await;
    desk.until_live().await;
}

#[tokio::test]
async fn what_is_below_critical_is_acknowledged_together_and_can_be_taken_back() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let (desk, clock) = desk_with_clock(folder.path()).await;
    let connection = signed_in(&desk, &mut server).await;
    for (id, severity) in [(1, "high"), (2, "medium"), (3, "low"), (4, "critical")] {
        connection.send(alert(id, severity)).await;
    }
    desk.until("all are there", |overview| overview.unacknowledged.total() == 4).await;
    let all = |entry: &Entry| match entry {
        Entry::Choice(choice @ Choice::AcknowledgeAll(_), words) if words.contains('3') => Some(*choice),
        _ => None,
    };
    let of_all = |shown: &Shown| shown.tray.as_ref()?.menu.iter().find_map(all);
    let shown = desk.desktop.until(|shown| of_all(shown).is_some()).await;
    // This one comes while the menu is open.
    connection.send(alert(5, "high")).await;
    desk.until("it is there", |overview| overview.unacknowledged.total() == 5).await;
    desk.desk.choose(of_all(&shown).unwrap()).await.unwrap();
    let overview = desk.desk.overview().await.unwrap();
    let left = overview.unacknowledged;
    assert_eq!((left.total(), left.critical, left.high), (2, 1, 1));
    assert_eq!((overview.acknowledged.alerts, overview.acknowledged.change), (3, 1));
    let offers = |desk: &TestDesk| {
        let menu = desk.desktop.shown().tray.unwrap().menu;
        menu.iter().any(|entry| matches!(entry, Entry::Choice(Choice::TakeBack, _)))
    };
    assert!(offers(&desk));
    // The tray offers it for a while only; the window does longer.
    clock.advance(Duration::from_secs(600));
    let is_over =
        |menu: &[Entry]| !menu.iter().any(|entry| matches!(entry, Entry::Choice(Choice::TakeBack, _)));
    desk.desktop.until(|shown| is_over(&shown.tray.as_ref().unwrap().menu)).await;
    desk.desk.take_back().await.unwrap();
    let overview = desk.desk.overview().await.unwrap();
    assert_eq!((overview.unacknowledged.total(), overview.acknowledged.alerts), (5, 0));
}

#[tokio::test]
async fn a_colleagues_link_opens_the_alert_and_any_other_is_told_of() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let desk = TestDesk::start(folder.path()).await;
    let connection = signed_in(&desk, &mut server).await;
    connection.send(alert(1, "high")).await;
    desk.until("it is there", |overview| overview.open.high == 1).await;
    let id = desk.alerts().await[0].id;
    let address = url::Url::parse(&server.url).unwrap();
    let encoded = address.as_str().replace(':', "%3A").replace('/', "%2F");
    for link in ["vigie://alert/a-1".to_owned(), format!("vigie://alert/a-1?at={encoded}")] {
        desk.desk.open_link(link).await.unwrap();
        assert_eq!(desk.desktop.shown().wanted.last(), Some(&Wanted::Alert(id)));
    }
    for (link, why) in [
        ("vigie://alert/a-1?at=https%3A%2F%2Fother.example%2F", FailureCode::AlertNotHere),
        ("vigie://alert/a-2", FailureCode::AlertNotHere),
        ("vigie://alert/a-1'%20OR%201=1", FailureCode::AlertNotHere),
        ("vigie://quit/now", FailureCode::BadLink),
        ("--data=/", FailureCode::BadLink),
    ] {
        desk.desk.open_link(link.to_owned()).await.unwrap();
        let told = desk.desktop.shown().wanted.pop();
        assert!(matches!(&told, Some(Wanted::Told(failure)) if failure.code == why), "{link}: {told:?}");
    }
}

#[tokio::test]
async fn a_profile_that_is_handed_over_is_offered_to_sign_in_with() {
    let (folder, server) = (tempdir().unwrap(), Server::start().await);
    let desk = TestDesk::start(folder.path()).await;
    let text = Library::built_in_text("big-defend").unwrap();
    let file = folder.path().join("mine.vigie-profile");
    std::fs::write(&file, text.replacen("name = \"big-defend\"", "name = \"my-bank\"", 1)).unwrap();
    desk.desk.open_profile(file.clone()).await.unwrap();
    assert_eq!(desk.desktop.shown().wanted, [Wanted::Profile("my-bank".into())]);
    let offered = desk.desk.profiles().await.unwrap();
    assert!(offered.iter().any(|profile| profile.name == "my-bank" && profile.own));
    desk.sign_in_as("my-bank", &server.url, "ada", "secret").await.unwrap();

    assert!(desk.desktop.shown().notifications.is_empty());
}

#[tokio::test]
async fn a_profile_that_is_handed_over_and_refused_says_why() {
    let folder = tempdir().unwrap();
    let desk = TestDesk::start(folder.path()).await;
    let file = folder.path().join("mine.vigie-profile");
    let text = Library::built_in_text("big-defend").unwrap();
    for (written, whys) in [
        ("name = 1".to_owned(), ["line 1: ", "name = 1"]),
        (text.replacen("kind = \"", "kind = \"no-such-", 1), ["line ", "no-such-"]),
        (text.to_owned(), ["there is another profile `big-defend`", "another name"]),
    ] {
        std::fs::write(&file, written).unwrap();
        desk.desk.open_profile(file.clone()).await.unwrap();
        let told = desk.desktop.shown().wanted.pop();
        let Some(Wanted::Told(failure)) = told else { panic!("{told:?}") };
        assert_eq!(failure.code, FailureCode::BadProfile);
        let says = |shown: &Shown| {
            let last = shown.notifications.last();
            last.is_some_and(|last| whys.iter().all(|why| last.body.contains(why)))
        };
        let shown = desk.desktop.until(says).await;
        let told = shown.notifications.last().unwrap();
        assert_eq!((told.title.as_str(), told.sound), ("Not a usable profile: mine.vigie-profile", None));
    }
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_handed_over_as_a_profile_and_is_no_file_holds_nothing_up() {
    let folder = tempdir().unwrap();
    let desk = TestDesk::start(folder.path()).await;
    let pipe = folder.path().join("pipe.vigie-profile");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let endless = folder.path().join("endless.vigie-profile");
    std::os::unix::fs::symlink("/dev/zero", &endless).unwrap();
    let nothing = folder.path().join("gone.vigie-profile");
    for file in [pipe, endless, nothing, folder.path().to_owned()] {
        tokio::time::timeout(vigie_tests::desk::IN_VAIN, desk.desk.open_profile(file.clone()))
            .await
            .unwrap()
            .unwrap();
        let told = desk.desktop.shown().wanted.pop();
        let is_told = matches!(&told, Some(Wanted::Told(failure)) if failure.code == FailureCode::BadProfile);
        assert!(is_told, "{}: {told:?}", file.display());
    }
}
