//! What the parser promises, one stream at a time.

mod fields;
mod limits;
mod lines;

use std::borrow::Cow;
use std::time::Duration;

use vigie_core::transport::sse::{Item, Limits, Part};

/// A stream and what it says.
pub struct Case {
    pub promise: &'static str,
    pub stream: &'static [u8],
    pub items: Vec<Item>,
    pub limits: Limits,
}

/// Small enough to be crossed by hand.
pub const SMALL: Limits = Limits { data: 12, field: 8, head: 4 };

fn case<const N: usize>(promise: &'static str, stream: &'static [u8], items: [Item; N]) -> Case {
    Case { promise, stream, items: items.into(), limits: Limits::default() }
}

fn small<const N: usize>(promise: &'static str, stream: &'static [u8], items: [Item; N]) -> Case {
    Case { limits: SMALL, ..case(promise, stream, items) }
}

/// An event with everything named.
pub fn full(event_type: &str, data: &[u8], last_event_id: &str) -> Item {
    Item::Event {
        event_type: Cow::Owned(event_type.to_owned()),
        data: data.to_vec().into(),
        last_event_id: last_event_id.into(),
    }
}

fn event(data: &str) -> Item {
    full("message", data.as_bytes(), "")
}

fn typed(event_type: &str, data: &str) -> Item {
    full(event_type, data.as_bytes(), "")
}

fn with_id(data: &str, last_event_id: &str) -> Item {
    full("message", data.as_bytes(), last_event_id)
}

fn retry(milliseconds: u64) -> Item {
    Item::Retry(Duration::from_millis(milliseconds))
}

fn too_large(part: Part, length: usize, head: &'static [u8]) -> Item {
    Item::TooLarge { part, length, head: head.into() }
}

/// All of them.
pub fn all() -> Vec<Case> {
    let groups = [
        lines::beginnings(),
        lines::line_ends(),
        lines::comments(),
        lines::names(),
        lines::text(),
        lines::ends(),
        fields::data(),
        fields::types(),
        fields::ids(),
        fields::retries(),
        limits::limits(),
    ];
    groups.into_iter().flatten().collect()
}
