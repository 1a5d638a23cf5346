//! What a message is before its fields are read: a text of bounded size and depth, which may hold several, and has a
//! name.

use std::borrow::Cow;

use serde::Deserializer as _;
use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::decode::{FRAME_LIMIT, Refusal, RejectedReason};
use super::pointer::Pointers;
use super::value::is_plain;

/// The deepest nesting that is read. Real messages have three levels; a reader of the raw message has a stack.
const DEPTH_LIMIT: usize = 64;
/// The most items of one answer or frame: a backend that knows no pages may give all at once, but not without end.
const ITEMS_LIMIT: usize = 100_000;
/// The longest identifier that is kept as it is, in bytes; a longer one is kept as its digest.
const ID_LIMIT: usize = 200;

/// The items of a text that holds several: each of `steps` leads further into what the one before gave. `None`: it
/// is one item.
pub(super) fn items<'json>(
    steps: &[Pointers],
    json: &'json str,
) -> Result<Option<Vec<&'json RawValue>>, Refusal> {
    let Some((step, further)) = steps.split_first() else {
        return if json.trim_start().starts_with('[') { list(json).map(Some) } else { Ok(None) };
    };
    let at = |step: &Pointers, json: &'json str| {
        let found = step.find(json).map_err(not_json)?;
        Ok(found[0].map(|raw| raw.json).filter(|inner| inner.starts_with('[')))
    };
    let mut items = match at(step, json)? {
        Some(inner) => list(inner)?,
        // A list without its wrapping.
        None if json.trim_start().starts_with('[') => return list(json).map(Some),
        None => return Ok(None),
    };
    for step in further {
        let mut inner = Vec::new();
        for item in items {
            if let Some(array) = at(step, item.get())? {
                inner.extend(list(array)?);
            }
            inner = limited(inner)?;
        }
        items = inner;
    }
    Ok(Some(items))
}

pub(super) fn limited(items: Vec<&RawValue>) -> Result<Vec<&RawValue>, Refusal> {
    if items.len() > ITEMS_LIMIT { Err(too_many(items.len())) } else { Ok(items) }
}

pub(super) fn too_many(items: usize) -> Refusal {
    (RejectedReason::TooLarge, format!("{items} items at once; at most {ITEMS_LIMIT} are read"))
}

/// The items of an array. Those above the limit are only counted: each would take many times the bytes it has.
pub(super) fn list(json: &str) -> Result<Vec<&RawValue>, Refusal> {
    struct Items;

    impl<'json> Visitor<'json> for Items {
        type Value = (Vec<&'json RawValue>, usize);

        fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            formatter.write_str("an array")
        }

        fn visit_seq<A: SeqAccess<'json>>(self, mut array: A) -> Result<Self::Value, A::Error> {
            let (mut items, mut more) = (Vec::new(), 0);
            while items.len() < ITEMS_LIMIT {
                match array.next_element()? {
                    Some(item) => items.push(item),
                    None => return Ok((items, 0)),
                }
            }
            while array.next_element::<IgnoredAny>()?.is_some() {
                more += 1;
            }
            Ok((items, more))
        }
    }

    let mut reader = serde_json::Deserializer::from_str(json);
    let (items, more) = reader.deserialize_seq(Items).map_err(not_json)?;
    reader.end().map_err(not_json)?;
    if more > 0 { Err(too_many(items.len() + more)) } else { Ok(items) }
}

/// JSON without the white space between its parts. Most servers write it so, and nothing is copied then.
pub(super) fn compact(json: &str) -> Cow<'_, str> {
    if json.chars().all(outside_space()) {
        return Cow::Borrowed(json);
    }
    let mut is_kept = outside_space();
    Cow::Owned(json.chars().filter(|c| is_kept(*c)).collect())
}

/// Tells of one character after the other whether it is no white space between parts.
fn outside_space() -> impl FnMut(char) -> bool {
    let (mut in_string, mut escaped) = (false, false);
    move |c| {
        let is_kept = in_string || !c.is_ascii_whitespace();
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = in_string,
            '"' => in_string = !in_string,
            _ => {}
        }
        is_kept
    }
}

/// The name of a thing by the server's identifier, so that different identifiers stay different however odd they are.
pub(super) fn name_of(id: &str) -> Option<String> {
    if id.trim().is_empty() {
        return None;
    }
    let is_short = id.len() <= ID_LIMIT;
    Some(if is_short && (is_plain(id) || !id.contains(char::is_control)) {
        id.to_owned()
    } else {
        digest_name(id)
    })
}

/// A name made of a text: the content of a thing without an identifier, or an identifier that is none to show.
pub(super) fn digest_name(text: &str) -> String {
    use std::fmt::Write as _;
    let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
    digest[..16].iter().fold(String::from("~"), |mut name, byte| {
        let _infallible = write!(name, "{byte:02x}");
        name
    })
}

/// Whether a message is small and flat enough to be read.
pub(super) fn readable(json: &str) -> Result<(), Refusal> {
    if json.len() > FRAME_LIMIT {
        return Err(too_large(json.len()));
    }
    // What opens no more brackets than that in all is not deeper; to count them is many times faster.
    if opened(json) > DEPTH_LIMIT && depth(json) > DEPTH_LIMIT {
        return Err((RejectedReason::TooDeep, format!("nested deeper than {DEPTH_LIMIT} levels")));
    }
    Ok(())
}

pub(super) fn too_large(length: usize) -> Refusal {
    (RejectedReason::TooLarge, format!("{length} bytes; at most {FRAME_LIMIT} are read"))
}

/// How many brackets are opened, in strings too. Parts whose number fits in a byte are counted many bytes at once.
fn opened(json: &str) -> usize {
    let in_part = |part: &[u8]| part.iter().map(|byte| u8::from(matches!(byte, b'{' | b'['))).sum::<u8>();
    json.as_bytes().chunks(usize::from(u8::MAX)).map(|part| usize::from(in_part(part))).sum()
}

/// The deepest nesting of brackets outside of strings.
pub(super) fn depth(json: &str) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in json.bytes() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
pub(super) fn not_json(error: serde_json::Error) -> Refusal {
    (RejectedReason::NotJson, error.to_string())
}
