//! Profiles: how each kind of backend speaks, as data. A new backend is a new TOML file.
//!
//! `schema` is the file; `compile` checks it and makes it a [`Profile`]; `library` finds the built-in ones and the
//! analyst's own; `decode` turns frames and lists into events with it.

mod action;
mod adopt;
#[cfg(test)]
mod agreement;
mod compile;
mod count;
mod decode;
mod error;
mod fact;
mod library;
mod mapping;
mod pointer;
mod positions;
mod reader;
mod rule;
mod schema;
mod template;
mod text;
mod value;

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use url::Url;

pub use action::{Action, ActionRequest};
pub use adopt::{AdoptError, adopt};
pub use count::Count;
pub use decode::{Batch, FRAME_LIMIT, ListPage, Rejected, RejectedReason};
pub use error::ProfileError;
pub use library::Library;
pub use pointer::{Memory, NotAPointer};
pub use positions::{Positions, Step};
pub use schema::{BodyFormat, PageFile, ParameterFile, Resume, SinceKind};
pub use template::{Address, Settings, Template};

use self::mapping::Mapping;
use self::pointer::Pointers;
use self::schema::SinceFile;
use crate::model::{ActionKind, Parameters, SecretKind, SignInView, TransportKind};

/// How one kind of backend speaks, checked and ready for use.
#[derive(Debug)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// What to call it on screen.
    pub title: String,
    /// The address it is usually found at.
    pub url: Url,
    /// Whether it is a file of the analyst's own.
    pub own: bool,
    /// How to sign in.
    pub sign_in: SignIn,
    /// The ways in which news come, the best first.
    pub transports: Vec<Transport>,
    /// Requests that give what is there, or what was missed.
    pub lists: Vec<List>,
    /// What the backend can be asked to do.
    pub actions: BTreeMap<ActionKind, Action>,
    /// What can be chosen for each source.
    pub parameters: Vec<ParameterFile>,
    mapping: Mapping,
}

/// How to sign in.
#[derive(Debug, Clone)]
pub enum SignIn {
    /// Nobody has to.
    None,
    /// The backend only wants to know who.
    User,
    /// With a token that the analyst has.
    Token {
        /// How it travels.
        carrier: Carrier,
        /// Whether it may be left empty.
        optional: bool,
    },
    /// With a name and a password.
    Password(PasswordSignIn),
}

/// How a token travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Carrier {
    /// In the `Authorization` header.
    Bearer,
    /// In a header of this name.
    Header(String),
    /// In the address, as a parameter of this name.
    Query(String),
}

/// How a name and a password become a token or a session.
#[derive(Debug, Clone)]
pub struct PasswordSignIn {
    /// Where to post them.
    pub address: Address,
    /// How to write them.
    pub format: BodyFormat,
    /// The field of the name.
    pub user_field: String,
    /// The field of the password.
    pub password_field: String,
    /// The statuses that mean "wrong name or password".
    pub refused: Vec<u16>,
    /// What the answer gives.
    pub gives: Gives,
}

/// What the answer to a sign-in gives.
#[derive(Debug, Clone)]
pub enum Gives {
    /// A bearer token.
    Token {
        /// Where it is: a JSON Pointer.
        token: String,
        /// Where its lifetime in seconds is.
        expires_in: Option<String>,
    },
    /// A session's cookies.
    Cookie,
}

/// One way in which news come.
#[derive(Debug, Clone)]
pub struct Transport {
    /// What it is called.
    pub kind: TransportKind,
    /// Its connections.
    pub streams: Vec<Stream>,
    /// The lists to fetch at each connect: places in [`Profile::lists`].
    pub fetch: Vec<usize>,
    /// The lists to fetch again and again.
    pub poll: Vec<usize>,
    /// Time between two fetches while something is new.
    pub fast: Duration,
    /// Time between two fetches when nothing has been new for long.
    pub slow: Duration,
}

/// A connection on which frames come.
#[derive(Debug, Clone)]
pub struct Stream {
    /// Its name; the position is kept under it.
    pub name: String,
    /// Where it is.
    pub address: Address,
    /// The query parameter that carries the token here.
    pub token_parameter: Option<String>,
    /// The type of its frames, which are messages without an envelope then.
    pub message: Option<String>,
    /// What the backend can give of what was missed.
    pub resume: Resume,
    /// What to send once it stands.
    pub subscribe: Vec<Template>,
    /// The type of the message that confirms a subscription.
    pub confirmed: Option<String>,
    /// Time between our pings.
    pub ping_every: Duration,
    /// A ping of the backend's own kind.
    pub ping: Option<Template>,
    /// The type of the message that answers it.
    pub pong: Option<String>,
    /// Types of messages that want an answer, and the answer.
    pub answer: HashMap<String, Template>,
    /// Time without any sign of life after which the server counts as gone.
    pub silence: Duration,
    /// The quiet after which what was replayed counts as over.
    pub settled: Duration,
}

/// A request that gives what is there, or what was missed.
#[derive(Debug)]
pub struct List {
    /// Its name; the position is kept under it.
    pub name: String,
    /// Where it is.
    pub address: Address,
    /// How to ask for what is new.
    pub since: Option<SinceFile>,
    /// How many items to ask for.
    pub page: Option<PageFile>,
    /// Whether some backends of this kind do not have it.
    pub optional: bool,
    /// The most items of an answer where there are no pages.
    pub most: Option<u16>,
    message: Option<String>,
    items: Vec<Pointers>,
    answer: Pointers,
    next: Option<usize>,
    more: Option<usize>,
}

impl Profile {
    /// What is wrong with what was chosen for a source; the empty values of a form are no values.
    pub fn check_parameters(&self, chosen: &Parameters) -> Result<Parameters, String> {
        let mut checked = Parameters::new();
        for (name, values) in chosen {
            let parameter = self
                .parameters
                .iter()
                .find(|parameter| parameter.name == *name)
                .ok_or_else(|| format!("there is no parameter `{name}`"))?;
            let values: Vec<String> = values
                .iter()
                .map(|value| value.trim().to_owned())
                .filter(|value| !value.is_empty())
                .collect();
            if values.len() > if parameter.many { PARAMETER_VALUES } else { 1 } {
                return Err(format!("`{}` has too many values", parameter.title));
            }
            if let Some(value) = values.iter().find(|value| value.chars().count() > PARAMETER_LENGTH) {
                let head: String = value.chars().take(20).collect();
                return Err(format!("`{}`: {head}… is too long", parameter.title));
            }
            if !values.is_empty() {
                checked.insert(name.clone(), values);
            }
        }
        match self
            .parameters
            .iter()
            .find(|parameter| parameter.required && !checked.contains_key(&parameter.name))
        {
            Some(missing) => Err(format!("`{}` is missing", missing.title)),
            None => Ok(checked),
        }
    }

    /// What the names in paths, queries and subscriptions stand for; `client_id` is made up for each connection.
    pub fn settings(&self, user: &str, chosen: &Parameters) -> Settings {
        let mut settings = Settings::from([("user".to_owned(), vec![user.to_owned()])]);
        for parameter in &self.parameters {
            let values = chosen.get(&parameter.name).cloned().unwrap_or_else(|| parameter.default.0.clone());
            settings.insert(parameter.name.clone(), values);
        }
        settings
    }
}

/// The most values of a parameter: an address has to hold them.
const PARAMETER_VALUES: usize = 50;
/// The longest value of a parameter, in characters.
const PARAMETER_LENGTH: usize = 100;

impl SignIn {
    /// What it asks for.
    pub const fn asks(&self) -> SignInView {
        match self {
            Self::None => SignInView { user: false, secret: None, optional: false },
            Self::User => SignInView { user: true, secret: None, optional: false },
            Self::Token { carrier: Carrier::Header(_), optional } => {
                SignInView { user: false, secret: Some(SecretKind::Key), optional: *optional }
            }
            Self::Token { optional, .. } => {
                SignInView { user: false, secret: Some(SecretKind::Token), optional: *optional }
            }
            Self::Password(_) => {
                SignInView { user: true, secret: Some(SecretKind::Password), optional: false }
            }
        }
    }
}

impl Transport {
    /// What gives what was missed, in the word that gaps have.
    pub fn fills_by(&self) -> &'static str {
        let resumes = |resume| self.streams.iter().any(|stream| stream.resume == resume);
        match (resumes(Resume::LastEventId), resumes(Resume::Replay)) {
            (true, _) => "last_event_id",
            (_, true) => "replay",
            _ => "lists",
        }
    }
}

impl List {
    /// Whether what was missed can be asked for; else the list is what stands at present.
    pub const fn is_history(&self) -> bool {
        self.since.is_some()
    }
}
