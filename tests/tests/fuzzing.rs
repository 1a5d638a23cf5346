//! What is promised of any input holds for the inputs that the fuzzers begin with, for those that once were findings,
//! and for all of these changed at random, always in the same way.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use vigie_tests::fuzzing::{TARGETS, Target};

/// How many changed inputs each target is given.
const CHANGED: usize = 2_000;
/// The most changes to one of them.
const CHANGES: usize = 4;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

/// Says which input it was, as it could be kept in `tests/fuzz/found/`.
fn check(target: Target, input: &[u8]) {
    if catch_unwind(AssertUnwindSafe(|| (target.check)(input))).is_err() {
        panic!("{}: it does not hold for b\"{}\"", target.name, input.escape_ascii());
    }
}

fn changed(input: &[u8], others: &[Vec<u8>], random: &mut StdRng) -> Vec<u8> {
    let mut input = input.to_vec();
    for _ in 0..random.random_range(1..=CHANGES) {
        let from = random.random_range(0..=input.len());
        let to = (from + random.random_range(0..32)).min(input.len());
        match random.random_range(0..5) {
            0 if from < to => input[from] ^= 1_u8 << random.random_range(0..8_u32),
            1 => drop(input.drain(from..to)),
            2 => {
                let again = input[from..to].repeat(random.random_range(1..5));
                drop(input.splice(from..from, again));
            }
            3 => {
                let odd: &[u8] = ODD.choose(random).unwrap();
                drop(input.splice(from..to, odd.iter().copied()));
            }
            _ => {
                let other = others.choose(random).unwrap();
                let begin = random.random_range(0..=other.len());
                let end = (begin + random.random_range(0..64)).min(other.len());
                drop(input.splice(from..to, other[begin..end].iter().copied()));
            }
        }
    }
    input
}

/// What readers have stumbled over elsewhere.
const ODD: [&[u8]; 16] = [
    b"\0",
    b"\xFF",
    b"\xEF\xBB\xBF",
    b"\xE2\x80\xAE",
    b"\r\n",
    b"\n",
    b"\"",
    b"\\",
    b"{",
    b"[",
    b"}",
    b"-1",
    b"1e999",
    b"99999999999999999999",
    b"null",
    b" ",
];

#[test]
fn promises_hold_for_every_seed_and_for_whatever_was_found() {
    for target in TARGETS {
        let inputs = target.inputs(&folder()).unwrap();
        assert!(inputs.len() > 5, "{} has too few seeds", target.name);
        inputs.iter().for_each(|input| check(target, input));
    }
}

#[test]
fn promises_hold_for_inputs_changed_at_random() {
    for target in TARGETS {
        let inputs = target.inputs(&folder()).unwrap();
        let mut random = StdRng::seed_from_u64(7);
        for _ in 0..CHANGED {
            let input = inputs.choose(&mut random).unwrap();
            check(target, &changed(input, &inputs, &mut random));
        }
    }
}

#[test]
fn every_target_has_its_program() {
    let manifest = std::fs::read_to_string(folder().join("Cargo.toml")).unwrap();
    for target in TARGETS {
        let program = std::fs::read_to_string(folder().join(format!("targets/{}.rs", target.name))).unwrap();
        assert!(program.contains(&format!("named(\"{}\")", target.name)));
        assert!(manifest.contains(&format!("name = \"{}\"", target.name)));
    }
}
