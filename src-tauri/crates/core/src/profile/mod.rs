//! Profiles: how each kind of backend speaks, as data. A new backend is a new TOML file.
//!
//! `schema` is the file, this compiles and checks it, `decode` turns frames into events with it.

mod decode;
mod pointer;
mod rule;
mod schema;
mod value;

use std::collections::HashMap;
use std::time::Duration;

use url::Url;

pub use decode::{Batch, FRAME_LIMIT, ListPage, Rejected, RejectedReason, advance};
pub use pointer::NotAPointer;
pub use schema::{ListFile, SignInFile};

use self::pointer::Pointers;
use self::rule::{CompiledRule, Fact};
use self::schema::{MessageFile, ProfileFile};
use crate::model::Kind;

/// The profiles that come with the program.
const BUILT_IN: [&str; 1] = [include_str!("../../profiles/big-defend.toml")];

/// A profile that is wrong.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// The file is not TOML, or has a field that is unknown, missing or of the wrong type.
    #[error("the profile cannot be read: {0}")]
    Toml(#[from] toml::de::Error),
    /// A pointer is not one.
    #[error("in `{field}`: {error}")]
    Pointer {
        /// The field.
        field: String,
        /// What is wrong with it.
        error: NotAPointer,
    },
    /// A name that does not exist.
    #[error("in `{field}`: `{name}` is not known; it must be one of: {known}")]
    Unknown {
        /// The field.
        field: String,
        /// What it says.
        name: String,
        /// What it may say.
        known: String,
    },
    /// A value that makes no sense.
    #[error("in `{field}`: {cure}")]
    Wrong {
        /// The field.
        field: String,
        /// What to write instead.
        cure: String,
    },
}

/// How one kind of backend speaks, checked and ready for use.
#[derive(Debug)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// What to call it on screen.
    pub title: String,
    /// The address it is usually found at.
    pub url: Url,
    /// How to sign in.
    pub sign_in: SignInFile,
    /// The WebSocket that pushes frames.
    pub websocket: WebSocketProfile,
    /// Requests that give what was missed.
    pub lists: Vec<ListFile>,
    envelope: Envelope,
    messages: HashMap<String, Message>,
}

/// The WebSocket that pushes frames.
#[derive(Debug, Clone)]
pub struct WebSocketProfile {
    /// Its path.
    pub path: String,
    /// The query parameter that carries the token; `None`: the `Authorization` header does.
    pub token_parameter: Option<String>,
    /// Time between our pings.
    pub ping: Duration,
    /// Time without any frame after which the server counts as gone.
    pub silence: Duration,
}

#[derive(Debug)]
struct Envelope {
    pointers: Pointers,
    message_type: usize,
    body: usize,
    position: Option<usize>,
}

#[derive(Debug)]
struct Message {
    kind: Kind,
    list: Option<String>,
    pointers: Pointers,
    id: Option<CompiledRule>,
    identity: Vec<usize>,
    version: Option<CompiledRule>,
    facts: Vec<(Fact, CompiledRule)>,
}

impl Profile {
    /// The profiles that come with the program.
    pub fn built_in() -> Result<Vec<Self>, ProfileError> {
        BUILT_IN.into_iter().map(Self::parse).collect()
    }

    /// Reads and checks a profile file.
    pub fn parse(toml: &str) -> Result<Self, ProfileError> {
        let file: ProfileFile = toml::from_str(toml)?;
        let url = Url::parse(&file.url)
            .map_err(|_| wrong("url", "write an address such as `https://fraud.bank.example`"))?;
        if file.websocket.silence_seconds <= file.websocket.ping_seconds || file.websocket.ping_seconds == 0 {
            return Err(wrong(
                "websocket.silence_seconds",
                "must be more than `ping_seconds`, which is at least 1",
            ));
        }
        let types: Vec<&str> = file.message.iter().map(|message| message.message_type.as_str()).collect();
        for list in &file.list {
            known(&format!("list.{}.message", list.name), &list.message, &types)?;
        }
        let lists: Vec<&str> = file.list.iter().map(|list| list.name.as_str()).collect();
        let mut messages = HashMap::new();
        for message in file.message {
            if let Some(list) = &message.list {
                known(&format!("message.{}.list", message.message_type), list, &lists)?;
            }
            let name = message.message_type.clone();
            messages.insert(name, Message::compile(message)?);
        }
        let mut pointers = Pointers::default();
        let mut add = |field: &str, pointer: &str| {
            pointers.add(pointer).map_err(|error| ProfileError::Pointer { field: field.to_owned(), error })
        };
        let message_type = add("frame.type", &file.frame.message_type)?;
        let body = add("frame.body", &file.frame.body)?;
        let position =
            file.frame.position.as_deref().map(|pointer| add("frame.position", pointer)).transpose()?;
        Ok(Self {
            name: file.name,
            title: file.title,
            url,
            sign_in: file.sign_in,
            websocket: WebSocketProfile {
                path: file.websocket.path,
                token_parameter: file.websocket.token_parameter,
                ping: Duration::from_secs(file.websocket.ping_seconds.into()),
                silence: Duration::from_secs(file.websocket.silence_seconds.into()),
            },
            lists: file.list,
            envelope: Envelope { pointers, message_type, body, position },
            messages,
        })
    }
}

impl Message {
    fn compile(file: MessageFile) -> Result<Self, ProfileError> {
        let mut pointers = Pointers::default();
        let place = format!("message.{}", file.message_type);
        let mut compile = |field: &str, rule: schema::Rule| {
            CompiledRule::compile(rule, &mut pointers)
                .map_err(|error| ProfileError::Pointer { field: format!("{place}.{field}"), error })
        };
        let id = file.id.map(|rule| compile("id", rule)).transpose()?;
        let version = file.version.map(|rule| compile("version", rule)).transpose()?;
        let mut facts = Vec::with_capacity(file.facts.len());
        for (name, rule) in file.facts {
            let fact = Fact::from_name(&name).ok_or_else(|| ProfileError::Unknown {
                field: format!("{place}.facts"),
                name: name.clone(),
                known: Fact::NAMES.join(", "),
            })?;
            let rule = compile(&format!("facts.{name}"), rule)?;
            fact.check(&rule).map_err(|cure| wrong(&format!("{place}.facts.{name}"), &cure))?;
            facts.push((fact, rule));
        }
        let identity = file
            .identity
            .iter()
            .map(|pointer| pointers.add(pointer))
            .collect::<Result<_, _>>()
            .map_err(|error| ProfileError::Pointer { field: format!("{place}.identity"), error })?;
        Ok(Self { kind: file.kind, list: file.list, pointers, id, identity, version, facts })
    }
}

fn known(field: &str, name: &str, known: &[&str]) -> Result<(), ProfileError> {
    if known.contains(&name) {
        return Ok(());
    }
    Err(ProfileError::Unknown { field: field.to_owned(), name: name.to_owned(), known: known.join(", ") })
}

fn wrong(field: &str, cure: &str) -> ProfileError {
    ProfileError::Wrong { field: field.to_owned(), cure: cure.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_profiles_are_right() {
        let names: Vec<String> =
            Profile::built_in().unwrap().into_iter().map(|profile| profile.name).collect();
        assert_eq!(names, ["big-defend"]);
    }

    fn error_of(from: &str, to: &str) -> String {
        assert!(BUILT_IN[0].contains(from), "{from}");
        Profile::parse(&BUILT_IN[0].replacen(from, to, 1)).unwrap_err().to_string()
    }

    #[test]
    fn a_wrong_profile_names_the_line_or_the_field_and_the_cure() {
        let unknown_field = error_of("title =", "titel =");
        assert!(unknown_field.contains("line 3") && unknown_field.contains("titel"), "{unknown_field}");
        for (from, to, field, cure) in [
            ("type = \"/type\"", "type = \"type\"", "frame.type", "begin with `/`"),
            (
                "message = \"newTransaction\"",
                "message = \"none\"",
                "list.transactions.message",
                "newTransaction",
            ),
            ("country = ", "land = ", "message.newTransaction.facts", "country"),
            ("default = \"open\"", "default = \"ajar\"", "message.fraudAlert.facts.state", "open"),
            ("silence_seconds = 45", "silence_seconds = 5", "websocket.silence_seconds", "ping_seconds"),
        ] {
            let error = error_of(from, to);
            assert!(error.contains(field) && error.contains(cure), "{error}");
        }
    }
}
