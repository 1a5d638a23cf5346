//! Facts by name: what each can be, and how it is read with a rule.

use super::pointer::Found;
use super::rule::{CompiledRule, Value};
use super::value;
use crate::model::{AlertState, Facts, Severity};

/// A field of [`Facts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact(usize);

/// Sets a fact from a value; `false`, and nothing is set, if the value cannot be it.
type Setter = fn(&mut Facts, Value<'_>) -> bool;

macro_rules! facts {
    ($($name:ident: $parse:expr),* $(,)?) => {
        const SETTERS: &[Setter] = &[$(|facts, value| {
            let parse: fn(Value<'_>) -> Option<_> = $parse;
            let read = parse(value);
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
    occurred_at: |value| value.time(),
    severity: |value| word(value, Severity::from_word),
    score: score,
    state: |value| word(value, AlertState::from_word),
    owner: bounded,
    scenario: bounded,
    title: bounded,
    customer: bounded,
    customer_name: bounded,
    amount: decimal,
    currency: bounded,
    country: bounded,
    city: bounded,
    channel: bounded,
    merchant: bounded,
    transaction: bounded,
    progress: score,
}

fn bounded(value: Value<'_>) -> Option<String> {
    value.text().and_then(value::bounded)
}

fn decimal(value: Value<'_>) -> Option<String> {
    value.text().and_then(value::decimal)
}

fn score(value: Value<'_>) -> Option<f64> {
    value.text().and_then(|text| value::score(&text))
}

/// What a word means, in capitals or not.
fn word<T>(value: Value<'_>, from_word: fn(&str) -> Option<T>) -> Option<T> {
    from_word(&value::small(&value.text()?))
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
        match rule.words().find(|word| !SETTERS[self.0](&mut Facts::default(), (*word).into())) {
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

    /// Reads the fact from a message. `false`: it was there but could not be read.
    pub fn read(self, rule: &CompiledRule, found: &Found<'_>, facts: &mut Facts) -> bool {
        match rule.read(found) {
            Value::Absent => true,
            Value::Unreadable => false,
            value => SETTERS[self.0](facts, value),
        }
    }

    /// Whether it is known.
    pub fn is_set(self, facts: &Facts) -> bool {
        IS_SET[self.0](facts)
    }

    /// Sets the fact to what it is where nothing says it.
    pub fn set_default(self, rule: &CompiledRule, facts: &mut Facts) {
        if let Some(default) = rule.default()
            && !self.is_set(facts)
        {
            SETTERS[self.0](facts, default.into());
        }
    }
}
