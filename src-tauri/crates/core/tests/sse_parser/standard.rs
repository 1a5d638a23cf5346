//! The standard's rules, once more and as it words them: the whole stream first, then its lines.

use std::time::Duration;

use vigie_core::transport::sse::{Item, RETRY_LONGEST, RETRY_SHORTEST};

use super::cases::full;

/// What a stream says.
pub fn items(stream: &[u8]) -> Vec<Item> {
    let stream = stream.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(stream);
    let stream: Vec<char> = stream.iter().map(|byte| char::from(*byte)).collect();
    let stream = String::from_iter(stream).replace("\r\n", "\n").replace('\r', "\n");
    let Some((lines, _unfinished)) = stream.rsplit_once('\n') else { return Vec::new() };
    let (mut data, mut event_type, mut id, mut items) = (String::new(), String::new(), String::new(), vec![]);
    for line in lines.split('\n') {
        if line.is_empty() {
            if let Some(data) = data.strip_suffix('\n') {
                let event_type =
                    if event_type.is_empty() { "message".to_owned() } else { lossy(&event_type) };
                items.push(full(&event_type, &bytes(data), &lossy(&id)));
            }
            data.clear();
            event_type.clear();
            continue;
        }
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "" => items.push(Item::Comment),
            "data" => data = data + value + "\n",
            "event" => event_type = value.to_owned(),
            "id" if !value.contains('\0') => id = value.to_owned(),
            "retry" if !value.is_empty() && value.chars().all(|digit| digit.is_ascii_digit()) => {
                let wait = Duration::from_millis(value.parse().unwrap_or(u64::MAX));
                items.push(Item::Retry(wait.clamp(RETRY_SHORTEST, RETRY_LONGEST)));
            }
            _ => {}
        }
    }
    items
}

/// The bytes that were read as one character each.
fn bytes(text: &str) -> Vec<u8> {
    text.chars().map(|byte| u8::try_from(byte).unwrap()).collect()
}

fn lossy(text: &str) -> String {
    String::from_utf8_lossy(&bytes(text)).into_owned()
}
