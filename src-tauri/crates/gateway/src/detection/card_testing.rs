//! Small payments that try out whether a stolen card works.

use std::collections::HashSet;

use super::{Evidence, Payment, factor, rounded, spoken, sum};
use crate::model::{Channel, Scenario, Severity};

/// The stretch that is looked at, in seconds.
const WINDOW: f64 = 300.0;

/// The small payments in it from which it is a test: a car park and a coffee machine do not make five.
const MANY: usize = 5;

/// What a shop counts more than one payment at the same shop, in payments.
const ANOTHER_SHOP: f64 = 0.5;

pub(super) fn judge(past: &[Payment], now: &Payment) -> Option<Evidence> {
    let is_trial = |payment: &Payment| payment.is_small() && payment.channel == Channel::Online;
    if !is_trial(now) {
        return None;
    }
    let trials: Vec<_> =
        past.iter().filter(|payment| is_trial(payment) && now.seconds_after(payment) <= WINDOW).collect();
    let count = trials.len() + 1;
    if count < MANY {
        return None;
    }
    let took = trials.iter().map(|payment| now.seconds_after(payment)).fold(0.0, f64::max);
    let shops =
        trials.iter().map(|payment| &payment.merchant).chain([&now.merchant]).collect::<HashSet<_>>().len();
    let score = count as f64 + ANOTHER_SHOP * (shops as f64 - 1.0);
    let probability = rounded(1.0 - (-(score - 2.0) / 4.0).exp());
    Some(Evidence {
        scenario: Scenario::CardTesting,
        probability,
        // The loss is still to come: what counts is how far the test has got.
        severity: match count {
            ..7 => Severity::Low,
            7..11 => Severity::Medium,
            11..16 => Severity::High,
            _ => Severity::Critical,
        },
        description: format!("{count} small payments in {}", spoken(took)),
        exposure: sum(now, trials.into_iter()),
        factors: vec![
            factor("small payments", probability, format!("{count} in {}", spoken(took))),
            factor("shops", 1.0 - 1.0 / shops as f64, format!("{shops} different shops")),
        ],
    })
}

#[cfg(test)]
mod tests {
    use super::{super::samples::payment, *};

    fn trials(count: i64, apart: i64, euros: f64) -> Option<Evidence> {
        let past: Vec<_> = (0..count - 1).map(|index| payment(euros, index * apart)).collect();
        judge(&past, &payment(euros, (count - 1) * apart))
    }

    #[test]
    fn small_payments_in_a_row_are_a_test() {
        let found = trials(14, 13, 1.0).unwrap();
        assert_eq!(found.description, "14 small payments in 3 minutes");
        assert_eq!(found.severity, Severity::High);
        assert!(trials(6, 13, 1.0).unwrap().probability < found.probability);
    }

    #[test]
    fn few_or_slow_or_large_ones_are_not() {
        assert_eq!(trials(4, 1, 1.0), None);
        assert_eq!(trials(10, 120, 1.0), None);
        assert_eq!(trials(10, 1, 30.0), None);
    }

    #[test]
    fn several_shops_are_likelier_than_one() {
        let mut past: Vec<_> = (0..5).map(|index| payment(1.0, index)).collect();
        let one = judge(&past, &payment(1.0, 5)).unwrap();
        past.iter_mut()
            .enumerate()
            .for_each(|(index, payment)| payment.merchant = format!("Shop {index}").into());
        assert!(judge(&past, &payment(1.0, 5)).unwrap().probability > one.probability);
    }
}
