//! Node, which builds the window.

use std::process::Command;

use crate::error::{Error, Result};
use crate::shell;

/// What Vite needs.
const NEEDED: (u32, u32) = (20, 19);

/// Checks that Node is there and new enough.
pub fn check() -> Result<()> {
    let needed = format!("{}.{}", NEEDED.0, NEEDED.1);
    let answer = shell::answer(Command::new("node").arg("--version")).unwrap_or_default();
    let answer = String::from_utf8_lossy(&answer);
    match version(&answer) {
        None => Err(Error::NoNode { needed }),
        Some(found) if found < NEEDED => Err(Error::OldNode { found: answer.trim().to_owned(), needed }),
        Some(_) => Ok(()),
    }
}

/// Major and minor of an answer such as `v20.19.4`.
fn version(answer: &str) -> Option<(u32, u32)> {
    let mut numbers = answer.trim().strip_prefix('v')?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_as_node_prints_it() {
        assert_eq!(version("v20.19.4\n"), Some((20, 19)));
        assert_eq!(version("v23.0.0-nightly\n"), Some((23, 0)));
    }

    #[test]
    fn what_is_no_version_is_none() {
        for answer in ["", "20.19.4", "v20", "command not found"] {
            assert_eq!(version(answer), None, "{answer}");
        }
    }

    #[test]
    fn versions_compare_by_number_and_not_by_letter() {
        assert!(version("v20.9.0") < Some(NEEDED));
        assert!(version("v20.19.0") >= Some(NEEDED));
        assert!(version("v100.0.0") > Some(NEEDED));
    }
}
