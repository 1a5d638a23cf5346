//! Prints each alert as a line, for a program without a screen.

use std::io::Write as _;

use vigie_core::desk::Desk;
use vigie_core::model::Alert;

/// As many alerts as are read at once.
const SLICE: u32 = 200;

/// Prints each alert that is stored from now on, once and not at each change, until the desk is gone.
pub async fn print(desk: Desk) {
    let mut changes = desk.overviews();
    let mut newest = desk.store().newest_alert().await.unwrap_or_default();
    loop {
        match desk.store().alerts_after(newest, SLICE).await {
            Ok(alerts) if alerts.is_empty() => {
                if changes.changed().await.is_err() {
                    return;
                }
            }
            Ok(alerts) => {
                for alert in &alerts {
                    newest = alert.id;
                    line(alert);
                }
            }
            Err(error) => {
                tracing::warn!(%error, "alerts could not be read to be printed");
                if changes.changed().await.is_err() {
                    return;
                }
            }
        }
    }
}

/// One alert: when, how bad, what. Whatever the server wrote, it stays one line.
fn line(alert: &Alert) {
    let time = jiff::Timestamp::from_millisecond(alert.occurred_at.0).unwrap_or_default();
    let what = [alert.facts.scenario.as_deref(), alert.facts.title.as_deref()];
    let what = what.into_iter().flatten().collect::<Vec<_>>().join(": ");
    let line =
        format!("{time} {:<8} {:<14} {}: {what}", alert.severity.word(), alert.state.word(), alert.subject);
    let clean: String = line.chars().filter(|c| !c.is_control()).collect();
    if let Err(error) = writeln!(std::io::stdout(), "{clean}") {
        tracing::warn!(%error, "an alert could not be printed");
    }
}
