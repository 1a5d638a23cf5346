//! What the gateway speaks of: transactions, alerts and risk.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::money::Money;

/// The number of a change: every change to a transaction or an alert, and every new risk, has its own.
pub type Sequence = u64;

/// A key: a prefix and a number in base 32, without letters that look alike.
pub(crate) fn key(prefix: &str, number: u64) -> String {
    const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let places = (64 - number.leading_zeros()).div_ceil(5).max(1);
    let digits = (0..places).rev().map(|place| char::from(DIGITS[(number >> (5 * place)) as usize & 31]));
    format!("{prefix}-{}", digits.collect::<String>())
}

/// How a payment was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// With a card, in a shop.
    Card,
    /// On the web.
    Online,
    /// From account to account.
    Transfer,
    /// Cash from a machine.
    Atm,
}

impl Channel {
    /// Whether the customer, or the card, was there in person.
    pub fn in_person(self) -> bool {
        matches!(self, Self::Card | Self::Atm)
    }
}

/// A transaction to add; [`NewTransaction::check`] says what is acceptable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTransaction {
    /// The customer's key at the bank.
    pub customer_id: String,
    /// The customer's name.
    pub customer_name: String,
    /// The bank, as users name it.
    pub bank: String,
    /// Who was paid.
    pub merchant: String,
    /// What the merchant sells.
    pub merchant_category: String,
    /// How much.
    pub amount: Money,
    /// Where, as ISO 3166 alpha-2.
    pub country: String,
    /// Where, by name.
    pub city: String,
    /// How.
    pub channel: Channel,
    /// When; now, if it does not say.
    pub timestamp: Option<Timestamp>,
}

/// A stored transaction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Transaction {
    /// The change that added it.
    pub sequence: Sequence,
    /// Its key.
    pub id: String,
    /// The customer's key at the bank.
    pub customer_id: String,
    /// The customer's name.
    pub customer_name: String,
    /// The bank, as users name it.
    pub bank: String,
    /// Who was paid.
    pub merchant: String,
    /// What the merchant sells.
    pub merchant_category: String,
    /// How much.
    pub amount: Money,
    /// Where, as ISO 3166 alpha-2.
    pub country: String,
    /// Where, by name.
    pub city: String,
    /// How.
    pub channel: Channel,
    /// When.
    pub timestamp: Timestamp,
    /// How likely it is a fraud, 0 to 1.
    pub risk_score: f64,
}

impl Transaction {
    /// What becomes of a new transaction, before anybody has judged it.
    pub(crate) fn of(new: NewTransaction, sequence: Sequence, id: String, now: Timestamp) -> Self {
        Self {
            sequence,
            id,
            customer_id: new.customer_id,
            customer_name: new.customer_name,
            bank: new.bank,
            merchant: new.merchant,
            merchant_category: new.merchant_category,
            amount: new.amount,
            country: new.country,
            city: new.city,
            channel: new.channel,
            timestamp: new.timestamp.unwrap_or(now),
            risk_score: 0.0,
        }
    }
}

/// The pattern that an alert speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scenario {
    /// Small payments that try out whether a stolen card works.
    CardTesting,
    /// Many payments in very little time.
    Velocity,
    /// In two places at once.
    ImpossibleTravel,
    /// An amount that is far from what the customer usually spends.
    UnusualAmount,
    /// Payments kept just below a limit that has to be reported.
    Structuring,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth a look.
    Low,
    /// Worth a look today.
    Medium,
    /// Worth a look now.
    High,
    /// Money is going.
    Critical,
}

/// What the analysts have made of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nobody has looked yet.
    Open,
    /// Somebody is looking.
    Investigating,
    /// Handed to somebody else.
    Escalated,
    /// It was a fraud, and it is dealt with.
    Resolved,
    /// It was none.
    FalsePositive,
}

impl Status {
    /// Whether an analyst has decided and nothing is left to do.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Resolved | Self::FalsePositive)
    }
}

/// One reason for a judgement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Factor {
    /// What was measured.
    pub name: String,
    /// How much it counted, 0 to 1.
    pub weight: f64,
    /// The measure in words.
    pub text: String,
}

/// The current state of an alert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// The change that last touched it.
    pub sequence: Sequence,
    /// The change that raised it.
    pub added: Sequence,
    /// Its key.
    pub id: String,
    /// The transaction that raised it.
    pub transaction_id: String,
    /// The customer's key at the bank.
    pub customer_id: String,
    /// The customer's name.
    pub customer_name: String,
    /// The bank whose users see it.
    pub bank: String,
    /// How bad it is.
    pub severity: Severity,
    /// The pattern.
    pub scenario: Scenario,
    /// A sentence that says what happened.
    pub description: String,
    /// How likely it is a fraud, 0 to 1.
    pub fraud_probability: f64,
    /// What the analysts have made of it.
    pub status: Status,
    /// Who has it.
    pub assigned_to: Option<String>,
    /// What is at stake: the sum of the payments that it speaks of.
    pub amount: Money,
    /// Where the newest of them was made.
    pub country: String,
    /// Who received the newest of them.
    pub merchant: String,
    /// Why.
    pub factors: Vec<Factor>,
    /// When it was raised.
    pub timestamp: Timestamp,
    /// When it was last touched.
    pub updated_at: Timestamp,
    /// When its newest evidence came.
    pub last_evidence: Timestamp,
}

/// What an analyst changes about an alert. `None` leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlertChange {
    /// The new status.
    pub status: Option<Status>,
    /// The new holder; `Some(None)` takes it from whoever has it.
    pub assigned_to: Option<Option<String>>,
    /// The change of the alert that the analyst has seen: if it has changed since, nothing is done.
    pub expected_sequence: Option<Sequence>,
}

/// How things stand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RiskMetrics {
    /// The change that this is.
    pub sequence: Sequence,
    /// Transactions ever added.
    pub total_transactions: u64,
    /// Alerts ever raised.
    pub total_alerts: u64,
    /// Alerts that nobody has decided.
    pub open_alerts: u64,
    /// Those of them that are critical.
    pub critical_alerts: u64,
    /// Alerts for a transaction, 0 to 1.
    pub fraud_rate: f64,
    /// The mean risk of all transactions, 0 to 1.
    pub average_risk_score: f64,
    /// What undecided alerts put at stake, in euros at fixed reference rates.
    pub amount_at_risk: f64,
    /// When it was measured.
    pub timestamp: Timestamp,
}

/// How bad a risk score is, in a word.
pub(crate) fn risk_level(score: f64) -> &'static str {
    /// From here on, a payment is looked at first.
    const MEDIUM: f64 = 0.5;
    /// From here on, a payment is stopped.
    const HIGH: f64 = 0.85;
    match score {
        score if score >= HIGH => "high",
        score if score >= MEDIUM => "medium",
        _ => "low",
    }
}

/// Why a transaction cannot be added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTransaction {
    /// A text is missing or too long.
    #[error("{0} has to have 1 to {MAX_TEXT} characters")]
    Text(&'static str),
    /// The amount is not one that can be paid.
    #[error("amount has to be above zero and below {MAX_MINOR} minor units")]
    Amount,
    /// The country is no code.
    #[error("country has to be two capital letters, as in ISO 3166")]
    Country,
    /// The time has not come yet.
    #[error("timestamp lies in the future")]
    Future,
}

/// The longest name, in characters: longer than any that is printed on a card or a statement.
const MAX_TEXT: usize = 120;

/// The largest amount, in minor units: sums of a day's amounts still fit 64 bits, and a double's 53.
const MAX_MINOR: i64 = 1_000_000_000_000;

/// How far a sender's clock may be ahead.
const AHEAD: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);

impl NewTransaction {
    /// Whether this can be added now.
    pub fn check(&self, now: Timestamp) -> Result<(), InvalidTransaction> {
        let texts = [
            ("customerId", &self.customer_id),
            ("customerName", &self.customer_name),
            ("bank", &self.bank),
            ("merchant", &self.merchant),
            ("merchantCategory", &self.merchant_category),
            ("city", &self.city),
        ];
        for (name, text) in texts {
            if text.trim().is_empty() || text.chars().count() > MAX_TEXT {
                return Err(InvalidTransaction::Text(name));
            }
        }
        if !(1..=MAX_MINOR).contains(&self.amount.minor) {
            return Err(InvalidTransaction::Amount);
        }
        if self.country.len() != 2 || !self.country.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(InvalidTransaction::Country);
        }
        if self.timestamp.is_some_and(|at| at.duration_since(now) > AHEAD) {
            return Err(InvalidTransaction::Future);
        }
        Ok(())
    }
}
