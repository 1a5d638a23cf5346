//! Words for what is announced. Private unless the analyst wants it otherwise: severity, scenario and source; no names,
//! no amounts.

mod trouble;

use std::collections::BTreeSet;
use std::time::Duration;

use super::amounts::amount;
use super::desktop::{About, Button, Notification};
use crate::link::Failing;
use crate::model::{Alert, AlertId, Facts, Severity, SeverityCounts, SourceId, Time};
use crate::policy::{Sound, Wait};
use crate::text::Language;

pub use trouble::{offline, profile_refused};

/// The longest scenario and source that a notification shows, in characters.
const WORDS_LIMIT: usize = 60;

/// What a notification of several alerts tells of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// How many there are of each severity.
    pub counts: SeverityCounts,
    /// Where they come from.
    pub sources: BTreeSet<SourceId>,
    /// The scenarios of the critical ones, the newest first, each once.
    pub scenarios: Vec<String>,
    /// Why they have waited, those that have.
    pub waited: BTreeSet<Wait>,
}

impl Told {
    /// How bad the worst of them is.
    pub fn worst(&self) -> Option<Severity> {
        let mut counts = self.counts;
        Severity::ALL.into_iter().rev().find(|severity| *counts.of(*severity) > 0)
    }
}

/// What is told beside an alert that does not come just so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Occasion {
    /// Why it has waited.
    pub waited: Option<Wait>,
    /// How bad it was said to be before.
    pub was: Option<Severity>,
}

impl Occasion {
    /// The line that says so of an alert that is so bad now, if there is something to say.
    pub fn words(self, language: Language, severity: Severity) -> Option<String> {
        let waited = self.waited.map(|why| language.text(&format!("native.waited.{}", why.word()), &[]));
        let worse = self.was.filter(|was| *was < severity).map(|was| {
            let [was, now] = [was, severity].map(|one| severity_word(language, one).to_lowercase());
            language.text("native.alert.worse", &[("was", &was), ("now", &now)])
        });
        let words: Vec<String> = waited.into_iter().chain(worse).collect();
        (!words.is_empty()).then(|| words.join(" "))
    }
}

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
        body: if is_private { body } else { in_full(language, &alert.facts, &body) },
        button: language.text("native.alert.show", &[]),
        link: None,
        buttons: vec![
            (Button::Acknowledge, language.text("native.alert.acknowledge", &[])),
            (Button::Snooze, language.text("native.alert.snooze", &[])),
        ],
        sound: None,
    }
}

/// What happened, to whom and about how much, before the rest.
fn in_full(language: Language, facts: &Facts, rest: &str) -> String {
    let amount = amount(language, facts.amount.as_deref(), facts.currency.as_deref());
    let customer = facts.customer_name.as_deref().or(facts.customer.as_deref());
    let about = [customer, amount.as_deref()];
    let about = about.into_iter().flatten().map(plain).collect::<Vec<_>>().join(", ");
    let lines =
        [facts.title.as_deref().map(plain), (!about.is_empty()).then_some(about), Some(rest.to_owned())];
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// The notification that tells of several alerts: how many, why they come only now, how bad they are, and what the
/// critical ones are. `alerts` are those that none before it has told of.
pub fn together(
    language: Language,
    about: About,
    told: &Told,
    sources: &[String],
    alerts: Vec<(AlertId, Severity)>,
) -> Notification {
    let in_words = in_words(language, told.counts);
    let sources = sources.iter().map(|name| plain(name)).collect::<Vec<_>>().join(", ");
    let body = language.text("native.digest.body", &[("source", &sources), ("counts", &in_words)]);
    let scenarios: Vec<String> =
        told.scenarios.iter().filter_map(|code| scenario(language, Some(code))).collect();
    let waited: Vec<&str> = told.waited.iter().map(|why| why.word()).collect();
    let title = match (about, waited.as_slice()) {
        (About::Storm, _) => "native.storm.title".to_owned(),
        (_, [why]) => format!("native.digest.title.{why}"),
        _ => "native.digest.title".to_owned(),
    };
    let named = (!scenarios.is_empty())
        .then(|| language.text("native.digest.named", &[("scenarios", &scenarios.join(", "))]));
    let reasons = (waited.len() > 1).then(|| {
        let reasons = waited.iter().map(|why| language.text(&format!("native.digest.reason.{why}"), &[]));
        language.text("native.digest.reasons", &[("reasons", &reasons.collect::<Vec<_>>().join(", "))])
    });
    Notification {
        about,
        severity: told.worst().unwrap_or(Severity::High),
        title: language.count(&title, told.counts.total()),
        body: [named, reasons, Some(body)].into_iter().flatten().collect::<Vec<_>>().join("\n"),
        button: language.text("native.digest.show", &[]),
        link: None,
        buttons: Vec::new(),
        sound: None,
        alerts,
    }
}

/// How many there are of each severity, the worst first.
pub(super) fn in_words(language: Language, mut counts: SeverityCounts) -> String {
    let counts = Severity::ALL.into_iter().rev().map(|severity| (*counts.of(severity), severity));
    let words = counts
        .filter(|(count, _)| *count > 0)
        .map(|(count, severity)| language.count(&format!("native.digest.{}", severity.word()), count));
    words.collect::<Vec<_>>().join(", ")
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
        body: facts.map_or_else(|| body.clone(), |facts| in_full(language, facts, &body)),
        button: language.text("native.digest.show", &[]),
        link: None,
        buttons: Vec::new(),
        sound: None,
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
        link: None,
        buttons: Vec::new(),
        sound: None,
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
        link: None,
        buttons: Vec::new(),
        sound: None,
    }
}

/// The notification that a server has signed the analyst out; `why` is the message's key.
pub fn signed_out(language: Language, source: &str, why: &str) -> Notification {
    Notification {
        about: About::Program,
        alerts: Vec::new(),
        severity: Severity::High,
        title: language.text("native.signed_out.title", &[("source", &plain(source))]),
        body: language.text("native.signed_out.body", &[("why", &language.text(why, &[]))]),
        button: language.text("native.tray.open", &[]),
        link: None,
        buttons: Vec::new(),
        sound: Some(Sound::Notice),
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
        link: None,
        buttons: Vec::new(),
        sound: Some(Sound::Alarm),
    }
}

/// From so much on the hour alone would be taken for that of today.
const DAY: Duration = Duration::from_secs(24 * 3_600);

/// Hours and minutes in this computer's zone.
pub fn local_time(time: Time) -> String {
    local(time, "%H:%M")
}

/// When something ends or has begun, at `now`: the same, and its day where there is such an hour between.
pub fn local_near(time: Time, now: Time) -> String {
    let is_near = time.since(now).max(now.since(time)) < DAY;
    local(time, if is_near { "%H:%M" } else { "%Y-%m-%d %H:%M" })
}

fn local(time: Time, format: &str) -> String {
    jiff::Timestamp::from_millisecond(time.0)
        .map(|at| at.to_zoned(jiff::tz::TimeZone::system()).strftime(format).to_string())
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
    plain_within(WORDS_LIMIT, text)
}

/// The same within so many characters.
fn plain_within(limit: usize, text: &str) -> String {
    let is_hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
    };
    let mut characters = text.chars().filter(|c| !is_hidden(*c));
    let mut line: String = characters.by_ref().take(limit).collect();
    if characters.next().is_some() {
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests;
