//! Many payments in very little time.

use super::{Evidence, Payment, by_loss, factor, rounded, spoken, sum};
use crate::model::Scenario;

/// The stretch that is looked at, in seconds: nobody shops faster than a payment in ten seconds for a minute.
const WINDOW: f64 = 60.0;

/// The payments in it from which it is no longer haste.
const MANY: usize = 6;

/// Losses in euros from which it is medium, high, critical.
const LOSSES: [f64; 3] = [250.0, 1_000.0, 4_000.0];

pub(super) fn judge(past: &[Payment], now: &Payment) -> Option<Evidence> {
    if now.is_small() {
        return None;
    }
    let burst: Vec<_> =
        past.iter().filter(|payment| !payment.is_small() && now.seconds_after(payment) <= WINDOW).collect();
    let count = burst.len() + 1;
    if count < MANY {
        return None;
    }
    let took = burst.iter().map(|payment| now.seconds_after(payment)).fold(0.0, f64::max);
    let probability = rounded(1.0 - (-(count as f64 - 4.0) / 2.5).exp());
    let exposure = sum(now, burst.into_iter());
    Some(Evidence {
        scenario: Scenario::Velocity,
        probability,
        severity: by_loss(probability, exposure, LOSSES),
        description: format!("{count} payments in {}, {exposure} in all", spoken(took)),
        exposure,
        factors: vec![factor("velocity", probability, format!("{count} payments in {}", spoken(took)))],
    })
}

#[cfg(test)]
mod tests {
    use super::{super::samples::payment, *};
    use crate::model::Severity;

    fn burst(count: i64, apart: i64, euros: f64) -> Option<Evidence> {
        let past: Vec<_> = (0..count - 1).map(|index| payment(euros, index * apart)).collect();
        judge(&past, &payment(euros, (count - 1) * apart))
    }

    #[test]
    fn a_burst_is_noticed_and_haste_is_not() {
        assert_eq!(burst(5, 2, 80.0), None);
        assert_eq!(burst(8, 20, 80.0), None);
        let found = burst(8, 5, 80.0).unwrap();
        assert_eq!(found.description, "8 payments in 35 seconds, 640.00 EUR in all");
        assert_eq!(found.severity, Severity::Medium);
    }

    #[test]
    fn more_of_it_is_likelier_and_worse() {
        let (few, many) = (burst(6, 2, 30.0).unwrap(), burst(14, 2, 900.0).unwrap());
        assert!(few.probability < many.probability && many.probability < 1.0);
        assert_eq!((few.severity, many.severity), (Severity::Low, Severity::Critical));
    }

    #[test]
    fn tiny_payments_are_another_matter() {
        assert_eq!(burst(12, 2, 1.0), None);
    }
}
