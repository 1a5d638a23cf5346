//! Templates: what an analyst or a server says fills a place and never leaves it.

use std::collections::BTreeMap;

use url::{Host, Url};
use vigie_core::desk::read_address;
use vigie_core::profile::{Address, Settings, Template};

use super::json;

/// Where the backend is.
const BASE: &str = "https://bank.example/fraud/";
/// How many values are taken: more would be the same again.
const VALUES: usize = 8;

/// A template and, each after a NUL, values for all of its names.
pub fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (template, values) = text.split_once('\0').unwrap_or((&text, ""));
    let values: Vec<String> = values.split('\0').take(VALUES).map(str::to_owned).collect();
    values.iter().for_each(|value| {
        stays_in_its_segment(value);
        gives_nothing_away(value);
    });
    let parsed = Template::parse(template);
    let settings: Settings = parsed.names().map(|name| (name.to_owned(), values.clone())).collect();
    let filled = parsed.json(&settings);
    assert!(!filled.is_empty() && filled.len() <= 100);
    if json::is_json(template.as_bytes()) {
        for filled in filled {
            assert!(json::is_json(filled.as_bytes()), "{filled}");
            assert_eq!(json::skeleton(&filled), json::skeleton(template));
        }
    }
    // Without names, every text is itself.
    assert!(parsed.names().next().is_some() || parsed.json(&Settings::new()) == [template]);
}

/// The address has as many segments as its template, and this one says what the value says.
fn stays_in_its_segment(value: &str) {
    let base: Url = BASE.parse().unwrap();
    let settings = Settings::from([("id".to_owned(), vec![value.to_owned()])]);
    let url = Address::new("/alerts/{id}/notes", &BTreeMap::new()).below(&base, &settings);
    assert_eq!((url.origin(), url.query(), url.fragment()), (base.origin(), None, None));
    let segments: Vec<&str> = url.path_segments().unwrap().collect();
    assert_eq!((segments.len(), segments[1], segments[3]), (4, "alerts", "notes"), "{url}");
    // No address can hold a segment of only dots, and of line ends and tabs they are cleared.
    let cleared = value.replace(['\t', '\n', '\r'], "");
    if cleared != "." && cleared != ".." {
        assert_eq!(decoded(segments[2]), cleared);
    }
}

/// An address as it is typed is refused, or is encrypted or on this computer, and holds no name and no password.
fn gives_nothing_away(typed: &str) {
    let Ok(url) = read_address(typed) else { return };
    let is_here = match url.host().unwrap() {
        Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    assert!(url.scheme() == "https" || (url.scheme() == "http" && is_here), "{url}");
    assert_eq!((url.username(), url.password(), url.query(), url.fragment()), ("", None, None, None));
    assert_eq!(read_address(url.as_str()).ok(), Some(url), "it is read differently the second time");
}

/// A segment without its percent signs.
fn decoded(segment: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), segment.as_bytes());
    while let [byte, after @ ..] = rest {
        let hexadecimal = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match (byte, hexadecimal.and_then(|digits| u8::from_str_radix(digits, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// Templates as profiles have them, and values that would leave their place if they could.
pub fn seeds() -> Vec<Vec<u8>> {
    let texts: [&[u8]; 9] = [
        br#"{"type":"subscribe","subscription":"{topics}"}"#,
        br#"{"status":"{state}","by":"{user}","{user}":{"n":{}}}"#,
        br#"["{a}{b}","{a}",{"x":"{{a}}"}]"#,
        br#""\"{a}\\""#,
        b"{a",
        b"{a}}",
        b"{}",
        b"/ws/{client_id}",
        b"plain",
    ];
    let values: [&[u8]; 13] = [
        b"ada",
        b"fraud.bank.example:8443/fraud?x=1#y",
        b"http://[::1]:8787/",
        b"http://0x7f.1",
        b"https://analyst:secret@bank.example",
        b".\t.",
        b"a\",\"b\":\"\\",
        b"..",
        b"a/b?c#d",
        b"\xC3\xA9%41",
        b"x\0y\0z",
        b"",
        b"\xE2\x80\xAE\x1B[31m",
    ];
    texts.iter().flat_map(|text| values.iter().map(|value| [*text, b"\0", *value].concat())).collect()
}
