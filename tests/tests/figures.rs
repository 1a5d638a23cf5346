//! What the program did can be seen: in figures, for each source, also from another process.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]

use std::sync::Arc;
use std::time::Duration;

use tempfile::{TempDir, tempdir};
use vigie_core::clock::Clock as _;
use vigie_core::desk::view::Notice;
use vigie_core::figures::file::{KeptFigures, read};
use vigie_core::figures::{FiguresView, ReasonFigure, SpreadView};
use vigie_core::model::Link;
use vigie_core::vault::SessionVault;
use vigie_tests::clock::ManualClock;
use vigie_tests::desk::{IN_VAIN, TestDesk};
use vigie_tests::server::{Answer, Connection, Server, alert, transaction};

struct Stage {
    desk: TestDesk,
    clock: Arc<ManualClock>,
    server: Server,
    connection: Connection,
    _folder: TempDir,
}

impl Stage {
    /// A desk that is live, at a clock that is held still.
    async fn live() -> Self {
        let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
        let clock = Arc::new(ManualClock::default());
        let desk =
            TestDesk::start_with(folder.path(), Arc::new(SessionVault::default()), clock.clone()).await;
        desk.sign_in(&server.url, "ada", "secret").await.unwrap();
        let connection = server.connection().await;
        desk.until_live().await;
        Self { desk, clock, server, connection, _folder: folder }
    }

    async fn figures(&self) -> FiguresView {
        self.desk.desk.diagnostics().await.unwrap().figures
    }

    /// Waits until so many events are counted as stored, which is a moment after they are stored.
    async fn until_counted(&self, events: u64) {
        let waiting = async {
            while self.figures().await.sources.iter().map(|source| source.stored).sum::<u64>() != events {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(IN_VAIN, waiting).await.expect("so many are never counted");
    }

    /// Waits until the desk says that the disk is full, or that it is not.
    async fn until_disk_is_full(&self, is_full: bool) {
        let waiting = async {
            // Nobody watches, so nobody is told: it is asked.
            while self.desk.desk.overview().await.unwrap().notices.contains(&Notice::DiskFull) != is_full {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(IN_VAIN, waiting).await.expect("the store does not change");
    }

    /// Waits until the figures kept beside the database are as they should be.
    async fn until_kept(&self, holds: impl Fn(&KeptFigures) -> bool) -> KeptFigures {
        let waiting = async {
            loop {
                if let Some(kept) = read(&self.desk.path).unwrap().filter(&holds) {
                    return kept;
                }
                // The file changes by other hands than this test's; there is nothing to wait on but it.
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(IN_VAIN, waiting).await.expect("no such figures are kept")
    }
}

/// Something took so long, so many times.
fn always(times: u64, milliseconds: u64) -> Option<SpreadView> {
    Some(SpreadView { times, p50: milliseconds, p99: milliseconds, max: milliseconds })
}

#[tokio::test]
async fn what_came_and_what_became_of_it_is_counted_and_kept_for_others_to_read() {
    let mut stage = Stage::live().await;
    for frame in
        [transaction(1), alert(1, "medium"), transaction(1), "no JSON".to_owned(), alert(2, "critical")]
    {
        stage.connection.send(frame).await;
    }
    stage.desk.desktop.until(|shown| shown.notifications.len() == 1).await;
    let source = stage.desk.desk.overview().await.unwrap().sources[0].id;
    stage.connection.close(1011).await;
    stage.desk.until_link("it broke", |link| matches!(link, Link::Retrying { .. })).await;
    stage.desk.desk.retry(source).await.unwrap();
    let _connection = stage.server.connection().await;
    stage.desk.until_live().await;

    let figures = stage.figures().await;
    let [of_source] = &figures.sources[..] else { panic!("one source: {figures:#?}") };
    assert_eq!(of_source.source, source);
    assert_eq!((of_source.received, of_source.stored, of_source.duplicates), (5, 3, 1));
    assert_eq!(of_source.rejected, [ReasonFigure { reason: "not_json".to_owned(), frames: 1 }]);
    assert_eq!(of_source.reconnects, 1);
    // The numbers of these messages do not follow each other either; whether that gap is filled before the line breaks
    // is chance, and then there are two.
    assert!(of_source.gaps.all >= 1);
    assert_eq!((of_source.gaps.lasting, of_source.gaps.lost), (0, 0));
    assert_eq!((figures.notifications.alone, figures.notifications.below_level), (1, 1));
    assert_eq!((figures.latency.committed, figures.latency.asked_for), (always(4, 0), always(1, 0)));
    assert_eq!(figures.latency.handed, None, "nobody watches");
    assert_eq!(figures.store.events, 3);

    stage.desk.desk.close().await.unwrap();
    let kept = read(&stage.desk.path).unwrap().unwrap();
    assert!(!kept.running);
    assert_eq!((kept.figures.sources, kept.figures.notifications), (figures.sources, figures.notifications));
}

#[tokio::test]
async fn the_window_has_waited_from_the_frame_until_the_overview_that_shows_it() {
    let stage = Stage::live().await;
    stage.desk.desk.watch().await.unwrap();
    stage.desk.desktop.until(|shown| !shown.pushed.is_empty()).await;
    stage.desk.desk.painted(u64::MAX).await.unwrap();
    for id in [1, 2] {
        stage.connection.send(transaction(id)).await;
    }
    stage.until_counted(2).await;
    assert_eq!(
        stage.figures().await.latency.handed,
        None,
        "the window is not told more often than it paints"
    );
    stage.clock.advance(Duration::from_millis(40));
    let shows = |transactions: u64| {
        move |shown: &vigie_tests::desktop::Shown| {
            shown.pushed.iter().any(|overview| overview.transactions == transactions)
        }
    };
    stage.desk.desktop.until(shows(2)).await;
    // What is pushed is counted in the same turn of the desk, which has ended when it answers.
    stage.desk.desk.overview().await.unwrap();
    assert_eq!(stage.figures().await.latency.handed, always(2, 40));
}

#[tokio::test]
async fn a_disk_that_was_full_is_seen_in_the_latencies() {
    let stage = Stage::live().await;
    let store = stage.desk.desk.store().clone();
    store.limit_pages(Some(1)).await.unwrap();
    let large =
        transaction(1).replace(r#""payload":{"#, &format!(r#""payload":{{{}"#, " ".repeat(100 << 10)));
    stage.connection.send(large).await;
    stage.until_disk_is_full(true).await;
    let waiting = stage.figures().await.sources[0].clone();
    assert_eq!((waiting.received, waiting.stored), (1, 0));
    store.limit_pages(None).await.unwrap();
    stage.clock.advance(Duration::from_millis(2_100));
    stage.until_counted(1).await;
    stage.until_disk_is_full(false).await;
    let longest = stage.figures().await.latency.committed.unwrap().max;
    assert!((2_100..2_200).contains(&longest), "{longest} ms");
}

#[tokio::test]
async fn the_figures_are_kept_while_the_program_runs() {
    let stage = Stage::live().await;
    stage.until_kept(|kept| kept.running).await;
    stage.connection.send(transaction(1)).await;
    stage.until_counted(1).await;
    stage.clock.advance(Duration::from_secs(60));
    let kept = stage.until_kept(|kept| kept.figures.store.events == 1).await;
    assert!(kept.running && kept.figures.sources[0].stored == 1);
}

#[tokio::test]
async fn the_figures_of_a_run_that_crashed_are_kept_beside_those_of_the_next() {
    let stage = Stage::live().await;
    stage.until_kept(|kept| kept.running).await;
    stage.connection.send(transaction(1)).await;
    stage.until_counted(1).await;
    stage.clock.advance(Duration::from_secs(60));
    stage.until_kept(|kept| kept.figures.sources.first().is_some_and(|source| source.stored == 1)).await;
    // It says no more, as after a crash: its clock stands still. Of the next runs, nobody is signed in to anything.
    for run in 1..3 {
        let vault = Arc::new(SessionVault::default());
        let clock = Arc::new(ManualClock::default());
        clock.advance(Duration::from_secs(3_600 * run));
        let next = TestDesk::start_with(stage.desk.path.parent().unwrap(), vault, clock.clone()).await;
        let since = clock.now();
        let kept = stage.until_kept(|kept| kept.figures.since == since).await;
        assert_eq!(kept.names.values().collect::<Vec<_>>(), ["Retail"]);
        let before = kept.before.unwrap();
        assert!(before.running && before.before.is_none());
        assert_eq!((before.figures.sources[0].stored, before.figures.store.events), (1, 1), "run {run}");
        next.desk.close().await.unwrap();
        let last = read(&stage.desk.path).unwrap().unwrap();
        assert!(!last.running && last.before.as_ref() == Some(&before));
    }
}

#[tokio::test]
async fn a_source_that_was_removed_has_no_figures() {
    let stage = Stage::live().await;
    stage.connection.send(transaction(1)).await;
    stage.until_counted(1).await;
    let source = stage.figures().await.sources[0].source;
    stage.desk.desk.remove_source(source).await.unwrap();
    let figures = stage.figures().await;
    assert_eq!((figures.sources, figures.store.events), (vec![], 0));
}

#[tokio::test]
async fn what_was_tried_in_vain_is_no_connection_regained() {
    let mut stage = Stage::live().await;
    let source = stage.desk.desk.overview().await.unwrap().sources[0].id;
    stage.server.answer("GET /transactions", Answer::status(503));
    stage.connection.close(1011).await;
    let mut stood = Vec::new();
    for tries in 1..4 {
        let has_tried = |link: &Link| matches!(link, Link::Retrying { attempts, .. } if *attempts == tries);
        stage.desk.until_link("it was tried", has_tried).await;
        if tries < 3 {
            stage.desk.desk.retry(source).await.unwrap();
            stood.push(stage.server.connection().await);
        }
    }
    assert_eq!(stage.figures().await.sources[0].reconnects, 0);
    stage.server.answer("GET /transactions", Answer::json(r#"{"items":[],"sequence":0,"more":false}"#));
    stage.desk.desk.retry(source).await.unwrap();
    let _connection = stage.server.connection().await;
    stage.desk.until_live().await;
    assert_eq!(stage.figures().await.sources[0].reconnects, 1);
}
