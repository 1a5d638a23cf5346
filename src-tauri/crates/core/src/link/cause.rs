//! What brings a gap about, as far as it is known.

use super::lists::Missed;
use crate::model::Trouble;

/// What brought a gap about. The window and the terminal have a text for each under its word (`missed.…`); the store
/// also has `disconnected`, which was written for most of them once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The computer slept.
    Asleep,
    /// The program was not running: it was closed, or killed.
    NotRunning,
    /// Nobody was signed in.
    SignedOut,
    /// The analyst had paused it.
    Paused,
    /// The analyst wants something else of the backend, and the connection before was ended for that.
    Edited,
    /// The analyst has signed in again, and the connection before was ended for that.
    SignedInAgain,
    /// This has ended the connection, or kept it from coming up.
    Link(Trouble),
    /// What was stored was in a database that is damaged.
    DatabaseReplaced,
    /// The server counts its messages, and one was left out.
    Sequence,
    /// What could not be had is all that is known of it.
    Missed(Missed),
}

impl Cause {
    /// The word that gaps have.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Asleep => "asleep",
            Self::NotRunning => "not_running",
            Self::SignedOut => "signed_out",
            Self::Paused => "paused",
            Self::Edited => "edited",
            Self::SignedInAgain => "signed_in_again",
            Self::Link(trouble) => trouble.word(),
            Self::DatabaseReplaced => "database_replaced",
            Self::Sequence => "sequence",
            Self::Missed(missed) => missed.word(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;

    const TROUBLES: [Trouble; 12] = [
        Trouble::Unreachable,
        Trouble::Insecure,
        Trouble::Closed,
        Trouble::Ended,
        Trouble::Silent,
        Trouble::Unavailable,
        Trouble::Forbidden,
        Trouble::NotUnderstood,
        Trouble::StoreFailed,
        Trouble::DiskFull,
        Trouble::VaultLocked,
        Trouble::Failed,
    ];

    #[test]
    fn whatever_a_gap_may_say_has_its_text_also_what_was_written_once() {
        let missed = [Missed::Snapshot, Missed::NotReplayable, Missed::ListFull, Missed::BegunAnew];
        let mut words = vec!["disconnected"];
        words.extend(
            [
                Cause::Asleep,
                Cause::NotRunning,
                Cause::SignedOut,
                Cause::Paused,
                Cause::Edited,
                Cause::SignedInAgain,
                Cause::DatabaseReplaced,
                Cause::Sequence,
            ]
            .map(Cause::word),
        );
        words.extend(TROUBLES.map(|trouble| Cause::Link(trouble).word()));
        words.extend(missed.map(|missed| Cause::Missed(missed).word()));
        for (word, language) in
            words.into_iter().flat_map(|word| [(word, Language::English), (word, Language::French)])
        {
            assert!(language.find(&format!("missed.{word}"), &[]).is_some(), "{word}, {language:?}");
        }
    }

    #[test]
    fn a_trouble_has_one_word_in_gaps_and_links() {
        for trouble in TROUBLES {
            assert_eq!(serde_json::to_value(trouble).unwrap(), trouble.word());
        }
    }
}
