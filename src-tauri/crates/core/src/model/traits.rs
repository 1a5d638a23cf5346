//! What a rule can ask of an event.

use super::{Kind, Severity};

/// What a rule can ask of an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Traits {
    /// What sort of thing.
    pub kind: Kind,
    /// The name of its source.
    pub source: String,
    /// How bad it is (alerts).
    pub severity: Option<Severity>,
    /// How much it is about, in whatever currency.
    pub amount: Option<f64>,
    /// The scenario's code.
    pub scenario: Option<String>,
    /// What is said and named in it, a line each, in small letters: title, customer, merchant, place, who has it,
    /// identifier.
    pub words: String,
}
