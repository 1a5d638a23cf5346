//! What a profile makes of a message or of a list's answer.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use vigie_core::clock::{Clock as _, SystemClock};
use vigie_core::model::Event;
use vigie_core::profile::{Batch, Profile, Step};
use vigie_core::transport::Frame;
use vigie_core::transport::http::ANSWER_LIMIT;

use crate::facts;
use crate::output::say;

/// Why a sample cannot be tried.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// The file cannot be read.
    #[error("{path} cannot be read: {error}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// It is longer than any answer that is read.
    #[error("{0} is longer than {ANSWER_LIMIT} bytes: no answer is read that is as long")]
    TooLong(PathBuf),
    /// There is no such list.
    #[error("the profile has no list `{name}`; it has {known}")]
    NoList {
        /// The name.
        name: String,
        /// Those that there are.
        known: String,
    },
    /// There is no such stream.
    #[error(
        "the profile's first transport has {streams} streams, and none with number {number}; for polling use --list"
    )]
    NoStream {
        /// The number.
        number: u16,
        /// How many there are.
        streams: usize,
    },
    /// The answer is none of this list.
    #[error("{path} is no answer of this list: {detail}")]
    NotTheList {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
}

/// A file with what a server sent.
pub struct Sample<'a> {
    path: &'a Path,
    bytes: Bytes,
}

impl<'a> Sample<'a> {
    /// Reads the file.
    pub fn read(path: &'a Path) -> Result<Self, SampleError> {
        let unreadable = |error| SampleError::Unreadable { path: path.to_owned(), error };
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(unreadable)?;
        let length = file.take(ANSWER_LIMIT as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if length > ANSWER_LIMIT {
            return Err(SampleError::TooLong(path.to_owned()));
        }
        Ok(Self { path, bytes: bytes.into() })
    }

    /// What it becomes as a frame of a stream of the first transport; the first stream is 1.
    pub fn as_frame(
        &self,
        profile: &Profile,
        number: u16,
        event: Option<&str>,
    ) -> Result<Batch, SampleError> {
        let streams = profile.transports.first().map_or(&[][..], |transport| &transport.streams);
        let stream = usize::from(number).checked_sub(1).and_then(|index| streams.get(index));
        let stream = stream.ok_or(SampleError::NoStream { number, streams: streams.len() })?;
        let frame = Frame {
            bytes: self.bytes.clone(),
            length: self.bytes.len(),
            received_at: SystemClock::default().now(),
            event: event.map(Into::into),
            event_id: None,
        };
        let mut batch = Batch::default();
        profile.decode(stream, &frame, &mut batch);
        Ok(batch)
    }

    /// What it becomes as the answer of a list.
    pub fn as_list(&self, profile: &Profile, name: &str) -> Result<Batch, SampleError> {
        let Some(list) = profile.lists.iter().find(|list| list.name == name) else {
            let known: Vec<&str> = profile.lists.iter().map(|list| list.name.as_str()).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            return Err(SampleError::NoList { name: name.to_owned(), known });
        };
        let page = profile.decode_list(list, &self.bytes, SystemClock::default().now());
        let not_the_list = |detail| SampleError::NotTheList { path: self.path.to_owned(), detail };
        Ok(page.map_err(not_the_list)?.batch)
    }
}

/// Prints what a sample became.
pub fn show(became: &Batch) -> io::Result<()> {
    for event in &became.events {
        show_event(event)?;
    }
    for rejected in &became.rejected {
        say(&format!("  rejected ({}): {}", rejected.reason.word(), rejected.detail))?;
    }
    for (name, step) in became.positions.iter() {
        let (Step::Forwards(to) | Step::To(to)) = step;
        say(&format!("  position of {name}: {to}"))?;
    }
    if became.events.is_empty() && became.rejected.is_empty() {
        say("  nothing: the profile takes it for a signal, or it holds no items")?;
    }
    Ok(())
}

fn show_event(event: &Event) -> io::Result<()> {
    let Event { kind, what, subject, version, facts, unreadable, .. } = event;
    say(&format!("  {} {}", kind.word(), what.as_deref().unwrap_or_default()))?;
    field("subject", subject)?;
    if let Some(version) = version {
        field("version", &version.to_string())?;
    }
    for (name, value) in facts::named(facts) {
        field(name, &value)?;
    }
    for detail in &facts.details {
        field(&format!("details.{}", detail.name), &detail.value)?;
    }
    for (index, factor) in facts.factors.iter().enumerate() {
        let weight = factor.weight.map(|weight| format!(" {weight}")).unwrap_or_default();
        let text = factor.text.as_ref().map(|text| format!(" {text}")).unwrap_or_default();
        field(&format!("factor {}", index + 1), &format!("{}{weight}{text}", factor.name))?;
    }
    if !unreadable.is_empty() {
        field("unreadable", &unreadable.join(", "))?;
    }
    Ok(())
}

fn field(name: &str, value: &str) -> io::Result<()> {
    say(&format!("    {name:<20} {value}"))
}
