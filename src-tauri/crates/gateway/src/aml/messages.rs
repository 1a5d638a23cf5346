//! What is sent, as JSON.

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    model::{Alert, Channel, Factor, Scenario, Sequence, Severity, Status, Transaction, risk_level},
    money::Money,
    wire::{decimal, isoformat},
};

/// A row of the transactions.
#[derive(Serialize)]
pub(super) struct TransactionRow<'a> {
    id: Sequence,
    customer_id: &'a str,
    #[serde(serialize_with = "decimal")]
    amount: Money,
    currency: &'static str,
    channel: Channel,
    country: &'a str,
    merchant_category: &'a str,
    #[serde(serialize_with = "isoformat")]
    occurred_at: Timestamp,
    customer_name: &'a str,
    risk_level: &'static str,
}

impl<'a> From<&'a Transaction> for TransactionRow<'a> {
    fn from(transaction: &'a Transaction) -> Self {
        Self {
            id: transaction.sequence,
            customer_id: &transaction.customer_id,
            amount: transaction.amount,
            currency: transaction.amount.currency.code(),
            channel: transaction.channel,
            country: &transaction.country,
            merchant_category: &transaction.merchant_category,
            occurred_at: transaction.timestamp,
            customer_name: &transaction.customer_name,
            risk_level: risk_level(transaction.risk_score),
        }
    }
}

/// A row of the alerts.
#[derive(Serialize)]
pub(super) struct AlertRow<'a> {
    id: Sequence,
    customer_id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    status: Status,
    severity: Severity,
    scenario: Scenario,
    details: Details<'a>,
    #[serde(serialize_with = "isoformat")]
    created_at: Timestamp,
}

#[derive(Serialize)]
struct Details<'a> {
    description: &'a str,
    fraud_probability: f64,
    transaction_id: &'a str,
    #[serde(serialize_with = "decimal")]
    amount: Money,
    currency: &'static str,
    country: &'a str,
    merchant: &'a str,
    customer_name: &'a str,
    factors: &'a [Factor],
}

impl<'a> From<&'a Alert> for AlertRow<'a> {
    fn from(alert: &'a Alert) -> Self {
        Self {
            id: alert.added,
            customer_id: &alert.customer_id,
            kind: "AML",
            status: alert.status,
            severity: alert.severity,
            scenario: alert.scenario,
            details: Details {
                description: &alert.description,
                fraud_probability: alert.fraud_probability,
                transaction_id: &alert.transaction_id,
                amount: alert.amount,
                currency: alert.amount.currency.code(),
                country: &alert.country,
                merchant: &alert.merchant,
                customer_name: &alert.customer_name,
                factors: &alert.factors,
            },
            created_at: alert.timestamp,
        }
    }
}
