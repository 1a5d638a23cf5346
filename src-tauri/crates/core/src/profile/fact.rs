//! Facts by name: what each can be, and how it is read with a rule.

use super::pointer::Found;
use super::rule::{CompiledRule, Value};
use super::value;
use crate::model::{AlertState, Facts, Severity};

/// A field of [`Facts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact(usize);

/// Sets a fact from a text; `false`, and nothing is set, if the text cannot be it.
type Setter = fn(&mut Facts, &str) -> bool;

macro_rules! facts {
    ($($name:ident: $parse:expr),* $(,)?) => {
        const SETTERS: &[Setter] = &[$(|facts, text| {
            let read = $parse(text);
            let is_read = read.is_some();
            if is_read {
                facts.$name = read;
            }
            is_read
        }),*];

        const IS_SET: &[fn(&Facts) -> bool] = &[$(|facts| facts.$name.is_some()),*];

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
    progress: value::score,
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
        match rule.words().find(|word| !SETTERS[self.0](&mut Facts::default(), word)) {
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
            Value::Absent => true,
            Value::Unreadable => false,
            Value::Text(text) => set(facts, &text),
        };
        if !IS_SET[self.0](facts)
            && let Some(default) = rule.default()
        {
            set(facts, default);
        }
        readable
    }
}
