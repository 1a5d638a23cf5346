//! What is promised of whatever arrives: for each reader of untrusted bytes a target, which is a check that holds for
//! any input, and seeds, which are inputs that are worth beginning with. `tests/fuzz/` hands the targets to libFuzzer;
//! `tests/tests/fuzzing.rs` holds them against their seeds, and against those changed at random, in every run.
//!
//! This folder is a library of its own for `tests/fuzz/`, so it stands on the core alone.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a check that does not hold has to say where"
)]

mod answers;
mod events;
mod frames;
mod json;
mod lenient;
mod links;
mod profiles;
mod sse;
mod templates;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

/// The most words of a dictionary: more would be tried too seldom each.
const WORDS_LIMIT: usize = 500;

/// A reader of untrusted bytes.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name, which is that of its program in `tests/fuzz/targets/`.
    pub name: &'static str,
    /// Panics if what is promised of any input does not hold for this one.
    pub check: fn(&[u8]),
    /// Inputs to begin with.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// All of them. What is typed into the search box belongs here as soon as the store reads it.
pub const TARGETS: [Target; 7] = [
    Target { name: "sse", check: sse::check, seeds: sse::seeds },
    Target { name: "frames", check: frames::check, seeds: frames::seeds },
    Target { name: "profiles", check: profiles::check, seeds: profiles::seeds },
    Target { name: "templates", check: templates::check, seeds: templates::seeds },
    Target { name: "lenient", check: lenient::check, seeds: lenient::seeds },
    Target { name: "answers", check: answers::check, seeds: answers::seeds },
    Target { name: "links", check: links::check, seeds: links::seeds },
];

impl Target {
    /// The target of this name.
    pub fn named(name: &str) -> Self {
        TARGETS.into_iter().find(|target| target.name == name).expect("there is a target of this name")
    }

    /// Its seeds, and what was found with it once and is kept in `folder`.
    pub fn inputs(&self, folder: &Path) -> io::Result<Vec<Vec<u8>>> {
        let mut inputs = (self.seeds)();
        match fs::read_dir(folder.join("found").join(self.name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            entries => {
                for entry in entries? {
                    inputs.push(fs::read(entry?.path())?);
                }
            }
        }
        Ok(inputs)
    }

    /// Writes its inputs, and a dictionary of their words, to where libFuzzer looks for them: `corpus` in `folder`.
    pub fn sow(&self, folder: &Path) -> io::Result<()> {
        let inputs = self.inputs(folder)?;
        let corpus = folder.join("corpus").join(self.name);
        fs::create_dir_all(&corpus)?;
        for (number, input) in inputs.iter().enumerate() {
            fs::write(corpus.join(format!("seed-{number:03}")), input)?;
        }
        let words: BTreeSet<&[u8]> = inputs
            .iter()
            .flat_map(|input| input.split(|byte| !byte.is_ascii_alphanumeric() && !b"_-.".contains(byte)))
            .filter(|word| (2..40).contains(&word.len()))
            .collect();
        let lines = words.into_iter().take(WORDS_LIMIT).map(|word| format!("\"{}\"\n", word.escape_ascii()));
        fs::write(corpus.with_extension("dict"), lines.collect::<String>())
    }
}

/// The parts of `bytes`, of lengths that follow from `seed`; none is empty.
fn pieces(mut bytes: &[u8], seed: u8) -> Vec<&[u8]> {
    let (mut pieces, mut length) = (Vec::new(), usize::from(seed));
    while !bytes.is_empty() {
        length = (length * 31 + 7) % 257;
        let (piece, rest) = bytes.split_at((length % 17 + 1).min(bytes.len()));
        pieces.push(piece);
        bytes = rest;
    }
    pieces
}
