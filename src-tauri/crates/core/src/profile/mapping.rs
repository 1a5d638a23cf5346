//! What frames mean, compiled.

use std::collections::HashMap;
use std::sync::Arc;

use super::compile::steps;
use super::error::{Place, Wrong};
use super::fact::Fact;
use super::pointer::{Found, NotAPointer, Pointers};
use super::reader::Raw;
use super::rule::{CompiledRule, slot, slots};
use super::schema::{FactorsFile, FrameFile, KindFile, ListFile, MessageFile, Rule, SinceKind, When};
use crate::model::Kind;

/// The type that stands for every other.
const ANY: &str = "*";
/// What stands for the message's type in what makes another version of a thing.
const TYPE: &str = "type";
/// The most details of a message: more than anybody reads.
const DETAILS_LIMIT: usize = 40;

/// What frames mean.
#[derive(Debug)]
pub struct Mapping {
    /// All that is asked for, of frames and of messages of any type: where a frame is its own message, it is read once.
    pub pointers: Pointers,
    pub envelope: Envelope,
    messages: Vec<Message>,
    by_type: HashMap<String, Vec<usize>>,
}

/// Where the parts of a frame are.
#[derive(Debug)]
pub struct Envelope {
    pub items: Vec<Pointers>,
    pub message_type: Vec<usize>,
    /// Slots, and the numbers of the messages that are there.
    pub body: Vec<(usize, usize)>,
    pub position: Option<usize>,
    pub sequence: Option<usize>,
    pub facts: Vec<(Fact, CompiledRule)>,
}

/// What one type of message means.
#[derive(Debug)]
pub struct Message {
    /// `None`: it becomes nothing.
    pub kind: Option<Kind>,
    /// The list that also gives it, and what its position is made of.
    pub list: Option<(String, Option<SinceKind>)>,
    conditions: Vec<(usize, When)>,
    pub id: Option<CompiledRule>,
    pub identity: Vec<usize>,
    /// Whether the type is part of what makes another version.
    pub has_type_in_identity: bool,
    pub version: Option<CompiledRule>,
    pub facts: Vec<(Fact, CompiledRule)>,
    pub details: Vec<(Arc<str>, CompiledRule)>,
    pub factors: Option<Factors>,
}

/// Where the factors of a judgement are.
#[derive(Debug)]
pub struct Factors {
    pub from: Vec<usize>,
    pub item: Pointers,
    pub name: Vec<usize>,
    pub weight: Vec<usize>,
    pub text: Vec<usize>,
}

impl Mapping {
    /// Compiles what frames mean.
    pub fn compile(frame: FrameFile, files: Vec<MessageFile>, lists: &[ListFile]) -> Result<Self, Wrong> {
        let mut pointers = Pointers::default();
        let envelope = Envelope::compile(frame, &mut pointers)?;
        let mut by_type: HashMap<String, Vec<usize>> = HashMap::new();
        let mut messages = Vec::with_capacity(files.len());
        for (index, file) in files.into_iter().enumerate() {
            let place = Place::of("message").index(index);
            if file.message_type.0.is_empty() {
                return Err(place.field("type").wrong("name at least one type, or `*` for every other"));
            }
            for name in &file.message_type.0 {
                let earlier = by_type.get(name).into_iter().flatten();
                if earlier
                    .map(|index| &messages[*index])
                    .any(|message: &Message| message.conditions.is_empty())
                {
                    let cure = format!("`{name}` is another message's type already, which takes all of them");
                    return Err(place.field("type").wrong(cure));
                }
                by_type.entry(name.clone()).or_default().push(index);
            }
            messages.push(Message::compile(file, lists, &mut pointers, &place)?);
        }
        Ok(Self { pointers, envelope, messages, by_type })
    }

    /// Whether any message moves the position of this list.
    pub fn moves(&self, list: &str) -> bool {
        self.messages.iter().any(|message| message.list.as_ref().is_some_and(|(name, _)| name == list))
    }

    /// The types that are named.
    pub fn types(&self) -> impl Iterator<Item = &str> {
        self.by_type.keys().map(String::as_str)
    }

    /// What a message of this type means.
    pub fn message(&self, message_type: Option<&str>, found: &Found<'_>) -> Option<&Message> {
        let holding = |name: &str| {
            let of_type = self.by_type.get(name)?;
            of_type.iter().map(|index| &self.messages[*index]).find(|message| message.holds(found))
        };
        message_type.and_then(holding).or_else(|| holding(ANY))
    }
}

impl Envelope {
    fn compile(file: FrameFile, pointers: &mut Pointers) -> Result<Self, Wrong> {
        let place = Place::of("frame");
        let message_type = slots(pointers, &file.message_type, &place.field("type"))?;
        let body = file.body.0.iter().map(|pointer| pointers.add_message(pointer));
        let body = body
            .collect::<Result<_, NotAPointer>>()
            .map_err(|error| place.field("body").wrong(error.to_string()))?;
        let mut one = |pointer: Option<&str>, field: &str| {
            pointer.map(|pointer| slot(pointers, pointer, &place.field(field))).transpose()
        };
        let position = one(file.position.as_deref(), "position")?;
        let sequence = one(file.sequence.as_deref(), "sequence")?;
        let facts = facts(file.facts, pointers, &place.field("facts"))?;
        let items = steps(&file.items, &place.field("items"))?;
        Ok(Self { items, message_type, body, position, sequence, facts })
    }
}

impl Message {
    fn compile(
        file: MessageFile,
        lists: &[ListFile],
        pointers: &mut Pointers,
        place: &Place,
    ) -> Result<Self, Wrong> {
        let list = match file.list {
            Some(name) => {
                place.field("list").known(&name, lists.iter().map(|list| list.name.as_str()))?;
                let list = lists.iter().find(|list| list.name == name);
                Some((name, list.and_then(|list| list.since.as_ref()).map(|since| since.by)))
            }
            None => None,
        };
        let conditions = file
            .when
            .into_iter()
            .map(|(pointer, when)| Ok((slot(pointers, &pointer, &place.field("when"))?, when)))
            .collect::<Result<_, Wrong>>()?;
        let mut compile = |rule: Option<Rule>, field: &str| {
            rule.map(|rule| CompiledRule::compile(rule, pointers, &place.field(field))).transpose()
        };
        let (id, version) = (compile(file.id, "id")?, compile(file.version, "version")?);
        let facts = facts(file.facts, pointers, &place.field("facts"))?;
        if file.details.0.len() > DETAILS_LIMIT {
            return Err(place.field("details").wrong(format!("at most {DETAILS_LIMIT}")));
        }
        let details = file
            .details
            .0
            .into_iter()
            .map(|(name, rule)| {
                let place = place.field("details").field(&name);
                Ok((name.into(), CompiledRule::compile(rule, pointers, &place)?))
            })
            .collect::<Result<_, Wrong>>()?;
        let factors = file
            .factors
            .map(|file| Factors::compile(&file, pointers, &place.field("factors")))
            .transpose()?;
        let mut identity = file.identity;
        let has_type_in_identity = identity.0.iter().any(|one| one == TYPE);
        identity.0.retain(|one| one != TYPE);
        let identity = slots(pointers, &identity, &place.field("identity"))?;
        let kind = match file.kind {
            KindFile::Event(kind) => Some(kind),
            KindFile::Signal => None,
        };
        Ok(Self {
            kind,
            list,
            conditions,
            id,
            identity,
            has_type_in_identity,
            version,
            facts,
            details,
            factors,
        })
    }

    /// Whether its conditions hold for this message.
    fn holds(&self, found: &Found<'_>) -> bool {
        self.conditions.iter().all(|(slot, when)| {
            let raw = found[*slot].filter(|raw| !raw.is_null());
            match when {
                When::Present(wanted) => raw.is_some() == *wanted,
                When::Is(wanted) => raw.and_then(Raw::text).is_some_and(|text| text == wanted.as_str()),
            }
        })
    }
}

impl Factors {
    fn compile(file: &FactorsFile, pointers: &mut Pointers, place: &Place) -> Result<Self, Wrong> {
        let mut item = Pointers::default();
        Ok(Self {
            from: slots(pointers, &file.from, &place.field("from"))?,
            name: slots(&mut item, &file.name, &place.field("name"))?,
            weight: slots(&mut item, &file.weight, &place.field("weight"))?,
            text: slots(&mut item, &file.text, &place.field("text"))?,
            item,
        })
    }
}

fn facts(
    rules: impl IntoIterator<Item = (String, Rule)>,
    pointers: &mut Pointers,
    place: &Place,
) -> Result<Vec<(Fact, CompiledRule)>, Wrong> {
    let mut facts = Vec::new();
    for (name, rule) in rules {
        let place = place.field(&name);
        let fact = Fact::from_name(&name).ok_or_else(|| {
            place.wrong(format!("there is no such fact; it must be one of: {}", Fact::NAMES.join(", ")))
        })?;
        let rule = CompiledRule::compile(rule, pointers, &place)?;
        fact.check(&rule).map_err(|cure| place.wrong(cure))?;
        facts.push((fact, rule));
    }
    Ok(facts)
}

/// The text of the first of these slots that is a scalar.
pub fn text_of<'json>(found: &Found<'json>, slots: &[usize]) -> Option<std::borrow::Cow<'json, str>> {
    slots.iter().filter_map(|slot| found[*slot]).find_map(Raw::text)
}
