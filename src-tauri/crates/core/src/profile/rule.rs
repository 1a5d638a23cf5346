//! Rules, compiled: where a value is, and what to make of it.

use std::borrow::Cow;
use std::collections::HashMap;

use jiff::tz::TimeZone;

use super::error::{Place, Wrong};
use super::pointer::{Found, Pointers};
use super::reader::Raw;
use super::schema::{OneOrMany, Rule, RuleTable, TimeUnit};
use super::value;
use crate::model::Time;

/// A rule whose pointers are slots.
#[derive(Debug)]
pub struct CompiledRule {
    from: Vec<usize>,
    template: Vec<Part>,
    constant: Option<String>,
    decimals: Option<u8>,
    values: HashMap<String, String>,
    /// Words and the least that each asks for, the greatest first.
    at_least: Vec<(f64, String)>,
    zone: Option<TimeZone>,
    unit: Option<TimeUnit>,
    default: Option<String>,
}

#[derive(Debug)]
enum Part {
    Text(String),
    Slot(usize),
}

/// What a rule found.
pub enum Value<'json> {
    /// Nothing, and that is fine.
    Absent,
    /// Something that cannot be read as what it should be.
    Unreadable,
    /// A text.
    Text(Cow<'json, str>),
    /// A point in time that the rule has read out of a text.
    Time(Time),
}

impl<'json> Value<'json> {
    /// As a text, if it is anything.
    #[inline]
    pub fn text(self) -> Option<Cow<'json, str>> {
        match self {
            Self::Absent | Self::Unreadable => None,
            Self::Text(text) => Some(text),
            Self::Time(at) => value::iso(at).map(Cow::Owned),
        }
    }

    /// As a point in time, if it is one.
    pub fn time(self) -> Option<Time> {
        match self {
            Self::Absent | Self::Unreadable => None,
            Self::Text(text) => value::time(&text),
            Self::Time(at) => Some(at).filter(value::is_likely),
        }
    }
}

impl<'json> From<&'json str> for Value<'json> {
    fn from(text: &'json str) -> Self {
        Self::Text(text.into())
    }
}

/// Adds pointers and gives their slots.
pub fn slots(pointers: &mut Pointers, from: &OneOrMany, place: &Place) -> Result<Vec<usize>, Wrong> {
    from.0.iter().map(|pointer| slot(pointers, pointer, place)).collect()
}

/// Adds a pointer and gives its slot.
pub fn slot(pointers: &mut Pointers, pointer: &str, place: &Place) -> Result<usize, Wrong> {
    pointers.add(pointer).map_err(|error| place.wrong(error.to_string()))
}

/// Of the first of these slots that has a value.
pub fn first<'json>(found: &Found<'json>, slots: &[usize]) -> Option<Raw<'json>> {
    slots.iter().filter_map(|slot| found[*slot]).find(|raw| !raw.is_null())
}

impl CompiledRule {
    /// Compiles a rule; its pointers go to `pointers`.
    pub fn compile(Rule(rule): Rule, pointers: &mut Pointers, place: &Place) -> Result<Self, Wrong> {
        let RuleTable { from, template, constant, decimals, values, at_least, zone, unit, default } = rule;
        let ways = usize::from(!from.0.is_empty())
            + usize::from(template.is_some())
            + usize::from(constant.is_some());
        if ways > 1 {
            return Err(place.wrong("use only one of `from`, `template` and `constant`"));
        }
        if ways == 0 && default.is_none() {
            return Err(place.wrong("say where it is with `from`, or what it is with `constant`"));
        }
        let from = slots(pointers, &from, &place.field("from"))?;
        let template = match template {
            Some(text) => parts(&text, pointers, &place.field("template"))?,
            None => Vec::new(),
        };
        let mut words: HashMap<String, String> =
            values.iter().map(|(word, meaning)| (word.to_lowercase(), meaning.clone())).collect();
        words.extend(values);
        let mut at_least: Vec<(f64, String)> =
            at_least.into_iter().map(|(word, least)| (least, word)).collect();
        if at_least.iter().any(|(least, _)| !least.is_finite()) {
            return Err(place.field("at_least").wrong("use numbers that are finite"));
        }
        at_least.sort_by(|one, other| other.0.total_cmp(&one.0));
        let zone = match zone {
            Some(name) => Some(TimeZone::get(&name).map_err(|_| {
                place
                    .field("zone")
                    .wrong(format!("`{name}` is no time zone: use a name such as `Europe/Paris`"))
            })?),
            None => None,
        };
        Ok(Self { from, template, constant, decimals, values: words, at_least, zone, unit, default })
    }

    /// The words that it may give besides what the message says.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        let thresholds = self.at_least.iter().map(|(_, word)| word.as_str());
        let fixed = self.constant.iter().chain(&self.default).chain(self.values.values());
        fixed.map(String::as_str).chain(thresholds)
    }

    /// What it is where the message does not say.
    pub fn default(&self) -> Option<&str> {
        self.default.as_deref()
    }

    /// What the message says.
    pub fn read<'json>(&'json self, found: &Found<'json>) -> Value<'json> {
        if let Some(constant) = &self.constant {
            return constant.as_str().into();
        }
        let text = if self.template.is_empty() {
            let mut unreadable = false;
            let mut texts = self.from.iter().filter_map(|slot| found[*slot]).filter(|raw| !raw.is_null());
            match texts.find_map(|raw| {
                raw.text().or_else(|| {
                    unreadable = true;
                    None
                })
            }) {
                Some(text) => text,
                None if unreadable => return Value::Unreadable,
                None => return Value::Absent,
            }
        } else {
            match self.filled(found) {
                Some(text) => Cow::Owned(text),
                None => return Value::Absent,
            }
        };
        self.made_of(text).unwrap_or(Value::Unreadable)
    }

    /// The same for a detail, which may also be an array of texts.
    pub fn read_detail(&self, found: &Found<'_>) -> Option<String> {
        match self.read(found) {
            Value::Unreadable => first(found, &self.from)
                .and_then(value::detail)
                .or_else(|| self.default().and_then(value::bounded)),
            Value::Absent => self.default().and_then(value::bounded),
            said => said.text().and_then(value::bounded),
        }
    }

    fn filled(&self, found: &Found<'_>) -> Option<String> {
        let mut filled = String::new();
        let mut any = false;
        for part in &self.template {
            match part {
                Part::Text(text) => filled.push_str(text),
                Part::Slot(slot) => {
                    if let Some(text) = found[*slot].and_then(Raw::text) {
                        any = true;
                        filled.push_str(&text);
                    }
                }
            }
        }
        // Words that stood around values that are not there leave no more than one space.
        any.then(|| filled.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    fn made_of<'json>(&'json self, mut text: Cow<'json, str>) -> Option<Value<'json>> {
        if let Some(places) = self.decimals {
            text = Cow::Owned(value::shifted(&text, places)?);
        }
        if self.zone.is_some() || self.unit.is_some() {
            let at = value::dated(&text, self.zone.as_ref(), self.unit)?;
            if self.values.is_empty() && self.at_least.is_empty() {
                return Some(Value::Time(at));
            }
            text = Cow::Owned(value::iso(at)?);
        }
        if !self.values.is_empty() {
            let known = self.values.get(text.as_ref()).or_else(|| {
                let small = value::small(text.trim());
                if small == text { None } else { self.values.get(small.as_ref()) }
            });
            if let Some(meaning) = known {
                return Some(meaning.as_str().into());
            }
        }
        if !self.at_least.is_empty() {
            let number: f64 = text.trim().parse().ok()?;
            let reached = self.at_least.iter().find(|(least, _)| number >= *least);
            return reached.map(|(_, word)| word.as_str().into());
        }
        Some(Value::Text(text))
    }
}

/// Reads a text with pointers in braces.
fn parts(text: &str, pointers: &mut Pointers, place: &Place) -> Result<Vec<Part>, Wrong> {
    let (mut parts, mut rest) = (Vec::new(), text);
    while let Some((before, from)) = rest.split_once('{') {
        let (pointer, after) =
            from.split_once('}').ok_or_else(|| place.wrong("a brace is opened and not closed"))?;
        parts.push(Part::Text(before.to_owned()));
        parts.push(Part::Slot(slot(pointers, pointer, place)?));
        rest = after;
    }
    if parts.is_empty() {
        return Err(place.wrong("there is no JSON Pointer in braces in it: use `constant`"));
    }
    parts.push(Part::Text(rest.to_owned()));
    Ok(parts)
}
