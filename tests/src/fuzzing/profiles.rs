//! Profile files: a wrong one is told with its line, and one that is right keeps what is promised of every profile,
//! whatever it says and whatever arrives.

use url::Url;
use vigie_core::model::{AlertState, Parameters};
use vigie_core::profile::{Address, Profile, Settings, Template};

use super::{events, frames, json};

/// The built-in files and the one of a backend that was made up.
const FILES: [&str; 7] = [
    include_str!("../../../src-tauri/crates/core/profiles/aml.toml"),
    include_str!("../../../src-tauri/crates/core/profiles/big-defend.toml"),
    include_str!("../../../src-tauri/crates/core/profiles/credit.toml"),
    include_str!("../../../src-tauri/crates/core/profiles/flowfi.toml"),
    include_str!("../../../src-tauri/crates/core/profiles/generic.toml"),
    include_str!("../../../src-tauri/crates/core/profiles/trading.toml"),
    include_str!("../../../src-tauri/crates/core/tests/profiles/unseen.toml"),
];
/// Where the backend is.
const BASE: &str = "https://bank.example:8443/fraud";
/// Values that would leave their place if they could.
const HOSTILE: [&str; 3] = ["../..//?#&=%2e%2e", "\"},{\"x\":\"\\", "\u{202E}é\u{0}"];
/// How many streams and lists of one file are tried: more would be the same again.
const TRIED: usize = 6;

/// A file and, after a NUL, a frame.
pub fn check(bytes: &[u8]) {
    let mut parts = bytes.splitn(2, |byte| *byte == 0);
    let file = String::from_utf8_lossy(parts.next().unwrap_or_default());
    match Profile::parse(&file) {
        Ok(profile) => {
            addresses(&profile);
            decodes(&profile, parts.next().unwrap_or(b"{}"));
        }
        Err(error) => {
            let error = error.to_string();
            let line = error.strip_prefix("line ").and_then(|rest| rest.split([':', ',']).next());
            let line: usize = line.and_then(|line| line.parse().ok()).expect(&error);
            assert!((1..=file.split('\n').count()).contains(&line), "{error}");
            assert!(!error.contains('\n') && error.len() > 12, "{error}");
        }
    }
}

/// No value leaves its segment of a path, its parameter of a query or its string in JSON.
fn addresses(profile: &Profile) {
    let base: Url = BASE.parse().unwrap();
    let values = || HOSTILE.map(str::to_owned).to_vec();
    let chosen: Parameters =
        profile.parameters.iter().map(|parameter| (parameter.name.clone(), values())).collect();
    let mut settings = profile.settings(HOSTILE[0], &chosen);
    settings.insert("client_id".to_owned(), values());
    let streams = || profile.transports.iter().flat_map(|transport| &transport.streams);
    for address in
        streams().map(|stream| &stream.address).chain(profile.lists.iter().map(|list| &list.address))
    {
        is_below(&base, &address.below(&base, &settings), Some(address));
    }
    for stream in streams() {
        let texts = stream.subscribe.iter().chain(&stream.ping).chain(stream.answer.values());
        texts.for_each(|text| is_filled(text, &settings));
    }
    for name in ["id", "owner"] {
        settings.insert(name.to_owned(), values());
    }
    for action in profile.actions.values() {
        for state in [None, Some(AlertState::Resolved)] {
            if state.is_none() {
                settings.insert("state".to_owned(), values());
            }
            let Some(request) = action.request(&base, settings.clone(), state) else { continue };
            is_below(&base, &request.url, None);
            assert!(request.body.is_none_or(|body| json::is_json(body.as_bytes())));
        }
    }
}

fn is_below(base: &Url, url: &Url, address: Option<&Address>) {
    assert_eq!((url.origin(), url.username(), url.fragment()), (base.origin(), "", None));
    assert!(url.path() == base.path() || url.path().starts_with(&format!("{}/", base.path())), "{url}");
    let segments =
        |path: &str| path.trim_start_matches('/').split('/').filter(|path| !path.is_empty()).count();
    if let Some(address) = address {
        let path = address.text().trim_end_matches('/');
        assert_eq!(segments(url.path()), segments(base.path()) + segments(path), "{url} of {path}");
    }
}

fn is_filled(text: &Template, settings: &Settings) {
    for filled in text.json(settings) {
        assert!(json::is_json(filled.as_bytes()), "{filled}");
    }
}

fn decodes(profile: &Profile, frame: &[u8]) {
    for stream in profile.transports.iter().flat_map(|transport| &transport.streams).take(TRIED) {
        events::of_frame(profile, stream, None, frame);
    }
    for list in profile.lists.iter().take(TRIED) {
        events::of_answer(profile, list, frame);
    }
}

/// Every file with each of its backend's frames, and alone.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = FILES.iter().map(|file| file.as_bytes().to_vec()).collect();
    for (name, _, frame) in frames::samples() {
        let file = FILES.iter().find(|file| file.contains(&format!("name = \"{name}\"")));
        seeds.extend(file.map(|file| [file.as_bytes(), b"\0", frame].concat()));
    }
    seeds
}
