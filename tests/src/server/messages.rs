//! What a Big Defend server says.

/// A `newTransaction` frame.
pub fn transaction(id: u32) -> String {
    format!(
        r#"{{"type":"newTransaction","sequence":{id},"payload":{{"id":"t-{id}","amount":12.50,"currency":"EUR",
            "customerName":"Ada Lovelace","timestamp":"2026-01-01T00:00:00Z"}}}}"#
    )
}

/// A `fraudAlert` frame.
pub fn alert(id: u32, severity: &str) -> String {
    alert_version(id, severity, "open", 0)
}

/// A later version of a `fraudAlert` frame: `minute` is when it was changed.
pub fn alert_version(id: u32, severity: &str, status: &str, minute: u32) -> String {
    format!(
        r#"{{"type":"fraudAlert","sequence":{},"payload":{{"id":"a-{id}","transactionId":"t-{id}",
            "severity":"{severity}","type":"card_testing","description":"Card testing: 14 small payments",
            "fraudProbability":0.93,"status":"{status}","assignedTo":null,"customerName":"Ada Lovelace",
            "amount":12.50,"currency":"EUR","timestamp":"2026-01-01T00:00:00Z",
            "updatedAt":"2026-01-01T00:{minute:02}:00Z"}}}}"#,
        1_000 + id * 10 + minute
    )
}
