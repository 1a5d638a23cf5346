//! Reads many JSON Pointers (RFC 6901) out of one text, and out of the messages in it, in one pass, without building a
//! tree: numbers keep the digits that the server wrote, and what no pointer asks for is skipped.

use std::ops::Range;

use serde::de::Error as _;
use serde_json::value::RawValue;

use super::reader::{Raw, Reader};

/// How long a name is at the most, in bytes, that its ends tell from all others of its length.
const TOLD_BY_ENDS: usize = 16;

/// The values found, by slot; `None` where the text has none.
pub type Found<'json> = [Option<Raw<'json>>];

/// A set of pointers, compiled.
#[derive(Debug, Default)]
pub struct Pointers {
    root: Node,
    slots: Vec<String>,
    /// How many of them lead to a message of its own.
    messages: usize,
}

#[derive(Debug, Default)]
struct Node {
    slot: Option<usize>,
    /// The number of the message that is there.
    message: Option<usize>,
    /// By the length of their names: a name is compared with few others.
    children: Vec<Vec<Child>>,
}

#[derive(Debug)]
struct Child {
    ends: (u64, u64),
    name: String,
    node: Node,
}

/// Memory for what is found: to ask for it anew with each text takes long.
#[derive(Debug, Default)]
pub struct Memory(Vec<Option<Raw<'static>>>);

impl Memory {
    /// That of something that is not needed any more.
    pub fn of(mut found: Vec<Option<Raw<'_>>>) -> Self {
        found.clear();
        // Made of nothing, but in the same place.
        Self(found.into_iter().map(|_| None).collect())
    }
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
        let slot = self.slots.len();
        self.node(pointer)?.slot = Some(slot);
        self.slots.push(pointer.to_owned());
        Ok(slot)
    }

    /// Adds a pointer to where a message of its own may be, in which all pointers are looked for too: gives its slot
    /// and the number of the message.
    pub fn add_message(&mut self, pointer: &str) -> Result<(usize, usize), NotAPointer> {
        let (slot, next) = (self.add(pointer)?, self.messages);
        let number = *self.node(pointer)?.message.get_or_insert(next);
        self.messages = self.messages.max(number + 1);
        Ok((slot, number))
    }

    fn node(&mut self, pointer: &str) -> Result<&mut Node, NotAPointer> {
        let mut node = &mut self.root;
        if !pointer.is_empty() {
            let path = pointer.strip_prefix('/').ok_or_else(|| NotAPointer(pointer.to_owned()))?;
            for step in path.split('/') {
                node = node.child_or_new(step.replace("~1", "/").replace("~0", "~"));
            }
        }
        Ok(node)
    }

    /// Reads all pointers out of `json`. Of a name that an object has twice, the last counts.
    pub fn find<'json>(&self, json: &'json str) -> Result<Vec<Option<Raw<'json>>>, serde_json::Error> {
        self.find_in(Memory::default(), json)
    }

    /// The same in memory that was used before.
    pub fn find_in<'json>(
        &self,
        memory: Memory,
        json: &'json str,
    ) -> Result<Vec<Option<Raw<'json>>>, serde_json::Error> {
        let mut found: Vec<Option<Raw<'json>>> = memory.0;
        found.resize(self.slots.len() * (1 + self.messages), None);
        let mut search = Search { pointers: self, found };
        let mut reader = Reader::new(json);
        match search.read(&self.root, &mut reader, 0).and_then(|_| reader.end()) {
            Some(()) => Ok(search.found),
            None => Err(match serde_json::from_str::<&RawValue>(json) {
                Err(error) => error,
                Ok(_) => serde_json::Error::custom("it is written in a way that is not understood"),
            }),
        }
    }

    /// Of what was found, what is in the message with this number.
    pub fn in_message<'a, 'json>(&self, found: &'a Found<'json>, number: usize) -> &'a Found<'json> {
        &found[self.place_of(number)]
    }

    fn place_of(&self, number: usize) -> Range<usize> {
        let start = self.slots.len() * (1 + number);
        start..start + self.slots.len()
    }
}

impl Node {
    fn child(&self, name: &str) -> Option<&Self> {
        let (of_this_length, ends) = (self.children.get(name.len())?, ends(name));
        let is_it = |child: &&Child| child.ends == ends && (name.len() <= TOLD_BY_ENDS || child.name == name);
        Some(&of_this_length.iter().find(is_it)?.node)
    }

    fn child_or_new(&mut self, name: String) -> &mut Self {
        if self.children.len() <= name.len() {
            self.children.resize_with(name.len() + 1, Vec::new);
        }
        let of_this_length = &mut self.children[name.len()];
        let at = of_this_length.iter().position(|child| child.name == name).unwrap_or_else(|| {
            of_this_length.push(Child { ends: ends(&name), name, node: Self::default() });
            of_this_length.len() - 1
        });
        &mut of_this_length[at].node
    }
}

/// A way through a text.
struct Search<'a, 'json> {
    pointers: &'a Pointers,
    /// By slot, for the text and then for each message in it.
    found: Vec<Option<Raw<'json>>>,
}

impl<'a, 'json> Search<'a, 'json> {
    /// Reads what a node leads to; `base` is where the slots begin that are filled.
    fn read(&mut self, node: &'a Node, reader: &mut Reader<'json>, base: usize) -> Option<Raw<'json>> {
        let raw = match node.message.filter(|_| base == 0) {
            Some(number) => {
                let again = (!node.children.is_empty()).then(|| reader.clone());
                let message = self.read(&self.pointers.root, reader, self.pointers.place_of(number).start)?;
                if let Some(mut again) = again {
                    self.read_inside(node, &mut again, base)?;
                }
                message
            }
            None => self.read_inside(node, reader, base)?,
        };
        if let Some(slot) = node.slot {
            self.found[base + slot] = Some(raw);
        }
        Some(raw)
    }

    fn read_inside(&mut self, node: &'a Node, reader: &mut Reader<'json>, base: usize) -> Option<Raw<'json>> {
        if node.children.is_empty() {
            reader.pass()
        } else if reader.is_object() {
            reader.object(|name, reader| match name.text().and_then(|name| node.child(&name)) {
                Some(child) => {
                    self.forget_inside(child, base);
                    self.read(child, reader, base).map(drop)
                }
                None => reader.pass().map(drop),
            })
        } else if reader.is_array() {
            let mut index = 0_usize..;
            reader.array(|reader| match index.next().and_then(|index| node.child(&index.to_string())) {
                Some(child) => self.read(child, reader, base).map(drop),
                None => reader.pass().map(drop),
            })
        } else {
            reader.pass()
        }
    }

    /// What an earlier value of the same name had within does not count.
    fn forget_inside(&mut self, node: &Node, base: usize) {
        if base == 0
            && let (Some(number), Some(slot)) = (node.message, node.slot)
            && self.found[slot].is_some()
        {
            self.found[self.pointers.place_of(number)].fill(None);
        }
        for Child { node, .. } in node.children.iter().flatten() {
            if let Some(slot) = node.slot {
                self.found[base + slot] = None;
            }
            self.forget_inside(node, base);
        }
    }
}

/// The first and the last eight bytes of a name as numbers, which are compared faster than a text.
fn ends(name: &str) -> (u64, u64) {
    let bytes = name.as_bytes();
    match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => (bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)), 0),
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
    fn of_a_name_that_comes_twice_the_last_counts_with_all_that_is_within() {
        for json in
            [r#"{"a":{"b":1},"a":{"c":2}}"#, r#"{"a":{"b":1},"\u0061":null}"#, r#"{"a":{"b":1},"a":7}"#]
        {
            assert_eq!(find("/a/b", json), None, "{json}");
        }
        assert_eq!(find("/a/b", r#"{"a":{"b":1},"a":{"b":2,"b":3}}"#).unwrap(), "3");
    }

    #[test]
    fn a_message_is_found_with_what_stands_around_it_and_the_last_of_two_counts() {
        let mut pointers = Pointers::default();
        let id = pointers.add("/id").unwrap();
        let (body, number) = pointers.add_message("/body").unwrap();
        let found = pointers.find(r#"{"id":1,"body":{"id":2},"body":{"x":3}}"#).unwrap();
        assert_eq!(found[id].unwrap().json, "1");
        assert_eq!(found[body].unwrap().json, r#"{"x":3}"#);
        assert!(pointers.in_message(&found, number)[id].is_none());
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
