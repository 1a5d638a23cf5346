//! JSON as a text: what stands outside of its strings.

/// Calls `outside` for each character outside of strings and `inside` for each within, quotes among them.
fn walk(json: &str, mut outside: impl FnMut(char), mut inside: impl FnMut(char)) {
    let (mut in_string, mut escaped) = (false, false);
    for c in json.chars() {
        let was_in_string = in_string;
        match c {
            _ if escaped => escaped = false,
            '\\' if in_string => escaped = true,
            '"' => in_string = !in_string,
            _ => {}
        }
        if was_in_string || in_string { inside(c) } else { outside(c) }
    }
}

/// The same with white space wherever there may be some.
pub fn spaced(json: &str) -> String {
    let spaced = std::cell::RefCell::new(String::with_capacity(json.len() * 3));
    walk(
        json,
        |c| {
            let mut spaced = spaced.borrow_mut();
            match c {
                '{' | '}' | '[' | ']' | ',' | ':' => spaced.extend([' ', '\n', c, '\t', '\r']),
                _ => spaced.push(c),
            }
        },
        |c| spaced.borrow_mut().push(c),
    );
    spaced.into_inner()
}

/// All but what its strings say.
pub fn skeleton(json: &str) -> String {
    let skeleton = std::cell::RefCell::new(String::new());
    walk(json, |c| skeleton.borrow_mut().push(c), |_| {});
    skeleton.into_inner()
}

/// Whether it is JSON, however deep.
pub fn is_json(text: &[u8]) -> bool {
    serde_json::from_slice::<&serde_json::value::RawValue>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_told_from_what_is_around_them() {
        assert_eq!(skeleton(r#"{"a\"{":["\\",1]}"#), "{:[,1]}");
        assert_eq!(spaced(r#"{"a,":1}"#), " \n{\t\r\"a,\" \n:\t\r1 \n}\t\r");
    }
}
