//! Rules, compiled: where a value is, and what to make of it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::pointer::{Found, NotAPointer, Pointers};
use super::schema::{Rule, RuleTable};
use super::value;
use crate::model::{AlertState, Facts, Severity};

/// A rule whose pointers are slots.
#[derive(Debug)]
pub struct CompiledRule {
    from: Vec<usize>,
    values: BTreeMap<String, String>,
    default: Option<String>,
}

/// What a rule found.
pub enum Value<'json> {
    /// Nothing, and that is fine.
    Absent,
    /// Something that is no scalar.
    Unreadable,
    /// A text.
    Text(Cow<'json, str>),
}

impl CompiledRule {
    /// Compiles a rule; its pointers go to `pointers`.
    pub fn compile(rule: Rule, pointers: &mut Pointers) -> Result<Self, NotAPointer> {
        let RuleTable { from, values, default } = match rule {
            Rule::Pointer(pointer) => {
                RuleTable { from: vec![pointer], values: BTreeMap::new(), default: None }
            }
            Rule::First(from) => RuleTable { from, values: BTreeMap::new(), default: None },
            Rule::Table(table) => table,
        };
        let from = from.iter().map(|pointer| pointers.add(pointer)).collect::<Result<_, _>>()?;
        Ok(Self { from, values, default })
    }

    /// What the message says.
    pub fn read<'json>(&'json self, found: &Found<'json>) -> Value<'json> {
        let mut unreadable = false;
        for raw in self.from.iter().filter_map(|slot| found[*slot]).filter(|raw| !value::is_null(raw)) {
            match value::text(raw) {
                Some(text) => {
                    let known = self.values.get(text.as_ref());
                    return Value::Text(known.map_or(text, |value| Cow::Borrowed(value.as_str())));
                }
                None => unreadable = true,
            }
        }
        if unreadable { Value::Unreadable } else { Value::Absent }
    }
}

/// A field of [`Facts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact(usize);

type Setter = fn(&mut Facts, &str) -> bool;

macro_rules! facts {
    ($($name:ident: $parse:expr),* $(,)?) => {
        const SETTERS: &[Setter] = &[$(|facts, text| {
            facts.$name = $parse(text);
            facts.$name.is_some()
        }),*];

        impl Fact {
            /// The names of all facts.
            pub const NAMES: &[&str] = &[$(stringify!($name)),*];
        }
    };
}

facts! {
    occurred_at: value::time,
    severity: |text: &str| Severity::from_word(&text.to_lowercase()),
    score: value::score,
    state: |text: &str| AlertState::from_word(&text.to_lowercase()),
    owner: value::bounded,
    scenario: value::bounded,
    title: value::bounded,
    customer: value::bounded,
    customer_name: value::bounded,
    amount: value::decimal,
    currency: value::bounded,
    country: value::bounded,
    city: value::bounded,
    channel: value::bounded,
    merchant: value::bounded,
    transaction: value::bounded,
}

impl Fact {
    /// The fact with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().position(|known| *known == name).map(Self)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::NAMES[self.0]
    }

    /// Whether what the rule may give is something that the fact can be; else the cure.
    pub fn check(self, rule: &CompiledRule) -> Result<(), String> {
        let mut words = rule.values.values().chain(&rule.default);
        match words.find(|word| !SETTERS[self.0](&mut Facts::default(), word)) {
            None => Ok(()),
            Some(word) => Err(match self.name() {
                "severity" => format!("`{word}` is no severity: use low, medium, high or critical"),
                "state" => {
                    format!(
                        "`{word}` is no state: use open, investigating, escalated, resolved or false_positive"
                    )
                }
                name => format!("`{word}` cannot be a {name}"),
            }),
        }
    }

    /// Reads the fact from a message. `false`: it was there but could not be read, or could only be replaced
    /// by its default.
    pub fn read(self, rule: &CompiledRule, found: &Found<'_>, facts: &mut Facts) -> bool {
        let set = SETTERS[self.0];
        let readable = match rule.read(found) {
            Value::Absent => None,
            Value::Unreadable => Some(false),
            Value::Text(text) => Some(set(facts, &text)),
        };
        if readable != Some(true)
            && let Some(default) = &rule.default
        {
            set(facts, default);
        }
        readable != Some(false)
    }
}
