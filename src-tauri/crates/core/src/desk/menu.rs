//! The tray's menu: how things stand, the newest alerts, and what can be done without the window.

use super::desktop::{Choice, Entry};
use super::tray::OFFLINE_AFTER;
use super::view::{Overview, SourceView};
use super::words::{alone, plain};
use crate::model::{Alert, Link, PauseFor, SeverityCounts};
use crate::text::Language;

/// As many alerts as a glance takes in.
pub const ALERTS_SHOWN: u32 = 5;
/// The newest alerts that they are chosen from.
pub const ALERTS_READ: u32 = 100;

/// What the menu offers beside what the overview tells.
#[derive(Debug, Default)]
pub struct Offered {
    /// The open alerts that came last, newest first, and before all others those that the analyst is told of and has
    /// not seen: [`ALERTS_SHOWN`] at the most.
    pub newest: Vec<Alert>,
    /// How many alerts were acknowledged together last; 0: there is nothing to take back.
    pub acknowledged: u32,
}

/// How many alerts are acknowledged together: none that is critical.
pub const fn acknowledgeable(unacknowledged: SeverityCounts) -> u32 {
    unacknowledged.low.saturating_add(unacknowledged.medium).saturating_add(unacknowledged.high)
}

/// The menu, below these lines of state.
pub fn menu(language: Language, lines: &[String], overview: &Overview, offered: &Offered) -> Vec<Entry> {
    let text = |key: &str| language.text(&format!("native.tray.{key}"), &[]);
    let count = |key: &str, n| language.count(&format!("native.tray.{key}"), n);
    let mut menu: Vec<Entry> = lines.iter().cloned().map(Entry::Line).collect();
    menu.push(Entry::Between);
    let seen_from = menu.len();
    menu.extend(offered.newest.iter().map(|alert| {
        Entry::Choice(Choice::Alert(alert.id), alert_words(language, alert, &overview.sources))
    }));
    let below_critical = acknowledgeable(overview.unacknowledged);
    if below_critical > 0 {
        let all = Choice::AcknowledgeAll(overview.alerts_change);
        menu.push(Entry::Choice(all, count("acknowledge_all", below_critical)));
    }
    if offered.acknowledged > 0 {
        menu.push(Entry::Choice(Choice::TakeBack, count("take_back", offered.acknowledged)));
    }
    if menu.len() > seen_from {
        menu.push(Entry::Between);
    }
    menu.push(Entry::Choice(Choice::Open, text("open")));
    if overview.paused_until.is_some() {
        menu.push(Entry::Choice(Choice::Resume, text("resume")));
    }
    // Another one takes the place of the one under way.
    let pauses = [
        (PauseFor::QuarterHour, "pause_quarter"),
        (PauseFor::Hour, "pause_hour"),
        (PauseFor::Tomorrow, "pause_tomorrow"),
    ];
    let pauses = pauses.map(|(pause, key)| Entry::Choice(Choice::Pause(pause), text(key)));
    menu.push(Entry::More(text("pause"), pauses.into()));
    if !overview.sources.is_empty() {
        let sources = overview.sources.iter();
        let sources = sources.map(|source| Entry::Choice(Choice::Sources, source_words(language, source)));
        menu.push(Entry::More(text("sources"), sources.collect()));
    }
    menu.extend([Entry::Between, Entry::Quit(text("quit"))]);
    menu
}

/// An alert as a notification tells of it where that is private: a menu is read on shared screens too.
fn alert_words(language: Language, alert: &Alert, sources: &[SourceView]) -> String {
    let source = sources.iter().find(|source| source.id == alert.source);
    let source = source.map_or("", |source| source.name.as_str());
    let title = alone(language, alert, source, true).title;
    language.text("native.tray.alert", &[("title", &title), ("source", &plain(source))])
}

/// A source and how its link stands.
pub fn source_words(language: Language, source: &SourceView) -> String {
    let state = match source.link {
        Link::Live { .. } => "native.tray.live",
        Link::Retrying { attempts, .. } if attempts >= OFFLINE_AFTER => "link.offline",
        Link::Retrying { .. } => "native.tray.retrying",
        Link::Connecting => "link.connecting",
        Link::CatchingUp { .. } => "link.catching_up",
        Link::SignedOut { .. } => "link.signed_out",
        Link::Refused { .. } => "link.refused",
        Link::Paused => "link.paused",
    };
    let state = language.text(state, &[]);
    language.text("native.tray.source", &[("name", &plain(&source.name)), ("state", &state)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AlertState, Facts, Parameters, Severity, SignedOutReason, SourceId, Time};

    fn alert(scenario: &str) -> Alert {
        Alert {
            id: 7,
            source: SourceId(1),
            subject: "a-1".into(),
            severity: Severity::Critical,
            state: AlertState::Open,
            occurred_at: Time(0),
            received_at: Time(0),
            facts: Facts {
                scenario: Some(scenario.to_owned()),
                customer_name: Some("Ada Lovelace".into()),
                amount: Some("1234.50".into()),
                ..Facts::default()
            },
            acknowledged: false,
            snoozed_until: None,
            change: 1,
        }
    }

    fn overview(name: &str) -> Overview {
        let link = Link::SignedOut { reason: SignedOutReason::ByAnalyst };
        let source = SourceView {
            id: SourceId(1),
            name: name.into(),
            url: "https://bank.example/".into(),
            profile: "big-defend".into(),
            user: "ada".into(),
            parameters: Parameters::new(),
            actions: Vec::new(),
            simulated: false,
            link,
            stored_until: None,
            remembered: true,
            rejected: 0,
        };
        Overview { sources: vec![source], ..Overview::default() }
    }

    /// What a menu says, with what is under an entry indented.
    fn words(entries: &[Entry]) -> Vec<String> {
        let words = entries.iter().flat_map(|entry| match entry {
            Entry::Line(words) | Entry::Choice(_, words) | Entry::Quit(words) => vec![words.clone()],
            Entry::Between => vec!["-".into()],
            Entry::More(head, more) => {
                let more = words(more).into_iter().map(|words| format!("  {words}"));
                std::iter::once(head.clone()).chain(more).collect()
            }
        });
        words.collect()
    }

    #[test]
    fn everything_is_in_the_menu_and_nothing_private() {
        let counts = SeverityCounts { critical: 2, high: 3, medium: 1, ..SeverityCounts::default() };
        let overview = Overview { unacknowledged: counts, ..overview("Retail") };
        let offered = Offered { newest: vec![alert("new_rule")], acknowledged: 0 };
        let menu = menu(Language::English, &["Live".into()], &overview, &offered);
        assert_eq!(
            words(&menu),
            [
                "Live",
                "-",
                "Critical: New rule · Retail",
                "Acknowledge 4 alerts below critical",
                "-",
                "Open Vigie",
                "Pause notifications",
                "  For 15 minutes",
                "  For 1 hour",
                "  Until tomorrow, 08:00",
                "Sources",
                "  Retail: Signed out",
                "-",
                "Quit"
            ]
        );
        assert!(menu.contains(&Entry::Choice(Choice::Alert(7), "Critical: New rule · Retail".into())));
    }

    #[test]
    fn what_does_not_apply_is_not_offered() {
        let overview = Overview { paused_until: Some(Time(1)), ..Overview::default() };
        let offered = Offered { newest: Vec::new(), acknowledged: 2 };
        let menu = words(&menu(Language::English, &[], &overview, &offered));
        assert_eq!(
            menu,
            [
                "-",
                "Take back the acknowledgement of 2 alerts",
                "-",
                "Open Vigie",
                "Resume notifications",
                "Pause notifications",
                "  For 15 minutes",
                "  For 1 hour",
                "  Until tomorrow, 08:00",
                "-",
                "Quit"
            ]
        );
    }

    #[test]
    fn hostile_words_are_one_short_plain_line() {
        let hostile = format!("\u{202E}a\n&{}", "y".repeat(500));
        let offered = Offered { newest: vec![alert(&hostile)], acknowledged: 0 };
        for words in words(&menu(Language::English, &[], &overview(&hostile), &offered)) {
            let is_short = words.chars().count() < 150;
            assert!(is_short && !words.contains(['\n', '\u{202E}']), "{words}");
        }
    }
}
