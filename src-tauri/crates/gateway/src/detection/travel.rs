//! In two places at once.

use super::{Evidence, Payment, by_loss, factor, rounded, spoken};
use crate::model::Scenario;

/// Kilometres an hour that an airliner does not exceed, airports included.
const FASTEST: f64 = 900.0;

/// Kilometres below which nothing is said: cities are wide, and terminals are registered elsewhere.
const NEAR: f64 = 300.0;

/// The least time between two payments, in seconds: clocks of terminals differ by as much.
const CLOCKS_DIFFER: f64 = 60.0;

/// Losses in euros from which it is medium, high, critical. A copied card is used until it is empty.
const LOSSES: [f64; 3] = [60.0, 300.0, 1_500.0];

pub(super) fn judge(past: &[Payment], now: &Payment) -> Option<Evidence> {
    let here = now.place.filter(|_| now.channel.in_person())?;
    let before = past.iter().rev().find(|payment| payment.channel.in_person() && payment.place.is_some())?;
    let there = before.place?;
    let distance = here.distance_km(there);
    let took = now.seconds_after(before);
    let speed = distance / (took.max(CLOCKS_DIFFER) / 3600.0);
    if distance < NEAR || speed <= FASTEST {
        return None;
    }
    let probability = rounded(0.6 + 0.39 * (1.0 - FASTEST / speed));
    let kilometres = distance.round() as u64;
    Some(Evidence {
        scenario: Scenario::ImpossibleTravel,
        probability,
        severity: by_loss(probability, now.amount, LOSSES),
        description: format!(
            "paid in {} and {} later in {}, {kilometres} km away",
            there.city,
            spoken(took),
            here.city
        ),
        exposure: now.amount,
        factors: vec![
            factor("speed", probability, format!("{} km/h between two payments", speed.round() as u64)),
            factor("distance", distance / 20_000.0, format!("{kilometres} km from {}", there.city)),
        ],
    })
}

#[cfg(test)]
mod tests {
    use super::{super::samples::payment, *};
    use crate::{
        model::{Channel, Severity},
        places::Place,
    };

    fn paid_in(city: &str, country: &str, euros: f64, second: i64) -> Payment {
        let place = Place::find(city, country);
        Payment { channel: Channel::Card, place, ..payment(euros, second) }
    }

    #[test]
    fn nobody_is_in_paris_and_minutes_later_in_singapore() {
        let past = [paid_in("Paris", "FR", 40.0, 0)];
        let found = judge(&past, &paid_in("Singapore", "SG", 2_000.0, 720)).unwrap();
        assert_eq!(found.description, "paid in Paris and 12 minutes later in Singapore, 10729 km away");
        assert_eq!(found.severity, Severity::Critical);
        assert_eq!(judge(&past, &paid_in("Singapore", "SG", 20.0, 720)).unwrap().severity, Severity::Low);
    }

    #[test]
    fn a_flight_a_suburb_and_the_web_are_possible() {
        let past = [paid_in("Paris", "FR", 40.0, 0)];
        assert_eq!(judge(&past, &paid_in("Singapore", "SG", 40.0, 14 * 3600)), None);
        assert_eq!(judge(&past, &paid_in("Lille", "FR", 40.0, 60)), None);
        let online = Payment { channel: Channel::Online, ..paid_in("Singapore", "SG", 40.0, 60) };
        assert_eq!(judge(&past, &online), None);
    }
}
