//! Which user a customer belongs to, in contracts where everybody has their own.

use super::digest;

/// The users that customers are dealt out to.
#[derive(Debug)]
pub(crate) struct Users(Vec<String>);

impl Users {
    /// These users; their order does not matter.
    pub fn new(names: impl Iterator<Item = String>) -> Self {
        let mut names: Vec<String> = names.collect();
        names.sort();
        Self(names)
    }

    /// The user of a customer, if there are users: always the same, as long as the users are.
    pub fn of(&self, customer: &str) -> Option<&str> {
        let number = digest("customer", customer).below(self.0.len() as u64);
        self.0.get(number as usize).map(String::as_str)
    }

    /// All of them in a text, to notice when they change.
    pub fn basis(&self) -> String {
        self.0.join("\n")
    }
}
