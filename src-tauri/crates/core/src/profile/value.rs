//! Turns single JSON values into what facts are made of. Whatever a value is, it comes out bounded and clean,
//! or not at all.

use std::borrow::Cow;
use std::time::Duration;

use super::reader::{Raw, items};
use super::schema::TimeUnit;
use crate::model::Time;

/// The longest text that a fact keeps, in characters; the raw message keeps all of it. A sentence on a screen
/// is shorter by far.
pub const TEXT_LIMIT: usize = 1_000;
/// The longest number that a fact keeps, in characters: more digits than any amount of money has.
const NUMBER_LIMIT: usize = 40;
/// The greatest number that counts as a version, 2^53: revisions and clocks of any unit stay far below it.
const VERSION_LIMIT: i64 = 1 << 53;
/// The most items of an array that become one detail.
const DETAIL_ITEMS: usize = 20;
/// How far a server's clock may be ahead of ours.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(24 * 3_600);
/// The end of 9999: later than that is no date.
const LATEST: Time = Time(253_402_300_799_999);
/// An epoch number from here on counts milliseconds, below it seconds (this many seconds is the year 5138).
const MILLISECONDS_FROM: f64 = 100_000_000_000.0;

/// A word in small letters. Nearly every one is already, and not copied.
pub fn small(word: &str) -> Cow<'_, str> {
    let is_small = word.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if is_small { Cow::Borrowed(word) } else { Cow::Owned(word.to_lowercase()) }
}

/// Whether no control character is in it, by its bytes alone, which is fast; those of Latin-1 begin with C2, as do a
/// few others, for which it may be wrong in saying no.
pub fn is_plain(text: &str) -> bool {
    text.bytes().fold(true, |plain, byte| plain & (byte >= b' ') & (byte != 0x7F) & (byte != 0xC2))
}

/// A text for a screen: at most [`TEXT_LIMIT`] characters, no control characters. `None` when nothing is left.
pub fn bounded<'a>(text: impl Into<Cow<'a, str>>) -> Option<String> {
    let text = text.into();
    // Nearly every text is short and plain, and taken as it is.
    if text.len() <= TEXT_LIMIT && is_plain(&text) {
        return text.contains(|c: char| !c.is_whitespace()).then(|| text.into_owned());
    }
    cut_and_cleaned(&text)
}

/// The same for a text that may be long, or have control characters.
pub(super) fn cut_and_cleaned(text: &str) -> Option<String> {
    let mut characters = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut bounded: String = characters.by_ref().take(TEXT_LIMIT).collect();
    if characters.next().is_some() {
        bounded.push('…');
    }
    (!bounded.trim().is_empty()).then_some(bounded)
}

/// A decimal number, exactly as written: `-?digits[.digits][e±digits]`.
pub fn decimal<'a>(text: impl Into<Cow<'a, str>>) -> Option<String> {
    let text = text.into();
    let number = number(&text)?;
    Some(if number.len() == text.len() { text.into_owned() } else { number.to_owned() })
}

fn number(text: &str) -> Option<&str> {
    let number = text.trim();
    let is_number = number.len() <= NUMBER_LIMIT
        && (plain_parts(number).is_some() || serde_json::from_str::<serde_json::Number>(number).is_ok());
    is_number.then_some(number)
}

/// The sign, the digits before and those after the point of a number without an exponent; of no more than
/// [`NUMBER_LIMIT`] characters, it is in the range of any reader.
fn plain_parts(number: &str) -> Option<(&str, &str, &str)> {
    let (sign, digits) = number.split_at(usize::from(number.starts_with('-')));
    let (whole, rest) = digits.split_at(digits.bytes().take_while(u8::is_ascii_digit).count());
    let fraction = match rest.as_bytes() {
        [] => "",
        [b'.', fraction @ ..] if !fraction.is_empty() && fraction.iter().all(u8::is_ascii_digit) => {
            &rest[1..]
        }
        _ => return None,
    };
    let is_whole = !whole.is_empty() && (whole.len() == 1 || !whole.starts_with('0'));
    is_whole.then_some((sign, whole, fraction))
}

/// A probability: 0 to 1.
pub fn score(text: &str) -> Option<f64> {
    text.trim().parse::<f64>().ok().filter(|score| (0.0..=1.0).contains(score))
}

/// A point in time between 1970 and 9999: ISO 8601 with a zone, without one (read as UTC), or an epoch number
/// in seconds or milliseconds.
pub fn time(text: &str) -> Option<Time> {
    let text = text.trim();
    let at = if let Ok(number) = text.parse::<f64>() {
        let milliseconds = if number.abs() < MILLISECONDS_FROM { number * 1_000.0 } else { number };
        if !milliseconds.is_finite() {
            return None;
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a cast from f64 saturates, and the range is checked"
        )]
        Time(milliseconds as i64)
    } else if let Ok(zoned) = text.parse::<jiff::Timestamp>() {
        Time(zoned.as_millisecond())
    } else {
        let utc = text.parse::<jiff::civil::DateTime>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Time(utc.timestamp().as_millisecond())
    };
    Some(at).filter(is_likely)
}

/// The same for a text that is in `zone` where it has none, or a number that counts `unit`s.
pub fn dated(text: &str, zone: Option<&jiff::tz::TimeZone>, unit: Option<TimeUnit>) -> Option<Time> {
    let text = text.trim();
    match (unit, zone) {
        (Some(unit), _) if text.parse::<i64>().is_ok() || text.parse::<f64>().is_ok() => in_unit(text, unit),
        (_, Some(zone)) if text.parse::<f64>().is_err() && text.parse::<jiff::Timestamp>().is_err() => {
            let local = text.parse::<jiff::civil::DateTime>().ok()?.to_zoned(zone.clone()).ok()?;
            Some(Time(local.timestamp().as_millisecond()))
        }
        _ => time(text),
    }
}

/// Whether a server may have meant this point in time.
pub fn is_likely(at: &Time) -> bool {
    (Time(0)..=LATEST).contains(at)
}

/// A point in time in the words of ISO 8601.
pub fn iso(at: Time) -> Option<String> {
    jiff::Timestamp::from_millisecond(at.0).ok().map(|at| at.to_string())
}

fn in_unit(text: &str, unit: TimeUnit) -> Option<Time> {
    let to_the_left = |places| shifted(text, places)?.split('.').next()?.parse().ok().map(Time);
    match unit {
        TimeUnit::Seconds => match text.split_once('.') {
            Some((whole, fraction)) => format!("{whole}{fraction:0<3.3}").parse().ok().map(Time),
            None => text.parse::<i64>().ok()?.checked_mul(1_000).map(Time),
        },
        TimeUnit::Milliseconds => to_the_left(0),
        TimeUnit::Microseconds => to_the_left(3),
        TimeUnit::Nanoseconds => to_the_left(6),
    }
    .filter(is_likely)
}

/// A decimal number, its point moved to the left by so many places, exactly.
pub fn shifted(text: &str, places: u8) -> Option<String> {
    let number = text.trim();
    if number.len() > NUMBER_LIMIT {
        return None;
    }
    // A number with an exponent is none that anybody counts money in.
    let (sign, whole, fraction) = plain_parts(number)?;
    let places = usize::from(places);
    let (stays, moves) = whole.split_at(whole.len().saturating_sub(places));
    let mut shifted = String::with_capacity(number.len() + places + "0.".len());
    shifted.push_str(sign);
    shifted.push_str(if stays.is_empty() { "0" } else { stays });
    if places > 0 || !fraction.is_empty() {
        shifted.push('.');
        shifted.extend(std::iter::repeat_n('0', places - moves.len()));
        shifted.push_str(moves);
        shifted.push_str(fraction);
    }
    (shifted.len() <= NUMBER_LIMIT).then_some(shifted)
}

/// A text for a detail: a scalar, or the scalars of an array, one after the other.
pub fn detail(raw: Raw<'_>) -> Option<String> {
    if let Some(text) = raw.text() {
        return bounded(text);
    }
    let words: Vec<Cow<'_, str>> = items(raw.json, DETAIL_ITEMS).into_iter().filter_map(Raw::text).collect();
    bounded(words.join(", "))
}

/// A version: a whole number, or a time as its milliseconds. One from the future is none: it would hide every later
/// version.
pub fn version(text: &str, now: Time) -> Option<i64> {
    match text.trim().parse::<i64>() {
        Ok(number) => Some(number).filter(|number| *number <= VERSION_LIMIT),
        Err(_) => time(text).filter(|time| *time <= now.plus(CLOCK_TOLERANCE)).map(|time| time.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_a_zone_without_one_and_as_epoch_numbers() {
        let expected = Some(Time(1_708_560_000_000));
        for text in ["2024-02-22T00:00:00Z", "2024-02-22T01:00:00+01:00", "2024-02-22T00:00:00", "1708560000"]
        {
            assert_eq!(time(text), expected, "{text}");
        }
        assert_eq!(time("1708560000000"), expected);
    }

    #[test]
    fn times_out_of_range_are_not_times() {
        for text in ["-1", "1e300", "NaN", "1969-12-31T23:59:59Z", "+999999-01-01T00:00:00Z", "soon", ""] {
            assert_eq!(time(text), None, "{text}");
        }
    }

    #[test]
    fn amounts_keep_what_the_server_wrote() {
        for text in ["9007199254740993.10", "-0.01", "1e3", "0"] {
            assert_eq!(decimal(text).as_deref(), Some(text));
        }
        let absurd = "9".repeat(NUMBER_LIMIT + 1);
        for text in ["", "12,5", "€ 3", "0x10", "NaN", absurd.as_str()] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }

    #[test]
    fn texts_are_cut_and_lose_their_control_characters() {
        assert_eq!(bounded("a\u{0}b\n").as_deref(), Some("a b "));
        assert_eq!(bounded(" \t"), None);
        assert_eq!(bounded("é".repeat(TEXT_LIMIT + 1)).unwrap().chars().count(), TEXT_LIMIT + 1);
    }

    #[test]
    fn a_zone_and_a_unit_that_the_message_does_not_name_come_from_the_profile() {
        let paris = jiff::tz::TimeZone::get("Europe/Paris").unwrap();
        for (text, zone, unit, expected) in [
            ("2024-07-01T12:00:00", Some(&paris), None, Some("2024-07-01T10:00:00Z")),
            ("2024-07-01T12:00:00Z", Some(&paris), None, Some("2024-07-01T12:00:00Z")),
            ("1708560000", None, Some(TimeUnit::Seconds), Some("2024-02-22T00:00:00Z")),
            ("1708560000.25", None, Some(TimeUnit::Seconds), Some("2024-02-22T00:00:00.25Z")),
            ("1000", None, Some(TimeUnit::Milliseconds), Some("1970-01-01T00:00:01Z")),
            ("1708560000000000", None, Some(TimeUnit::Microseconds), Some("2024-02-22T00:00:00Z")),
            ("1708560000000000000", None, Some(TimeUnit::Nanoseconds), Some("2024-02-22T00:00:00Z")),
            ("99999999999999999", None, Some(TimeUnit::Seconds), None),
            ("soon", Some(&paris), Some(TimeUnit::Seconds), None),
        ] {
            let at = dated(text, zone, unit).and_then(iso);
            assert_eq!(at.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn points_move_exactly() {
        for (text, places, expected) in [
            ("86400000000", 7, Some("8640.0000000")),
            ("9007199254740993", 2, Some("90071992547409.93")),
            ("5", 2, Some("0.05")),
            ("-5", 2, Some("-0.05")),
            ("12.5", 2, Some("0.125")),
            ("50", 0, Some("50")),
            ("1e3", 2, None),
            ("x", 2, None),
        ] {
            assert_eq!(shifted(text, places).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_version_from_the_future_is_none() {
        let now = Time(1_708_560_000_000);
        assert_eq!(version("2024-02-22T00:00:00Z", now), Some(now.0));
        assert_eq!(version("42", now), Some(42));
        for text in ["9999-12-30T00:00:00Z", "2024-02-24T00:00:00Z", "9223372036854775807", "x"] {
            assert_eq!(version(text, now), None, "{text}");
        }
    }

    #[test]
    fn scores_lie_between_nothing_and_certainty() {
        assert_eq!(score("0.25"), Some(0.25));
        for text in ["-0.1", "1.01", "87", "NaN", "x"] {
            assert_eq!(score(text), None, "{text}");
        }
    }
}
