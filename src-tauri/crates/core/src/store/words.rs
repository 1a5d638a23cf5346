//! Words as search knows them: what an analyst remembers, however it was written.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The longest word, in characters; of a longer one the beginning counts.
const WORD_LIMIT: usize = 64;
/// The most words of one event: far more than anybody reads.
pub const WORDS_LIMIT: usize = 500;
/// The most words of one question.
pub const QUESTION_LIMIT: usize = 12;

/// The words of a text: letters and digits in a row, small, without accents.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    let folded: String = if text.is_ascii() {
        text.to_ascii_lowercase()
    } else {
        text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
    };
    let words: Vec<String> = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| word.char_indices().nth(WORD_LIMIT).map_or(word, |(end, _)| &word[..end]).to_owned())
        .collect();
    words.into_iter()
}

/// Whether a text has all of these words; the last only has to begin one.
pub fn has(text: &str, question: &[String]) -> bool {
    let Some((last, whole)) = question.split_last() else { return true };
    let words: Vec<String> = words(text).take(WORDS_LIMIT).collect();
    whole.iter().all(|wanted| words.contains(wanted))
        && words.iter().any(|word| word.starts_with(last.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        words(text).collect()
    }

    #[test]
    fn accents_and_capitals_do_not_matter() {
        assert_eq!(all("Noé LÉVÊQUE-Ångström, Straße 5"), ["noe", "leveque", "angstrom", "straße", "5"]);
        assert_eq!(all("card_testing TX-0017 1234.50"), ["card", "testing", "tx", "0017", "1234", "50"]);
    }

    #[test]
    fn what_is_no_word_is_none() {
        for text in ["", " \t\n", "\u{0}\u{202E}", "!?\"'()*^-", "\u{E000}"] {
            assert!(all(text).is_empty(), "{text:?}");
        }
    }

    #[test]
    fn all_words_have_to_be_there_and_the_last_only_has_to_begin_one() {
        let question = |text: &str| all(text);
        assert!(has("Card testing: 14 small payments", &question("CARD pay")));
        assert!(!has("Card testing: 14 small payments", &question("car payments")));
        assert!(has("anything", &question("")));
    }

    #[test]
    fn a_word_without_end_is_cut_alike_in_text_and_question() {
        let long = "x".repeat(WORD_LIMIT * 3);
        assert!(has(&long, &all(&long)));
    }
}
