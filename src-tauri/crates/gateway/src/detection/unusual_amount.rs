//! An amount that is far from what the customer usually spends.

use super::{Evidence, Payment, by_loss, factor, habit::Habit, rounded};
use crate::model::{Channel, Factor, Scenario};

/// The amounts that have to be known of a customer before they are a habit.
const CUSTOMER_KNOWN: usize = 10;

/// The amounts that have to be known of a merchant's category, to compare a customer with who buys there.
const CATEGORY_KNOWN: usize = 40;

/// How far off the customer's own habit is unusual, in standard deviations.
const CUSTOMER_FAR: f64 = 4.0;

/// How far off what others spend is unusual: they differ among themselves.
const CATEGORY_FAR: f64 = 5.0;

/// Nobody is alarmed for less than this many euros.
const WORTH_IT: f64 = 250.0;

/// Losses in euros from which it is medium, high, critical.
const LOSSES: [f64; 3] = [800.0, 2_500.0, 8_000.0];

/// How far an amount is from what is usual, and for whom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Oddity {
    z_score: f64,
    far: f64,
    usual: f64,
    who: &'static str,
}

/// Measures an amount against the customer's habit, or else that of those who buy the same. Transfers are only
/// compared with transfers: what somebody spends in shops says nothing of rent.
pub(super) fn measure(customer: &Habit, category: &Habit, now: &Payment) -> Option<Oddity> {
    let own = customer.known() >= CUSTOMER_KNOWN && now.channel != Channel::Transfer;
    let (habit, far, who) = match own {
        true => (customer, CUSTOMER_FAR, "this customer usually spends"),
        false if category.known() >= CATEGORY_KNOWN => (category, CATEGORY_FAR, "others spend on this"),
        false => return None,
    };
    Some(Oddity { z_score: habit.z_score(now.amount.euros()), far, usual: habit.usual(), who })
}

impl Oddity {
    /// How odd it is, from 0 (usual or less) to 1 (unusual).
    pub fn share(&self) -> f64 {
        (self.z_score / self.far).clamp(0.0, 1.0)
    }

    /// The measure as a reason.
    pub fn factor(&self, now: &Payment) -> Factor {
        let times = now.amount.euros() / self.usual.max(0.01);
        let times = if times < 10.0 { format!("{times:.1}") } else { format!("{times:.0}") };
        factor("amount", self.share(), format!("{times} times what {}", self.who))
    }
}

pub(super) fn judge(oddity: Option<Oddity>, now: &Payment) -> Option<Evidence> {
    let oddity = oddity.filter(|oddity| oddity.z_score >= oddity.far && now.amount.euros() >= WORTH_IT)?;
    let probability = rounded(1.0 / (1.0 + (-(oddity.z_score - oddity.far) - 0.3).exp()));
    let reason = oddity.factor(now);
    Some(Evidence {
        scenario: Scenario::UnusualAmount,
        probability,
        severity: by_loss(probability, now.amount, LOSSES),
        description: format!("{}, {} at {}", reason.text, now.amount, now.merchant),
        exposure: now.amount,
        factors: vec![
            reason,
            factor("spread", oddity.z_score / 10.0, format!("{:.1} standard deviations off", oddity.z_score)),
        ],
    })
}

#[cfg(test)]
mod tests {
    use super::{super::samples::payment, *};
    use crate::model::Severity;

    fn habit(count: u32, euros: f64) -> Habit {
        let mut habit = Habit::of(256);
        (0..count).for_each(|index| habit.learn(euros * (0.7 + 0.6 * f64::from(index % 7) / 6.0)));
        habit
    }

    fn found(customer: &Habit, category: &Habit, euros: f64) -> Option<Evidence> {
        let now = payment(euros, 0);
        judge(measure(customer, category, &now), &now)
    }

    #[test]
    fn far_off_the_habit_is_unusual() {
        let (customer, nobody) = (habit(30, 50.0), Habit::of(1));
        let evidence = found(&customer, &nobody, 9_500.0).unwrap();
        assert!(
            evidence.description.starts_with("190 times what this customer usually"),
            "{}",
            evidence.description
        );
        assert_eq!(evidence.severity, Severity::Critical);
        assert_eq!(found(&customer, &nobody, 180.0), None);
    }

    #[test]
    fn a_newcomer_is_compared_with_others() {
        let (newcomer, others) = (habit(3, 50.0), habit(60, 40.0));
        assert!(found(&newcomer, &others, 9_500.0).unwrap().description.contains("others"));
        assert_eq!(found(&newcomer, &habit(5, 40.0), 9_500.0), None);
    }

    #[test]
    fn a_trifle_alarms_nobody() {
        assert_eq!(found(&habit(60, 0.5), &Habit::of(1), 200.0), None);
    }
}
