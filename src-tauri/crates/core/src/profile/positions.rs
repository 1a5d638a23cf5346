//! How far into its lists and streams a source has got.

/// The longest position that is kept, in bytes: it has to fit in an address or a header.
const POSITION_LIMIT: usize = 200;

/// A move of a position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// To here, unless it is further already: whole numbers only move forwards, and to another number.
    Forwards(String),
    /// To here: the server says so.
    To(String),
}

impl Step {
    /// Where the position is after this step.
    pub fn after<'a>(&'a self, before: Option<&'a str>) -> &'a str {
        match (self, before) {
            (Self::To(value), _) | (Self::Forwards(value), None) => value,
            (Self::Forwards(value), Some(before)) => {
                if is_further(value, before) {
                    value
                } else {
                    before
                }
            }
        }
    }
}

fn is_further(value: &str, before: &str) -> bool {
    let number = |text: &str| text.parse::<i64>().ok();
    number(before).is_none_or(|old| number(value).is_some_and(|new| new > old))
}

/// Moves of positions, by the name of the list or stream.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Positions(Vec<(String, Step)>);

impl Positions {
    /// Moves a position forwards.
    pub fn forwards(&mut self, name: &str, value: &str) {
        if value.is_empty() || value.len() > POSITION_LIMIT {
            return;
        }
        match self.0.iter_mut().find(|(known, _)| known == name) {
            None => self.0.push((name.to_owned(), Step::Forwards(value.to_owned()))),
            Some((_, Step::To(before) | Step::Forwards(before))) => {
                if is_further(value, before) {
                    value.clone_into(before);
                }
            }
        }
    }

    /// Sets a position.
    pub fn set(&mut self, name: &str, value: &str) {
        if value.len() > POSITION_LIMIT {
            return;
        }
        self.0.retain(|(known, _)| known != name);
        self.0.push((name.to_owned(), Step::To(value.to_owned())));
    }

    /// Moves on by what came later.
    pub fn then(&mut self, later: Self) {
        for (name, step) in later.0 {
            match step {
                Step::Forwards(value) => self.forwards(&name, &value),
                Step::To(value) => self.set(&name, &value),
            }
        }
    }

    /// The moves.
    pub fn iter(&self) -> impl Iterator<Item = &(String, Step)> {
        self.0.iter()
    }

    /// Whether nothing moves.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Nothing moves after all.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_only_move_forwards_and_to_numbers() {
        for (before, to, after) in [
            (None, "5", "5"),
            (Some("5"), "7", "7"),
            (Some("7"), "5", "7"),
            (Some("7"), "x", "7"),
            (Some("a"), "b", "b"),
        ] {
            assert_eq!(Step::Forwards(to.to_owned()).after(before), after, "{before:?} {to}");
        }
        assert_eq!(Step::To("5".to_owned()).after(Some("7")), "5");
    }

    #[test]
    fn the_furthest_of_a_batch_counts_and_too_long_is_none() {
        let mut positions = Positions::default();
        for value in ["3", "9", "4"] {
            positions.forwards("list", value);
        }
        positions.forwards("list", &"9".repeat(POSITION_LIMIT + 1));
        positions.set("stream", "b");
        positions.set("stream", "a");
        let moves: Vec<_> = positions.iter().cloned().collect();
        let expected = [
            ("list".to_owned(), Step::Forwards("9".to_owned())),
            ("stream".to_owned(), Step::To("a".to_owned())),
        ];
        assert_eq!(moves, expected);
    }
}
