//! Lines on the terminal. What a server wrote stays within its line and moves no cursor, whatever it is.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use serde::Serialize;

/// Prints one line.
pub fn say(line: &str) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{}", plain(line))
}

/// Prints an object as one line of JSON. What a terminal could obey is written as an escape, so that nothing is lost.
pub fn say_json(object: &impl Serialize) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{}", harmless(&serde_json::to_string(object)?))
}

/// Says on standard error why the program ends.
pub fn complain(why: &str) {
    // There is nowhere else to say that nothing can be said.
    let _nowhere = writeln!(io::stderr().lock(), "vigie-cli: {}", plain(why));
}

/// A text as one plain line.
pub fn plain(text: &str) -> String {
    text.chars().map(|c| if c == '\n' || c == '\t' { ' ' } else { c }).filter(|c| !is_hidden(*c)).collect()
}

/// The same JSON on one line, with nothing in it that a terminal could obey.
fn harmless(json: &str) -> String {
    let mut line = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            // Between the parts of a raw message; within a text JSON has no such characters.
            '\0'..='\u{1f}' => line.push(' '),
            c if is_hidden(c) => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    let _infallible = write!(line, "\\u{unit:04x}");
                }
            }
            c => line.push(c),
        }
    }
    line
}

/// Whether a character is no letter but an order to the terminal: moves the cursor, turns the direction, hides.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "a\u{1b}[2J\u{9b}1A\r\n\u{202e}b\u{7f}\u{e0041}é€";

    #[test]
    fn a_hostile_text_is_one_plain_line() {
        assert_eq!(plain(HOSTILE), "a[2J1A bé€");
    }

    #[test]
    fn json_is_one_harmless_line_that_says_the_same() {
        let raw: Box<serde_json::value::RawValue> =
            serde_json::from_str("{\n\t\"n\": 90071992547409931.10,\r\n \"t\": \"\u{9b}2J\u{e0041}\"}")
                .unwrap();
        let object = serde_json::json!({ "text": HOSTILE });
        for (json, meant) in [
            (serde_json::to_string(&object).unwrap(), object),
            (raw.get().to_owned(), serde_json::from_str(raw.get()).unwrap()),
        ] {
            let line = harmless(&json);
            assert!(!line.chars().any(is_hidden), "{line}");
            assert_eq!(serde_json::from_str::<serde_json::Value>(&line).unwrap(), meant);
        }
        assert!(harmless(raw.get()).contains("90071992547409931.10"));
    }
}
