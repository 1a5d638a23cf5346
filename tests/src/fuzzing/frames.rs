//! Frames and the answers of lists, as every built-in profile reads them, and one for a backend that was made up.

use std::sync::LazyLock;

use vigie_core::profile::{Library, List, Profile, Stream};

use super::events;

/// A profile for a backend that was made up for a test.
const UNSEEN: &str = include_str!("../../../src-tauri/crates/core/tests/profiles/unseen.toml");
/// Frames and answers of every backend, and hostile ones: profile, event and JSON, with tabs between them.
const FRAMES: &str = include_str!("frames.tsv");

/// What is no text, or not on one line.
const ODD: [&[u8]; 6] = [
    b"",
    b"\xFF\xFE{\"type\":\"newTransaction\"}",
    b"\0\0\0",
    b"\xEF\xBB\xBF{\"type\":\"newTransaction\"}",
    b"{\"type\":\"newTransaction\",\"payload\":{\"id\":\"\x01\"}}",
    b" {\r\n\t\"type\" : \"newTransaction\",\n\"payload\" : { \"id\" : \"t-1\" } }\n",
];

static PROFILES: LazyLock<Vec<Profile>> = LazyLock::new(|| {
    let mut profiles = Library::built_in().unwrap().profiles;
    profiles.push(Profile::parse(UNSEEN).unwrap());
    profiles
});

static READERS: LazyLock<Vec<Reader>> = LazyLock::new(|| PROFILES.iter().flat_map(readers).collect());

/// What reads frames or answers.
#[derive(Clone, Copy)]
pub enum Reader {
    /// The frames of a stream.
    Stream(&'static Profile, &'static Stream),
    /// The answers of a list.
    List(&'static Profile, &'static List),
}

fn readers(profile: &'static Profile) -> impl Iterator<Item = Reader> {
    let streams = profile.transports.iter().flat_map(|transport| &transport.streams);
    let streams = streams.map(move |stream| Reader::Stream(profile, stream));
    streams.chain(profile.lists.iter().map(move |list| Reader::List(profile, list)))
}

impl Reader {
    const fn profile(self) -> &'static Profile {
        match self {
            Self::Stream(profile, _) | Self::List(profile, _) => profile,
        }
    }
}

/// A byte that chooses who reads, the length of the event's name, the name, and the frame.
pub fn check(bytes: &[u8]) {
    let Some((&[reader, length], rest)) = bytes.split_first_chunk() else { return };
    let (name, frame) = rest.split_at(usize::from(length).min(rest.len()));
    let name = String::from_utf8_lossy(name);
    match READERS[usize::from(reader) % READERS.len()] {
        Reader::Stream(profile, stream) => {
            events::of_frame(profile, stream, (!name.is_empty()).then_some(&*name), frame);
        }
        Reader::List(profile, list) => events::of_answer(profile, list, frame),
    }
}

fn input(reader: usize, event: &str, frame: &[u8]) -> Vec<u8> {
    let head = [u8::try_from(reader).unwrap(), u8::try_from(event.len()).unwrap()];
    [&head, event.as_bytes(), frame].concat()
}

/// Every frame, read by all that its profile has; those that name none, by all that there are.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (profile, event, frame) in samples() {
        for (number, reader) in READERS.iter().enumerate() {
            if profile == "*" || reader.profile().name == profile {
                seeds.push(input(number, event, frame));
            }
        }
    }
    seeds.extend(ODD.iter().flat_map(|frame| (0..READERS.len()).map(|reader| input(reader, "", frame))));
    seeds
}

/// The frames of the table, with profile and event.
pub fn samples() -> impl Iterator<Item = (&'static str, &'static str, &'static [u8])> {
    FRAMES.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let mut parts = line.splitn(3, '\t');
        let (profile, event) = (parts.next().unwrap(), parts.next().unwrap());
        (profile, event, parts.next().unwrap().as_bytes())
    })
}
