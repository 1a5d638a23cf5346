//! Turns frames into events. Whatever a server sends, each frame becomes an event or a rejection with a reason:
//! nothing is dropped without a trace, and nothing here panics, recurses or grows with the input.

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::rule::Value;
use super::{Message, Profile, value};
use crate::model::{Event, Facts, Kind, Time};
use crate::transport::Frame;

/// The largest frame that is read, in bytes; a larger one is kept by its beginning only. A thousand times what
/// an event needs.
pub const FRAME_LIMIT: usize = 4 << 20;
/// The deepest nesting that is read. Real messages have three levels; a reader of the raw message has a stack.
const DEPTH_LIMIT: usize = 64;
/// The longest message of an unknown type that is kept as it is, in bytes: enough for anything real, and a server
/// cannot fill the disk with what nobody reads.
const UNKNOWN_LIMIT: usize = 64 << 10;
/// The longest position that is kept, in bytes: it has to fit in an address.
const POSITION_LIMIT: usize = 200;
/// The longest identifier that is kept as it is, in bytes; a longer one is kept as its digest.
const ID_LIMIT: usize = 200;
/// The most items of one answer: a backend that knows no pages may give all at once, but not without end.
const ITEMS_LIMIT: usize = 100_000;
/// How much of a rejected frame is kept, in characters: enough to see what it was.
const HEAD_LIMIT: usize = 2_000;

/// What frames became.
#[derive(Debug, Default)]
pub struct Batch {
    /// The events, in the order of the frames.
    pub events: Vec<Event>,
    /// The frames that could not be read.
    pub rejected: Vec<Rejected>,
    /// How far each list's position has got: list and value.
    pub positions: Vec<(String, String)>,
}

/// A frame that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Why.
    pub reason: RejectedReason,
    /// What exactly was wrong, in words.
    pub detail: String,
    /// When it arrived.
    pub received_at: Time,
    /// Its length in bytes.
    pub length: usize,
    /// Its beginning.
    pub head: String,
}

/// Why a frame could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RejectedReason {
    /// Longer than [`FRAME_LIMIT`].
    TooLarge,
    /// Not UTF-8.
    NotText,
    /// Not JSON.
    NotJson,
    /// Nested deeper than anything real.
    TooDeep,
    /// JSON, but no message.
    NotAMessage,
}

impl RejectedReason {
    /// The word that the store and the diagnostics use.
    pub const fn word(self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::NotText => "not_text",
            Self::NotJson => "not_json",
            Self::TooDeep => "too_deep",
            Self::NotAMessage => "not_a_message",
        }
    }
}

/// A list's answer.
#[derive(Debug)]
pub struct ListPage {
    /// What its items became, with the position to ask from next.
    pub batch: Batch,
    /// Whether there is more.
    pub more: bool,
}

type Refusal = (RejectedReason, String);

impl Profile {
    /// Turns a frame into events and adds them to `batch`.
    pub fn decode(&self, frame: &Frame, batch: &mut Batch) {
        if let Err((reason, detail)) = self.decode_frame(frame, batch) {
            batch.rejected.push(Rejected {
                reason,
                detail,
                received_at: frame.received_at,
                length: frame.length,
                head: String::from_utf8_lossy(&frame.bytes).chars().take(HEAD_LIMIT).collect(),
            });
        }
    }

    fn decode_frame(&self, frame: &Frame, batch: &mut Batch) -> Result<(), Refusal> {
        if frame.length > FRAME_LIMIT {
            return Err(too_large(frame.length));
        }
        let json = std::str::from_utf8(&frame.bytes).map_err(|error| {
            (RejectedReason::NotText, format!("no UTF-8 from byte {} on", error.valid_up_to()))
        })?;
        readable(json)?;
        let found = self.envelope.pointers.find(json).map_err(not_json)?;
        if !json.trim_start().starts_with('{') {
            return Err((RejectedReason::NotAMessage, "a message is a JSON object".to_owned()));
        }
        let message_type = found[self.envelope.message_type].and_then(value::text);
        let body = found[self.envelope.body].map_or(json, |raw| raw.get());
        let Some(message) = message_type.as_ref().and_then(|name| self.messages.get(name.as_ref())) else {
            if json.len() > UNKNOWN_LIMIT {
                let detail =
                    format!("{} bytes of an unknown type; at most {UNKNOWN_LIMIT} are kept", json.len());
                return Err((RejectedReason::TooLarge, detail));
            }
            batch.events.push(other(message_type.as_deref(), json, frame.received_at));
            return Ok(());
        };
        batch.events.push(message.read(body, frame.received_at)?);
        let position = self.envelope.position.and_then(|slot| found[slot]).and_then(value::text);
        if let (Some(list), Some(position)) = (&message.list, position) {
            advance(&mut batch.positions, list, &position);
        }
        Ok(())
    }

    /// Turns a list's answer into events; an item that cannot be read costs only itself. An answer that is no list
    /// of this profile is an error in words.
    pub fn decode_list(
        &self,
        list: &super::ListFile,
        answer: &[u8],
        received_at: Time,
    ) -> Result<ListPage, String> {
        let json = String::from_utf8_lossy(answer);
        let message = self.messages.get(&list.message).ok_or("the list's message is unknown")?;
        let mut pointers = super::Pointers::default();
        let mut slot = |pointer: &str| pointers.add(pointer).map_err(|error| error.to_string());
        let (items, next, more) = (slot(&list.items)?, slot(&list.next)?, slot(&list.more)?);
        let found = pointers.find(&json).map_err(|error| error.to_string())?;
        let bare = json.trim_start().starts_with('[').then_some(json.as_ref());
        let items = found[items].map(|raw| raw.get()).or(bare).ok_or("the answer has no list of items")?;
        let items =
            Vec::<&serde_json::value::RawValue>::deserialize(&mut serde_json::Deserializer::from_str(items))
                .map_err(|error| error.to_string())?;
        if items.len() > ITEMS_LIMIT {
            return Err(format!("{} items in one answer; at most {ITEMS_LIMIT} are read", items.len()));
        }
        let mut batch = Batch::default();
        for item in items {
            let item = item.get();
            match readable(item).and_then(|()| message.read(item, received_at)) {
                Ok(event) => batch.events.push(event),
                Err((reason, detail)) => batch.rejected.push(Rejected {
                    reason,
                    detail,
                    received_at,
                    length: item.len(),
                    head: item.chars().take(HEAD_LIMIT).collect(),
                }),
            }
        }
        if let Some(next) = found[next].and_then(value::text) {
            advance(&mut batch.positions, &list.name, &next);
        }
        Ok(ListPage { batch, more: found[more].is_some_and(|raw| raw.get() == "true") })
    }
}

impl Message {
    fn read(&self, json: &str, received_at: Time) -> Result<Event, Refusal> {
        if !json.trim_start().starts_with('{') {
            return Err((RejectedReason::NotAMessage, "a message is a JSON object".to_owned()));
        }
        let found = self.pointers.find(json).map_err(not_json)?;
        let mut facts = Facts::default();
        let mut unreadable = Vec::new();
        for (fact, rule) in &self.facts {
            if !fact.read(rule, &found, &mut facts) {
                unreadable.push(fact.name());
            }
        }
        let subject = match self.id.as_ref().map(|rule| rule.read(&found)) {
            Some(Value::Text(id)) => name_of(&id),
            Some(Value::Absent | Value::Unreadable) | None => None,
        };
        let subject = subject.unwrap_or_else(|| {
            unreadable.push("id");
            digest_name(json)
        });
        let digest = if self.identity.is_empty() {
            0
        } else {
            let mut hasher = Sha256::new();
            for raw in self.identity.iter().map(|slot| found[*slot].map_or("null", |raw| raw.get())) {
                hasher.update(raw.as_bytes());
                hasher.update([0]);
            }
            let bytes: [u8; 32] = hasher.finalize().into();
            i64::from_be_bytes([
                bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7],
            ])
        };
        let version = match self.version.as_ref().map(|rule| rule.read(&found)) {
            Some(Value::Text(text)) => value::version(&text, received_at),
            _ => None,
        };
        let raw = json.to_owned();
        Ok(Event { kind: self.kind, subject, digest, version, facts, unreadable, received_at, raw })
    }
}

/// Moves a list's position. A whole number moves only forwards and to another number, and nothing that is too long
/// to be asked for is a position.
pub fn advance(positions: &mut Vec<(String, String)>, list: &str, value: &str) {
    if value.len() > POSITION_LIMIT {
        return;
    }
    let number = |text: &str| text.parse::<i64>().ok();
    match positions.iter_mut().find(|(name, _)| name == list) {
        Some((_, old)) => {
            if number(old).is_none_or(|old| number(value).is_some_and(|new| new > old)) {
                value.clone_into(old);
            }
        }
        None => positions.push((list.to_owned(), value.to_owned())),
    }
}

fn other(message_type: Option<&str>, json: &str, received_at: Time) -> Event {
    let title = message_type.and_then(value::bounded);
    Event {
        kind: Kind::Other,
        subject: digest_name(json),
        digest: 0,
        version: None,
        facts: Facts { title, ..Facts::default() },
        unreadable: Vec::new(),
        received_at,
        raw: json.to_owned(),
    }
}

/// The name of a thing by the server's identifier, so that different identifiers stay different however odd they are.
fn name_of(id: &str) -> Option<String> {
    if id.trim().is_empty() {
        return None;
    }
    let is_plain = id.len() <= ID_LIMIT && !id.chars().any(char::is_control);
    Some(if is_plain { id.to_owned() } else { digest_name(id) })
}

/// A name made of a text: the content of a thing without an identifier, or an identifier that is none to show.
fn digest_name(text: &str) -> String {
    use std::fmt::Write as _;
    let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
    digest[..16].iter().fold(String::from("~"), |mut name, byte| {
        let _infallible = write!(name, "{byte:02x}");
        name
    })
}

/// Whether a message is small and flat enough to be read.
fn readable(json: &str) -> Result<(), Refusal> {
    if json.len() > FRAME_LIMIT {
        return Err(too_large(json.len()));
    }
    if depth(json) > DEPTH_LIMIT {
        return Err((RejectedReason::TooDeep, format!("nested deeper than {DEPTH_LIMIT} levels")));
    }
    Ok(())
}

fn too_large(length: usize) -> Refusal {
    (RejectedReason::TooLarge, format!("{length} bytes; at most {FRAME_LIMIT} are read"))
}

/// The deepest nesting of brackets outside of strings.
fn depth(json: &str) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in json.bytes() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn not_json(error: serde_json::Error) -> Refusal {
    (RejectedReason::NotJson, error.to_string())
}

impl Batch {
    /// Whether there is nothing to store.
    pub const fn is_empty(&self) -> bool {
        self.events.is_empty() && self.rejected.is_empty() && self.positions.is_empty()
    }

    /// The same in batches of at most `size` events, at least one; the position moves with the last.
    pub fn slices(self, size: usize) -> Vec<Self> {
        let Self { mut events, rejected, positions } = self;
        let mut slices = Vec::new();
        while events.len() > size {
            let rest = events.split_off(size);
            slices.push(Self { events: std::mem::replace(&mut events, rest), ..Self::default() });
        }
        slices.push(Self { events, rejected, positions });
        slices
    }
}
