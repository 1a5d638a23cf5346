//! Marks: what the index of words has of an event that is no word, so that a question about amounts, days or severities
//! is answered from the index as one about words is. A mark is a single character of the private planes, which no text
//! has, and of which the index keeps no lists of beginnings.
//!
//! A number is marked by its step and by the steps of 16 and of 256 of them that it is in: so any range is a few dozen
//! marks. Marks are coarse; whoever asks by them looks at what they give.

use crate::model::{Severity, Time};

/// How many steps of one size a step of the next has, as a power of two.
const WIDER: u32 = 4;
/// A day, in milliseconds.
const DAY: i64 = 24 * 3_600 * 1_000;
/// The day that is the first step, since 1970: in April 2019. What is dated before it counts as then.
const FIRST_DAY: i64 = 18_000;
/// The steps of one decade of amounts: by the first digit.
const DIGITS: i64 = 9;
/// The decades of amounts, from one on: more than all the money there is. What is more counts as the last.
const DECADES: i64 = 19;

const DAYS: Ladder = Ladder { first: 0xF_0000, steps: 0x2000, sizes: 3 };
const AMOUNTS: Ladder = Ladder { first: 0xF_6000, steps: 0x0200, sizes: 2 };
const SEVERITIES: Ladder = Ladder { first: 0xF_7000, steps: 0x0010, sizes: 1 };

/// Numbers in steps, from 0 on.
struct Ladder {
    /// The character of the first step of the first size.
    first: u32,
    /// The steps of each size that there is room for; what is beyond the last counts as the last.
    steps: u32,
    /// The sizes.
    sizes: u32,
}

impl Ladder {
    fn step(&self, number: i64) -> u32 {
        u32::try_from(number.max(0)).map_or(self.steps - 1, |step| step.min(self.steps - 1))
    }

    fn mark(&self, size: u32, step: u32) -> Option<char> {
        char::from_u32(self.first + size * self.steps + step)
    }

    /// The marks of a number.
    fn of(&self, number: i64) -> impl Iterator<Item = char> {
        let step = self.step(number);
        (0..self.sizes).filter_map(move |size| self.mark(size, step >> (size * WIDER)))
    }

    /// Marks of which each number from the first to the last of a range has one, and no other number has any.
    fn range(&self, first: i64, last: i64) -> Vec<char> {
        let (mut first, mut end) = (self.step(first), self.step(last) + 1);
        let mut marks = Vec::new();
        for size in 0..self.sizes {
            let is_widest = size + 1 == self.sizes;
            let wide = 1 << WIDER;
            while first < end && (is_widest || !first.is_multiple_of(wide)) {
                marks.extend(self.mark(size, first));
                first += 1;
            }
            while first < end && !end.is_multiple_of(wide) {
                end -= 1;
                marks.extend(self.mark(size, end));
            }
            (first, end) = (first >> WIDER, end >> WIDER);
        }
        marks
    }
}

/// The step of an amount: by its decade and its first digit. What is between -1 and 1 is one step.
fn step(amount: f64) -> i64 {
    let middle = DIGITS * DECADES + 1;
    if amount.abs() < 1.0 {
        return middle;
    }
    // Exact in decimal, as logarithms are not: "1.5e3".
    let written = format!("{:e}", amount.abs());
    let digit = written.bytes().next().map_or(0, |digit| i64::from(digit.saturating_sub(b'0')));
    let decade = written.rsplit_once('e').and_then(|(_, decade)| decade.parse().ok()).unwrap_or(DECADES);
    let steps = (decade * DIGITS + digit).min(DIGITS * DECADES);
    if amount > 0.0 { middle + steps } else { middle - steps }
}

fn day(time: Time) -> i64 {
    time.0.div_euclid(DAY) - FIRST_DAY
}

/// The marks of an event: how bad it is by rank, how much it is about, and when it happened.
pub fn marks(severity: Option<i64>, amount: Option<f64>, happened: Time) -> impl Iterator<Item = char> {
    let severity = severity.into_iter().flat_map(|rank| SEVERITIES.of(rank));
    let amount = amount.into_iter().flat_map(|amount| AMOUNTS.of(step(amount)));
    severity.chain(amount).chain(DAYS.of(day(happened)))
}

/// Marks of which whatever is as bad as one of these has one.
pub fn severities(any: &[Severity]) -> Vec<char> {
    any.iter().flat_map(|severity| SEVERITIES.of(severity.rank())).collect()
}

/// Marks of which whatever is about more than the one amount and less than the other has one.
pub fn amounts(more_than: Option<f64>, less_than: Option<f64>) -> Vec<char> {
    AMOUNTS.range(more_than.map_or(0, step), less_than.map_or(i64::MAX, step))
}

/// Marks of which whatever happened at the one time or later and before the other has one.
pub fn days(since: Option<Time>, before: Option<Time>) -> Vec<char> {
    DAYS.range(since.map_or(0, day), before.map_or(i64::MAX, day))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_amount() -> impl Strategy<Value = f64> {
        prop_oneof![-2e3..2e3, -1e21..1e21, any::<f64>().prop_filter("a number", |amount| !amount.is_nan())]
    }

    fn has_any(marks: impl IntoIterator<Item = char>, wanted: &[char]) -> bool {
        marks.into_iter().any(|mark| wanted.contains(&mark))
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_number_has_a_mark_of_a_range_if_it_is_in_it(number in 0..8_192_i64, first in 0..8_192_i64, last in 0..8_192_i64) {
            let is_in = (first..=last).contains(&number);
            prop_assert_eq!(has_any(DAYS.of(number), &DAYS.range(first, last)), is_in);
        }

        #[test]
        fn whatever_is_more_and_less_than_an_amount_has_a_mark_of_it(
            amount in any_amount(),
            more_than in proptest::option::of(any_amount()),
            less_than in proptest::option::of(any_amount()),
        ) {
            let is_meant = more_than.is_none_or(|than| amount > than) && less_than.is_none_or(|than| amount < than);
            let marks = marks(None, Some(amount), Time(0));
            prop_assert!(!is_meant || has_any(marks, &amounts(more_than, less_than)));
        }

        #[test]
        fn whatever_happened_then_has_a_mark_of_it(at: i64, since: Option<i64>, before: Option<i64>) {
            let is_meant = since.is_none_or(|since| at >= since) && before.is_none_or(|before| at < before);
            let wanted = days(since.map(Time), before.map(Time));
            prop_assert!(!is_meant || has_any(marks(None, None, Time(at)), &wanted));
        }
    }

    #[test]
    fn what_is_far_from_what_is_asked_has_none_of_its_marks() {
        let of = |amount| marks(None, Some(amount), Time(0));
        let more_than_a_thousand = amounts(Some(1_000.0), None);
        for less in [999.99, 5.0, 0.0, -5_000.0] {
            assert!(!has_any(of(less), &more_than_a_thousand), "{less}");
        }
        let noon = |day: i64| Time((FIRST_DAY + day) * DAY + DAY / 2);
        let of_a_day = days(Some(Time((FIRST_DAY + 700) * DAY)), Some(Time((FIRST_DAY + 701) * DAY - 1)));
        for other in [699, 701, 0, 8_000] {
            assert!(!has_any(marks(None, None, noon(other)), &of_a_day), "{other}");
        }
    }

    #[test]
    fn a_range_is_a_few_dozen_marks_and_none_is_anothers() {
        let today = Time(20_784 * DAY);
        for marks in [days(Some(today), None), days(None, Some(today)), amounts(Some(1_000.0), None)] {
            assert!(marks.len() <= 64, "{}", marks.len());
        }
        let all = [&DAYS, &AMOUNTS, &SEVERITIES]
            .map(|ladder| (ladder.first, ladder.first + ladder.sizes * ladder.steps));
        assert!(all.is_sorted_by(|(_, end), (first, _)| end <= first), "{all:x?}");
        let severities = Severity::ALL.into_iter().flat_map(|one| SEVERITIES.of(one.rank()));
        assert_eq!(severities.collect::<std::collections::HashSet<_>>().len(), Severity::ALL.len());
    }
}
