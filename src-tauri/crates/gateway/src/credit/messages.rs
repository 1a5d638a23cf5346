//! What is sent, as JSON.

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    model::{Alert, Scenario, Severity},
    money::Money,
    wire::{decimal, isoformat},
};

/// The kinds of messages that the changes bring about.
pub(super) const CREDIT_ANALYSIS: &str = "credit_analysis";
pub(super) const RISK_SCORE_UPDATE: &str = "risk_score_update";
pub(super) const CALCULATION_PROGRESS: &str = "calculation_progress";
pub(super) const PORTFOLIO_UPDATE: &str = "portfolio_update";
pub(super) const MARKET_ALERT: &str = "market_alert";

/// A message with its type and its time.
#[derive(Serialize)]
pub(super) struct Stamped<'a, T> {
    #[serde(rename = "type")]
    pub kind: &'a str,
    #[serde(flatten)]
    pub content: T,
    #[serde(serialize_with = "isoformat")]
    pub timestamp: Timestamp,
}

#[derive(Serialize)]
pub(super) struct Analysis<'a> {
    pub user_id: &'a str,
    pub data: AnalysisData<'a>,
}

#[derive(Serialize)]
pub(super) struct AnalysisData<'a> {
    pub analysis_id: &'a str,
    pub customer_id: &'a str,
    pub customer_name: &'a str,
    /// 300 to 850.
    pub score: u32,
    /// 0 to 1.
    pub risk_score: f64,
    pub risk_level: &'static str,
    pub factors: [Factor; 3],
    pub recommendations: Vec<&'static str>,
}

#[derive(Serialize)]
pub(super) struct Factor {
    pub factor: &'static str,
    /// Points of the score.
    pub impact: f64,
    pub description: String,
}

#[derive(Serialize)]
pub(super) struct RiskScore<'a> {
    pub user_id: &'a str,
    pub customer_id: &'a str,
    pub customer_name: &'a str,
    pub risk_score: f64,
    pub previous: Option<f64>,
}

#[derive(Serialize)]
pub(super) struct Progress<'a> {
    pub user_id: &'a str,
    pub calculation_id: &'a str,
    /// In percent.
    pub progress: u32,
    pub step: &'static str,
}

#[derive(Serialize)]
pub(super) struct PortfolioUpdate {
    pub portfolio: Portfolio,
}

/// The payments of everybody. The amounts of a flattened message would lose their decimals; here they do not.
#[derive(Serialize)]
pub(super) struct Portfolio {
    pub portfolio_id: &'static str,
    #[serde(serialize_with = "decimal")]
    pub total_value: Money,
    pub currency: &'static str,
    pub change_percent: f64,
    pub transactions: u64,
}

#[derive(Serialize)]
pub(super) struct MarketAlert<'a> {
    pub alert: AlertItem<'a>,
}

#[derive(Serialize)]
pub(super) struct AlertItem<'a> {
    alert_id: &'a str,
    severity: Severity,
    category: Scenario,
    title: &'static str,
    description: &'a str,
    customer_id: &'a str,
    #[serde(serialize_with = "decimal")]
    amount: Money,
    currency: &'static str,
    country: &'a str,
    #[serde(serialize_with = "isoformat")]
    timestamp: Timestamp,
}

impl<'a> From<&'a Alert> for AlertItem<'a> {
    fn from(alert: &'a Alert) -> Self {
        Self {
            alert_id: &alert.id,
            severity: alert.severity,
            category: alert.scenario,
            title: match alert.scenario {
                Scenario::CardTesting => "Small payments try out a card",
                Scenario::Velocity => "Many payments in little time",
                Scenario::ImpossibleTravel => "In two places at once",
                Scenario::UnusualAmount => "An unusual amount",
                Scenario::Structuring => "Payments just below a limit",
            },
            description: &alert.description,
            customer_id: &alert.customer_id,
            amount: alert.amount,
            currency: alert.amount.currency.code(),
            country: &alert.country,
            timestamp: alert.timestamp,
        }
    }
}
