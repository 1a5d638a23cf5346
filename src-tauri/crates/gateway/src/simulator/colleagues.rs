//! What the team has done with the alerts of the past, so that nobody begins with a day of them.

use jiff::{SignedDuration, Timestamp};
use rand::{RngExt as _, seq::IndexedRandom as _};

use super::{Purpose, random};
use crate::{
    backend::Backend,
    ledger::LedgerError,
    model::{Alert, AlertChange, Severity, Status},
};

/// The team.
const NAMES: [&str; 4] = ["m.rossi", "a.keller", "s.okafor", "j.lindqvist"];

/// Who gets what is escalated.
const LEAD: &str = "lead";

/// Alerts younger than this are still open.
const FRESH: SignedDuration = SignedDuration::from_mins(15);

/// Alerts older than this are nearly all decided.
const OLD: SignedDuration = SignedDuration::from_mins(90);

/// Minutes until somebody has looked at an alert.
const MINUTES: std::ops::Range<i64> = 3..45;

/// The alerts read at once.
const PIECE: u32 = 500;

/// Works off the alerts that there are.
pub(super) async fn work_off(seed: u64, backend: &Backend, now: Timestamp) -> Result<(), LedgerError> {
    let end = backend.store.standing().await?.sequence;
    let mut since = 0;
    loop {
        let page = backend.store.alerts(Some(since), PIECE, None).await?;
        let before: Vec<_> = page.items.iter().filter(|alert| alert.sequence <= end).collect();
        for (alert, number) in before.iter().zip(since..) {
            if let Some((change, at)) = decide(seed, number, alert, now) {
                backend.ledger.change_at(alert.id.clone(), change, None, Some(at)).await?;
            }
        }
        since = page.sequence;
        // What was just changed has moved behind the end.
        if !page.more || before.len() < page.items.len() {
            return Ok(());
        }
    }
}

/// What somebody has done with an alert, and when.
fn decide(seed: u64, number: u64, alert: &Alert, now: Timestamp) -> Option<(AlertChange, Timestamp)> {
    let age = now.duration_since(alert.last_evidence);
    if age < FRESH {
        return None;
    }
    let mut random = random(seed, Purpose::Colleague, number);
    let name = NAMES.choose(&mut random).copied().unwrap_or(LEAD);
    let (decided, looked_at) = if age >= OLD { (0.85, 0.98) } else { (0.5, 0.8) };
    // What looks worse is less often harmless.
    let real = if alert.severity >= Severity::High { 0.9 } else { 0.5 };
    let (status, name) = match random.random::<f64>() {
        chance if chance < decided * real => (Status::Resolved, name),
        chance if chance < decided => (Status::FalsePositive, name),
        chance if chance < (decided + looked_at) / 2.0 => (Status::Investigating, name),
        chance if chance < looked_at => (Status::Escalated, LEAD),
        _ => return None,
    };
    let at = alert.last_evidence + SignedDuration::from_mins(random.random_range(MINUTES));
    let change =
        AlertChange { status: Some(status), assigned_to: Some(Some(name.to_owned())), ..Default::default() };
    Some((change, at.min(now)))
}
