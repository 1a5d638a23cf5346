//! What frames mean.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::{OneOrMany, Ordered};
use crate::model::Kind;

/// Where the parts of a frame are: JSON Pointers (RFC 6901).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrameFile {
    /// Where the events of a frame that holds several are: as `items` of a list. A frame without them is one event, and
    /// one that is an array is always several.
    #[serde(default)]
    pub items: OneOrMany,
    /// The message's type; the first that has a value counts. Default: none, then the name of the Server-Sent Event,
    /// then the stream's `message`.
    #[serde(default, rename = "type")]
    pub message_type: OneOrMany,
    /// The message itself; the first that has a value counts. A frame without it is its own message.
    #[serde(default)]
    pub body: OneOrMany,
    /// The server's number of this frame in its stream.
    pub position: Option<String>,
    /// A whole number that grows by one from frame to frame of a stream: where one is left out, a message is missing,
    /// and the lists are fetched; where there are none with a `since`, the gap stays. Default: none.
    pub sequence: Option<String>,
    /// Facts that stand beside the message, for those that the message does not give.
    #[serde(default)]
    pub facts: BTreeMap<String, Rule>,
}

/// What one type of message means.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageFile {
    /// The type, or types, as the frame names them; `*` is every other one.
    #[serde(rename = "type")]
    pub message_type: OneOrMany,
    /// What must hold for it: JSON Pointers, and whether each has a value, or which. The first message of a type whose
    /// conditions hold counts.
    #[serde(default)]
    pub when: BTreeMap<String, When>,
    /// What sort of event it becomes.
    pub kind: KindFile,
    /// The list that also gives these messages: a live frame moves its position.
    pub list: Option<String>,
    /// The server's identifier of the thing; without one, the content is its identity.
    pub id: Option<Rule>,
    /// What, besides the identifier, makes it another version of the thing: JSON Pointers, or `type`. Empty: it never
    /// changes. Where none of them has a value, all of the message does.
    #[serde(default)]
    pub identity: OneOrMany,
    /// A number or a time that grows with each version.
    pub version: Option<Rule>,
    /// Where its facts are, by the names of [`crate::model::Facts`].
    #[serde(default)]
    pub facts: BTreeMap<String, Rule>,
    /// What else is worth showing, by names of your own, in this order.
    #[serde(default)]
    pub details: Ordered<Rule>,
    /// What the backend's judgement rests on.
    pub factors: Option<FactorsFile>,
}

/// What a message becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KindFile {
    /// An event.
    Event(Kind),
    /// Nothing: a sign of life, a welcome, an answer to a subscription.
    Signal,
}

impl<'de> Deserialize<'de> for KindFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        if word == "signal" {
            return Ok(Self::Signal);
        }
        let kind = serde::de::value::StrDeserializer::<D::Error>::new(&word);
        Kind::deserialize(kind).map(Self::Event).map_err(|_| {
            let known: Vec<String> = Kind::ALL.iter().map(|kind| kind.word()).collect();
            serde::de::Error::custom(format!(
                "`{word}` is no kind of event; it must be one of: {}, signal",
                known.join(", ")
            ))
        })
    }
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// Whether there is a value.
    Present(bool),
    /// Which value it is.
    Is(String),
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl Visitor<'_> for Either {
            type Value = When;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("true, false, or a text that the value must be")
            }

            fn visit_bool<E>(self, present: bool) -> Result<When, E> {
                Ok(When::Present(present))
            }

            fn visit_str<E>(self, text: &str) -> Result<When, E> {
                Ok(When::Is(text.to_owned()))
            }
        }

        deserializer.deserialize_any(Either)
    }
}

/// An array of what the backend's judgement rests on. An item that is a text is its own name.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactorsFile {
    /// JSON Pointers to the array; the first that has a value counts.
    pub from: OneOrMany,
    /// In an item: its name.
    pub name: OneOrMany,
    /// In an item: how much it counts.
    #[serde(default)]
    pub weight: OneOrMany,
    /// In an item: a sentence.
    #[serde(default)]
    pub text: OneOrMany,
}

/// How to read one value: a JSON Pointer, a list of them of which the first that has a value counts, or a table.
#[derive(Debug, Clone, Default)]
pub struct Rule(pub RuleTable);

/// JSON Pointers, and what to make of the value. In this order: the value is found, or put together; moved by
/// `decimals`; looked up in `values`; compared with `at_least`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleTable {
    /// JSON Pointers: the first that has a value counts.
    #[serde(default)]
    pub from: OneOrMany,
    /// A text with JSON Pointers in braces: `{/side} {/quantity} {/symbol}`. What has no value is left out.
    pub template: Option<String>,
    /// What it always is.
    pub constant: Option<String>,
    /// Places to move the decimal point to the left, exactly: 2 makes cents into euros.
    pub decimals: Option<u8>,
    /// Words of the backend and what they are here; upper and lower case count alike unless both stand here.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
    /// What a number is here that is at least so much: `{ critical = 0.9, high = 0.7 }`.
    #[serde(default)]
    pub at_least: BTreeMap<String, f64>,
    /// Times: the zone of those that name none, as in the IANA database. Default: UTC.
    pub zone: Option<String>,
    /// Times: the unit of numbers. Default: seconds or milliseconds, by their size.
    pub unit: Option<TimeUnit>,
    /// What it is where the message does not say, or says it unreadably.
    pub default: Option<String>,
}

/// The unit of a number that is a time since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeUnit {
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Milliseconds,
    /// Microseconds.
    Microseconds,
    /// Nanoseconds.
    Nanoseconds,
}

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = Rule;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a JSON Pointer, a list of them, or a table with `from`")
            }

            fn visit_str<E>(self, pointer: &str) -> Result<Rule, E> {
                let from = OneOrMany(vec![pointer.to_owned()]);
                Ok(Rule(RuleTable { from, ..RuleTable::default() }))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, pointers: A) -> Result<Rule, A::Error> {
                let from = OneOrMany(Vec::deserialize(SeqAccessDeserializer::new(pointers))?);
                Ok(Rule(RuleTable { from, ..RuleTable::default() }))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Rule, A::Error> {
                RuleTable::deserialize(MapAccessDeserializer::new(map)).map(Rule)
            }
        }

        deserializer.deserialize_any(Either)
    }
}
