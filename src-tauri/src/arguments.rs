//! What the program can be started with.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::Parser;
use vigie_core::desk::alert_link::SCHEME;

/// What a start at login adds: the window stays away until it is asked for.
pub const HIDDEN: &str = "--hidden";

/// A desktop lookout for fraud analysts.
#[derive(Debug, Parser)]
#[command(name = "vigie", version)]
pub struct Arguments {
    /// Watch a simulated bank in this very process, apart from your own sources.
    #[arg(long)]
    pub demo: bool,
    /// Keep the database in this folder instead of the system's place for it.
    #[arg(long, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
    /// Print each alert as a line when it has been stored.
    #[arg(long)]
    pub print_alerts: bool,
    /// Start in the tray, without the window.
    #[arg(long)]
    pub hidden: bool,
    /// Start everything apart from your own data, see an alert through to the screen, say what works and what does not,
    /// and end.
    #[arg(long)]
    pub smoke_test: bool,
    /// What to open: a link to an alert, or the file of a profile.
    #[arg(value_name = "LINK OR FILE")]
    pub handed: Option<String>,
    /// End by itself after this many seconds.
    #[arg(long, value_name = "SECONDS")]
    pub seconds: Option<u64>,
}

impl Arguments {
    /// Reads the arguments of a start, up to a link. Anybody can make one, with a quote in it too, and Windows hands on
    /// what stands behind that as further arguments.
    pub fn read<A: Into<OsString>>(arguments: impl IntoIterator<Item = A>) -> Result<Self, clap::Error> {
        let mut is_over = false;
        let until_link = arguments.into_iter().map(Into::into).take_while(|argument: &OsString| {
            let goes_on = !is_over;
            is_over |= is_link(argument);
            goes_on
        });
        Self::try_parse_from(until_link.collect::<Vec<_>>())
    }
}

fn is_link(argument: &OsStr) -> bool {
    let scheme = argument.as_encoded_bytes().split(|&byte| byte == b':').next().unwrap_or_default();
    scheme.len() < argument.len() && scheme.eq_ignore_ascii_case(SCHEME.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_behind_a_link_is_not_heeded() {
        let read = |arguments: &[&str]| Arguments::read(arguments.iter().copied()).unwrap();
        let link = "vigie://alert/a-1";
        assert_eq!(read(&["vigie", "--data", "/x", link]).data, Some("/x".into()));
        for link in [link, "VIGIE:x"] {
            let read = read(&["vigie", link, "--data", "/elsewhere", "--no-such"]);
            assert_eq!((read.handed.as_deref(), read.data), (Some(link), None));
        }
        assert!(Arguments::read(["vigie", "vigie", "--no-such"]).is_err(), "that is no link");
    }
}
