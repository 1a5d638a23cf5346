use super::file::{FiguresError, KeptFigures};
use super::report::Report;
use std::time::Duration;

use super::*;
use crate::desk::view::{Diagnostics, GapView, Overview, RejectedView, SourceView};
use crate::model::{Event, Facts, Kind, Link, Parameters, ProfileProblem, Severity, Traits};
use crate::policy::{Situation, Storms, Wait, plan};
use crate::profile::{Rejected, RejectedReason};
use crate::settings::{Rule, Then};
use crate::store::Pending;

const BANK: SourceId = SourceId(7);
const START: Time = Time(1_767_225_600_000);

fn at(milliseconds: i64) -> Time {
    Time(START.0 + milliseconds)
}

/// The same by both clocks.
fn moment(milliseconds: i64) -> Moment {
    leapt(milliseconds, 0)
}

/// The same after the wall clock was set by so many milliseconds.
fn leapt(milliseconds: i64, set: i64) -> Moment {
    Moment { at: at(milliseconds + set), elapsed: Duration::from_millis(milliseconds.try_into().unwrap()) }
}

fn event(read_at: Time, is_history: bool) -> Event {
    Event {
        kind: Kind::Transaction,
        what: None,
        is_history,
        subject: "t-1".to_owned(),
        digest: 0,
        version: None,
        facts: Facts { occurred_at: Some(Time(read_at.0.saturating_sub(30))), ..Facts::default() },
        unreadable: Vec::new(),
        received_at: read_at,
        raw: "{}".to_owned(),
    }
}

fn batch(events: impl IntoIterator<Item = Event>, rejected: &[RejectedReason]) -> Batch {
    let rejected = rejected.iter().map(|reason| Rejected {
        reason: *reason,
        detail: String::new(),
        received_at: START,
        length: 1,
        head: "?".to_owned(),
    });
    Batch { events: events.into_iter().collect(), rejected: rejected.collect(), ..Batch::default() }
}

fn stored(events: u32) -> Committed {
    Committed { stored: events, ..Committed::default() }
}

#[test]
fn what_was_received_is_told_apart_by_what_became_of_it() {
    let figures = Figures::from(moment(0));
    let came = batch(
        [event(at(0), false), event(at(0), false), event(at(1), false)],
        &[RejectedReason::NotJson, RejectedReason::TooLarge, RejectedReason::NotJson],
    );
    figures.connected(BANK);
    figures.connected(BANK);
    figures.received(BANK, &came);
    let before = figures.view(at(2), &Holdings::default());
    assert_eq!((before.sources[0].received, before.sources[0].stored), (6, 0), "it is not stored yet");
    figures.committed(BANK, &came, Committed { stored: 2, duplicates: 1, ..Committed::default() }, moment(2));
    let view = figures.view(at(2), &Holdings::default());
    let [bank] = &view.sources[..] else { panic!("one source: {view:?}") };
    let rejected: u64 = bank.rejected.iter().map(|reason| reason.frames).sum();
    assert_eq!((bank.source, bank.stored, bank.duplicates, rejected), (BANK, 2, 1, 3));
    assert_eq!(bank.received, bank.stored + bank.duplicates + rejected);
    assert_eq!(bank.rejected[1], ReasonFigure { reason: "not_json".to_owned(), frames: 2 });
    assert_eq!(bank.reconnects, 1);
    figures.forget(BANK);
    assert_eq!(figures.view(at(2), &Holdings::default()).sources, []);
}

#[test]
fn latencies_are_told_from_when_a_frame_was_read_and_only_of_news() {
    let figures = Figures::from(moment(0));
    let came = batch([event(at(0), false), event(at(6), false), event(at(0), true)], &[]);
    figures.committed(BANK, &came, stored(3), moment(10));
    figures.handed(figures.unshown(), moment(43));
    figures.asked_for([at(6), Time(START.0 - 1)], moment(20));
    let view = figures.view(at(50), &Holdings::default());
    let spread = |times, p50, max| Some(SpreadView { times, p50, p99: max, max });
    assert_eq!(view.latency.committed, spread(2, 4, 10));
    assert_eq!(view.latency.handed, spread(2, 37, 43));
    assert_eq!(
        view.latency.asked_for,
        spread(1, 14, 14),
        "what is older than the program did not wait for it"
    );
    assert_eq!(view.sources[0].lag, spread(2, 30, 30));
}

#[test]
fn what_is_stored_while_the_window_is_handed_something_is_handed_the_next_time() {
    let figures = Figures::from(moment(0));
    figures.committed(BANK, &batch([event(at(0), false)], &[]), stored(1), moment(1));
    let shown = figures.unshown();
    figures.committed(BANK, &batch([event(at(5), false)], &[]), stored(1), moment(6));
    figures.handed(shown, moment(9));
    let handed = |figures: &Figures| figures.view(at(9), &Holdings::default()).latency.handed;
    assert_eq!(handed(&figures).map(|spread| (spread.times, spread.max)), Some((1, 9)));
    figures.handed(figures.unshown(), moment(25));
    assert_eq!(handed(&figures).map(|spread| (spread.times, spread.max)), Some((2, 20)));
    figures.handed(figures.unshown(), moment(99));
    assert_eq!(handed(&figures).map(|spread| spread.times), Some(2), "nothing is handed twice");
}

#[test]
fn nobody_who_watches_makes_nothing_grow() {
    let figures = Figures::from(moment(0));
    for millisecond in 0..100_000 {
        figures.committed(BANK, &batch([event(at(millisecond), false)], &[]), stored(1), moment(millisecond));
    }
    assert!(figures.unshown() < 5_000);
    figures.watched();
    assert_eq!(figures.unshown(), 0, "who comes now has not waited");
}

#[test]
fn across_a_leap_of_the_clock_nothing_is_measured_and_after_it_all_is_again() {
    const DAY: i64 = 86_400_000;
    for set in [DAY, -DAY, 60_200, -60_200] {
        let figures = Figures::from(moment(0));
        let read = |at| batch([event(at, false)], &[]);
        figures.committed(BANK, &read(at(0)), stored(1), moment(4));
        // Read before the leap, stored, announced and shown after it.
        figures.committed(BANK, &read(at(10)), stored(1), leapt(20, set));
        figures.asked_for([at(10)], leapt(20, set));
        figures.handed(figures.unshown(), leapt(20, set));
        let view = figures.view(at(20), &Holdings::default());
        assert_eq!(view.latency.committed.map(|spread| (spread.times, spread.max)), Some((1, 4)), "{set}");
        assert_eq!((view.latency.asked_for, view.latency.handed), (None, None), "{set}");
        figures.committed(BANK, &read(at(30 + set)), stored(1), leapt(36, set));
        figures.asked_for([at(30 + set)], leapt(37, set));
        figures.handed(figures.unshown(), leapt(38, set));
        let view = figures.view(at(40), &Holdings::default());
        assert_eq!(view.latency.committed.map(|spread| (spread.times, spread.max)), Some((2, 6)), "{set}");
        assert_eq!(view.latency.asked_for.map(|spread| spread.max), Some(7), "{set}");
        assert_eq!(view.latency.handed.map(|spread| spread.max), Some(8), "{set}");
    }
}

#[test]
fn a_delay_by_two_clocks_that_cannot_both_be_right_is_none() {
    let figures = Figures::from(moment(0));
    let lag = || figures.view(at(0), &Holdings::default()).sources[0].lag.map(|lag| (lag.times, lag.max));
    let happened = |ago: i64, read_at: Time| {
        let mut event = event(read_at, false);
        event.facts.occurred_at = Some(Time(read_at.0.saturating_sub(ago)));
        batch([event], &[])
    };
    for ago in [30, -500, -60_000, 25 * 3_600_000, i64::MAX] {
        figures.committed(BANK, &happened(ago, at(5)), stored(1), moment(6));
    }
    assert_eq!(lag(), Some((2, 30)), "a clock that is a little ahead is none that is wrong");
    // The clock was wrong by an hour for a while: what it made is gone when it is right again.
    figures.committed(BANK, &happened(3_600_000, at(3_600_010)), stored(1), leapt(12, 3_600_000));
    figures.committed(BANK, &happened(20, at(20)), stored(1), moment(21));
    assert_eq!(lag(), Some((1, 20)));
}

#[test]
fn every_alert_that_is_not_announced_has_its_reason() {
    let pending = |id, severity| Pending {
        id,
        source: BANK,
        read_at: START,
        severity,
        traits: Traits {
            kind: Kind::Alert,
            source: "Retail".into(),
            severity: Some(severity),
            amount: None,
            scenario: None,
            words: format!("a-{id}"),
        },
        closed: false,
        acknowledged: false,
        away: None,
        change: 1,
        announced: None,
        snoozed: false,
        woken: false,
    };
    let alerts = [
        pending(1, Severity::Critical),
        pending(2, Severity::Medium),
        Pending { closed: true, ..pending(3, Severity::High) },
        Pending { acknowledged: true, ..pending(4, Severity::High) },
        Pending { announced: Some(Severity::High), ..pending(5, Severity::High) },
        pending(6, Severity::High),
        pending(7, Severity::High),
    ];
    let snoozed = [Pending { snoozed: true, ..pending(7, Severity::High) }];
    let figures = Figures::from(moment(0));
    let known = Rule { then: Then::Silent, text: Some("a-7".into()), ..Rule::default() };
    let situation = Situation { hushed: Some(Wait::Pause), rules: vec![known], ..Situation::default() };
    let quiet = Situation { hushed: Some(Wait::QuietHours), ..Situation::default() };
    let mut storms = Storms::default();
    let mut decide = |alerts: &[Pending], situation: &Situation| {
        figures.decided(&plan(alerts, situation, &mut storms));
    };
    decide(&alerts, &situation);
    decide(&snoozed, &quiet);
    decide(&[6, 7].map(|id| Pending { away: Some(Wait::QuietHours), ..pending(id, Severity::High) }), &quiet);
    let away = [Wait::Pause, Wait::CatchingUp, Wait::NotShown];
    decide(&away.map(|why| Pending { away: Some(why), ..pending(6, Severity::High) }), &Situation::default());
    decide(&snoozed, &Situation::default());
    decide(&[6, 7, 8, 9].map(|id| pending(id, Severity::High)), &Situation::default());
    figures.storm_asked_for();
    figures.digest_asked_for();
    figures.not_shown();
    let holdings = Holdings { waiting: 3, ..Holdings::default() };
    let expected = NotificationFigures {
        alone: 4,
        storms: 1,
        in_storms: 1,
        digests: 1,
        in_digests: 2,
        missed: 1,
        failed: 1,
        below_level: 1,
        by_rule: 1,
        known: 1,
        closed: 1,
        acknowledged: 1,
        held: 1,
        quiet_hours: 1,
        snoozed: 1,
        waiting: 3,
    };
    assert_eq!(figures.view(START, &holdings).notifications, expected);
}

#[test]
fn kept_figures_are_read_as_they_were_written() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("vigie.sqlite");
    assert_eq!(file::read(&store).unwrap(), None);
    let figures = Figures::from(moment(0));
    for running in [true, false] {
        figures.committed(
            BANK,
            &batch([event(at(0), false)], &[RejectedReason::TooDeep]),
            stored(1),
            moment(9),
        );
        let figures = figures.view(at(10), &Holdings::default());
        let kept = KeptFigures {
            version: "1.2.3".to_owned(),
            running,
            figures,
            names: [(BANK, "Retail".to_owned())].into(),
            before: None,
        };
        file::write(&store, &kept).unwrap();
        assert_eq!(file::read(&store).unwrap(), Some(kept));
    }
    let names: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(names, ["vigie.figures.json"], "nothing unfinished stays");
    std::fs::write(file::path(&store), "{}").unwrap();
    assert!(matches!(file::read(&store), Err(FiguresError::NotOurs(_))));
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_kept_figures() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("vigie.sqlite");
    let figures = Figures::from(moment(0)).view(START, &Holdings::default());
    let kept = KeptFigures {
        version: String::new(),
        running: true,
        figures,
        names: std::collections::BTreeMap::new(),
        before: None,
    };
    file::write(&store, &kept).unwrap();
    let mode = std::fs::metadata(file::path(&store)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_report_names_nobody_and_repeats_nothing_that_a_server_wrote() {
    const PRIVATE: &str = "Ada Lovelace";
    let private = || PRIVATE.to_owned();
    let figures = Figures::from(moment(0));
    figures.committed(BANK, &batch([event(at(0), false)], &[]), stored(1), moment(9));
    let overview = Overview {
        version: "1.2.3".to_owned(),
        sources: vec![SourceView {
            id: BANK,
            name: private(),
            url: format!("https://bank.example/?user={PRIVATE}"),
            profile: "big-defend".to_owned(),
            user: private(),
            parameters: Parameters::from([("account".to_owned(), vec![private()])]),
            actions: Vec::new(),
            simulated: false,
            link: Link::Connecting,
            stored_until: None,
            remembered: true,
            rejected: 1,
        }],
        ..Overview::default()
    };
    let diagnostics = Diagnostics {
        store: format!("/home/{PRIVATE}/vigie.sqlite"),
        log: Some(format!("/home/{PRIVATE}/logs")),
        figures: figures.view(at(10_999), &Holdings::default()),
        rejected: vec![RejectedView {
            source: BANK,
            received_at: START,
            reason: "not_json".to_owned(),
            detail: private(),
            length: 12,
            head: private(),
        }],
        gaps: vec![GapView {
            source: BANK,
            start: START,
            end: None,
            reason: "closed".to_owned(),
            how: None,
            closed_at: None,
        }],
        profiles: vec![ProfileProblem { file: format!("/home/{PRIVATE}/own.toml"), message: private() }],
    };
    let folder = tempfile::tempdir().unwrap();
    let report = Report::new(overview, diagnostics, [("tauri", "2".to_owned())].into(), "Linux".to_owned());
    let path = report.save(folder.path()).unwrap();
    assert_eq!(path, folder.path().join("vigie-report-20260101-000010.json"));
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(!text.contains("Lovelace") && !text.contains("bank.example"), "{text}");
    for said in
        ["1.2.3", "tauri", "Linux", "big-defend", "connecting", "not_json", "closed", "2026-01-01T00:00:10Z"]
    {
        assert!(text.contains(said), "{said} is missing: {text}");
    }
}
