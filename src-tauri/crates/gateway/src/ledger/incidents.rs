//! One alert for an episode: what a customer's evidence of one kind belongs to.

use std::collections::HashMap;

use jiff::SignedDuration;

use crate::{
    detection::Evidence,
    model::{Alert, Scenario, Sequence, Status, Transaction, key},
};

/// The episodes remembered: more than are ever going on at once.
const REMEMBERED: usize = 5_000;

/// How long an episode may be silent before the next evidence begins another one.
fn silence(scenario: Scenario) -> SignedDuration {
    match scenario {
        Scenario::Structuring => SignedDuration::from_hours(24),
        _ => SignedDuration::from_mins(30),
    }
}

/// The newest alert of each customer and scenario.
#[derive(Debug, Default)]
pub(super) struct Incidents(HashMap<(String, Scenario), Alert>);

impl Incidents {
    /// Remembers what an alert has become.
    pub fn remember(&mut self, alert: &Alert) {
        if self.0.len() >= REMEMBERED {
            let newest =
                self.0.values().map(|alert| alert.last_evidence).max().unwrap_or(alert.last_evidence);
            self.0.retain(|(_, scenario), alert| {
                newest.duration_since(alert.last_evidence) <= silence(*scenario)
            });
        }
        self.0.insert((alert.customer_id.clone(), alert.scenario), alert.clone());
    }

    /// Remembers what an analyst has made of an alert, if it is the newest of its kind.
    pub fn update(&mut self, alert: &Alert) {
        let known = self.0.get_mut(&(alert.customer_id.clone(), alert.scenario));
        if let Some(known) = known.filter(|known| known.id == alert.id) {
            known.clone_from(alert);
        }
    }

    /// The alert that this evidence raises, with a key of this number, or the one before it and what it becomes. `None`
    /// if an analyst has decided the episode, and this is no worse than what they knew.
    pub fn alert(
        &self,
        evidence: Evidence,
        transaction: &Transaction,
        number: Sequence,
    ) -> Option<(Option<Alert>, Alert)> {
        let going_on = self.0.get(&(transaction.customer_id.clone(), evidence.scenario)).filter(|alert| {
            transaction.timestamp.duration_since(alert.last_evidence).abs() <= silence(alert.scenario)
        });
        match going_on {
            Some(before) if before.status.is_final() => {
                let worse = evidence.severity > before.severity;
                worse.then(|| (None, raised(evidence, transaction, number)))
            }
            Some(before) => Some((Some(before.clone()), continued(before.clone(), evidence, transaction))),
            None => Some((None, raised(evidence, transaction, number))),
        }
    }
}

fn raised(evidence: Evidence, transaction: &Transaction, number: Sequence) -> Alert {
    Alert {
        // The writer numbers every change itself.
        sequence: 0,
        added: 0,
        id: key("AL", number),
        transaction_id: transaction.id.clone(),
        customer_id: transaction.customer_id.clone(),
        customer_name: transaction.customer_name.clone(),
        bank: transaction.bank.clone(),
        severity: evidence.severity,
        scenario: evidence.scenario,
        description: evidence.description,
        fraud_probability: evidence.probability,
        status: Status::Open,
        assigned_to: None,
        amount: evidence.exposure,
        country: transaction.country.clone(),
        merchant: transaction.merchant.clone(),
        factors: evidence.factors,
        timestamp: transaction.timestamp,
        updated_at: transaction.timestamp,
        last_evidence: transaction.timestamp,
    }
}

/// An alert speaks of the worst that was seen, and never becomes more harmless by itself.
fn continued(mut alert: Alert, evidence: Evidence, transaction: &Transaction) -> Alert {
    if evidence.probability >= alert.fraud_probability {
        alert.fraud_probability = evidence.probability;
        alert.description = evidence.description;
        alert.amount = evidence.exposure;
        alert.factors = evidence.factors;
    }
    alert.severity = alert.severity.max(evidence.severity);
    alert.country.clone_from(&transaction.country);
    alert.merchant.clone_from(&transaction.merchant);
    alert.last_evidence = alert.last_evidence.max(transaction.timestamp);
    alert.updated_at = alert.updated_at.max(transaction.timestamp);
    alert
}
