//! What is promised of announcements, held against a real store.

mod stage;
mod whatever_happens;

use std::collections::HashSet;

use self::stage::Stage;
use super::*;
use crate::model::{AlertState, SnoozeOf};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn a_storm_is_one_notification_that_is_kept_current_and_critical_alerts_come_by_themselves() {
    let mut stage = Stage::new(1).await;
    stage.arrive(0, &[Severity::High; 6], false).await;
    stage.announce(false).await;
    assert_eq!(stage.titles()[3..], ["Many alerts at once: 3 more"]);
    stage.arrive(0, &[Severity::High, Severity::Critical, Severity::High], false).await;
    stage.announce(false).await;
    assert_eq!(stage.titles()[4..], ["Critical: Critical scenario"], "it is not updated all the time");
    stage.pass(2 * SECOND);
    stage.settle().await;
    assert_eq!(stage.titles()[5..], ["Many alerts at once: 5 more"]);
    assert_eq!(stage.on_show[&About::Storm].body, "Bank 1: 5 high. Click to see them.");
    assert_eq!(stage.on_show.len(), 5);
    stage.pass(30 * SECOND);
    stage.arrive(0, &[Severity::High], false).await;
    stage.announce(false).await;
    assert_eq!(stage.titles()[6..], ["High: High scenario"], "it is calm again");
}

#[tokio::test]
async fn a_notification_of_one_alert_has_the_link_to_it() {
    let mut stage = Stage::new(1).await;
    stage.arrive(0, &[Severity::High; 5], false).await;
    stage.announce(false).await;
    assert_eq!(stage.on_show.len(), 4, "three by themselves, and the storm");
    for (about, shown) in &stage.on_show {
        let &About::Alert(alert) = about else {
            assert_eq!(shown.link, None, "{about:?} is about several");
            continue;
        };
        let link = AlertLink::read(shown.link.as_ref().unwrap()).unwrap();
        assert_eq!(link.subject, stage.store.alert_row(alert).await.unwrap().subject);
        assert_eq!(link.at.unwrap().as_str(), "https://bank-1.example/");
    }
}

#[tokio::test]
async fn of_several_the_worst_is_heard_and_what_is_only_updated_is_not() {
    let mut stage = Stage::new(1).await;
    stage
        .arrive(
            0,
            &[Severity::High, Severity::Critical, Severity::High, Severity::High, Severity::High],
            false,
        )
        .await;
    stage.announce(false).await;
    let sounds = |stage: &Stage| stage.shown.iter().map(|one| one.sound).collect::<Vec<_>>();
    let heard = sounds(&stage);
    assert_eq!(heard.iter().flatten().collect::<Vec<_>>(), [&Sound::Alarm]);
    let critical = stage.shown.iter().position(|one| one.severity == Severity::Critical).unwrap();
    assert_eq!(heard[critical], Some(Sound::Alarm));
    stage.pass(10 * SECOND);
    stage.arrive(0, &[Severity::High; 4], false).await;
    stage.announce(false).await;
    assert_eq!(stage.shown.last().unwrap().about, About::Storm);
    assert_eq!(sounds(&stage)[heard.len()..], [None]);
}

#[tokio::test]
async fn what_was_missed_is_one_notification_that_names_what_is_critical_in_it() {
    let mut stage = Stage::new(1).await;
    stage.situation.catching_up = HashSet::from([stage.sources[0]]);
    stage.arrive(0, &[Severity::High, Severity::Critical, Severity::High], true).await;
    stage.announce(true).await;
    assert!(stage.shown.is_empty());
    stage.settle().await;
    assert_eq!(stage.titles(), ["3 alerts came while Vigie was not connected"]);
    assert_eq!(
        stage.shown[0].body,
        "Critical: Critical scenario\nBank 1: 1 critical, 2 high. Click to see them."
    );
    assert_eq!(stage.shown[0].sound, Some(Sound::Alarm));
}

#[tokio::test]
async fn what_a_pause_or_quiet_hours_held_back_says_so_also_where_it_is_one_alert_and_is_worded_anew() {
    for (why, line) in
        [(Wait::Pause, "Came during the pause."), (Wait::QuietHours, "Came during quiet hours.")]
    {
        let mut stage = Stage::new(1).await;
        stage.situation.hushed = Some(why);
        let [id] = stage.arrive(0, &[Severity::High], false).await[..] else { panic!() };
        stage.announce(true).await;
        assert!(stage.shown.is_empty());
        stage.settle().await;
        let says = |stage: &Stage| {
            let shown = &stage.on_show[&About::Alert(id)];
            (shown.title.clone(), shown.body.lines().next().unwrap().to_owned())
        };
        assert_eq!(says(&stage), ("High: High scenario".into(), line.into()));
        stage.pass(2 * SECOND);
        stage.change(id, Severity::Medium, AlertState::Open).await;
        stage.announce(false).await;
        assert_eq!(says(&stage), ("Medium: Medium scenario".into(), line.into()));
    }
}

#[tokio::test]
async fn a_digest_of_what_waited_for_several_reasons_says_each() {
    let mut stage = Stage::new(1).await;
    stage.arrive(0, &[Severity::High; 2], true).await;
    stage.situation.hushed = Some(Wait::Pause);
    stage.arrive(0, &[Severity::High], false).await;
    stage.announce(true).await;
    stage.settle().await;
    assert_eq!(stage.titles(), ["3 alerts held back"]);
    assert_eq!(stage.shown[0].body, "Why: no connection, a pause\nBank 1: 3 high. Click to see them.");
}

#[tokio::test]
async fn an_alert_that_got_worse_says_so_with_nothing_private_and_says_it_no_more_when_it_is_not() {
    let mut stage = Stage::new(1).await;
    let [id] = stage.arrive(0, &[Severity::High], false).await[..] else { panic!() };
    stage.announce(false).await;
    stage.change(id, Severity::Critical, AlertState::Open).await;
    stage.announce(false).await;
    let says = |stage: &Stage| {
        let shown = &stage.on_show[&About::Alert(id)];
        (shown.title.clone(), shown.body.lines().map(str::to_owned).collect::<Vec<_>>())
    };
    let (title, lines) = says(&stage);
    assert_eq!(title, "Critical: Critical scenario");
    assert_eq!(lines[0], "Got worse: from high to critical.");
    assert!(lines.len() == 2 && lines[1].starts_with("Bank 1, "), "{lines:?}");
    stage.pass(2 * SECOND);
    stage.change(id, Severity::High, AlertState::Open).await;
    stage.announce(false).await;
    let (title, lines) = says(&stage);
    assert_eq!((title.as_str(), lines.len()), ("High: High scenario", 1));
}

#[tokio::test]
async fn an_alert_that_got_worse_while_its_source_was_away_says_both() {
    let mut stage = Stage::new(1).await;
    let [id] = stage.arrive(0, &[Severity::High], false).await[..] else { panic!() };
    stage.announce(false).await;
    stage.change_while_away(id, Severity::Critical).await;
    stage.settle().await;
    assert_eq!(
        stage.on_show[&About::Alert(id)].body.lines().next(),
        Some("Came while Vigie was not connected. Got worse: from high to critical.")
    );
}

#[tokio::test]
async fn what_is_dealt_with_is_taken_away_and_what_is_left_is_kept_current() {
    let mut stage = Stage::new(1).await;
    let live = stage.arrive(0, &[Severity::High, Severity::Critical], false).await;
    let missed = stage.arrive(0, &[Severity::High; 3], true).await;
    stage.announce(true).await;
    assert_eq!(stage.on_show.len(), 3);
    stage.store.acknowledge(&[live[0]], Time(1)).await.unwrap();
    stage.change(live[1], Severity::Critical, AlertState::Resolved).await;
    stage.change(missed[0], Severity::High, AlertState::FalsePositive).await;
    stage.announce(false).await;
    stage.settle().await;
    let left: Vec<&About> = stage.on_show.keys().collect();
    assert_eq!(left, [&About::Digest]);
    let digest = &stage.on_show[&About::Digest];
    assert_eq!((digest.title.as_str(), digest.sound), ("2 alerts came while Vigie was not connected", None));
    stage.store.snooze(&missed[1..], SnoozeOf::Alert, Time(i64::MAX)).await.unwrap();
    stage.settle().await;
    assert!(stage.on_show.is_empty(), "{:?}", stage.on_show);
}

#[tokio::test]
async fn who_looks_at_the_list_is_told_of_it_no_more() {
    let mut stage = Stage::new(1).await;
    stage.arrive(0, &[Severity::High; 3], true).await;
    stage.announce(true).await;
    let raises = stage.announcing.look_at(None);
    stage.show(raises).await;
    assert!(stage.on_show.is_empty());
    stage.arrive(0, &[Severity::High; 2], true).await;
    stage.settle().await;
    assert_eq!(stage.on_show[&About::Digest].title, "2 alerts came while Vigie was not connected");
}

#[tokio::test]
async fn what_of_a_source_is_on_show_goes_with_it() {
    let mut stage = Stage::new(2).await;
    for source in 0..2 {
        stage.arrive(source, &[Severity::Critical], false).await;
        stage.arrive(source, &[Severity::High; 2], true).await;
    }
    stage.announce(true).await;
    let raises = stage.announcing.forget(stage.sources[0]);
    stage.show(raises).await;
    stage.settle().await;
    assert_eq!(stage.on_show.len(), 2);
    assert_eq!(stage.on_show[&About::Digest].body, "Bank 2: 2 high. Click to see them.");
}

#[tokio::test]
async fn what_is_critical_and_could_not_be_shown_is_shown_later_also_after_a_restart() {
    for restarts in [false, true] {
        let mut stage = Stage::new(1).await;
        stage.works = false;
        stage.arrive(0, &[Severity::High, Severity::Critical, Severity::Critical], false).await;
        stage.announce(false).await;
        stage.announce(true).await;
        assert!(stage.shown.is_empty() && stage.announcing.own.is_empty());
        if restarts {
            stage.restart().await;
        }
        stage.settle().await;
        assert_eq!(stage.titles(), ["2 alerts that may not have been shown"]);
        assert_eq!(stage.shown[0].severity, Severity::Critical);
    }
}

#[tokio::test]
async fn what_is_critical_and_was_not_shown_yet_when_the_program_ended_is_shown_after_the_next_start() {
    let mut stage = Stage::new(1).await;
    stage
        .arrive(0, &[Severity::Critical, Severity::High, Severity::Critical, Severity::Critical], false)
        .await;
    let mut raises = stage.decide(false).await;
    raises.truncate(1);
    stage.show(raises).await;
    stage.restart().await;
    stage.settle().await;
    assert_eq!(stage.titles(), ["Critical: Critical scenario", "2 alerts that may not have been shown"]);
    stage.restart().await;
    stage.settle().await;
    assert_eq!(stage.shown.len(), 2, "what was shown is shown");
}

#[tokio::test]
async fn what_is_critical_and_could_not_be_shown_while_it_was_closed_is_shown_when_it_is_open_again() {
    let mut stage = Stage::new(1).await;
    let [id] = stage.arrive(0, &[Severity::Critical], false).await[..] else { panic!() };
    let raises = stage.decide(false).await;
    stage.change(id, Severity::Critical, AlertState::Resolved).await;
    stage.announce(false).await;
    stage.works = false;
    stage.show(raises).await;
    stage.settle().await;
    assert!(stage.shown.is_empty());
    stage.change(id, Severity::Critical, AlertState::Open).await;
    stage.announce(true).await;
    assert_eq!(stage.titles(), ["Critical: Critical scenario"]);
}

#[tokio::test]
async fn what_is_critical_and_was_closed_and_opened_while_it_could_not_be_shown_is_shown() {
    let mut stage = Stage::new(1).await;
    let [id] = stage.arrive(0, &[Severity::Critical], false).await[..] else { panic!() };
    let raises = stage.decide(false).await;
    stage.change(id, Severity::Critical, AlertState::Resolved).await;
    stage.change(id, Severity::Critical, AlertState::Open).await;
    stage.works = false;
    stage.show(raises).await;
    stage.settle().await;
    assert_eq!(stage.titles(), ["Critical: Critical scenario"]);
}

#[tokio::test]
async fn what_was_seen_or_put_off_and_becomes_critical_comes_by_itself() {
    let mut stage = Stage::new(1).await;
    let both = stage.arrive(0, &[Severity::High; 2], false).await;
    stage.announce(false).await;
    stage.store.acknowledge(&both[..1], Time(1)).await.unwrap();
    stage.store.snooze(&both[1..], SnoozeOf::Alert, Time(i64::MAX)).await.unwrap();
    stage.announce(false).await;
    assert!(stage.on_show.is_empty());
    for id in both {
        stage.change(id, Severity::Critical, AlertState::Open).await;
        stage.announce(false).await;
        assert_eq!(stage.on_show.get(&About::Alert(id)).map(|one| one.severity), Some(Severity::Critical));
    }
}

#[tokio::test]
async fn what_becomes_critical_in_a_storm_or_a_digest_is_told_of_by_itself_and_there_no_more() {
    let mut stage = Stage::new(1).await;
    let missed = stage.arrive(0, &[Severity::High; 3], true).await;
    let live = stage.arrive(0, &[Severity::High; 6], false).await;
    stage.announce(true).await;
    assert_eq!(stage.on_show[&About::Storm].title, "Many alerts at once: 3 more");
    for id in [missed[0], live[5]] {
        stage.change(id, Severity::Critical, AlertState::Open).await;
    }
    stage.announce(false).await;
    stage.settle().await;
    assert_eq!(stage.on_show[&About::Storm].title, "Many alerts at once: 2 more");
    assert_eq!(stage.on_show[&About::Digest].title, "2 alerts came while Vigie was not connected");
    assert!(stage.on_show.contains_key(&About::Alert(missed[0])));
    assert!(stage.on_show.contains_key(&About::Alert(live[5])));
}

#[tokio::test]
async fn a_dismissed_storm_rests_until_it_is_calm_and_tells_then_of_what_came_since() {
    let mut stage = Stage::new(1).await;
    stage.arrive(0, &[Severity::High; 6], false).await;
    stage.announce(false).await;
    stage.dismiss(About::Storm);
    for _ in 0..10 {
        stage.pass(3 * SECOND);
        stage.arrive(0, &[Severity::High], false).await;
        stage.announce(false).await;
    }
    stage.arrive(0, &[Severity::Critical], false).await;
    stage.announce(false).await;
    assert_eq!(stage.titles()[4..], ["Critical: Critical scenario"], "what is critical comes all the same");
    stage.pass(30 * SECOND);
    let raises = stage.tell().await;
    stage.show(raises).await;
    assert_eq!(stage.titles()[5..], ["Many alerts at once: 10 more"]);
    assert!(stage.shown.last().unwrap().sound.is_some());
}

#[tokio::test]
async fn a_dismissed_storm_comes_back_for_something_worse_and_when_it_never_ends() {
    for is_worse in [true, false] {
        let mut stage = Stage::new(1).await;
        stage.situation.from = Severity::Low;
        stage.arrive(0, &[Severity::Medium; 6], false).await;
        stage.announce(false).await;
        stage.dismiss(About::Storm);
        for _ in 0..if is_worse { 10 } else { 89 } {
            stage.pass(10 * SECOND);
            stage.arrive(0, &[Severity::Medium], false).await;
            stage.announce(false).await;
        }
        assert_eq!(stage.shown.len(), 4);
        stage.pass(10 * SECOND);
        stage.arrive(0, &[if is_worse { Severity::High } else { Severity::Medium }], false).await;
        stage.announce(false).await;
        let since = if is_worse { 11 } else { 90 };
        assert_eq!(stage.titles()[4..], [format!("Many alerts at once: {since} more")]);
    }
}

#[tokio::test]
async fn what_was_dismissed_is_counted_no_more() {
    let mut stage = Stage::new(1).await;
    stage.arrive(0, &[Severity::High; 3], true).await;
    stage.announce(true).await;
    stage.dismiss(About::Digest);
    stage.arrive(0, &[Severity::High; 2], true).await;
    stage.announce(true).await;
    assert_eq!(
        stage.titles(),
        ["3 alerts came while Vigie was not connected", "2 alerts came while Vigie was not connected"]
    );
}

#[tokio::test]
async fn an_alert_that_changes_and_gets_no_worse_is_worded_anew_in_its_place_and_not_all_the_time() {
    let mut stage = Stage::new(1).await;
    let [id] = stage.arrive(0, &[Severity::Critical], false).await[..] else { panic!() };
    stage.announce(false).await;
    let title = |stage: &Stage| stage.on_show[&About::Alert(id)].title.clone();
    stage.pass(2 * SECOND);
    stage.change(id, Severity::High, AlertState::Open).await;
    stage.announce(false).await;
    assert_eq!(title(&stage), "High: High scenario");
    stage.pass(SECOND);
    stage.change(id, Severity::Medium, AlertState::Open).await;
    stage.announce(false).await;
    assert_eq!(title(&stage), "High: High scenario", "a second ago");
    stage.settle().await;
    assert_eq!(title(&stage), "Medium: Medium scenario");
    assert_eq!(stage.titles(), ["Critical: Critical scenario"], "nothing new is shown");
}

#[tokio::test]
async fn what_was_dismissed_is_not_worded_anew() {
    let mut stage = Stage::new(1).await;
    let [id] = stage.arrive(0, &[Severity::Critical], false).await[..] else { panic!() };
    stage.announce(false).await;
    stage.dismiss(About::Alert(id));
    stage.change(id, Severity::High, AlertState::Open).await;
    stage.settle().await;
    assert!(stage.on_show.is_empty() && stage.announcing.changed.is_empty());
}
