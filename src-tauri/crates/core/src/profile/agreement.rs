//! The fast ways of reading agree with plain ones, whatever the text is.

use proptest::prelude::*;
use serde_json::value::RawValue;

use super::pointer::Pointers;
use super::reader::{self, Reader};
use super::text::{depth, name_of, readable};
use super::value;

const POINTERS: &[&str] = &["/a", "/a/b", "/b/0", "/b/1/a", "/a~1b", "/~0", "/0", "/b/a/b/a", "/é"];

/// A string of JSON, its quotes included, with and without escapes.
fn string() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[ab/~é0 ]".prop_map(String::from),
        1 => prop::sample::select(vec![
            r"\u0061", r"\n", r"\\", r#"\""#, r"\/", r"\ud83e\udd8a", "🦊", "\u{85}", "\u{7f}", "[", "}",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..4).prop_map(|pieces| format!("\"{}\"", pieces.concat()))
}

/// Any JSON; names repeat.
fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,5})?(e[+-]?[0-9]{1,2})?",
        string(),
    ];
    let space = || prop::sample::select(vec!["", "", "", " ", "\n\t"]);
    leaf.prop_recursive(5, 40, 5, move |inner| {
        let name = prop_oneof![
            3 => prop::sample::select(vec![r#""a""#, r#""b""#, r#""a/b""#, r#""~""#, r#""0""#, r#""\u0061""#, r#""\u00e9""#])
                .prop_map(str::to_owned),
            1 => string(),
        ];
        let item = (space(), inner.clone(), space()).prop_map(|(before, item, after)| format!("{before}{item}{after}"));
        let member = (space(), name, space(), item.clone())
            .prop_map(|(before, name, after, item)| format!("{before}{name}{after}:{item}"));
        prop_oneof![
            prop::collection::vec(item, 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec(member, 0..5).prop_map(|members| format!("{{{}}}", members.join(","))),
        ]
    })
}

/// JSON with a piece taken out and another put in its place: mostly broken.
fn broken() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "", "", "{", "}", "[", "]", ",", ":", "\"", "\\", "0", "-", "e", ".", "null", "\u{1}", "é", " ",
        r"\ud800",
    ]);
    (json(), any::<prop::sample::Index>(), 0_usize..3, piece).prop_map(|(json, at, length, piece)| {
        let characters: Vec<char> = json.chars().collect();
        let at = at.index(characters.len());
        let after = characters.iter().skip(at + length);
        characters[..at].iter().copied().chain(piece.chars()).chain(after.copied()).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pointers_find_what_a_tree_has(json in json()) {
        let tree: serde_json::Value = serde_json::from_str(&json).unwrap();
        for whole in [false, true] {
            let mut pointers = Pointers::default();
            let chosen: Vec<&str> = whole.then_some("").into_iter().chain(POINTERS.iter().copied()).collect();
            let slots: Vec<usize> = chosen.iter().map(|pointer| pointers.add(pointer).unwrap()).collect();
            let found = pointers.find(&json).unwrap();
            for (pointer, slot) in chosen.iter().zip(slots) {
                let read = found[slot].map(|raw| serde_json::from_str::<serde_json::Value>(raw.json).unwrap());
                prop_assert_eq!(read.as_ref(), tree.pointer(pointer), "{} in {}", pointer, json);
            }
        }
    }

    #[test]
    fn a_message_in_a_text_is_read_with_it(json in json()) {
        let mut pointers = Pointers::default();
        let slots: Vec<usize> = POINTERS.iter().map(|pointer| pointers.add(pointer).unwrap()).collect();
        let within = ["/a", "/b", "/a/b"].map(|pointer| pointers.add_message(pointer).unwrap());
        let found = pointers.find(&json).unwrap();
        for (slot, number) in within {
            let in_message = pointers.in_message(&found, number);
            match found[slot] {
                None => prop_assert!(in_message.iter().all(Option::is_none), "{}", json),
                Some(message) => {
                    let alone = pointers.find(message.json).unwrap();
                    for slot in &slots {
                        prop_assert_eq!(in_message[*slot].map(|raw| raw.json), alone[*slot].map(|raw| raw.json));
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_no_json_is_refused_and_nothing_else(json in prop_oneof![broken(), "\\PC{0,12}"]) {
        let mut pointers = Pointers::default();
        for pointer in POINTERS {
            pointers.add(pointer).unwrap();
        }
        let is_json = serde_json::from_str::<&RawValue>(&json).is_ok();
        match pointers.find(&json) {
            Ok(found) => {
                prop_assert!(is_json, "{}", json);
                for raw in found.into_iter().flatten() {
                    prop_assert!(serde_json::from_str::<&RawValue>(raw.json).is_ok(), "{}", raw.json);
                }
            }
            Err(_) => prop_assert!(!is_json, "{}", json),
        }
    }

    #[test]
    fn values_are_what_a_reader_of_json_makes_of_them(json in json()) {
        let raw = Reader::new(&json).pass().unwrap();
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(raw.is_null(), value.is_null());
        let text = match &value {
            serde_json::Value::String(text) => Some(text.clone()),
            serde_json::Value::Bool(_) | serde_json::Value::Number(_) => Some(json.trim().to_owned()),
            _ => None,
        };
        prop_assert_eq!(raw.text().map(std::borrow::Cow::into_owned), text);
        let items: Vec<&str> = reader::items(&json, 2).into_iter().map(|item| item.json).collect();
        let expected: Vec<&RawValue> = serde_json::from_str(&json).unwrap_or_default();
        prop_assert_eq!(items, expected.into_iter().take(2).map(RawValue::get).collect::<Vec<_>>());
    }

    #[test]
    fn texts_taken_as_they_are_are_bounded(text in prop_oneof!["[\\x00-\\xff]{0,6}", "\\PC{0,20}", "[é\\x1f ]{990,1010}"]) {
        prop_assert_eq!(value::bounded(text.as_str()), value::cut_and_cleaned(&text));
        let is_kept = name_of(&text).is_some_and(|name| name == text);
        prop_assert_eq!(is_kept, !text.trim().is_empty() && text.len() <= 200 && !text.contains(char::is_control));
    }

    #[test]
    fn words_in_small_letters_are_those_of_the_language(word in "[a-zA-Z_ éÉßİ\u{212a}]{0,8}") {
        prop_assert_eq!(value::small(&word).into_owned(), word.to_lowercase());
    }

    #[test]
    fn nesting_is_measured_exactly(text in "(\\[|\\{|\\]|\"|\\\\){0,200}") {
        prop_assert_eq!(readable(&text).is_ok(), depth(&text) <= 64);
    }

    #[test]
    fn amounts_are_the_numbers_of_json(text in prop_oneof!["-?[0-9]{0,42}(\\.[0-9]{0,3})?", "[-+0-9.e]{0,6}"]) {
        let is_number = text.len() <= 40 && serde_json::from_str::<serde_json::Number>(&text).is_ok();
        prop_assert_eq!(value::decimal(text.as_str()), is_number.then_some(text));
    }

    #[test]
    fn points_move_as_in_long_hand(text in "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,20})?", places in 0_usize..12) {
        let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let padded = format!("{whole:0>width$}", width = places + 1);
        let (whole, moved) = padded.split_at(padded.len() - places);
        let point = if moved.is_empty() && fraction.is_empty() { "" } else { "." };
        let expected = format!("{sign}{whole}{point}{moved}{fraction}");
        let is_short = text.len() <= 40 && expected.len() <= 40;
        prop_assert_eq!(value::shifted(&text, u8::try_from(places).unwrap()), is_short.then_some(expected));
    }
}
