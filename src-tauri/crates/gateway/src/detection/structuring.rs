//! Payments kept just below a limit that has to be reported.

use super::{Evidence, Payment, factor, rounded, spoken, sum};
use crate::model::{Channel, Scenario, Severity};
use crate::money::Money;

/// The stretch that is looked at, in seconds: the laws speak of a day.
const WINDOW: f64 = 24.0 * 3600.0;

/// How close below the limit counts.
const CLOSE: f64 = 0.85;

/// How many of them are no accident.
const MANY: usize = 3;

/// The amounts, in units, from which cash and transfers are reported. A currency without one is not looked at.
const LIMITS: [(&str, f64); 10] = [
    ("AUD", 10_000.0),
    ("BRL", 50_000.0),
    ("CAD", 10_000.0),
    ("CHF", 15_000.0),
    ("EUR", 10_000.0),
    ("GBP", 10_000.0),
    ("JPY", 2_000_000.0),
    ("PLN", 60_000.0),
    ("SGD", 20_000.0),
    ("USD", 10_000.0),
];

/// The limit of the amount's currency.
fn limit(amount: Money) -> Option<Money> {
    let (_, units) = LIMITS.iter().find(|(code, _)| *code == amount.currency.code())?;
    let minor = units * 10_f64.powi(amount.currency.decimals() as i32);
    Some(Money::new(minor as i64, amount.currency))
}

/// Whether a payment is just below its limit.
fn is_below(payment: &Payment) -> bool {
    let kind = matches!(payment.channel, Channel::Transfer | Channel::Atm);
    kind && limit(payment.amount).is_some_and(|limit| {
        (CLOSE * limit.minor as f64..limit.minor as f64).contains(&(payment.amount.minor as f64))
    })
}

pub(super) fn judge(past: &[Payment], now: &Payment) -> Option<Evidence> {
    let limit = limit(now.amount).filter(|_| is_below(now))?;
    let currency = now.amount.currency;
    let others: Vec<_> = past
        .iter()
        .filter(|payment| payment.amount.currency == currency && is_below(payment))
        .filter(|payment| now.seconds_after(payment) <= WINDOW)
        .collect();
    let count = others.len() + 1;
    if count < MANY {
        return None;
    }
    let took = spoken(others.iter().map(|payment| now.seconds_after(payment)).fold(0.0, f64::max));
    let probability = rounded(1.0 - 0.6_f64.powi(count as i32 - 1));
    let exposure = sum(now, others.into_iter());
    Some(Evidence {
        scenario: Scenario::Structuring,
        probability,
        severity: match count {
            ..4 => Severity::Medium,
            4 => Severity::High,
            _ => Severity::Critical,
        },
        description: format!("{count} payments just below {limit} in {took}, {exposure} in all"),
        exposure,
        factors: vec![
            factor("just below the limit", probability, format!("{count} payments below {limit} in {took}")),
            factor(
                "together",
                exposure.minor as f64 / (limit.minor as f64 * MANY as f64),
                format!("{exposure} in all"),
            ),
        ],
    })
}

#[cfg(test)]
mod tests {
    use super::{super::samples::payment, *};

    fn transfer(euros: f64, second: i64) -> Payment {
        Payment { channel: Channel::Transfer, ..payment(euros, second) }
    }

    #[test]
    fn three_transfers_just_below_the_limit_are_structuring() {
        let past = [transfer(9_400.0, 0), transfer(9_800.0, 3_000)];
        let found = judge(&past, &transfer(9_650.0, 7_200)).unwrap();
        assert_eq!(found.description, "3 payments just below 10000.00 EUR in 2 hours, 28850.00 EUR in all");
        assert_eq!(found.severity, Severity::Medium);
    }

    #[test]
    fn each_further_one_is_worse() {
        let transfers: Vec<_> = (0..5).map(|index| transfer(9_500.0, index * 600)).collect();
        let severities: Vec<_> = (2..5)
            .filter_map(|index| judge(&transfers[..index], &transfers[index]))
            .map(|e| e.severity)
            .collect();
        assert_eq!(severities, [Severity::Medium, Severity::High, Severity::Critical]);
    }

    #[test]
    fn at_the_limit_or_far_below_or_by_card_it_is_not() {
        for now in [transfer(10_000.0, 9), transfer(5_000.0, 9), payment(9_500.0, 9)] {
            assert_eq!(judge(&[transfer(9_500.0, 0), transfer(9_500.0, 1)], &now), None);
        }
        let long_ago = [transfer(9_500.0, 0), transfer(9_500.0, 1)];
        assert_eq!(judge(&long_ago, &transfer(9_500.0, 90_000)), None);
    }
}
