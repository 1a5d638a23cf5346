//! Turns frames into events. Whatever a server sends, each frame becomes events or a rejection with a reason:
//! nothing is dropped without a trace, and nothing here panics, recurses or grows with the input.

use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::fact::Fact;
use super::mapping::{Factors, Mapping, Message, text_of};
use super::pointer::{Found, Memory};
use super::reader::{self, Raw};
use super::rule::{CompiledRule, Value, first};
use super::schema::SinceKind;
use super::text::{compact, digest_name, items, name_of, not_json, readable, too_large};
use super::{Count, List, Positions, Profile, Stream, value};
use crate::model::{Detail, Event, Factor, Facts, Kind, Time};
use crate::transport::Frame;

/// The largest frame that is read, in bytes; a larger one is kept by its beginning only. A thousand times what
/// an event needs.
pub const FRAME_LIMIT: usize = 4 << 20;
/// The longest message of an unknown type that is kept as it is, in bytes: enough for anything real, and a server
/// cannot fill the disk with what nobody reads.
const UNKNOWN_LIMIT: usize = 64 << 10;
/// The most factors of a judgement that are kept: more than anybody reads.
const FACTORS_LIMIT: usize = 50;
/// How much of a rejected frame is kept, in characters: enough to see what it was.
const HEAD_LIMIT: usize = 2_000;

/// What frames became.
#[derive(Debug, Default)]
pub struct Batch {
    /// The events, in the order of the frames.
    pub events: Vec<Event>,
    /// The frames that could not be read.
    pub rejected: Vec<Rejected>,
    /// How far each list and stream has got.
    pub positions: Positions,
    /// What the stream that is being decoded counts to. Behind a break no position moves.
    pub count: Count,
    /// What the next frame uses again.
    pub memory: Memory,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    /// How many items there were.
    pub items: usize,
    /// Whether there is more, if the answer says so.
    pub more: Option<bool>,
    /// When the newest item happened, but no later than now.
    pub newest: Option<Time>,
    /// When the oldest item happened.
    pub oldest: Option<Time>,
    /// Whether the items go from the newest to the oldest.
    pub is_newest_first: bool,
    /// The position to ask from next, if the answer says so.
    pub next: Option<String>,
}

/// Why something was not read, and the particulars.
pub(super) type Refusal = (RejectedReason, String);

impl Profile {
    /// Turns a frame of a stream into events and adds them to `batch`.
    pub fn decode(&self, stream: &Stream, frame: &Frame, batch: &mut Batch) {
        if let Err(refusal) = self.decode_frame(stream, frame, batch) {
            let head = String::from_utf8_lossy(&frame.bytes).chars().take(HEAD_LIMIT).collect();
            batch.reject(refusal, frame.received_at, frame.length, head);
        }
        // What cannot be read will not be better the next time.
        if let Some(id) = &frame.event_id
            && !batch.count.is_broken()
        {
            batch.positions.set(&stream.name, id);
        }
    }

    fn decode_frame(&self, stream: &Stream, frame: &Frame, batch: &mut Batch) -> Result<(), Refusal> {
        if frame.length > FRAME_LIMIT {
            return Err(too_large(frame.length));
        }
        let json = std::str::from_utf8(&frame.bytes).map_err(|error| {
            (RejectedReason::NotText, format!("no UTF-8 from byte {} on", error.valid_up_to()))
        })?;
        readable(json)?;
        let Some(items) = items(&self.mapping.envelope.items, json)? else {
            return self.decode_item(
                stream.message.as_deref(),
                frame.event.as_deref(),
                json,
                frame.received_at,
                batch,
            );
        };
        for item in items {
            let item = item.get();
            let decoded = self.decode_item(
                stream.message.as_deref(),
                frame.event.as_deref(),
                item,
                frame.received_at,
                batch,
            );
            if let Err(refusal) = decoded {
                batch.reject(refusal, frame.received_at, item.len(), item.chars().take(HEAD_LIMIT).collect());
            }
        }
        Ok(())
    }

    /// Turns one item into an event: a message of type `message` without an envelope, or a whole frame, whose type may
    /// stand outside of it as the `event` of its Server-Sent Event.
    fn decode_item(
        &self,
        message: Option<&str>,
        event: Option<&str>,
        json: &str,
        received_at: Time,
        batch: &mut Batch,
    ) -> Result<(), Refusal> {
        let memory = std::mem::take(&mut batch.memory);
        let found = self.mapping.pointers.find_in(memory, json).map_err(not_json)?;
        let decoded = self.decode_found(message, event, json, &found, received_at, batch);
        batch.memory = Memory::of(found);
        decoded
    }

    fn decode_found(
        &self,
        message: Option<&str>,
        event: Option<&str>,
        json: &str,
        outer: &Found<'_>,
        received_at: Time,
        batch: &mut Batch,
    ) -> Result<(), Refusal> {
        let Mapping { pointers, envelope, .. } = &self.mapping;
        if !json.trim_start().starts_with('{') {
            return Err((RejectedReason::NotAMessage, "a message is a JSON object".to_owned()));
        }
        if let Some(slot) = envelope.sequence {
            batch.count.meet(outer[slot].and_then(Raw::text).and_then(|number| number.parse().ok()));
        }
        let own_type = if message.is_some() { None } else { text_of(outer, &envelope.message_type) };
        let message_type = own_type.as_deref().or(event).or(message);
        let own_body = envelope
            .body
            .iter()
            .find_map(|(slot, number)| Some((outer[*slot].filter(|raw| !raw.is_null())?, *number)));
        let (body, found) = match own_body {
            Some((body, number)) if message.is_none() => (body.json, pointers.in_message(outer, number)),
            _ => (json, outer),
        };
        let Some(known) = self.mapping.message(message_type, found) else {
            if json.len() > UNKNOWN_LIMIT {
                let detail =
                    format!("{} bytes of an unknown type; at most {UNKNOWN_LIMIT} are kept", json.len());
                return Err((RejectedReason::TooLarge, detail));
            }
            batch.events.push(other(message_type, json, received_at));
            return Ok(());
        };
        let Some(kind) = known.kind else { return Ok(()) };
        let what = own_type.as_deref().or(event).and_then(value::bounded);
        let content = Content { message_type, json: body, found };
        let facts = envelope.facts.iter().map(|(fact, rule)| (*fact, rule, outer));
        let event = known.read(kind, what, facts, &content, received_at)?;
        if let Some((list, Some(by))) = &known.list {
            let position = match by {
                SinceKind::Position => envelope.position.and_then(|slot| outer[slot]).and_then(Raw::text),
                SinceKind::Id => event.subject.parse::<i64>().is_ok().then(|| event.subject.as_str().into()),
                // A time to come would hide everything until then.
                SinceKind::Time => event.facts.occurred_at.map(|at| at.min(received_at).0.to_string().into()),
            };
            if let Some(position) = position
                && !batch.count.is_broken()
            {
                batch.positions.forwards(list, &position);
            }
        }
        batch.events.push(event);
        Ok(())
    }

    /// The type that a frame names, for who has to answer it.
    pub fn type_of(&self, frame: &Frame) -> Option<String> {
        let json = std::str::from_utf8(&frame.bytes).ok().filter(|json| readable(json).is_ok())?;
        let found = self.mapping.pointers.find(json).ok()?;
        text_of(&found, &self.mapping.envelope.message_type).map(std::borrow::Cow::into_owned)
    }

    /// Turns a list's answer into events; an item that cannot be read costs only itself. An answer that is no list
    /// of this profile is an error in words.
    pub fn decode_list(&self, list: &List, answer: &[u8], received_at: Time) -> Result<ListPage, String> {
        let json = String::from_utf8_lossy(answer);
        let found = list.answer.find(&json).map_err(|error| error.to_string())?;
        let items = items(&list.items, &json).map_err(|(_, detail)| detail)?;
        let whole;
        let items = match items {
            Some(items) => items,
            None if list.items.is_empty() => {
                whole = serde_json::from_str::<&RawValue>(&json).map_err(|error| error.to_string())?;
                vec![whole]
            }
            None => return Err("the answer has no list of items".to_owned()),
        };
        let count = items.len();
        let mut batch = Batch::default();
        for item in items {
            let item = item.get();
            let decoded = readable(item).and_then(|()| {
                self.decode_item(list.message.as_deref(), None, item, received_at, &mut batch)
            });
            if let Err(refusal) = decoded {
                batch.reject(refusal, received_at, item.len(), item.chars().take(HEAD_LIMIT).collect());
            }
        }
        let next =
            list.next.and_then(|slot| found[slot]).and_then(Raw::text).map(std::borrow::Cow::into_owned);
        if let Some(next) = &next {
            batch.positions.forwards(&list.name, next);
        }
        let times = || batch.events.iter().filter_map(|event| event.facts.occurred_at);
        let (oldest, newest) = (times().min(), times().map(|at| at.min(received_at)).max());
        let is_newest_first = times().next() > times().next_back();
        let more = list.more.and_then(|slot| found[slot]).map(|raw| raw.json == "true");
        Ok(ListPage { batch, items: count, more, newest, oldest, is_newest_first, next })
    }
}

/// A message of which is known what it is, and where in it everything is.
struct Content<'json> {
    message_type: Option<&'json str>,
    json: &'json str,
    found: &'json Found<'json>,
}

impl Message {
    /// Reads a message; what it does not say is taken from `beside` it.
    fn read<'a>(
        &self,
        kind: Kind,
        what: Option<String>,
        beside: impl Iterator<Item = (Fact, &'a CompiledRule, &'a Found<'a>)>,
        content: &Content<'_>,
        received_at: Time,
    ) -> Result<Event, Refusal> {
        let Content { json, found, .. } = *content;
        if !json.trim_start().starts_with('{') {
            return Err((RejectedReason::NotAMessage, "a message is a JSON object".to_owned()));
        }
        // Filled in its place: it is large.
        let mut event = Event {
            kind,
            what,
            is_history: false,
            subject: String::new(),
            digest: self.digest(content),
            version: None,
            facts: Facts::default(),
            unreadable: Vec::new(),
            received_at,
            raw: json.to_owned(),
        };
        let Event { facts, unreadable, .. } = &mut event;
        for (fact, rule) in &self.facts {
            if !fact.read(rule, found, facts) {
                unreadable.push(fact.name());
            }
        }
        for (fact, rule, found) in beside {
            if !fact.is_set(facts) {
                fact.read(rule, found, facts);
                fact.set_default(rule, facts);
            }
        }
        for (fact, rule) in &self.facts {
            fact.set_default(rule, facts);
        }
        facts.details.reserve_exact(self.details.len());
        facts.details.extend(
            self.details.iter().filter_map(|(name, rule)| {
                Some(Detail { name: name.clone(), value: rule.read_detail(found)? })
            }),
        );
        if let Some(factors) = &self.factors {
            facts.factors = factors.read(found);
        }
        let id = self.id.as_ref().and_then(|rule| match rule.read(found) {
            Value::Absent | Value::Unreadable => rule.default().and_then(name_of),
            id => id.text().and_then(|id| name_of(&id)),
        });
        if id.is_none() && self.id.is_some() {
            unreadable.push("id");
        }
        event.subject = id.unwrap_or_else(|| digest_name(&compact(json)));
        let version = self.version.as_ref().and_then(|rule| rule.read(found).text());
        event.version = version.and_then(|text| value::version(&text, received_at));
        Ok(event)
    }

    /// Tells versions of one thing apart; zero where it never changes. The same value counts as the same however it is
    /// written. Where nothing of what makes a version is there, all of the message does.
    fn digest(&self, content: &Content<'_>) -> i64 {
        if self.identity.is_empty() && !self.has_type_in_identity {
            return 0;
        }
        let mut hasher = Sha256::new();
        if self.has_type_in_identity {
            hasher.update(content.message_type.unwrap_or_default());
            hasher.update([1]);
        }
        let values = || self.identity.iter().map(|slot| content.found[*slot].filter(|raw| !raw.is_null()));
        for raw in values() {
            if let Some(raw) = raw {
                hasher.update(raw.text().unwrap_or_else(|| compact(raw.json)).as_bytes());
            }
            hasher.update([0]);
        }
        if values().all(|raw| raw.is_none()) {
            hasher.update(compact(content.json).as_bytes());
        }
        let bytes: [u8; 32] = hasher.finalize().into();
        i64::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7]])
    }
}

impl Factors {
    fn read(&self, found: &Found<'_>) -> Vec<Factor> {
        let Some(list) = first(found, &self.from) else { return Vec::new() };
        let items = reader::items(list.json, FACTORS_LIMIT).into_iter();
        items.filter_map(|item| self.read_one(item)).collect()
    }

    fn read_one(&self, item: Raw<'_>) -> Option<Factor> {
        if let Some(name) = item.text() {
            return Some(Factor { name: value::bounded(name)?, weight: None, text: None });
        }
        let found = self.item.find(item.json).ok()?;
        let text = |slots: &[usize]| text_of(&found, slots).and_then(value::bounded);
        let weight =
            text_of(&found, &self.weight).and_then(|text| text.parse().ok()).filter(|w: &f64| w.is_finite());
        Some(Factor { name: text(&self.name)?, weight, text: text(&self.text) })
    }
}

fn other(message_type: Option<&str>, json: &str, received_at: Time) -> Event {
    let title = message_type.and_then(value::bounded);
    Event {
        kind: Kind::Other,
        is_history: false,
        what: title.clone(),
        subject: digest_name(&compact(json)),
        digest: 0,
        version: None,
        facts: Facts { title, ..Facts::default() },
        unreadable: Vec::new(),
        received_at,
        raw: json.to_owned(),
    }
}

impl Batch {
    /// How many events there are, and frames and items that could not be read.
    pub const fn size(&self) -> usize {
        self.events.len() + self.rejected.len()
    }

    /// Whether there is nothing to store.
    pub const fn is_empty(&self) -> bool {
        self.events.is_empty() && self.rejected.is_empty() && self.positions.is_empty()
    }

    fn reject(&mut self, (reason, detail): Refusal, received_at: Time, length: usize, head: String) {
        self.rejected.push(Rejected { reason, detail, received_at, length, head });
    }

    /// The same in batches of at most `size` events, at least one; the positions move with the last.
    pub fn slices(self, size: usize) -> Vec<Self> {
        let Self { mut events, rejected, positions, count, memory } = self;
        let mut slices = Vec::new();
        while events.len() > size {
            let rest = events.split_off(size);
            slices.push(Self { events: std::mem::replace(&mut events, rest), ..Self::default() });
        }
        slices.push(Self { events, rejected, positions, count, memory });
        slices
    }
}
