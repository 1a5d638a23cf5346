//! The texts of the program, in one table: those that notifications and the tray show, and the window's, which it is
//! told.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// A language of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// French.
    French,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Entry {
    Text(String),
    Plural { one: String, other: String },
}

type Table = HashMap<String, Entry>;

fn table(json: &str) -> Table {
    serde_json::from_str(json).unwrap_or_else(|error| {
        tracing::error!(%error, "the message table cannot be read");
        Table::new()
    })
}

const ENGLISH_FILE: &str = include_str!("../messages/en.json");
const FRENCH_FILE: &str = include_str!("../messages/fr.json");
/// What the keys of tray and notifications begin with, which the window does not need.
const NATIVE: &str = "native.";

static ENGLISH: LazyLock<Table> = LazyLock::new(|| table(ENGLISH_FILE));
static FRENCH: LazyLock<Table> = LazyLock::new(|| table(FRENCH_FILE));

/// The messages of a file that are the window's, as JSON.
fn windows(json: &str) -> serde_json::Value {
    let mut table: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(json).unwrap_or_default();
    table.retain(|key, _| !key.starts_with(NATIVE));
    table.into()
}

impl Language {
    /// The language for a locale such as `fr_CH.UTF-8` or `en-GB`; English for those we do not have.
    pub fn from_locale(locale: &str) -> Self {
        let primary = locale.split(['-', '_', '.']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("fr") { Self::French } else { Self::English }
    }

    /// The messages of the window: a JSON object of texts by key, some with plurals.
    pub fn window(self) -> serde_json::Value {
        match self {
            Self::English => windows(ENGLISH_FILE),
            Self::French => windows(FRENCH_FILE),
        }
    }

    /// Its code: `en` or `fr`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
        }
    }

    fn entry(self, key: &str) -> Option<&'static Entry> {
        match self {
            Self::English => ENGLISH.get(key),
            Self::French => FRENCH.get(key),
        }
    }

    /// The text of `key`; the key itself where it has none, which a test prevents.
    pub fn text(self, key: &str, arguments: &[(&str, &str)]) -> String {
        self.find(key, arguments).unwrap_or_else(|| key.to_owned())
    }

    /// The text of `key`, if it has one.
    pub fn find(self, key: &str, arguments: &[(&str, &str)]) -> Option<String> {
        match self.entry(key)? {
            Entry::Text(text) | Entry::Plural { other: text, .. } => Some(fill(text, arguments)),
        }
    }

    /// The text of `key` for a number of things, which it has as `{n}`.
    pub fn count(self, key: &str, n: u32) -> String {
        let is_one = match self {
            Self::English => n == 1,
            Self::French => n < 2,
        };
        let number = n.to_string();
        match self.entry(key) {
            Some(Entry::Plural { one, .. }) if is_one => fill(one, &[("n", &number)]),
            _ => self.text(key, &[("n", &number)]),
        }
    }
}

/// Puts arguments in their places in one pass, so that an argument's own braces stay text.
fn fill(text: &str, arguments: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        match after.split_once('}') {
            Some((name, after)) => {
                let argument = arguments.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
                filled.push_str(argument.unwrap_or_default());
                rest = after;
            }
            None => rest = after,
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_every_text() {
        let keys = |table: &Table| {
            let mut keys: Vec<String> = table.keys().cloned().collect();
            keys.sort();
            keys
        };
        assert!(!ENGLISH.is_empty());
        assert_eq!(keys(&ENGLISH), keys(&FRENCH));
    }

    #[test]
    fn plurals_follow_the_language() {
        let key = "native.tray.unacknowledged";
        assert_eq!(Language::English.count(key, 1), "1 alert to look at");
        assert_eq!(Language::English.count(key, 0), "0 alerts to look at");
        assert_eq!(Language::French.count(key, 0), "0 alerte à examiner");
    }

    #[test]
    fn an_argument_is_never_read_as_a_place() {
        let text =
            Language::English.text("native.alert.title", &[("severity", "{scenario}"), ("scenario", "x")]);
        assert_eq!(text, "{scenario}: x");
    }

    #[test]
    fn locales_choose_the_language() {
        for (locale, language) in
            [("fr_CH.UTF-8", "fr"), ("FR", "fr"), ("en-GB", "en"), ("de", "en"), ("", "en")]
        {
            assert_eq!(Language::from_locale(locale).code(), language);
        }
    }
}
