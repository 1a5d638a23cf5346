//! What is sent, as JSON.

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    hub::News,
    model::{Alert, Channel, Factor, RiskMetrics, Scenario, Sequence, Severity, Status, Transaction},
    money::Money,
    wire::{decimal, milliseconds},
};

/// A transaction.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TransactionPayload<'a> {
    id: &'a str,
    customer_id: &'a str,
    customer_name: &'a str,
    bank: &'a str,
    merchant: &'a str,
    merchant_category: &'a str,
    #[serde(serialize_with = "decimal")]
    amount: Money,
    currency: &'static str,
    country: &'a str,
    city: &'a str,
    channel: Channel,
    #[serde(serialize_with = "milliseconds")]
    timestamp: Timestamp,
    risk_score: f64,
}

impl<'a> From<&'a Transaction> for TransactionPayload<'a> {
    fn from(transaction: &'a Transaction) -> Self {
        Self {
            id: &transaction.id,
            customer_id: &transaction.customer_id,
            customer_name: &transaction.customer_name,
            bank: &transaction.bank,
            merchant: &transaction.merchant,
            merchant_category: &transaction.merchant_category,
            amount: transaction.amount,
            currency: transaction.amount.currency.code(),
            country: &transaction.country,
            city: &transaction.city,
            channel: transaction.channel,
            timestamp: transaction.timestamp,
            risk_score: transaction.risk_score,
        }
    }
}

/// An alert.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AlertPayload<'a> {
    id: &'a str,
    transaction_id: &'a str,
    customer_id: &'a str,
    customer_name: &'a str,
    bank: &'a str,
    severity: Severity,
    #[serde(rename = "type")]
    scenario: Scenario,
    description: &'a str,
    fraud_probability: f64,
    status: Status,
    assigned_to: Option<&'a str>,
    #[serde(serialize_with = "decimal")]
    amount: Money,
    currency: &'static str,
    country: &'a str,
    merchant: &'a str,
    factors: &'a [Factor],
    #[serde(serialize_with = "milliseconds")]
    timestamp: Timestamp,
    #[serde(serialize_with = "milliseconds")]
    updated_at: Timestamp,
}

impl<'a> From<&'a Alert> for AlertPayload<'a> {
    fn from(alert: &'a Alert) -> Self {
        Self {
            id: &alert.id,
            transaction_id: &alert.transaction_id,
            customer_id: &alert.customer_id,
            customer_name: &alert.customer_name,
            bank: &alert.bank,
            severity: alert.severity,
            scenario: alert.scenario,
            description: &alert.description,
            fraud_probability: alert.fraud_probability,
            status: alert.status,
            assigned_to: alert.assigned_to.as_deref(),
            amount: alert.amount,
            currency: alert.amount.currency.code(),
            country: &alert.country,
            merchant: &alert.merchant,
            factors: &alert.factors,
            timestamp: alert.timestamp,
            updated_at: alert.updated_at,
        }
    }
}

/// The risk.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RiskPayload {
    total_transactions: u64,
    total_alerts: u64,
    open_alerts: u64,
    critical_alerts: u64,
    fraud_rate: f64,
    average_risk_score: f64,
    amount_at_risk: f64,
    #[serde(serialize_with = "milliseconds")]
    timestamp: Timestamp,
}

impl From<&RiskMetrics> for RiskPayload {
    fn from(metrics: &RiskMetrics) -> Self {
        Self {
            total_transactions: metrics.total_transactions,
            total_alerts: metrics.total_alerts,
            open_alerts: metrics.open_alerts,
            critical_alerts: metrics.critical_alerts,
            fraud_rate: metrics.fraud_rate,
            average_risk_score: metrics.average_risk_score,
            amount_at_risk: metrics.amount_at_risk,
            timestamp: metrics.timestamp,
        }
    }
}

/// A payload with its own number, as lists and answers have it.
#[derive(Serialize)]
pub(super) struct Numbered<T> {
    #[serde(flatten)]
    payload: T,
    sequence: Sequence,
}

impl<'a> From<&'a Transaction> for Numbered<TransactionPayload<'a>> {
    fn from(transaction: &'a Transaction) -> Self {
        Self { payload: transaction.into(), sequence: transaction.sequence }
    }
}

impl<'a> From<&'a Alert> for Numbered<AlertPayload<'a>> {
    fn from(alert: &'a Alert) -> Self {
        Self { payload: alert.into(), sequence: alert.sequence }
    }
}

#[derive(Serialize)]
#[serde(tag = "type", content = "payload", rename_all = "camelCase")]
enum Message<'a> {
    NewTransaction(TransactionPayload<'a>),
    FraudAlert(AlertPayload<'a>),
    RiskUpdate(RiskPayload),
}

#[derive(Serialize)]
struct Frame<'a> {
    #[serde(flatten)]
    message: Message<'a>,
    sequence: Sequence,
}

/// News as a frame of the WebSocket; another contract's words are no news here.
pub(crate) fn frame(news: &News) -> Result<String, serde_json::Error> {
    let message = match news {
        News::Transaction(transaction) => Message::NewTransaction(transaction.as_ref().into()),
        News::Alert(alert) => Message::FraudAlert(alert.as_ref().into()),
        News::Risk(metrics) => Message::RiskUpdate(metrics.as_ref().into()),
        News::Told(_) => return Err(serde::ser::Error::custom("another contract's words")),
    };
    serde_json::to_string(&Frame { message, sequence: news.sequence() })
}
