//! What is printed: a line of words, or of JSON.

use std::io;

use serde::Serialize;
use serde_json::value::RawValue;
use vigie_core::desk::desktop::{About, Notification};
use vigie_core::desk::view::GapView;
use vigie_core::model::{AlertId, EventDetail, EventId, Facts, Kind, Link, Severity, Time};

use super::words;
use crate::facts;
use crate::output::{say, say_json};

/// How much of one value a line of words shows, in characters. `--json` has all of it.
const VALUE_LIMIT: usize = 80;
/// The facts that a line of words shows, most telling first; their values are clear without their names.
const SHOWN: [&str; 12] = [
    "severity",
    "state",
    "progress",
    "scenario",
    "amount",
    "currency",
    "merchant",
    "city",
    "country",
    "customer_name",
    "owner",
    "title",
];

/// Prints lines.
#[derive(Debug, Clone, Copy)]
pub struct Printer {
    /// As JSON.
    pub json: bool,
}

/// Something to print.
pub enum Line<'a> {
    /// An event that was stored.
    Event(&'a EventDetail),
    /// How the link stands from this time on.
    Link(Time, &'a Link),
    /// What has become of a gap.
    Gap(GapState, &'a GapView),
    /// What the application would notify.
    Notification(&'a Notification),
}

/// What has become of a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GapState {
    /// It lasts.
    Opened,
    /// All of it was fetched.
    Closed,
    /// The server could not give all of it.
    NotRecoverable,
}

impl Printer {
    /// Prints one line.
    pub fn say(self, line: &Line<'_>) -> io::Result<()> {
        if !self.json {
            return say(&line.words());
        }
        match line {
            Line::Event(event) => say_json(&EventLine::of(event)),
            Line::Link(at, link) => {
                say_json(&LinkLine { kind: "link", at: *at, link, words: words::link(link) })
            }
            Line::Gap(state, gap) => say_json(&GapLine {
                kind: "gap",
                state: *state,
                start: gap.start,
                end: gap.end,
                closed_at: gap.closed_at,
                reason: &gap.reason,
                how: gap.how.as_deref(),
                words: words::gap(*state, gap),
            }),
            Line::Notification(notification) => say_json(&NotificationLine {
                kind: "notification",
                alert: match notification.about {
                    About::Alert(alert) => Some(alert),
                    About::Digest | About::Storm | About::Rule(_) | About::Offline | About::Program => None,
                },
                alerts: &notification.alerts,
                severity: notification.severity,
                title: &notification.title,
                body: &notification.body,
            }),
        }
    }
}

impl Line<'_> {
    /// In words: what it is, what it is about, and the rest.
    fn words(&self) -> String {
        let (kind, rest) = match self {
            Self::Event(event) => (event.kind.word(), event_words(event)),
            Self::Link(at, link) => {
                ("link".to_owned(), format!("{} {}", facts::time(*at), words::link(link)))
            }
            Self::Gap(state, gap) => ("gap".to_owned(), words::gap(*state, gap)),
            Self::Notification(one) => {
                ("notify".to_owned(), format!("{:?} {}. {}", one.about, one.title, one.body))
            }
        };
        format!("{kind:<15}{rest}")
    }
}

fn event_words(event: &EventDetail) -> String {
    let EventDetail { subject, facts, received_at, what, kind, .. } = event;
    let mut parts = vec![subject.clone(), facts::time(facts.occurred_at.unwrap_or(*received_at))];
    // What happened to an alert or a transaction its facts say better.
    if !matches!(kind, Kind::Alert | Kind::Transaction) {
        parts.extend(what.clone());
    }
    let named = facts::named(facts);
    for shown in SHOWN {
        if let Some((_, value)) = named.iter().find(|(name, _)| *name == shown) {
            parts.push(clipped(value));
        }
    }
    parts.extend(facts.details.iter().map(|detail| format!("{}={}", detail.name, clipped(&detail.value))));
    parts.join(" ")
}

fn clipped(value: &str) -> String {
    let mut characters = value.chars();
    let mut clipped: String = characters.by_ref().take(VALUE_LIMIT).collect();
    if characters.next().is_some() {
        clipped.push('…');
    }
    clipped
}

#[derive(Serialize)]
struct EventLine<'a> {
    kind: Kind,
    id: EventId,
    what: &'a Option<String>,
    subject: &'a str,
    received_at: Time,
    facts: &'a Facts,
    raw: Raw<'a>,
}

/// A message as it came: JSON, or a text of what should have been.
#[derive(Serialize)]
#[serde(untagged)]
enum Raw<'a> {
    Json(&'a RawValue),
    Text(&'a str),
}

impl<'a> EventLine<'a> {
    fn of(event: &'a EventDetail) -> Self {
        let EventDetail { id, kind, what, subject, received_at, facts, raw, .. } = event;
        let raw = serde_json::from_str(raw).map_or(Raw::Text(raw), Raw::Json);
        Self { kind: *kind, id: *id, what, subject, received_at: *received_at, facts, raw }
    }
}

#[derive(Serialize)]
struct LinkLine<'a> {
    kind: &'static str,
    at: Time,
    #[serde(flatten)]
    link: &'a Link,
    words: String,
}

#[derive(Serialize)]
struct GapLine<'a> {
    kind: &'static str,
    state: GapState,
    start: Time,
    end: Option<Time>,
    closed_at: Option<Time>,
    reason: &'a str,
    how: Option<&'a str>,
    words: String,
}

#[derive(Serialize)]
struct NotificationLine<'a> {
    kind: &'static str,
    alert: Option<AlertId>,
    alerts: &'a [(AlertId, Severity)],
    severity: Severity,
    title: &'a str,
    body: &'a str,
}
