//! What is wrong with a profile file: where, and the cure.

use std::fmt;
use std::path::PathBuf;

use toml::de::{DeTable, DeValue};

use super::value::bounded;

/// How much of a line is shown that is wrong, in characters.
const LINE_SHOWN: usize = 80;

/// A profile that is wrong.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// The file cannot be read.
    #[error("{path} cannot be read: {error}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// It is longer than any profile is.
    #[error("it is longer than {0} bytes: it is no profile")]
    TooLong(u64),
    /// It is not TOML, or has a field that is unknown, missing or of the wrong type.
    #[error("line {line}: {cure}")]
    Toml {
        /// The line, the first is 1.
        line: usize,
        /// What is wrong, and what it may be.
        cure: String,
    },
    /// A value that makes no sense.
    #[error("line {line}, `{field}`: {cure}")]
    Field {
        /// The line, the first is 1.
        line: usize,
        /// The field, `message[2].facts.severity` say; the first of a list is 1.
        field: String,
        /// What to write instead.
        cure: String,
    },
}

impl ProfileError {
    /// What the reader of TOML complains of.
    pub(super) fn toml(text: &str, error: &toml::de::Error) -> Self {
        let line = line_of(text, error.span().map_or(0, |span| span.start));
        let message = error.message().trim_end().replace('\n', "; ");
        // The reader does not say which field it is about; the line does.
        let written: String =
            text.lines().nth(line - 1).unwrap_or_default().trim().chars().take(LINE_SHOWN).collect();
        let cure = if written.is_empty() { message } else { format!("{message}, in `{written}`") };
        Self::Toml { line, cure: one_line(&cure) }
    }

    /// A value that makes no sense, at its line.
    pub(super) fn field(text: &str, wrong: Wrong) -> Self {
        let Wrong { place, cure } = wrong;
        Self::Field { line: place.line(text), field: one_line(&place.to_string()), cure: one_line(&cure) }
    }
}

/// A value that makes no sense.
#[derive(Debug)]
pub struct Wrong {
    /// Where.
    pub place: Place,
    /// What to write instead.
    pub cure: String,
}

/// A place in a file: names of fields, and places in lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place(Vec<Step>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Field(String),
    Index(usize),
}

impl Place {
    /// A field at the top.
    pub fn of(field: &str) -> Self {
        Self::default().field(field)
    }

    /// A field further in.
    pub fn field(&self, name: &str) -> Self {
        let mut place = self.clone();
        place.0.push(Step::Field(name.to_owned()));
        place
    }

    /// A place in a list further in; the first is 0.
    pub fn index(&self, index: usize) -> Self {
        let mut place = self.clone();
        place.0.push(Step::Index(index));
        place
    }

    /// That something is wrong here.
    pub fn wrong(&self, cure: impl Into<String>) -> Wrong {
        Wrong { place: self.clone(), cure: cure.into() }
    }

    /// Checks that a name is one of those that exist.
    pub fn known<'a>(&self, name: &str, known: impl IntoIterator<Item = &'a str>) -> Result<(), Wrong> {
        let known: Vec<&str> = known.into_iter().collect();
        if known.contains(&name) {
            return Ok(());
        }
        let choice = if known.is_empty() { "there is none".to_owned() } else { known.join(", ") };
        Err(self.wrong(format!("`{name}` is not known; it must be one of: {choice}")))
    }

    /// The line of this place, or of the nearest that is written down around it.
    fn line(&self, text: &str) -> usize {
        let Ok(table) = DeTable::parse(text) else { return 1 };
        let mut start = 0;
        let mut value = DeValue::Table(table.into_inner());
        for step in &self.0 {
            let inner = match (step, value) {
                (Step::Field(name), DeValue::Table(table)) => {
                    table.into_iter().find(|(key, _)| key.get_ref() == name).map(|(key, inner)| {
                        start = key.span().start;
                        inner.into_inner()
                    })
                }
                (Step::Index(index), DeValue::Array(list)) => list.into_iter().nth(*index).map(|inner| {
                    start = inner.span().start;
                    inner.into_inner()
                }),
                _ => None,
            };
            match inner {
                Some(inner) => value = inner,
                None => break,
            }
        }
        line_of(text, start)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, step) in self.0.iter().enumerate() {
            match step {
                Step::Field(name) if number == 0 => formatter.write_str(name)?,
                Step::Field(name) => write!(formatter, ".{name}")?,
                Step::Index(index) => write!(formatter, "[{}]", index + 1)?,
            }
        }
        Ok(())
    }
}

/// What a file says may be of any length and have line ends; what is told of it may not.
fn one_line(text: &str) -> String {
    bounded(text).unwrap_or_default()
}

fn line_of(text: &str, start: usize) -> usize {
    text.as_bytes().iter().take(start).filter(|byte| **byte == b'\n').count() + 1
}
