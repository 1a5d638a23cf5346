//! Reads many JSON Pointers (RFC 6901) out of one text in one pass, without building a tree: numbers keep the
//! digits that the server wrote, and what no pointer asks for is skipped.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserializer as _;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// The values found, by slot; `None` where the text has none.
pub type Found<'json> = Vec<Option<&'json RawValue>>;

/// A set of pointers, compiled.
#[derive(Debug, Default)]
pub struct Pointers {
    root: Node,
    slots: Vec<String>,
}

#[derive(Debug, Default)]
struct Node {
    slot: Option<usize>,
    children: BTreeMap<String, Node>,
}

/// A pointer that is not one.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a JSON Pointer: it must be empty or begin with `/`")]
pub struct NotAPointer(pub String);

impl Pointers {
    /// Adds a pointer and gives its slot; the same pointer has the same slot.
    pub fn add(&mut self, pointer: &str) -> Result<usize, NotAPointer> {
        if let Some(slot) = self.slots.iter().position(|known| known == pointer) {
            return Ok(slot);
        }
        let mut node = &mut self.root;
        if !pointer.is_empty() {
            let path = pointer.strip_prefix('/').ok_or_else(|| NotAPointer(pointer.to_owned()))?;
            for step in path.split('/') {
                node = node.children.entry(step.replace("~1", "/").replace("~0", "~")).or_default();
            }
        }
        let slot = self.slots.len();
        node.slot = Some(slot);
        self.slots.push(pointer.to_owned());
        Ok(slot)
    }

    /// Reads all pointers out of `json`. Of a name that an object has twice, the last counts.
    pub fn find<'json>(&self, json: &'json str) -> Result<Found<'json>, serde_json::Error> {
        let mut found = vec![None; self.slots.len()];
        let mut deserializer = serde_json::Deserializer::from_str(json);
        Step { node: &self.root, found: &mut found }.deserialize(&mut deserializer)?;
        deserializer.end()?;
        Ok(found)
    }
}

struct Step<'a, 'json> {
    node: &'a Node,
    found: &'a mut Found<'json>,
}

impl<'json> DeserializeSeed<'json> for Step<'_, 'json> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'json>>(self, deserializer: D) -> Result<(), D::Error> {
        let Some(slot) = self.node.slot else {
            return deserializer.deserialize_any(self);
        };
        let raw = <&RawValue as serde::Deserialize>::deserialize(deserializer)?;
        self.found[slot] = Some(raw);
        if self.node.children.is_empty() {
            return Ok(());
        }
        let mut inner = serde_json::Deserializer::from_str(raw.get());
        inner.deserialize_any(self).map_err(serde::de::Error::custom)
    }
}

impl<'json> Visitor<'json> for Step<'_, 'json> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'json>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<std::borrow::Cow<'json, str>>()? {
            match self.node.children.get(name.as_ref()) {
                Some(node) => map.next_value_seed(Step { node, found: self.found })?,
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'json>>(self, mut items: A) -> Result<(), A::Error> {
        for index in 0_usize.. {
            let more = match self.node.children.get(&index.to_string()) {
                Some(node) => items.next_element_seed(Step { node, found: self.found })?.is_some(),
                None => items.next_element::<IgnoredAny>()?.is_some(),
            };
            if !more {
                break;
            }
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(pointer: &str, json: &str) -> Option<String> {
        let mut pointers = Pointers::default();
        let slot = pointers.add(pointer).unwrap();
        pointers.find(json).unwrap()[slot].map(|raw| raw.get().to_owned())
    }

    #[test]
    fn numbers_keep_every_digit() {
        assert_eq!(find("/a/1", r#"{"a":[0,9007199254740993.10]}"#).unwrap(), "9007199254740993.10");
    }

    #[test]
    fn names_may_hold_slashes_and_tildes() {
        assert_eq!(find("/a~1b/~0", r#"{"a/b":{"~":1}}"#).unwrap(), "1");
    }

    #[test]
    fn a_pointer_and_one_below_it_are_both_found() {
        let mut pointers = Pointers::default();
        let (whole, inner) = (pointers.add("/a").unwrap(), pointers.add("/a/b").unwrap());
        let found = pointers.find(r#"{"a":{"b":2}}"#).unwrap();
        assert_eq!(found[whole].unwrap().get(), r#"{"b":2}"#);
        assert_eq!(found[inner].unwrap().get(), "2");
    }

    #[test]
    fn what_is_not_there_is_not_found_whatever_stands_in_its_place() {
        for json in [r#"{"a":"text"}"#, r#"{"a":null}"#, r#"{"a":[true,1.5,-3]}"#, "[]", "3", "{}"] {
            assert_eq!(find("/a/b", json), None, "{json}");
        }
    }

    #[test]
    fn broken_text_is_an_error() {
        for json in ["", "{", r#"{"a":}"#, "{} {}", "nonsense"] {
            let mut pointers = Pointers::default();
            pointers.add("/a").unwrap();
            assert!(pointers.find(json).is_err(), "{json}");
        }
        assert!(Pointers::default().add("a").is_err());
    }
}
