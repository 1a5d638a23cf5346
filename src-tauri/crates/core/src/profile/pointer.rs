//! Reads many JSON Pointers (RFC 6901) out of one text in one pass, without building a tree: numbers keep the
//! digits that the server wrote, and what no pointer asks for is skipped.

use std::fmt;

use serde::Deserializer as _;
use serde::de::{Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::value;

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
    /// By the length of their names: a name is compared with few others.
    children: Vec<Vec<(String, Node)>>,
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
                node = node.child_or_new(step.replace("~1", "/").replace("~0", "~"));
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
        match self.root.slot {
            None if json.trim_start().starts_with(['{', '[']) => self.root.read_inside(json, &mut found)?,
            _ => self.root.read(serde_json::from_str(json)?, &mut found)?,
        }
        Ok(found)
    }
}

impl Node {
    fn child(&self, name: &str) -> Option<&Self> {
        let of_this_length = self.children.get(name.len())?;
        of_this_length.iter().find(|(known, _)| known == name).map(|(_, child)| child)
    }

    fn child_or_new(&mut self, name: String) -> &mut Self {
        if self.children.len() <= name.len() {
            self.children.resize_with(name.len() + 1, Vec::new);
        }
        let of_this_length = &mut self.children[name.len()];
        let at = of_this_length.iter().position(|(known, _)| *known == name).unwrap_or_else(|| {
            of_this_length.push((name, Self::default()));
            of_this_length.len() - 1
        });
        &mut of_this_length[at].1
    }

    fn read<'json>(
        &self,
        raw: &'json RawValue,
        found: &mut Found<'json>,
    ) -> Result<(), serde_json::Error> {
        if let Some(slot) = self.slot {
            found[slot] = Some(raw);
        }
        if self.children.is_empty() {
            return Ok(());
        }
        self.forget_inside(found);
        if raw.get().starts_with(['{', '[']) { self.read_inside(raw.get(), found) } else { Ok(()) }
    }

    fn read_inside<'json>(
        &self,
        json: &'json str,
        found: &mut Found<'json>,
    ) -> Result<(), serde_json::Error> {
        let mut deserializer = serde_json::Deserializer::from_str(json);
        deserializer.deserialize_any(Inside { node: self, found })?;
        deserializer.end()
    }

    /// What an earlier value of the same name had within does not count.
    fn forget_inside(&self, found: &mut Found<'_>) {
        for (_, child) in self.children.iter().flatten() {
            if let Some(slot) = child.slot {
                found[slot] = None;
            }
            child.forget_inside(found);
        }
    }
}

struct Inside<'a, 'json> {
    node: &'a Node,
    found: &'a mut Found<'json>,
}

impl<'json> Visitor<'json> for Inside<'_, 'json> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object or an array")
    }

    fn visit_map<A: MapAccess<'json>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<&RawValue>()? {
            match value::text(name).and_then(|name| self.node.child(&name)) {
                Some(child) => child.read(map.next_value()?, self.found).map_err(A::Error::custom)?,
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'json>>(self, mut items: A) -> Result<(), A::Error> {
        for index in 0_usize.. {
            let Some(item) = items.next_element()? else { break };
            if let Some(child) = self.node.child(&index.to_string()) {
                child.read(item, self.found).map_err(A::Error::custom)?;
            }
        }
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
