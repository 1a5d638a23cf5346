//! The one time that stands in whatever is made, so that the same sources make the same files
//! (<https://reproducible-builds.org/specs/source-date-epoch/>).

use std::env;
use std::process::Command;

use jiff::Timestamp;

use crate::error::{Error, Result};
use crate::{paths, shell};

/// The variable in which tools look for it: seconds since 1970.
pub const NAME: &str = "SOURCE_DATE_EPOCH";

/// When the sources were last changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceDate(Timestamp);

impl SourceDate {
    /// What the variable says, or else the time of the last commit.
    pub fn find() -> Result<Self> {
        if let Ok(said) = env::var(NAME) {
            return Self::read(&said);
        }
        let mut git = Command::new("git");
        git.args(["log", "-1", "--format=%ct"]).current_dir(paths::root());
        Self::read(&String::from_utf8_lossy(&shell::answer(&mut git)?))
    }

    /// Seconds since 1970, as text.
    pub fn read(text: &str) -> Result<Self> {
        let seconds = text.trim().parse().ok();
        let time = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
        time.map(Self).ok_or_else(|| Error::SourceDate { found: text.trim().to_owned() })
    }

    /// Seconds since 1970.
    pub fn seconds(self) -> i64 {
        self.0.as_second()
    }

    /// The day, in UTC: `2026-01-31`.
    pub fn day(self) -> String {
        self.0.strftime("%Y-%m-%d").to_string()
    }

    /// By RFC 3339, in UTC.
    pub fn rfc3339(self) -> String {
        self.0.to_string()
    }

    /// Tells a program.
    pub fn tell(self, command: &mut Command) -> &mut Command {
        command.env(NAME, self.seconds().to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_as_the_variable_has_it() {
        let date = SourceDate::read("1790000000\n").unwrap();
        assert_eq!((date.day().as_str(), date.rfc3339().as_str()), ("2026-09-21", "2026-09-21T14:13:20Z"));
    }

    #[test]
    fn what_is_no_time_is_told() {
        for text in ["", "yesterday", "1.5", "99999999999999999"] {
            assert!(matches!(SourceDate::read(text), Err(Error::SourceDate { .. })), "{text}");
        }
    }
}
