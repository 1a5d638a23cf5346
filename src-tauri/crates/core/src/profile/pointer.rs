//! Reads many JSON Pointers (RFC 6901) out of one text in one pass, without building a tree: numbers keep the
//! digits that the server wrote, and what no pointer asks for is skipped.

use serde::de::Error as _;
use serde_json::value::RawValue;

use super::reader::{Raw, Reader};

/// The values found, by slot; `None` where the text has none.
pub type Found<'json> = Vec<Option<Raw<'json>>>;

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
    children: Vec<Vec<Child>>,
}

#[derive(Debug)]
struct Child {
    beginning: u64,
    name: String,
    node: Node,
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
        let mut reader = Reader::new(json);
        match self.root.read(&mut reader, &mut found).and_then(|()| reader.end()) {
            Some(()) => Ok(found),
            None => Err(match serde_json::from_str::<&RawValue>(json) {
                Err(error) => error,
                Ok(_) => serde_json::Error::custom("it is written in a way that is not understood"),
            }),
        }
    }
}

impl Node {
    fn child(&self, name: &str) -> Option<&Self> {
        let (of_this_length, beginning) = (self.children.get(name.len())?, beginning(name));
        let child = of_this_length.iter().find(|child| child.beginning == beginning && child.name == name)?;
        Some(&child.node)
    }

    fn child_or_new(&mut self, name: String) -> &mut Self {
        if self.children.len() <= name.len() {
            self.children.resize_with(name.len() + 1, Vec::new);
        }
        let of_this_length = &mut self.children[name.len()];
        let at = of_this_length.iter().position(|child| child.name == name).unwrap_or_else(|| {
            of_this_length.push(Child { beginning: beginning(&name), name, node: Self::default() });
            of_this_length.len() - 1
        });
        &mut of_this_length[at].node
    }

    fn read<'json>(&self, reader: &mut Reader<'json>, found: &mut Found<'json>) -> Option<()> {
        let raw = if self.children.is_empty() {
            reader.pass()?
        } else if reader.is_object() {
            reader.object(|name, reader| match name.text().and_then(|name| self.child(&name)) {
                Some(child) => {
                    child.forget_inside(found);
                    child.read(reader, found)
                }
                None => reader.pass().map(drop),
            })?
        } else if reader.is_array() {
            let mut index = 0_usize..;
            reader.array(|reader| match index.next().and_then(|index| self.child(&index.to_string())) {
                Some(child) => child.read(reader, found),
                None => reader.pass().map(drop),
            })?
        } else {
            reader.pass()?
        };
        if let Some(slot) = self.slot {
            found[slot] = Some(raw);
        }
        Some(())
    }

    /// What an earlier value of the same name had within does not count.
    fn forget_inside(&self, found: &mut Found<'_>) {
        for Child { node, .. } in self.children.iter().flatten() {
            if let Some(slot) = node.slot {
                found[slot] = None;
            }
            node.forget_inside(found);
        }
    }
}

/// Up to eight bytes of a name as a number, which is compared faster than a text.
fn beginning(name: &str) -> u64 {
    let bytes = name.as_bytes();
    match bytes.first_chunk() {
        Some(eight) => u64::from_le_bytes(*eight),
        None => bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(pointer: &str, json: &str) -> Option<String> {
        let mut pointers = Pointers::default();
        let slot = pointers.add(pointer).unwrap();
        pointers.find(json).unwrap()[slot].map(|raw| raw.json.to_owned())
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
        assert_eq!(found[whole].unwrap().json, r#"{"b":2}"#);
        assert_eq!(found[inner].unwrap().json, "2");
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
