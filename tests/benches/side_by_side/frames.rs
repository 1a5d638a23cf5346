//! What each backend says, as the gateway says it: lines of its journal (`--journal`), recorded once and kept in
//! `frames/`, a file for each profile.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use vigie_core::model::Time;
use vigie_core::profile::{Profile, Stream};
use vigie_core::transport::Frame;

/// The profiles, and what was recorded of each.
pub const RECORDED: [(&str, &str); 6] = [
    ("aml", include_str!("frames/aml.jsonl")),
    ("big-defend", include_str!("frames/big-defend.jsonl")),
    ("credit", include_str!("frames/credit.jsonl")),
    ("flowfi", include_str!("frames/flowfi.jsonl")),
    ("generic", include_str!("frames/generic.jsonl")),
    ("trading", include_str!("frames/trading.jsonl")),
];
/// When they arrived: 2026-12-01T00:00:00Z.
const RECEIVED_AT: Time = Time(1_796_083_200_000);

/// A line of the journal.
#[derive(Deserialize)]
struct Line<'a> {
    channel: String,
    event: Option<String>,
    #[serde(borrow)]
    frame: &'a RawValue,
}

/// A frame, and the stream that it came on.
pub struct Recorded<'a> {
    /// The stream.
    pub stream: &'a Stream,
    /// The frame.
    pub frame: Frame,
}

/// What was recorded for a profile.
pub fn of<'a>(profile: &'a Profile, lines: &str) -> Vec<Recorded<'a>> {
    let streams = || profile.transports.iter().flat_map(|transport| &transport.streams);
    lines
        .lines()
        .map(|line| {
            let line: Line<'_> = serde_json::from_str(line).unwrap();
            // A channel that is made up for each connection is the first stream.
            let stream = streams().find(|stream| stream.name.ends_with(&line.channel));
            let bytes = Bytes::copy_from_slice(line.frame.get().as_bytes());
            let frame = Frame {
                length: bytes.len(),
                bytes,
                received_at: RECEIVED_AT,
                event: line.event.map(Into::into),
                event_id: None,
            };
            Recorded { stream: stream.or_else(|| streams().next()).unwrap(), frame }
        })
        .collect()
}
