//! The figures of risk, kept up with every change instead of counted again.

use jiff::Timestamp;

use crate::{
    model::{Alert, RiskMetrics, Sequence, Severity},
    store::Standing,
};

/// What undecided alerts come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Undecided {
    alerts: u64,
    critical: u64,
    /// In cents of a euro: whole numbers do not drift.
    at_risk: i64,
}

impl Undecided {
    /// Counts an alert in.
    pub fn add(&mut self, alert: &Alert) {
        if !alert.status.is_final() {
            self.alerts += 1;
            self.critical += u64::from(alert.severity == Severity::Critical);
            self.at_risk += cents(alert);
        }
    }

    /// Counts an alert out, as it was when it was counted in.
    pub fn remove(&mut self, alert: &Alert) {
        if !alert.status.is_final() {
            self.alerts = self.alerts.saturating_sub(1);
            self.critical = self.critical.saturating_sub(u64::from(alert.severity == Severity::Critical));
            self.at_risk -= cents(alert);
        }
    }

    /// The figures.
    pub fn metrics(&self, standing: &Standing, sequence: Sequence, now: Timestamp) -> RiskMetrics {
        let of_all = |sum: f64| match standing.transactions {
            0 => 0.0,
            count => (sum / count as f64 * 10_000.0).round() / 10_000.0,
        };
        RiskMetrics {
            sequence,
            total_transactions: standing.transactions,
            total_alerts: standing.alerts,
            open_alerts: self.alerts,
            critical_alerts: self.critical,
            fraud_rate: of_all(standing.alerts as f64),
            average_risk_score: of_all(standing.risk_sum),
            amount_at_risk: self.at_risk as f64 / 100.0,
            timestamp: now,
        }
    }
}

fn cents(alert: &Alert) -> i64 {
    (alert.amount.euros() * 100.0).round() as i64
}
