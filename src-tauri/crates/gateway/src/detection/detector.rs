//! What is remembered of the stream, and the judgement of what comes next.

use std::collections::HashMap;

use super::{Evidence, Payment, card_testing, factor, habit::Habit, rounded, structuring, travel};
use super::{unusual_amount, velocity};
use crate::model::{Factor, Transaction};

/// The payments remembered of a customer: what the longest pattern needs.
pub(crate) const CUSTOMER_REMEMBERED: usize = 48;

/// The amounts remembered of a merchant's category.
pub(crate) const CATEGORY_REMEMBERED: usize = 256;

/// The customers remembered, the newest ones: about 50 MB when each has paid as often as is remembered.
const CUSTOMERS: usize = 10_000;

/// The categories remembered: senders name them as they like.
const CATEGORIES: usize = 500;

/// Risk from which an amount is not learnt: a fraud is not a habit.
const SUSPICIOUS: f64 = 0.5;

/// The risk of any payment at all.
const LEAST_RISK: f64 = 0.02;

/// What an amount adds to it that is large, but not unusual.
const LARGE_RISK: f64 = 0.2;

/// What another country adds to it.
const ABROAD_RISK: f64 = 0.08;

/// What the rules make of a payment.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Judgement {
    /// How likely it is a fraud, 0 to 1.
    pub risk: f64,
    /// What the rules have found.
    pub evidence: Vec<Evidence>,
    /// What was measured, found or not.
    pub factors: Vec<Factor>,
}

#[derive(Debug)]
struct Customer {
    payments: Vec<Payment>,
    habit: Habit,
    last_seen: u64,
}

/// The detector: bounded, and made anew from the newest transactions after a restart.
#[derive(Debug, Default)]
pub(crate) struct Detector {
    customers: HashMap<String, Customer>,
    categories: HashMap<String, Habit>,
    seen: u64,
}

impl Detector {
    /// Judges a transaction by what came before it.
    pub fn judge(&self, transaction: &Transaction) -> Judgement {
        let now = Payment::from(transaction);
        let customer = self.customers.get(&transaction.customer_id);
        let past = customer.map_or(&[][..], |customer| &customer.payments);
        let (stranger, unheard_of) = (Habit::of(0), Habit::of(0));
        let oddity = unusual_amount::measure(
            customer.map_or(&stranger, |customer| &customer.habit),
            self.categories.get(&transaction.merchant_category).unwrap_or(&unheard_of),
            &now,
        );
        let evidence: Vec<_> = [
            card_testing::judge(past, &now),
            velocity::judge(past, &now),
            travel::judge(past, &now),
            structuring::judge(past, &now),
            unusual_amount::judge(oddity, &now),
        ]
        .into_iter()
        .flatten()
        .collect();

        let at_home = past.iter().filter(|payment| payment.country == now.country).count();
        let abroad = past.len() >= 3 && at_home * 3 < past.len();
        let mut factors: Vec<Factor> =
            evidence.iter().flat_map(|evidence| evidence.factors.iter().cloned()).collect();
        if let Some(oddity) = oddity.filter(|_| factors.iter().all(|factor| factor.name != "amount")) {
            factors.push(oddity.factor(&now));
        }
        if abroad {
            let text = format!("{at_home} of the last {} payments were made there", past.len());
            factors.push(factor("country", ABROAD_RISK, text));
        }
        let everyday = LEAST_RISK
            + LARGE_RISK * oddity.map_or(0.0, |oddity| oddity.share().powi(2))
            + if abroad { ABROAD_RISK } else { 0.0 };
        // Independent reasons: it is none only if none of them is right.
        let innocent = evidence.iter().fold(1.0 - everyday, |left, found| left * (1.0 - found.probability));
        Judgement { risk: rounded(1.0 - innocent), evidence, factors }
    }

    /// Remembers a transaction; its risk says whether its amount is a habit.
    pub fn remember(&mut self, transaction: &Transaction) {
        self.seen += 1;
        if self.customers.len() >= CUSTOMERS && !self.customers.contains_key(&transaction.customer_id) {
            self.forget_customers();
        }
        let customer = self.customers.entry(transaction.customer_id.clone()).or_insert_with(|| Customer {
            payments: Vec::new(),
            habit: Habit::of(CUSTOMER_REMEMBERED),
            last_seen: 0,
        });
        customer.last_seen = self.seen;
        if customer.payments.len() == CUSTOMER_REMEMBERED {
            customer.payments.remove(0);
        }
        let payment = Payment::from(transaction);
        let euros = transaction.amount.euros();
        let is_small = payment.is_small();
        customer.payments.push(payment);
        if transaction.risk_score >= SUSPICIOUS || is_small {
            return;
        }
        customer.habit.learn(euros);
        if self.categories.len() < CATEGORIES || self.categories.contains_key(&transaction.merchant_category)
        {
            let category = self.categories.entry(transaction.merchant_category.clone());
            category.or_insert_with(|| Habit::of(CATEGORY_REMEMBERED)).learn(euros);
        }
    }

    /// Remembers what a merchant's category usually costs, and nothing of who bought there.
    pub fn remember_category(&mut self, transaction: &Transaction) {
        if transaction.risk_score < SUSPICIOUS && !Payment::from(transaction).is_small() {
            let category = self.categories.entry(transaction.merchant_category.clone());
            let habit = category.or_insert_with(|| Habit::of(CATEGORY_REMEMBERED));
            habit.learn(transaction.amount.euros());
        }
    }

    /// Forgets the half of the customers that has not been seen for longest.
    fn forget_customers(&mut self) {
        let mut seen: Vec<u64> = self.customers.values().map(|customer| customer.last_seen).collect();
        let half = seen.len() / 2;
        let (_, middle, _) = seen.select_nth_unstable(half);
        let middle = *middle;
        self.customers.retain(|_, customer| customer.last_seen >= middle);
    }
}
