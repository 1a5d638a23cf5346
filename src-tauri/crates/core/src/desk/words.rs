//! Words for what is announced. Private unless the analyst wants it otherwise: severity, scenario and source; no names, no
//! amounts.

use super::desktop::{About, Notification};
use crate::link::Failing;
use crate::model::{Alert, AlertId, Facts, Severity, Time};
use crate::text::Language;

/// The longest scenario and source that a notification shows, in characters.
const WORDS_LIMIT: usize = 60;

/// The notification for one alert; `is_private`: without names and amounts.
pub fn alone(language: Language, alert: &Alert, source: &str, is_private: bool) -> Notification {
    let severity = severity_word(language, alert.severity);
    let title = match scenario(language, alert.facts.scenario.as_deref()) {
        Some(scenario) => {
            language.text("native.alert.title", &[("severity", &severity), ("scenario", &scenario)])
        }
        None => language.text("native.alert.title_plain", &[("severity", &severity)]),
    };
    let body = language
        .text("native.alert.body", &[("source", &plain(source)), ("time", &local_time(alert.occurred_at))]);
    Notification {
        about: About::Alert(alert.id),
        alerts: vec![(alert.id, alert.severity)],
        severity: alert.severity,
        title,
        body: if is_private { body } else { in_full(&alert.facts, &body) },
        button: language.text("native.alert.show", &[]),
    }
}

/// What happened, to whom and about how much, before the rest.
fn in_full(facts: &Facts, rest: &str) -> String {
    let amount = [facts.amount.as_deref(), facts.currency.as_deref()].into_iter().flatten();
    let amount = amount.collect::<Vec<_>>().join(" ");
    let customer = facts.customer_name.as_deref().or(facts.customer.as_deref());
    let about = [customer, (!amount.is_empty()).then_some(amount.as_str())];
    let about = about.into_iter().flatten().map(plain).collect::<Vec<_>>().join(", ");
    let lines =
        [facts.title.as_deref().map(plain), (!about.is_empty()).then_some(about), Some(rest.to_owned())];
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// The notification for what was missed: how many, and how bad.
pub fn digest(language: Language, alerts: Vec<(AlertId, Severity)>, sources: &[&str]) -> Notification {
    let counts: Vec<String> = Severity::ALL
        .into_iter()
        .rev()
        .map(|severity| (alerts.iter().filter(|(_, one)| *one == severity).count(), severity.word()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| {
            let key = format!("native.digest.{word}");
            language.count(&key, u32::try_from(count).unwrap_or(u32::MAX))
        })
        .collect();
    let sources: Vec<String> = sources.iter().map(|name| plain(name)).collect();
    let (sources, counts) = (sources.join(", "), counts.join(", "));
    Notification {
        about: About::Digest,
        severity: alerts.iter().map(|(_, severity)| *severity).max().unwrap_or(Severity::High),
        title: language.count("native.digest.title", u32::try_from(alerts.len()).unwrap_or(u32::MAX)),
        body: language.text("native.digest.body", &[("source", &sources), ("counts", &counts)]),
        button: language.text("native.digest.show", &[]),
        alerts,
    }
}

/// The notification for what a rule of this name wants announced that is no alert; with `facts`, which of them it is.
pub fn news(
    language: Language,
    place: usize,
    rule: &str,
    count: u32,
    sources: &[&str],
    facts: Option<&Facts>,
) -> Notification {
    let sources = sources.iter().map(|name| plain(name)).collect::<Vec<_>>().join(", ");
    let body = language.text(
        "native.news.body",
        &[("source", &sources), ("count", &language.count("native.news.count", count))],
    );
    Notification {
        about: About::Rule(place),
        alerts: Vec::new(),
        severity: Severity::High,
        title: plain(rule),
        body: facts.map_or_else(|| body.clone(), |facts| in_full(facts, &body)),
        button: language.text("native.digest.show", &[]),
    }
}

/// The notification that the program goes on without its window.
pub fn hidden(language: Language) -> Notification {
    Notification {
        about: About::Program,
        alerts: Vec::new(),
        severity: Severity::Low,
        title: language.text("native.hidden.title", &[]),
        body: language.text("native.hidden.body", &[]),
        button: language.text("native.tray.open", &[]),
    }
}

/// The notification that the database was damaged, and was set aside and replaced.
pub fn set_aside(language: Language) -> Notification {
    Notification {
        about: About::Program,
        alerts: Vec::new(),
        severity: Severity::High,
        title: language.text("native.set_aside.title", &[]),
        body: language.text("native.set_aside.body", &[]),
        button: language.text("native.tray.open", &[]),
    }
}

/// The notification that nothing can be stored: what is not stored is not announced either, so it counts as critical.
pub fn store_fails(language: Language, failing: &Failing) -> Notification {
    let body = match failing {
        Failing::DiskFull => "native.store_fails.disk_full",
        Failing::Damaged(_) => "native.store_fails.damaged",
        Failing::Otherwise => "native.store_fails.body",
    };
    Notification {
        about: About::Program,
        alerts: Vec::new(),
        severity: Severity::Critical,
        title: language.text("native.store_fails.title", &[]),
        body: language.text(body, &[]),
        button: language.text("native.tray.open", &[]),
    }
}

/// Hours and minutes in this computer's zone.
pub fn local_time(time: Time) -> String {
    jiff::Timestamp::from_millisecond(time.0)
        .map(|at| at.to_zoned(jiff::tz::TimeZone::system()).strftime("%H:%M").to_string())
        .unwrap_or_default()
}

fn severity_word(language: Language, severity: Severity) -> String {
    language.text(&format!("severity.{}", severity.word()), &[])
}

/// The scenario in words: those of the message table, else the server's code made readable.
fn scenario(language: Language, code: Option<&str>) -> Option<String> {
    let code = code?;
    if let Some(words) = language.find(&format!("scenario.{code}"), &[]) {
        return Some(words);
    }
    let words = plain(&code.replace('_', " "));
    let mut characters = words.chars();
    let first = characters.next()?;
    Some(first.to_uppercase().chain(characters).collect())
}

/// A server's text as one short, plain line: nothing that could turn the reading direction or break the line.
pub(super) fn plain(text: &str) -> String {
    let is_hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
    };
    let mut characters = text.chars().filter(|c| !is_hidden(*c));
    let mut line: String = characters.by_ref().take(WORDS_LIMIT).collect();
    if characters.next().is_some() {
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AlertState, Facts, SourceId};

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
        assert_eq!(lines[1], "Ada Lovelace, 1234.50 EUR");
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

    #[test]
    fn a_digest_counts_the_worst() {
        let alerts = vec![(1, Severity::High), (2, Severity::Critical), (3, Severity::High)];
        let shown = digest(Language::English, alerts, &["Retail"]);
        assert_eq!(shown.title, "3 alerts to look at");
        assert_eq!(shown.body, "Retail: 1 critical, 2 high. Click to see them.");
        assert_eq!(shown.severity, Severity::Critical);
    }
}
