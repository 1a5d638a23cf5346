//! Checks a profile file and makes it a [`Profile`].

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use reqwest::header::HeaderName;
use url::Url;

use super::action::Action;
use super::error::{Place, ProfileError, Wrong};
use super::mapping::Mapping;
use super::rule::slot;
use super::schema::{
    ListFile, OneOrMany, ProfileFile, QueryFile, SignInFile, SignInKind, SinceKind, StreamFile, TransportFile,
};
use super::template::is_name;
use super::{
    Address, Carrier, Gives, List, PasswordSignIn, Pointers, Profile, Resume, SignIn, Stream, Template,
    Transport,
};
use crate::model::TransportKind;

/// The names that every template may have.
const ALWAYS: [&str; 2] = ["user", "client_id"];
/// The statuses that mean "wrong name or password" where a profile does not say.
const REFUSED: [u16; 2] = [400, 401];
/// The usual time between two pings, in seconds: less than what routers take for silence.
const PING_SECONDS: u16 = 20;
/// The usual silence after which a server counts as gone, in seconds: two pings and an answer.
const SILENCE_SECONDS: u16 = 45;
/// The usual quiet after which a replay counts as over, in milliseconds: three looks of a server at its database.
const SETTLED_MILLISECONDS: u16 = 1_500;
/// The usual times between two fetches of a polled list, in seconds.
const FAST_SECONDS: u16 = 2;
const SLOW_SECONDS: u16 = 30;

impl Profile {
    /// Reads and checks a profile file.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        let file: ProfileFile = toml::from_str(text).map_err(|error| ProfileError::toml(text, &error))?;
        Self::compile(file).map_err(|wrong| ProfileError::field(text, wrong))
    }

    fn compile(file: ProfileFile) -> Result<Self, Wrong> {
        let is_plain = |name: &str| {
            !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        };
        if !is_plain(&file.name) {
            return Err(Place::of("name").wrong("use lower case letters, digits and hyphens"));
        }
        let is_web = |url: &Url| url.has_host() && matches!(url.scheme(), "http" | "https");
        let url = Url::parse(&file.url)
            .ok()
            .filter(is_web)
            .ok_or_else(|| Place::of("url").wrong("write an address such as `https://fraud.bank.example`"))?;
        let mut names: Vec<(&str, bool)> = ALWAYS.map(|name| (name, true)).to_vec();
        for (index, parameter) in file.parameter.iter().enumerate() {
            let place = Place::of("parameter").index(index).field("name");
            if !is_name(&parameter.name) {
                return Err(place.wrong("use a lower case letter, then letters, digits and underscores"));
            }
            if names.iter().any(|(name, _)| *name == parameter.name) {
                return Err(place.wrong("there is one of this name already"));
            }
            names.push((&parameter.name, parameter.required || !parameter.default.0.is_empty()));
        }
        let sign_in = sign_in(&file.sign_in, &names)?;
        let mapping = Mapping::compile(file.frame, file.message, &file.list)?;
        let mut lists: Vec<List> = Vec::with_capacity(file.list.len());
        for (index, list) in file.list.into_iter().enumerate() {
            let place = Place::of("list").index(index);
            if lists.iter().any(|other| other.name == list.name) {
                return Err(place.field("name").wrong("there is one of this name already"));
            }
            lists.push(self::list(list, &mapping, &names, &place)?);
        }
        if file.transport.is_empty() {
            return Err(Place::of("transport").wrong("say with at least one `[[transport]]` how news come"));
        }
        let transports = file
            .transport
            .into_iter()
            .enumerate()
            .map(|(index, file)| {
                transport(file, &lists, &mapping, &names, &Place::of("transport").index(index))
            })
            .collect::<Result<_, _>>()?;
        let actions = file
            .action
            .into_iter()
            .map(|(kind, file)| {
                let place = Place::of("action").field(&kind.word());
                Action::compile(file, kind, &names, &place).map(|action| (kind, action))
            })
            .collect::<Result<BTreeMap<_, _>, _>>()?;
        Ok(Self {
            name: file.name,
            title: file.title,
            url,
            own: false,
            sign_in,
            transports,
            lists,
            actions,
            parameters: file.parameter,
            mapping,
        })
    }
}

/// The names that templates may have, and whether each always has a value.
type Names<'a> = &'a [(&'a str, bool)];

/// An address whose names are known.
fn address(
    path: &str,
    query: &BTreeMap<String, QueryFile>,
    names: Names<'_>,
    place: &Place,
) -> Result<Address, Wrong> {
    check_path(path, place)?;
    let address = Address::new(path, query);
    address
        .names_in_path()
        .try_for_each(|name| place.field("path").known(name, names.iter().map(|(name, _)| *name)))?;
    address
        .names_in_query()
        .try_for_each(|name| place.field("query").known(name, names.iter().map(|(name, _)| *name)))?;
    let is_empty = |name: &&str| names.iter().any(|(known, has_value)| known == name && !has_value);
    if let Some(name) = address.names_in_path().find(is_empty) {
        let cure = format!("`{name}` may have no value: make it `required`, or give it a `default`");
        return Err(place.field("path").wrong(cure));
    }
    Ok(address)
}

/// Whether a path stays below a source's address, and is one.
pub(super) fn check_path(path: &str, place: &Place) -> Result<(), Wrong> {
    if path.contains(['?', '#']) {
        return Err(place.field("path").wrong("write the query as a table of its own, `query = { … }`"));
    }
    let leads_away = path.contains("//") || path.split('/').any(|segment| matches!(segment, "." | ".."));
    if leads_away || path.contains(char::is_control) {
        return Err(place.field("path").wrong("write a path below the source's address, such as `/events`"));
    }
    Ok(())
}

fn template(text: &str, names: Names<'_>, place: &Place) -> Result<Template, Wrong> {
    if serde_json::from_str::<serde_json::Value>(text).is_err() {
        return Err(place.wrong("write JSON, in single quotes"));
    }
    let template = Template::parse(text);
    template.names().try_for_each(|name| place.known(name, names.iter().map(|(name, _)| *name)))?;
    Ok(template)
}

fn sign_in(file: &SignInFile, names: Names<'_>) -> Result<SignIn, Wrong> {
    let place = Place::of("sign_in");
    let needs = |value: &Option<String>, field: &str, why: &str| {
        value.clone().ok_or_else(|| place.field("kind").wrong(format!("this kind needs `{field}`: {why}")))
    };
    // A field that this kind has no use for is a misunderstanding.
    let (is_password, is_token) = match file.kind {
        SignInKind::None | SignInKind::User => (false, false),
        SignInKind::Bearer | SignInKind::Header | SignInKind::Query => (false, true),
        SignInKind::Password | SignInKind::Cookie => (true, false),
    };
    for (field, given, wanted) in [
        ("header", file.header.is_some(), file.kind == SignInKind::Header),
        ("parameter", file.parameter.is_some(), file.kind == SignInKind::Query),
        ("optional", file.optional, is_token),
        ("path", file.path.is_some(), is_password),
        ("user_field", file.user_field.is_some(), is_password),
        ("password_field", file.password_field.is_some(), is_password),
        ("refused", file.refused.is_some(), is_password),
        ("token", file.token.is_some(), file.kind == SignInKind::Password),
        ("expires_in", file.expires_in.is_some(), file.kind == SignInKind::Password),
    ] {
        if given && !wanted {
            return Err(place.field(field).wrong("this kind of sign-in has no use for it: remove it"));
        }
    }
    let token = |carrier| SignIn::Token { carrier, optional: file.optional };
    Ok(match file.kind {
        SignInKind::None => SignIn::None,
        SignInKind::User => SignIn::User,
        SignInKind::Bearer => token(Carrier::Bearer),
        SignInKind::Header => {
            let header = needs(&file.header, "header", "the name of the header that carries the key")?;
            if HeaderName::try_from(header.as_str()).is_err() {
                return Err(place
                    .field("header")
                    .wrong(format!("`{header}` cannot be the name of a header")));
            }
            token(Carrier::Header(header))
        }
        SignInKind::Query => {
            let parameter =
                needs(&file.parameter, "parameter", "the query parameter that carries the token")?;
            token(Carrier::Query(parameter))
        }
        SignInKind::Password | SignInKind::Cookie => {
            let path = needs(&file.path, "path", "where to post name and password")?;
            let gives = if file.kind == SignInKind::Cookie {
                Gives::Cookie
            } else {
                let token = needs(&file.token, "token", "where in the answer the token is")?;
                for (field, pointer) in [("token", Some(&token)), ("expires_in", file.expires_in.as_ref())] {
                    if let Some(pointer) = pointer {
                        slot(&mut Pointers::default(), pointer, &place.field(field))?;
                    }
                }
                Gives::Token { token, expires_in: file.expires_in.clone() }
            };
            let field =
                |given: &Option<String>, usual: &str| given.clone().unwrap_or_else(|| usual.to_owned());
            SignIn::Password(PasswordSignIn {
                address: address(&path, &BTreeMap::new(), names, &place)?,
                format: file.format,
                user_field: field(&file.user_field, "username"),
                password_field: field(&file.password_field, "password"),
                refused: file.refused.clone().unwrap_or_else(|| REFUSED.to_vec()),
                gives,
            })
        }
    })
}

fn transport(
    file: TransportFile,
    lists: &[List],
    mapping: &Mapping,
    names: Names<'_>,
    place: &Place,
) -> Result<Transport, Wrong> {
    let TransportFile { kind, stream, fetch, poll, fast_seconds, slow_seconds } = file;
    let place_of = |name: &String, field: &str| {
        let known = lists.iter().map(|list| list.name.as_str());
        place.field(field).known(name, known)?;
        Ok(lists.iter().position(|list| list.name == *name).unwrap_or_default())
    };
    let poll: Vec<usize> = poll.iter().map(|name| place_of(name, "poll")).collect::<Result<_, Wrong>>()?;
    let fetch: Vec<usize> = match fetch {
        Some(fetch) => fetch.iter().map(|name| place_of(name, "fetch")).collect::<Result<_, Wrong>>()?,
        None => (0..lists.len()).filter(|list| !poll.contains(list)).collect(),
    };
    if (kind == TransportKind::Polling) != stream.is_empty() {
        return Err(place.wrong(match kind {
            TransportKind::Polling => "polling has no streams: remove them, or choose another kind",
            _ => "it has no streams: say with `[[transport.stream]]` where they are",
        }));
    }
    if kind == TransportKind::Polling && poll.is_empty() {
        return Err(place.wrong("say with `poll` which lists to fetch again and again"));
    }
    let fast = fast_seconds.unwrap_or(FAST_SECONDS);
    let slow = slow_seconds.unwrap_or_else(|| SLOW_SECONDS.max(fast));
    if fast == 0 || slow < fast {
        return Err(place
            .field("slow_seconds")
            .wrong("must be at least `fast_seconds`, which is at least 1"));
    }
    let mut streams: Vec<Stream> = Vec::with_capacity(stream.len());
    for (index, file) in stream.into_iter().enumerate() {
        let place = place.field("stream").index(index);
        let mut stream = self::stream(file, kind, mapping, names, &place)?;
        let fetched = fetch.iter().chain(&poll).any(|list| lists[*list].is_history());
        if stream.resume == Resume::Lists && !fetched {
            return Err(place
                .field("resume")
                .wrong("no list that is fetched has a `since`: nothing gives what was missed"));
        }
        if streams.iter().any(|other| other.name == stream.name) {
            stream.name = format!("{} {}", stream.name, index + 1);
        }
        streams.push(stream);
    }
    let seconds = |seconds: u16| Duration::from_secs(seconds.into());
    Ok(Transport { kind, streams, fetch, poll, fast: seconds(fast), slow: seconds(slow) })
}

fn stream(
    file: StreamFile,
    kind: TransportKind,
    mapping: &Mapping,
    names: Names<'_>,
    place: &Place,
) -> Result<Stream, Wrong> {
    let address = address(&file.path, &file.query, names, place)?;
    if let Some(message) = &file.message {
        place.field("message").known(message, mapping.types())?;
    }
    let is_socket = kind == TransportKind::WebSocket;
    if is_socket && file.resume == Resume::LastEventId {
        return Err(place
            .field("resume")
            .wrong("only Server-Sent Events have ids: use lists, replay or none"));
    }
    for (field, given) in [
        ("subscribe", !file.subscribe.0.is_empty()),
        ("confirmed", file.confirmed.is_some()),
        ("ping", file.ping.is_some()),
        ("ping_seconds", file.ping_seconds.is_some()),
        ("answer", !file.answer.is_empty()),
    ] {
        if given && !is_socket {
            return Err(place.field(field).wrong("only a WebSocket can be written to: remove it"));
        }
    }
    if file.ping.is_some() != file.pong.is_some() {
        return Err(
            place.wrong("`ping` and `pong` belong together: what is sent, and the type of the answer")
        );
    }
    if file.confirmed.is_some() && file.subscribe.0.is_empty() {
        return Err(place
            .field("confirmed")
            .wrong("without `subscribe` there is nothing to confirm: remove it"));
    }
    let ping = file.ping_seconds.unwrap_or(PING_SECONDS);
    let silence = file.silence_seconds.unwrap_or(SILENCE_SECONDS.max(ping.saturating_mul(2)));
    if ping == 0 || (is_socket && silence <= ping) || silence == 0 {
        return Err(place
            .field("silence_seconds")
            .wrong("must be more than `ping_seconds`, which is at least 1"));
    }
    let filled = |text: &String, field: &str| template(text, names, &place.field(field));
    let answer = file
        .answer
        .iter()
        .map(|(message, text)| {
            Ok((message.clone(), template(text, names, &place.field("answer").field(message))?))
        })
        .collect::<Result<HashMap<_, _>, Wrong>>()?;
    Ok(Stream {
        name: format!("stream {}", address.text()),
        address,
        token_parameter: file.token_parameter,
        message: file.message,
        resume: file.resume,
        subscribe: file.subscribe.0.iter().map(|text| filled(text, "subscribe")).collect::<Result<_, _>>()?,
        confirmed: file.confirmed,
        ping_every: Duration::from_secs(ping.into()),
        ping: file.ping.as_ref().map(|text| filled(text, "ping")).transpose()?,
        pong: file.pong,
        answer,
        silence: Duration::from_secs(silence.into()),
        settled: Duration::from_millis(file.settled_milliseconds.unwrap_or(SETTLED_MILLISECONDS).into()),
    })
}

fn list(file: ListFile, mapping: &Mapping, names: Names<'_>, place: &Place) -> Result<List, Wrong> {
    if let Some(message) = &file.message {
        place.field("message").known(message, mapping.types())?;
    }
    let by_position = file.since.as_ref().is_some_and(|since| since.by == SinceKind::Position);
    if by_position && file.next.is_none() {
        return Err(place
            .field("since")
            .wrong("`by = \"position\"` needs `next`: where the next position is"));
    }
    let moves_by_items = file.since.as_ref().is_some_and(|since| since.by != SinceKind::Position);
    if moves_by_items && !mapping.moves(&file.name) {
        let cure = "no message has this list as its `list`: without it the position never moves";
        return Err(place.field("since").wrong(cure));
    }
    if file.page.is_some() && file.since.is_none() {
        return Err(place
            .field("page")
            .wrong("without `since` there is no asking for a second page: remove it"));
    }
    if file.page.as_ref().is_some_and(|page| page.size == 0) {
        return Err(place.field("page").wrong("`size` is at least 1"));
    }
    let mut answer = Pointers::default();
    let mut slot_of = |pointer: &Option<String>, field: &str| {
        pointer.as_deref().map(|pointer| slot(&mut answer, pointer, &place.field(field))).transpose()
    };
    let (next, more) = (slot_of(&file.next, "next")?, slot_of(&file.more, "more")?);
    Ok(List {
        address: address(&file.path, &file.query, names, place)?,
        items: steps(&file.items, &place.field("items"))?,
        name: file.name,
        since: file.since,
        page: file.page,
        optional: file.optional,
        most: file.most,
        message: file.message,
        answer,
        next,
        more,
    })
}

/// Pointers of which each leads further into what the one before gave.
pub(super) fn steps(pointers: &OneOrMany, place: &Place) -> Result<Vec<Pointers>, Wrong> {
    pointers
        .0
        .iter()
        .map(|pointer| {
            let mut one = Pointers::default();
            slot(&mut one, pointer, place)?;
            Ok(one)
        })
        .collect()
}
