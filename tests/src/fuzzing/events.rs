//! What is promised of whatever a frame or an answer becomes.

use bytes::Bytes;
use vigie_core::desk::desktop::About;
use vigie_core::desk::words::{self, Told};
use vigie_core::model::{Alert, AlertState, Event, Kind, Severity, SeverityCounts, SourceId, Time};
use vigie_core::profile::{Batch, FRAME_LIMIT, List, Profile, Rejected, Stream};
use vigie_core::text::Language;
use vigie_core::transport::Frame;

use super::json;

/// When everything arrives.
pub const NOW: Time = Time(1_790_000_000_000);
/// The longest text of a fact, in characters, and the sign that it was cut.
const TEXT: usize = 1_000 + 1;
/// The longest identifier, position and detail of a rejection, in bytes.
const LINE: usize = 200;
/// The longest amount, in bytes.
const AMOUNT: usize = 40;
/// How much of what was rejected is kept, in characters.
const HEAD: usize = 2_000;
/// The longest message of an unknown type, in bytes.
const UNKNOWN: usize = 64 << 10;
/// The end of 9999.
const LATEST: Time = Time(253_402_300_799_999);
/// The longest line of a notification: a few words of ours, and two texts of at most 60 characters.
const ANNOUNCED: usize = 160;
/// How many messages of one frame are looked for in it: looking takes as long as the frame is.
const LOOKED_FOR: usize = 50;

/// A frame becomes events or a rejection with its reason, or was talk between programs; the same each time.
pub fn of_frame(profile: &Profile, stream: &Stream, event: Option<&str>, bytes: &[u8]) {
    let batch = decoded(profile, stream, event, bytes);
    let text = String::from_utf8_lossy(bytes);
    bounded(&batch, &text);
    if batch.events.is_empty() && batch.rejected.is_empty() {
        assert!(json::is_json(bytes), "it is lost without a trace");
    }
    let again = decoded(profile, stream, event, bytes);
    assert_eq!((&again.events, &again.rejected), (&batch.events, &batch.rejected));
    let spaced = json::spaced(&text);
    if json::is_json(bytes) && spaced.len() <= UNKNOWN {
        is_the_same(batch, decoded(profile, stream, event, spaced.as_bytes()));
    }
}

fn decoded(profile: &Profile, stream: &Stream, event: Option<&str>, bytes: &[u8]) -> Batch {
    let frame = Frame {
        bytes: Bytes::copy_from_slice(bytes),
        length: bytes.len(),
        received_at: NOW,
        event: event.map(Into::into),
        event_id: event.map(Into::into),
    };
    let mut batch = Batch::default();
    profile.decode(stream, &frame, &mut batch);
    let _asked_for_the_answer = profile.type_of(&frame);
    batch
}

/// An answer is a list, whose items become what frames become, or is told to be none.
pub fn of_answer(profile: &Profile, list: &List, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let page = match profile.decode_list(list, bytes, NOW) {
        Ok(page) => page,
        Err(detail) => return assert!((1..=LINE).contains(&detail.len()), "{detail}"),
    };
    assert!(json::is_json(text.as_bytes()));
    assert!(page.batch.events.len() + page.batch.rejected.len() <= page.items);
    assert!(page.newest <= Some(NOW) && page.newest.is_some() == page.oldest.is_some());
    bounded(&page.batch, &text);
    let spaced = json::spaced(&text);
    if spaced.len() <= UNKNOWN {
        let again = profile.decode_list(list, spaced.as_bytes(), NOW).expect("white space changes nothing");
        assert_eq!((again.items, again.more, again.next), (page.items, page.more, page.next));
        is_the_same(page.batch, again.batch);
    }
}

/// What is between the parts of a message does not make it another.
fn is_the_same(one: Batch, other: Batch) {
    let reasons = |batch: &Batch| batch.rejected.iter().map(|one| one.reason).collect::<Vec<_>>();
    assert_eq!(reasons(&one), reasons(&other));
    assert_eq!(one.positions, other.positions);
    let without_raw = |batch: Batch| -> Vec<Event> {
        batch.events.into_iter().map(|event| Event { raw: String::new(), ..event }).collect()
    };
    assert_eq!(without_raw(one), without_raw(other));
}

fn bounded(batch: &Batch, text: &str) {
    batch.events.iter().for_each(event);
    batch.rejected.iter().for_each(rejected);
    for event in batch.events.iter().take(LOOKED_FOR) {
        assert!(text.contains(&event.raw), "the message is not kept as it came");
    }
    for (_, step) in batch.positions.iter() {
        assert!(step.after(None).len() <= LINE);
    }
}

fn rejected(rejected: &Rejected) {
    assert!((1..=LINE).contains(&rejected.detail.len()), "{}", rejected.detail);
    assert!(rejected.head.chars().count() <= HEAD);
}

fn event(event: &Event) {
    assert!(event.raw.trim_start().starts_with('{') && json::is_json(event.raw.as_bytes()));
    assert!(event.raw.len() <= FRAME_LIMIT);
    assert!(!event.subject.trim().is_empty() && event.subject.len() <= LINE);
    assert!(!event.subject.contains(char::is_control));
    let facts = &event.facts;
    for text in [
        &event.what,
        &facts.owner,
        &facts.scenario,
        &facts.title,
        &facts.customer,
        &facts.customer_name,
        &facts.currency,
        &facts.country,
        &facts.city,
        &facts.channel,
        &facts.merchant,
        &facts.transaction,
    ] {
        text.iter().for_each(|text| line(text));
    }
    facts.details.iter().for_each(|detail| line(&detail.value));
    for factor in &facts.factors {
        line(&factor.name);
        factor.text.iter().for_each(|text| line(text));
        assert!(factor.weight.is_none_or(f64::is_finite));
    }
    assert!(facts.amount.as_ref().is_none_or(|amount| amount.len() <= AMOUNT));
    for share in [facts.score, facts.progress].into_iter().flatten() {
        assert!((0.0..=1.0).contains(&share));
    }
    assert!(facts.occurred_at.is_none_or(|at| (Time(0)..=LATEST).contains(&at)));
    if event.kind == Kind::Alert {
        announced(event);
    }
}

/// A text of a fact is one clean line of bounded length.
fn line(text: &str) {
    assert!(!text.trim().is_empty() && text.chars().count() <= TEXT);
    assert!(!text.contains(char::is_control));
}

/// A notification is two short, plain lines, whatever the alert says.
fn announced(event: &Event) {
    let alert = Alert {
        id: 1,
        source: SourceId(1),
        subject: event.subject.clone(),
        severity: event.facts.severity.unwrap_or(Severity::High),
        state: event.facts.state.unwrap_or(AlertState::Open),
        occurred_at: event.facts.occurred_at.unwrap_or(event.received_at),
        received_at: event.received_at,
        facts: event.facts.clone(),
        acknowledged: false,
        snoozed_until: None,
        change: 1,
    };
    let told = Told {
        counts: SeverityCounts { critical: 1, ..SeverityCounts::default() },
        scenarios: alert.facts.scenario.iter().cloned().collect(),
        ..Told::default()
    };
    for language in [Language::English, Language::French] {
        let source = event.facts.title.as_deref().unwrap_or(&event.subject);
        for shown in [
            words::alone(language, &alert, source, true),
            words::alone(language, &alert, source, false),
            words::together(language, About::Digest, &told, &[source.to_owned()], Vec::new()),
        ] {
            for text in [&shown.title, &shown.body, &shown.button] {
                assert!(text.chars().count() <= ANNOUNCED, "{text}");
                // In full it has lines, three at most.
                assert!(
                    text.split('\n').count() <= 3 && !text.replace('\n', "").contains(is_hidden),
                    "{text:?}"
                );
            }
        }
    }
}

/// What breaks a line or turns the reading direction: control characters and Unicode's `Bidi_Control`.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}
