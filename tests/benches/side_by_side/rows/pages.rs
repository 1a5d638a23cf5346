//! **pages**: how long the store takes for a page of 200 rows, as the window asks for it, over a million events: the newest
//! page, pages at random depths, and both for each filter that the window offers. What is rare (a small old source, a
//! rare kind) is what a filter has to find and not only to leave out. And the groups of the open alerts, by each thing
//! they are grouped by.
//!
//! Beside it: as many whole rows of the events' table by their numbers at a random place, with bare SQLite.

use std::time::Instant;

use vigie_core::desk::view::{AlertCursor, AlertFilter};
use vigie_core::model::{Kind, Severity, SourceId};
use vigie_core::store::{AlertSide, GroupBy, PAGE_LIMIT, Side, Store};

use crate::Bench;
use crate::delays::Delays;
use crate::line::Line;
use crate::plain;
use crate::traffic::mixed;

/// The row's name.
pub const NAME: &str = "pages";
/// The longest that a page may take, in milliseconds, p99.
const PAGE_MOST: f64 = 5.0;
/// The longest that a page of a filtered list may take, in milliseconds, p99.
const FILTERED_MOST: f64 = 20.0;
/// The longest that all groups may take, in milliseconds, p99: what is asked for with a key feels immediate.
const GROUPS_MOST: f64 = 100.0;
const PEER: &str = "SELECT by rowid";

/// A list that the window shows.
enum List {
    Alerts(AlertFilter),
    Transactions(Option<SourceId>),
    Activity(Option<SourceId>, Option<Kind>),
}

/// Where in a list a page begins.
#[derive(Clone, Copy)]
enum Depth {
    Newest,
    /// Before an event of this number, or an alert that happened then.
    Before(u64),
}

/// Measures it.
pub async fn measure(bench: &Bench) -> Vec<Line> {
    let stored = bench.stored().await;
    let store = Store::open(&stored.file()).await.unwrap();
    let [large, small] = [stored.sources.large, stored.sources.small];
    let alerts = |severities: &[Severity], source, closed| {
        List::Alerts(AlertFilter {
            severities: severities.to_vec(),
            source,
            closed,
            ..AlertFilter::default()
        })
    };
    let lists = [
        ("alerts", false, alerts(&[], None, true)),
        ("alerts, open ones", true, alerts(&[], None, false)),
        ("alerts, critical", true, alerts(&[Severity::Critical], None, false)),
        ("alerts, low and medium", true, alerts(&[Severity::Low, Severity::Medium], None, false)),
        ("alerts of a source", true, alerts(&[], Some(large), false)),
        ("alerts of a small source", true, alerts(&[], Some(small), false)),
        ("alerts, critical, of a small source", true, alerts(&[Severity::Critical], Some(small), true)),
        ("transactions", false, List::Transactions(None)),
        ("transactions of a source", true, List::Transactions(Some(large))),
        ("transactions of a small source", true, List::Transactions(Some(small))),
        ("activity", false, List::Activity(None, None)),
        ("activity of a source", true, List::Activity(Some(large), None)),
        ("activity of a small source", true, List::Activity(Some(small), None)),
        ("activity, orders", true, List::Activity(None, Some(Kind::Order))),
        ("activity, balances", true, List::Activity(None, Some(Kind::Balance))),
        ("activity, watchlists", true, List::Activity(None, Some(Kind::Watchlist))),
        ("activity, watchlists of a source", true, List::Activity(Some(large), Some(Kind::Watchlist))),
    ];
    let peer = {
        let (file, count, pages) = (stored.file(), stored.count, bench.scale.pages);
        tokio::task::spawn_blocking(move || plain_pages(&file, count, pages)).await.unwrap()
    };
    let mut lines = Vec::new();
    for (what, is_filtered, list) in &lists {
        let newest = pages(&store, list, (0..bench.scale.pages).map(|_| Depth::Newest)).await;
        let depths = (0..bench.scale.pages as u64).map(|turn| Depth::Before(mixed(turn) % stored.count + 1));
        let deep = pages(&store, list, depths).await;
        let most = if *is_filtered { FILTERED_MOST } else { PAGE_MOST };
        for (depth, delays) in [("newest", newest), ("random depth", deep)] {
            let line = Line::new(NAME, format!("{what}, {depth}"))
                .ours(delays.usual())
                .beside(PEER, peer.usual())
                .divided();
            lines.push(line.must(format!("p99 ≤ {most:.0} ms"), delays.p99() <= most));
        }
    }
    for (what, by) in [
        ("groups by customer", GroupBy::Customer),
        ("groups by scenario", GroupBy::Scenario),
        ("groups by source", GroupBy::Source),
    ] {
        let mut delays = Delays::default();
        for _ in 0..bench.scale.pages {
            let begun = Instant::now();
            store.alert_groups(by, &AlertFilter::default()).await.unwrap();
            delays.add(begun.elapsed());
        }
        let line = Line::new(NAME, what).ours(delays.usual());
        lines.push(line.must("p99 ≤ 100 ms", delays.p99() <= GROUPS_MOST));
    }
    store.close().await;
    lines
}

async fn pages(store: &Store, list: &List, depths: impl Iterator<Item = Depth>) -> Delays {
    let mut delays = Delays::default();
    for depth in depths {
        // What an alert's cursor needs is found before the time runs.
        let cursor = alert_cursor(store, list, depth).await;
        let begun = Instant::now();
        page(store, list, depth, cursor).await;
        delays.add(begun.elapsed());
    }
    delays
}

/// The place in the list of alerts that is as deep as an event.
async fn alert_cursor(store: &Store, list: &List, depth: Depth) -> Option<AlertCursor> {
    let (List::Alerts(_), Depth::Before(number)) = (list, depth) else { return None };
    let event = store.event(i64::try_from(number).unwrap()).await.unwrap();
    event.facts.occurred_at.map(|occurred_at| AlertCursor {
        severity: Severity::Critical,
        occurred_at,
        id: i64::MAX,
    })
}

/// Reads a page; says how many rows it has.
async fn page(store: &Store, list: &List, depth: Depth, cursor: Option<AlertCursor>) -> usize {
    let before = match depth {
        Depth::Newest => None,
        Depth::Before(number) => Some(i64::try_from(number).unwrap()),
    };
    match list {
        List::Alerts(filter) => {
            store.alerts(filter, AlertSide::of(cursor, None), PAGE_LIMIT).await.unwrap().rows.len()
        }
        List::Transactions(source) => {
            store.transactions(*source, Side::of(before, None), PAGE_LIMIT).await.unwrap().rows.len()
        }
        List::Activity(source, kind) => {
            store.activity(*source, *kind, Side::of(before, None), PAGE_LIMIT).await.unwrap().rows.len()
        }
    }
}

fn plain_pages(file: &std::path::Path, count: u64, pages: usize) -> Delays {
    let file = plain::open(file);
    let mut select =
        file.prepare(&format!("SELECT * FROM {} WHERE id > ? ORDER BY id LIMIT ?", plain::TABLE)).unwrap();
    let mut delays = Delays::default();
    for turn in 0..pages as u64 {
        let after = mixed(turn) % count.saturating_sub(u64::from(PAGE_LIMIT)).max(1);
        let begun = Instant::now();
        let rows = plain::rows(&mut select, &[i64::try_from(after).unwrap(), i64::from(PAGE_LIMIT)]);
        delays.add(begun.elapsed());
        assert_eq!(rows.len(), PAGE_LIMIT as usize);
    }
    delays
}
