//! Detection: what the stream of payments looks like to somebody who does not know what is wrong with it.
//!
//! Each rule is a pure function of a payment and those that the customer made before it.

mod card_testing;
mod detector;
mod habit;
mod structuring;
mod travel;
mod unusual_amount;
mod velocity;

use jiff::Timestamp;

pub(crate) use detector::{CATEGORY_REMEMBERED, CUSTOMER_REMEMBERED, Detector, Judgement};

use crate::{
    model::{Channel, Factor, Scenario, Severity, Transaction},
    money::Money,
    places::Place,
};

/// Payments up to this many euros are small: nothing is bought with them, but a card is tried out.
const SMALL_EUROS: f64 = 5.0;

/// A payment, as the rules see it.
#[derive(Debug, Clone)]
pub(crate) struct Payment {
    at: Timestamp,
    amount: Money,
    channel: Channel,
    country: [u8; 2],
    place: Option<&'static Place>,
    merchant: Box<str>,
}

impl From<&Transaction> for Payment {
    fn from(transaction: &Transaction) -> Self {
        let mut country = [b' '; 2];
        country.iter_mut().zip(transaction.country.bytes()).for_each(|(to, byte)| *to = byte);
        Self {
            at: transaction.timestamp,
            amount: transaction.amount,
            channel: transaction.channel,
            country,
            place: Place::find(&transaction.city, &transaction.country),
            merchant: transaction.merchant.as_str().into(),
        }
    }
}

impl Payment {
    fn is_small(&self) -> bool {
        self.amount.euros() <= SMALL_EUROS
    }

    /// Seconds between an earlier payment and this one. Payments may arrive late, so that either can be the older.
    fn seconds_after(&self, earlier: &Self) -> f64 {
        self.at.duration_since(earlier.at).as_secs_f64().abs()
    }
}

/// What a rule has found.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Evidence {
    pub scenario: Scenario,
    /// How likely it is a fraud, 0 to 1.
    pub probability: f64,
    pub severity: Severity,
    /// A sentence that says what happened.
    pub description: String,
    /// The sum of the payments that it speaks of.
    pub exposure: Money,
    pub factors: Vec<Factor>,
}

/// One reason, weighed.
fn factor(name: &str, weight: f64, text: String) -> Factor {
    Factor { name: name.to_owned(), weight: rounded(weight), text }
}

/// A share between 0 and 0.99, to four decimals: a rule is never certain, and more decimals would pretend so.
fn rounded(share: f64) -> f64 {
    (share.clamp(0.0, 0.99) * 10_000.0).round() / 10_000.0
}

/// How bad a loss is that comes with this probability, against the least of a medium, a high and a critical one.
fn by_loss(probability: f64, exposure: Money, [medium, high, critical]: [f64; 3]) -> Severity {
    match probability * exposure.euros() {
        loss if loss >= critical => Severity::Critical,
        loss if loss >= high => Severity::High,
        loss if loss >= medium => Severity::Medium,
        _ => Severity::Low,
    }
}

/// The sum of those amounts that are in the currency of `now`, which comes with them.
fn sum<'a>(now: &Payment, others: impl Iterator<Item = &'a Payment>) -> Money {
    let same = others.filter(|other| other.amount.currency == now.amount.currency);
    let minor = same.fold(now.amount.minor, |sum, other| sum.saturating_add(other.amount.minor));
    Money::new(minor, now.amount.currency)
}

/// A duration as one says it: `40 seconds`, `3 minutes`, `2 hours`.
fn spoken(seconds: f64) -> String {
    let (count, unit) = match seconds {
        s if s < 90.0 => (s.max(1.0), "second"),
        s if s < 90.0 * 60.0 => (s / 60.0, "minute"),
        s => (s / 3600.0, "hour"),
    };
    let count = count.round() as u64;
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod samples {
    use super::*;
    use crate::money::Currency;

    /// A payment of so many euros, so many seconds after noon.
    pub fn payment(euros: f64, second: i64) -> Payment {
        Payment {
            at: Timestamp::from_second(1_790_000_000 + second).unwrap(),
            amount: Money::from_euros(euros, Currency::of("EUR").unwrap()),
            channel: Channel::Online,
            country: *b"FR",
            place: Place::find("Paris", "FR"),
            merchant: "Maison Verte".into(),
        }
    }
}
