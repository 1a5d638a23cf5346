//! Links and gaps in words.

use serde::Serialize;
use vigie_core::desk::view::GapView;
use vigie_core::model::{Link, Trouble};
use vigie_core::text::Language;

use super::line::GapState;
use crate::facts::{over, time};

/// Whether two states of a link are the same but for figures that change all the time.
pub fn is_same(one: &Link, other: &Link) -> bool {
    match (one, other) {
        (Link::CatchingUp { .. }, Link::CatchingUp { .. }) => true,
        // A disk may be full for a night: said once.
        (Link::Retrying { why: Trouble::DiskFull, .. }, Link::Retrying { why: Trouble::DiskFull, .. }) => {
            true
        }
        (
            Link::Live { transport: one, fallback: one_falls_back, .. },
            Link::Live { transport: other, fallback: other_falls_back, .. },
        ) => one == other && one_falls_back == other_falls_back,
        (one, other) => one == other,
    }
}

/// How the link stands.
pub fn link(link: &Link) -> String {
    match link {
        Link::SignedOut { reason } => format!("signed out: {}", sentence("signed_out", reason)),
        Link::Paused => "paused".to_owned(),
        Link::Connecting => "connecting".to_owned(),
        Link::CatchingUp { .. } => "catching up".to_owned(),
        Link::Live { transport, fallback, .. } => {
            let over = over(*transport);
            let why = if *fallback { "; a better way did not come up and is tried again" } else { "" };
            format!("live {over}{why}")
        }
        Link::Retrying { until, why, attempts } => {
            let tries = if *attempts == 1 { String::new() } else { format!(" after {attempts} tries") };
            format!("broken: {} It is tried again at {}{tries}.", sentence("trouble", why), time(*until))
        }
        Link::Refused { why } => format!("refused: {}", sentence("trouble", why)),
    }
}

/// What the window says of a word; the word itself where it has no text.
fn sentence(table: &str, word: &impl Serialize) -> String {
    let word = serde_json::to_value(word).ok().and_then(|word| word.as_str().map(str::to_owned));
    let word = word.unwrap_or_default();
    let text = Language::English.find(&format!("{table}.{word}"), &[]);
    text.unwrap_or_else(|| format!("{}.", word.replace('_', " ")))
}

/// What is missing, or no longer.
pub fn gap(state: GapState, gap: &GapView) -> String {
    let from = time(gap.start);
    let until = gap.end.map_or_else(|| "now".to_owned(), time);
    match state {
        GapState::Opened => {
            format!("opened: from {from} on something may be missing. {}", why(gap))
        }
        GapState::Closed if gap.how.as_deref() == Some("complete") => {
            format!("closed: from {from} to {until} nothing was missing")
        }
        GapState::Closed => format!("closed: everything from {from} to {until} was fetched"),
        GapState::NotRecoverable => {
            format!("not recoverable: from {from} to {until} something may be missing. {}", why(gap))
        }
    }
}

/// Why something may be missing, and why it stays so where the server cannot give it.
fn why(gap: &GapView) -> String {
    let how = gap.how.as_deref().filter(|how| *how != gap.reason && gap.closed_at.is_none());
    let words: Vec<String> =
        std::iter::once(gap.reason.as_str()).chain(how).map(|word| sentence("missed", &word)).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use vigie_core::model::{SignedOutReason, Time, TransportKind};

    use super::*;

    #[test]
    fn a_disk_that_stays_full_is_told_once_and_another_trouble_at_each_try() {
        let retrying = |why, attempts| Link::Retrying { until: Time(i64::from(attempts)), why, attempts };
        assert!(is_same(&retrying(Trouble::DiskFull, 1), &retrying(Trouble::DiskFull, 2)));
        assert!(!is_same(&retrying(Trouble::Closed, 1), &retrying(Trouble::Closed, 2)));
        assert!(!is_same(&retrying(Trouble::DiskFull, 1), &retrying(Trouble::Closed, 1)));
    }

    #[test]
    fn a_link_is_told_in_words_with_the_cure() {
        let live = |transport, fallback| Link::Live { round_trip_ms: None, transport, fallback };
        for (standing, start, part) in [
            (live(TransportKind::WebSocket, false), "live over a WebSocket", ""),
            (live(TransportKind::Polling, true), "live by polling", "tried again"),
            (Link::Refused { why: Trouble::Forbidden }, "refused:", "Ask for access"),
            (
                Link::Retrying { until: Time(0), why: Trouble::Unreachable, attempts: 3 },
                "broken:",
                "after 3 tries",
            ),
            (Link::SignedOut { reason: SignedOutReason::PasswordRefused }, "signed out:", "password"),
        ] {
            let words = link(&standing);
            assert!(words.starts_with(start) && words.contains(part), "{words}");
        }
    }

    #[test]
    fn a_gap_says_why_nothing_was_connected_and_why_it_stays() {
        let gap = |reason: &str, end, how: Option<&str>| GapView {
            source: vigie_core::model::SourceId(1),
            start: Time(0),
            end,
            reason: reason.to_owned(),
            closed_at: None,
            how: how.map(str::to_owned),
        };
        for (state, one, words) in [
            (GapState::Opened, gap("not_running", None, None), "be missing. Vigie was not running."),
            (GapState::Opened, gap("signed_out", None, None), "be missing. You were signed out."),
            (GapState::Opened, gap("disconnected", None, None), "be missing. Nothing was connected."),
            (
                GapState::NotRecoverable,
                gap("unreachable", Some(Time(1)), Some("not_replayable")),
                "could not be reached. The server cannot give what was missed.",
            ),
            (
                GapState::NotRecoverable,
                gap("list_full", Some(Time(1)), Some("list_full")),
                "be missing. More was missed than the server gives.",
            ),
        ] {
            let said = super::gap(state, &one);
            assert!(said.ends_with(words), "{said}");
        }
    }

    #[test]
    fn a_round_trip_is_no_change_but_a_fallback_is() {
        let live = |ms, fallback| Link::Live { round_trip_ms: ms, transport: TransportKind::Sse, fallback };
        assert!(is_same(&live(None, false), &live(Some(7), false)));
        assert!(!is_same(&live(None, false), &live(None, true)));
        assert!(is_same(&Link::CatchingUp { fetched: 1 }, &Link::CatchingUp { fetched: 2 }));
        assert!(!is_same(&Link::Connecting, &Link::CatchingUp { fetched: 2 }));
    }
}
