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

    /// Reads the fact from a message. `false`: it was there but could not be read, or could only be replaced
    /// by its default.
    pub fn read(self, rule: &CompiledRule, found: &Found<'_>, facts: &mut Facts) -> bool {
        let set = SETTERS[self.0];
        let readable = match rule.read(found) {
            Value::Absent => true,
            Value::Unreadable => false,
            value => set(facts, value),
        };
        if let Some(default) = rule.default()
            && !IS_SET[self.0](facts)
        {
            set(facts, default.into());
        }
        readable
    }
}
