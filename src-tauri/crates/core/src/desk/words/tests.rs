//! What native surfaces say, in both languages.

use super::*;
use crate::model::AlertState;

fn alert(scenario: Option<&str>) -> Alert {
    Alert {
        id: 7,
        source: SourceId(1),
        subject: "a-1".into(),
        severity: Severity::Critical,
        state: AlertState::Open,
        occurred_at: Time(0),
        received_at: Time(0),
        facts: Facts {
            scenario: scenario.map(str::to_owned),
            customer_name: Some("Ada Lovelace".into()),
            amount: Some("1234.50".into()),
            title: Some("Ada Lovelace paid 1234.50".into()),
            ..Facts::default()
        },
        acknowledged: false,
        snoozed_until: None,
        change: 1,
    }
}

#[test]
fn a_time_beyond_a_day_has_its_date() {
    let words = |hours: i64| local_near(Time(hours * 3_600_000), Time(0)).len();
    assert_eq!([-29, -23, 1, 23, 24, 29].map(words), [16, 5, 5, 5, 16, 16]);
}

#[test]
fn a_notification_says_how_bad_what_and_where_and_nothing_private() {
    let shown = alone(Language::English, &alert(Some("new_rule")), "Retail", true);
    assert_eq!(shown.title, "Critical: New rule");
    assert!(
        shown.body.starts_with("Retail, ") && shown.body.ends_with(". Click to open it."),
        "{}",
        shown.body
    );
    let text = format!("{shown:?}");
    assert!(!text.contains("Ada") && !text.contains("1234"), "{text}");
}

#[test]
fn in_full_it_says_who_and_how_much_each_on_a_short_line_of_its_own() {
    let mut alert = alert(Some("new_rule"));
    alert.facts.currency = Some("EUR".into());
    alert.facts.title = Some(format!("\u{202E}Paid\n{}", "y".repeat(500)));
    let body = alone(Language::English, &alert, "Retail", false).body;
    let lines: Vec<&str> = body.lines().collect();
    assert!(lines[0].starts_with("Paidyyy") && lines[0].chars().count() <= WORDS_LIMIT + 1, "{body}");
    assert_eq!(lines[1], "Ada Lovelace, 1,234.50\u{A0}EUR");
    assert!(lines[2].starts_with("Retail, "), "{body}");
    alert.facts = Facts::default();
    assert_eq!(alone(Language::English, &alert, "Retail", false).body.lines().count(), 1);
}

#[test]
fn a_hostile_scenario_stays_one_short_line() {
    let hostile = format!("\u{202E}\u{61C}<b>x</b>\n{}", "y".repeat(500));
    let title = alone(Language::English, &alert(Some(&hostile)), "Retail", true).title;
    assert!(title.chars().count() < 80 && !title.contains(['\n', '\u{202E}', '\u{61C}']), "{title}");
}

fn told(counts: SeverityCounts, scenarios: &[&str]) -> Told {
    let scenarios = scenarios.iter().map(|&one| one.to_owned()).collect();
    Told { counts, sources: BTreeSet::from([SourceId(1)]), scenarios, waited: BTreeSet::new() }
}

#[test]
fn a_digest_counts_the_worst_and_names_the_critical_ones() {
    let counts = SeverityCounts { critical: 1, high: 2, ..SeverityCounts::default() };
    let told = told(counts, &["new_rule", "<b>\u{202E}of their own</b>"]);
    let shown = together(Language::English, About::Digest, &told, &["Retail".into()], Vec::new());
    assert_eq!(shown.title, "3 alerts held back");
    assert_eq!(
        shown.body,
        "Critical: New rule, <b>of their own</b>\nRetail: 1 critical, 2 high. Click to see them."
    );
    assert_eq!(shown.severity, Severity::Critical);
}

#[test]
fn a_digest_says_in_words_why_what_it_tells_of_comes_only_now() {
    let counts = SeverityCounts { high: 3, ..SeverityCounts::default() };
    let shown = |language, waited: &[Wait]| {
        let told = Told { waited: waited.iter().copied().collect(), ..told(counts, &[]) };
        together(language, About::Digest, &told, &["Retail".into()], Vec::new())
    };
    for (why, english, french) in [
        (Wait::Pause, "3 alerts came during the pause", "3 alertes arrivées pendant la pause"),
        (
            Wait::QuietHours,
            "3 alerts came during quiet hours",
            "3 alertes arrivées pendant les heures calmes",
        ),
        (
            Wait::CatchingUp,
            "3 alerts came while Vigie was not connected",
            "3 alertes arrivées pendant que Vigie n’était pas connectée",
        ),
        (Wait::Snooze, "3 alerts are back after a snooze", "3 alertes de retour après une mise en veille"),
        (
            Wait::NotShown,
            "3 alerts that may not have been shown",
            "3 alertes qui n’ont peut-être pas été affichées",
        ),
    ] {
        assert_eq!(shown(Language::English, &[why]).title, english);
        assert_eq!(shown(Language::French, &[why]).title, french);
    }
    let several = shown(Language::English, &[Wait::QuietHours, Wait::Pause]);
    assert_eq!(several.title, "3 alerts held back");
    assert_eq!(several.body, "Why: a pause, quiet hours\nRetail: 3 high. Click to see them.");
}

#[test]
fn what_got_worse_says_so_in_words_and_what_did_not_says_nothing() {
    let words = |language, was| {
        Occasion { was: Some(was), ..Occasion::default() }.words(language, Severity::Critical)
    };
    let english = words(Language::English, Severity::High);
    assert_eq!(english.as_deref(), Some("Got worse: from high to critical."));
    let french = words(Language::French, Severity::High);
    assert_eq!(french.as_deref(), Some("Aggravée : élevée auparavant, critique maintenant."));
    assert_eq!(words(Language::English, Severity::Critical), None);
}

#[test]
fn a_storm_says_that_it_is_one() {
    let counts = SeverityCounts { high: 140, ..SeverityCounts::default() };
    let shown = together(Language::English, About::Storm, &told(counts, &[]), &["Retail".into()], Vec::new());
    assert_eq!(shown.title, "Many alerts at once: 140 more");
    assert_eq!(shown.body, "Retail: 140 high. Click to see them.");
    assert_eq!(shown.severity, Severity::High);
}
