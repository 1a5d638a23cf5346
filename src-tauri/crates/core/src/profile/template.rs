//! Texts with `{names}` in them: paths, queries, and what is sent to a server.

use std::collections::BTreeMap;

use url::Url;

use super::schema::{OneOrMany, QueryFile};

/// What the names stand for. A name may have several values, or none.
pub type Settings = BTreeMap<String, Vec<String>>;

/// A text with names in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Template(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Name(String),
}

impl Template {
    /// Reads a template. Braces around anything else than a name, as JSON has them, are text.
    pub fn parse(text: &str) -> Self {
        let (mut parts, mut rest, mut plain) = (Vec::new(), text, String::new());
        while let Some(open) = rest.find('{') {
            let (before, from) = rest.split_at(open);
            plain.push_str(before);
            match from.find('}').map(|close| (&from[1..close], &from[close + 1..])) {
                Some((name, after)) if is_name(name) => {
                    parts.push(Part::Text(std::mem::take(&mut plain)));
                    parts.push(Part::Name(name.to_owned()));
                    rest = after;
                }
                _ => {
                    plain.push('{');
                    rest = &from[1..];
                }
            }
        }
        plain.push_str(rest);
        parts.push(Part::Text(plain));
        parts.retain(|part| *part != Part::Text(String::new()));
        Self(parts)
    }

    /// The names in it.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::Name(name) => Some(name.as_str()),
            Part::Text(_) => None,
        })
    }

    /// The texts that it becomes: one where each name has one value, none where a name has none, several where one has
    /// several. `write` writes a value.
    fn texts(&self, settings: &Settings, write: impl Fn(&str) -> String) -> Vec<String> {
        let choices: Vec<Vec<String>> = self
            .0
            .iter()
            .map(|part| match part {
                Part::Text(text) => vec![text.clone()],
                Part::Name(name) => {
                    settings.get(name).into_iter().flatten().map(|value| write(value)).collect()
                }
            })
            .collect();
        let count = choices.iter().fold(1_usize, |count, one| count.saturating_mul(one.len()));
        (0..count.min(TEXTS_LIMIT))
            .map(|mut number| {
                // The last name changes the fastest.
                let chosen = choices.iter().rev().map(|one| {
                    let text = one[number % one.len()].as_str();
                    number /= one.len();
                    text
                });
                let mut chosen: Vec<&str> = chosen.collect();
                chosen.reverse();
                chosen.concat()
            })
            .collect()
    }

    /// JSON with names inside its strings: as many texts as there are values.
    pub fn json(&self, settings: &Settings) -> Vec<String> {
        self.texts(settings, |value| {
            let quoted = serde_json::Value::from(value).to_string();
            quoted[1..quoted.len() - 1].to_owned()
        })
    }
}

/// The most texts that one template becomes: as many as a parameter may have values.
const TEXTS_LIMIT: usize = 100;

/// Whether this is a name: `client_id`.
pub fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// What of a text the segment of a path can hold. Whoever reads an address skips tabs and line ends, and takes dots
/// alone for a way up, also where they are encoded: encoded twice, they are a name that no server knows.
fn holdable(text: &str) -> String {
    let text = text.replace(['\t', '\n', '\r'], "");
    if matches!(text.as_str(), "." | "..") { text.replace('.', "%2E") } else { text }
}

/// A place below a source's address.
#[derive(Debug, Clone, Default)]
pub struct Address {
    /// The segments of its path; none: the source's address itself.
    segments: Vec<Template>,
    query: Vec<(String, Template, OneOrMany)>,
    text: String,
}

impl Address {
    /// A path and its query.
    pub fn new(path: &str, query: &BTreeMap<String, QueryFile>) -> Self {
        let path = path.trim_start_matches('/');
        // A slash at the end is an empty segment: some servers tell the two apart.
        let segments =
            if path.is_empty() { Vec::new() } else { path.split('/').map(Template::parse).collect() };
        let query = query.iter().map(|(name, QueryFile(table))| {
            (name.clone(), Template::parse(&table.value), table.unless.clone())
        });
        Self { segments, query: query.collect(), text: format!("/{path}") }
    }

    /// The path as the profile has it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The names in its path.
    pub fn names_in_path(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().flat_map(Template::names)
    }

    /// The names in its query.
    pub fn names_in_query(&self) -> impl Iterator<Item = &str> {
        self.query
            .iter()
            .flat_map(|(_, text, unless)| text.names().chain(unless.0.iter().map(String::as_str)))
    }

    /// The address below `base`, which may have a path of its own. No value can leave its segment.
    pub fn below(&self, base: &Url, settings: &Settings) -> Url {
        let mut url = base.clone();
        url.set_query(None);
        url.set_fragment(None);
        if !self.segments.is_empty()
            && let Ok(mut path) = url.path_segments_mut()
        {
            path.pop_if_empty();
            for segment in &self.segments {
                let text = segment.texts(settings, str::to_owned).into_iter().next().unwrap_or_default();
                path.push(&holdable(&text));
            }
        }
        let has_value = |name: &String| settings.get(name).is_some_and(|values| !values.is_empty());
        for (name, text, unless) in &self.query {
            if unless.0.iter().any(has_value) {
                continue;
            }
            for text in text.texts(settings, str::to_owned) {
                url.query_pairs_mut().append_pair(name, &text);
            }
        }
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(pairs: &[(&str, &[&str])]) -> Settings {
        pairs
            .iter()
            .map(|(name, values)| {
                ((*name).to_owned(), values.iter().map(|&value| value.to_owned()).collect())
            })
            .collect()
    }

    fn query(toml: &str) -> BTreeMap<String, QueryFile> {
        toml::from_str(toml).unwrap()
    }

    #[test]
    fn a_path_goes_below_the_base_whatever_the_slashes() {
        let base = Url::parse("https://bank.example").unwrap();
        let with_slash = Address::new("/login/", &BTreeMap::new()).below(&base, &Settings::new());
        assert_eq!(with_slash.as_str(), "https://bank.example/login/");
        for (base, expected) in [
            ("https://bank.example", "https://bank.example/ws"),
            ("https://bank.example/", "https://bank.example/ws"),
            ("https://bank.example/fraud", "https://bank.example/fraud/ws"),
            ("https://bank.example/fraud/?a=b#c", "https://bank.example/fraud/ws"),
        ] {
            let address = Address::new("/ws", &BTreeMap::new());
            assert_eq!(address.below(&Url::parse(base).unwrap(), &Settings::new()).as_str(), expected);
        }
    }

    #[test]
    fn without_a_path_it_is_the_address_itself() {
        let base = Url::parse("https://bank.example/fraud/events").unwrap();
        assert_eq!(Address::new("", &BTreeMap::new()).below(&base, &Settings::new()), base);
    }

    #[test]
    fn no_value_leaves_its_segment() {
        let address = Address::new("/ws/{user}/x", &BTreeMap::new());
        let base = Url::parse("https://bank.example").unwrap();
        for (user, expected) in [
            ("ada", "https://bank.example/ws/ada/x"),
            ("a/b?c#d", "https://bank.example/ws/a%2Fb%3Fc%23d/x"),
            ("é%41", "https://bank.example/ws/%C3%A9%2541/x"),
        ] {
            assert_eq!(address.below(&base, &settings(&[("user", &[user])])).as_str(), expected);
        }
        // Neither does one go up, nor does it vanish so that another place is meant.
        for (user, expected) in [("..", "%252E%252E"), (".\t.", "%252E%252E"), (".", "%252E"), ("a\nb", "ab")]
        {
            let path = format!("/ws/{expected}/x");
            assert_eq!(address.below(&base, &settings(&[("user", &[user])])).path(), path, "{user:?}");
        }
    }

    #[test]
    fn a_query_has_each_value_and_nothing_for_none() {
        let query = query(
            "all = { value = 'true', unless = ['streams', 'users'] }
             streams = '{streams}'
             users = '{users}'",
        );
        let address = Address::new("/events", &query);
        let base = Url::parse("https://bank.example").unwrap();
        let of = |pairs| address.below(&base, &settings(pairs)).query().unwrap_or_default().to_owned();
        assert_eq!(of(&[]), "all=true");
        assert_eq!(of(&[("streams", &["1", "2"])]), "streams=1&streams=2");
        assert_eq!(of(&[("users", &["G A&B"]), ("streams", &[])]), "users=G+A%26B");
    }

    #[test]
    fn several_names_give_all_combinations_up_to_a_limit_however_many_there_could_be() {
        let both = settings(&[("a", &["1", "2"]), ("b", &["x", "y"]), ("none", &[])]);
        assert_eq!(Template::parse("{a}-{b}").json(&both), ["1-x", "1-y", "2-x", "2-y"]);
        assert_eq!(Template::parse("{a}-{none}").json(&both), [""; 0]);
        let many = Template::parse(&"{a}".repeat(5_000)).json(&both);
        assert_eq!(many.len(), TEXTS_LIMIT);
        assert!(many.iter().all(|text| text.len() == 5_000));
    }

    #[test]
    fn values_in_json_stay_in_their_strings() {
        let template = Template::parse(r#"{"type":"subscribe","to":"{topic}","n":{}}"#);
        assert_eq!(template.names().collect::<Vec<_>>(), ["topic"]);
        let filled = template.json(&settings(&[("topic", &["a\",\"b\":\"\\"])]));
        assert_eq!(filled, [r#"{"type":"subscribe","to":"a\",\"b\":\"\\","n":{}}"#]);
    }
}
