//! Amounts as a language writes them, for native surfaces: the window's are formatted by the browser engine.

use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_locale_core::{Locale, locale};
use iso_currency::Currency;

use crate::text::Language;

/// The most digits that are money, as in the window; a longer number stays as the server wrote it.
const DIGITS_LIMIT: usize = 23;

/// An amount with the groups of the language, digit for digit, and with as many decimals as its currency has at the
/// least. What is no plain number stays as it came.
pub fn amount(language: Language, amount: Option<&str>, currency: Option<&str>) -> Option<String> {
    let number =
        amount.map(|amount| in_groups(language, amount, currency).unwrap_or_else(|| amount.to_owned()));
    let words = [number.as_deref(), currency].into_iter().flatten().collect::<Vec<_>>().join("\u{A0}");
    (!words.is_empty()).then_some(words)
}

fn in_groups(language: Language, amount: &str, currency: Option<&str>) -> Option<String> {
    // Of a decimal's notations this alone is looked at: `1e999999` would be spelled out.
    let is_plain = amount.len() <= DIGITS_LIMIT + 2
        && amount.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    let mut number: Decimal = amount.parse().ok().filter(|_| is_plain)?;
    let decimals = currency.and_then(|code| Currency::from_code(&code.to_ascii_uppercase())?.exponent());
    number.trim_end();
    number.pad_end(i16::try_from(decimals.unwrap_or_default()).ok()?.checked_neg()?);
    let formatter = DecimalFormatter::try_new(locale_of(language).into(), Default::default()).ok()?;
    Some(formatter.format(&number).to_string())
}

const fn locale_of(language: Language) -> Locale {
    match language {
        Language::English => locale!("en"),
        Language::French => locale!("fr"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_grouped_as_the_language_does_and_has_the_decimals_of_its_currency() {
        let words = |language, text, currency| amount(language, Some(text), Some(currency)).unwrap();
        assert_eq!(words(Language::English, "12345.6", "EUR"), "12,345.60\u{A0}EUR");
        assert_eq!(words(Language::French, "12345.6", "EUR"), "12\u{202F}345,60\u{A0}EUR");
        assert_eq!(words(Language::English, "9800", "jpy"), "9,800\u{A0}jpy");
        assert_eq!(words(Language::English, "-1234567.000", "KWD"), "-1,234,567.000\u{A0}KWD");
        assert_eq!(words(Language::English, "0.12345", "USD"), "0.12345\u{A0}USD", "no digit goes");
        assert_eq!(words(Language::English, "1500.0", "points"), "1,500\u{A0}points");
    }

    #[test]
    fn what_is_no_plain_number_stays_as_it_came() {
        for text in ["1e999999", "12.34.56", "about 5", "", "9999999999999999999999999999.5", "-"] {
            assert_eq!(amount(Language::English, Some(text), None).unwrap_or_default(), text);
        }
        assert_eq!(amount(Language::English, None, Some("EUR")).as_deref(), Some("EUR"));
        assert_eq!(amount(Language::English, None, None), None);
    }
}
