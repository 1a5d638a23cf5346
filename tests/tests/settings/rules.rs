//! Rules say what is announced.

use std::sync::Arc;
use std::time::Duration;

use tempfile::{TempDir, tempdir};
use vigie_core::clock::Clock as _;
use vigie_core::desk::desktop::About;
use vigie_core::desk::view::SourceEdit;
use vigie_core::model::{Event, Facts, Kind, Parameters, Severity};
use vigie_core::profile::Batch;
use vigie_core::settings::{Rule, Settings, Then};
use vigie_core::vault::SessionVault;
use vigie_tests::clock::LeapingClock;
use vigie_tests::desk::TestDesk;
use vigie_tests::server::{Connection, Server, alert, transaction};

struct Stage {
    desk: TestDesk,
    connection: Connection,
    clock: Arc<LeapingClock>,
    _server: Server,
    _folder: TempDir,
}

impl Stage {
    async fn with(rules: Vec<Rule>) -> Self {
        let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
        let clock = Arc::new(LeapingClock::default());
        let desk =
            TestDesk::start_with(folder.path(), Arc::new(SessionVault::default()), clock.clone()).await;
        desk.sign_in(&server.url, "ada", "secret").await.unwrap();
        let connection = server.connection().await;
        desk.until_live().await;
        let stage = Self { desk, connection, clock, _server: server, _folder: folder };
        stage.set(rules).await;
        stage
    }

    async fn set(&self, rules: Vec<Rule>) {
        let mut wanted = Settings::default();
        wanted.notifications.rules = rules;
        self.desk.desk.set(wanted).await.unwrap();
    }

    /// Title and body of the notifications of news.
    async fn news(&self, count: usize) -> Vec<(String, String)> {
        let of_rules = |shown: &vigie_tests::desktop::Shown| {
            let of_rules = shown.notifications.iter().filter(|one| matches!(one.about, About::Rule(_)));
            of_rules.map(|one| (one.title.clone(), one.body.clone())).collect::<Vec<_>>()
        };
        of_rules(&self.desk.desktop.until(|shown| of_rules(shown).len() >= count).await)
    }
}

fn payments() -> Rule {
    Rule { name: "Payments".into(), kinds: vec![Kind::Transaction], more_than: Some(12.0), ..Rule::default() }
}

#[tokio::test]
async fn a_rule_announces_a_low_alert_and_another_keeps_quiet_about_a_high_one() {
    let loud = Rule { name: "All of Ada".into(), text: Some("ada".into()), ..Rule::default() };
    let stage = Stage::with(vec![loud]).await;
    stage.connection.send(alert(1, "low")).await;
    stage.desk.desktop.until(|shown| shown.of_alerts().len() == 1).await;
    let known = Rule {
        name: "Known".into(),
        then: Then::Silent,
        scenario: Some("card_testing".into()),
        source: Some("Retail".into()),
        ..Rule::default()
    };
    stage.set(vec![known]).await;
    stage.connection.send(alert(2, "high")).await;
    stage.connection.send(alert(3, "critical")).await;
    let shown = stage.desk.desktop.until(|shown| shown.of_alerts().len() == 2).await;
    stage.desk.until_stored("all are there", |alerts, _| alerts.len() == 3).await;
    assert_eq!(shown.of_alerts()[1].severity, Severity::Critical, "no rule keeps quiet about that");
    assert_eq!(stage.desk.desk.figures().await.unwrap().notifications.by_rule, 1);
}

#[tokio::test]
async fn payments_that_a_rule_wants_are_told_together_and_not_without_end() {
    let stage = Stage::with(vec![payments()]).await;
    stage.connection.send(transaction(1)).await;
    assert_eq!(stage.news(1).await, [("Payments".into(), "Retail: 1 event. Click to see.".into())]);
    for id in 2..=40 {
        stage.connection.send(transaction(id)).await;
    }
    stage.desk.until_stored("all are there", |_, transactions| transactions.len() == 40).await;
    assert_eq!(stage.news(1).await.len(), 1, "the next is told when half a minute is over");
    stage.clock.pass(Duration::from_secs(31));
    stage.connection.send(alert(1, "low")).await;
    assert_eq!(stage.news(2).await[1].1, "Retail: 40 events. Click to see.", "it is kept current");
    // Who has looked knows of those.
    stage.desk.desk.open(None).await.unwrap();
    let shown = stage.desk.desktop.until(|shown| !shown.withdrawn.is_empty()).await;
    assert_eq!(shown.withdrawn, [About::Rule(0)]);
    stage.connection.send(transaction(41)).await;
    stage.desk.until_stored("it is there", |_, transactions| transactions.len() == 41).await;
    stage.clock.pass(Duration::from_secs(31));
    stage.connection.send(alert(2, "low")).await;
    assert_eq!(stage.news(3).await[2].1, "Retail: 1 event. Click to see.");
}

#[tokio::test]
async fn what_came_before_a_rule_or_does_not_fit_it_is_not_told() {
    let stage = Stage::with(Vec::new()).await;
    stage.connection.send(transaction(1)).await;
    stage.desk.until_stored("it is there", |_, transactions| transactions.len() == 1).await;
    let rich = Rule { name: "Rich".into(), more_than: Some(1e6), ..payments() };
    stage.set(vec![rich, payments()]).await;
    stage.connection.send(transaction(2)).await;
    assert_eq!(stage.news(1).await, [("Payments".into(), "Retail: 1 event. Click to see.".into())]);
    stage.set(Vec::new()).await;
    stage.connection.send(transaction(3)).await;
    stage.desk.until_stored("it is there", |_, transactions| transactions.len() == 3).await;
    stage.set(vec![payments()]).await;
    stage.connection.send(transaction(4)).await;
    assert_eq!(stage.news(2).await[1].1, "Retail: 1 event. Click to see.", "the third came without a rule");
}

#[tokio::test]
async fn a_pause_holds_back_what_rules_want_and_tells_of_it_afterwards() {
    let stage = Stage::with(vec![payments()]).await;
    stage.set(Vec::new()).await;
    stage.desk.desk.pause_notifications(Some(Duration::from_secs(900))).await.unwrap();
    // Also of a rule that is made meanwhile.
    stage.set(vec![payments()]).await;
    stage.connection.send(transaction(1)).await;
    stage.connection.send(transaction(2)).await;
    stage.desk.until_stored("both are there", |_, transactions| transactions.len() == 2).await;
    assert!(stage.desk.desktop.shown().notifications.is_empty());
    stage.clock.pass(Duration::from_secs(901));
    stage.connection.send(alert(1, "low")).await;
    assert_eq!(stage.news(1).await[0].1, "Retail: 2 events. Click to see.");
}

#[tokio::test]
async fn what_a_rule_wants_and_could_not_be_shown_is_told_again_and_the_tray_says_so_meanwhile() {
    let stage = Stage::with(vec![payments()]).await;
    stage.desk.desktop.break_notifications(true);
    stage.connection.send(transaction(1)).await;
    let says = |shown: &vigie_tests::desktop::Shown| {
        let lines = shown.tray.iter().flat_map(|tray| &tray.lines);
        lines.filter(|line| *line == "Notifications cannot be shown").count() == 1
    };
    stage.desk.desktop.until(says).await;
    stage.desk.desktop.break_notifications(false);
    stage.clock.pass(Duration::from_secs(20));
    stage.connection.send(alert(1, "low")).await;
    assert_eq!(stage.news(1).await, [("Payments".into(), "Retail: 1 event. Click to see.".into())]);
    stage.desk.desktop.until(|shown| !says(shown)).await;
}

#[tokio::test]
async fn of_a_source_that_was_removed_nothing_more_is_told() {
    let stage = Stage::with(vec![payments()]).await;
    stage.connection.send(transaction(1)).await;
    stage.news(1).await;
    stage.connection.send(transaction(2)).await;
    stage.desk.until_stored("both are there", |_, transactions| transactions.len() == 2).await;
    let source = stage.desk.desk.overview().await.unwrap().sources[0].id;
    stage.desk.desk.remove_source(source).await.unwrap();
    stage.clock.pass(Duration::from_secs(31));
    // Wakes the desk, and asks it after what it has told then.
    stage.set(vec![payments()]).await;
    stage.desk.desk.hidden().await.unwrap();
    stage.desk.desktop.until(|shown| shown.notifications.iter().any(|one| one.about == About::Program)).await;
    assert_eq!(stage.news(1).await.len(), 1);
}

#[tokio::test]
async fn a_rule_that_is_made_in_a_pause_tells_afterwards_of_what_came_since() {
    let stage = Stage::with(Vec::new()).await;
    stage.desk.desk.pause_notifications(Some(Duration::from_secs(900))).await.unwrap();
    stage.connection.send(transaction(1)).await;
    stage.desk.until_stored("it is there", |_, transactions| transactions.len() == 1).await;
    stage.set(vec![payments()]).await;
    stage.connection.send(transaction(2)).await;
    stage.desk.until_stored("both are there", |_, transactions| transactions.len() == 2).await;
    stage.desk.desk.pause_notifications(None).await.unwrap();
    assert_eq!(stage.news(1).await, [("Payments".into(), "Retail: 1 event. Click to see.".into())]);
}

#[tokio::test]
async fn of_a_flood_the_first_is_told_too() {
    let rich = Rule { name: "Rich".into(), more_than: Some(1_000.0), ..payments() };
    let stage = Stage::with(vec![rich]).await;
    stage.desk.desk.pause_notifications(Some(Duration::from_secs(900))).await.unwrap();
    let source = stage.desk.desk.overview().await.unwrap().sources[0].id;
    let now = stage.clock.now();
    let payment = |number: i64| Event {
        kind: Kind::Transaction,
        what: None,
        is_history: false,
        subject: format!("p-{number}"),
        digest: 0,
        version: None,
        facts: Facts { amount: Some((if number == 0 { "60000" } else { "5" }).into()), ..Facts::default() },
        unreadable: Vec::new(),
        received_at: now,
        raw: "{}".into(),
    };
    let events = (0..5_000).map(payment).collect();
    stage.desk.desk.store().ingest(source, &Batch { events, ..Batch::default() }, None).await.unwrap();
    // Its link tells the desk that there is something.
    stage.connection.send(transaction(1)).await;
    stage.desk.until_stored("it is there", |_, newest| newest.iter().any(|one| one.subject == "t-1")).await;
    stage.clock.pass(Duration::from_secs(901));
    assert_eq!(stage.news(1).await, [("Rich".into(), "Retail: 1 event. Click to see.".into())]);
}

#[tokio::test]
async fn a_rule_follows_the_name_of_its_source() {
    let of_retail = Rule {
        source: Some("Retail".into()),
        severity: Some(Severity::Low),
        name: "All".into(),
        ..Rule::default()
    };
    let stage = Stage::with(vec![of_retail]).await;
    let source = stage.desk.desk.overview().await.unwrap().sources[0].id;
    let edit = SourceEdit { source, name: "Retail bank".into(), parameters: Parameters::new() };
    stage.desk.desk.edit_source(edit).await.unwrap();
    let rules = stage.desk.desk.settings().await.unwrap().settings.notifications.rules;
    assert_eq!(rules[0].source.as_deref(), Some("Retail bank"));
    stage.connection.send(alert(1, "low")).await;
    stage.desk.desktop.until(|shown| shown.of_alerts().len() == 1).await;
}

#[tokio::test]
async fn a_rule_that_would_keep_quiet_about_everything_is_refused() {
    let stage = Stage::with(Vec::new()).await;
    let mut wanted = Settings::default();
    wanted.notifications.rules =
        vec![Rule { name: "New rule".into(), then: Then::Silent, ..Rule::default() }];
    let refused = stage.desk.desk.set(wanted).await.unwrap_err();
    assert!(refused.message.contains("needs a condition"), "{}", refused.message);
}
