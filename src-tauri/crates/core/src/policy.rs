//! The policy decides what is announced and how. It is pure: the same alerts in the same situation give the same
//! decisions.

use std::collections::HashSet;

use crate::model::{AlertId, Severity, SourceId};
use crate::settings::{Rule, Then, decided};
use crate::store::Pending;

/// What comes through whatever the analyst has paused.
pub const PIERCES_FROM: Severity = Severity::Critical;

/// The situation to decide in.
#[derive(Debug, Clone, PartialEq)]
pub struct Situation {
    /// Whether the analyst has paused notifications, or it is quiet by the hours that are set.
    pub paused: bool,
    /// How bad an alert has to be to be announced; a critical one always is.
    pub from: Severity,
    /// What is announced and what is not before severity decides: the first that holds.
    pub rules: Vec<Rule>,
    /// Sources that are catching up: their digest waits until they have, or until that has taken too long.
    pub catching_up: HashSet<SourceId>,
}

impl Default for Situation {
    fn default() -> Self {
        Self { paused: false, from: Severity::High, rules: Vec::new(), catching_up: HashSet::new() }
    }
}

/// What to do with pending alerts. An alert in no list stays pending.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Each gets a notification of its own.
    pub alone: Vec<AlertId>,
    /// Announced together, in one notification.
    pub digest: Vec<(AlertId, Severity)>,
    /// Not announced, and why.
    pub quiet: Vec<(AlertId, Quiet)>,
    /// Kept for the digest after the pause.
    pub held: Vec<AlertId>,
    /// Kept for the digest after the snooze of their customer or scenario.
    pub snoozed: Vec<AlertId>,
}

/// Why an alert is not announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quiet {
    /// Somebody has dealt with it.
    Closed,
    /// The analyst has seen it.
    Acknowledged,
    /// A rule wants it so.
    Rule,
    /// It is not bad enough.
    BelowLevel,
    /// It was announced before, and is no worse.
    Known,
}

impl Quiet {
    /// Why this alert is not announced, whatever the situation; `None` where it is.
    fn of(alert: &Pending, situation: &Situation) -> Option<Self> {
        let is_known = alert.announced.is_some_and(|announced| announced >= alert.severity);
        if alert.closed {
            Some(Self::Closed)
        } else if alert.acknowledged {
            Some(Self::Acknowledged)
        } else if alert.woken {
            // The analyst has asked to be told of it again.
            None
        } else if is_known {
            Some(Self::Known)
        } else if alert.severity >= PIERCES_FROM {
            None
        } else {
            match decided(&situation.rules, &alert.traits) {
                Some(Then::Announce) => None,
                Some(Then::Silent) => Some(Self::Rule),
                None => (alert.severity < situation.from).then_some(Self::BelowLevel),
            }
        }
    }
}

impl Plan {
    /// Whether nothing is decided.
    pub const fn is_empty(&self) -> bool {
        self.alone.is_empty()
            && self.digest.is_empty()
            && self.quiet.is_empty()
            && self.held.is_empty()
            && self.snoozed.is_empty()
    }
}

/// Decides on pending alerts.
pub fn plan(pending: &[Pending], situation: &Situation) -> Plan {
    let mut plan = Plan::default();
    for alert in pending {
        let severity = alert.severity;
        if let Some(why) = Quiet::of(alert, situation) {
            plan.quiet.push((alert.id, why));
        } else if situation.paused && severity < PIERCES_FROM {
            if !alert.away {
                plan.held.push(alert.id);
            }
        } else if alert.snoozed && severity < PIERCES_FROM {
            if !alert.away {
                plan.snoozed.push(alert.id);
            }
        } else if !alert.away {
            plan.alone.push(alert.id);
        } else if !situation.catching_up.contains(&alert.source) {
            plan.digest.push((alert.id, severity));
        }
    }
    plan
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Kind, Time, Traits};

    const BANK: SourceId = SourceId(1);

    fn alert(id: AlertId, severity: Severity) -> Pending {
        Pending {
            id,
            source: BANK,
            read_at: Time(0),
            traits: traits(severity),
            severity,
            closed: false,
            acknowledged: false,
            away: false,
            announced: None,
            snoozed: false,
            woken: false,
            change: 1,
        }
    }

    fn traits(severity: Severity) -> Traits {
        Traits {
            kind: Kind::Alert,
            source: "Retail".into(),
            severity: Some(severity),
            amount: None,
            scenario: Some("card_testing".into()),
            words: "lyon".into(),
        }
    }

    #[test]
    fn high_and_critical_alerts_are_announced_each_by_itself() {
        let pending = [
            alert(1, Severity::Low),
            alert(2, Severity::Medium),
            alert(3, Severity::High),
            alert(4, Severity::Critical),
        ];
        let plan = plan(&pending, &Situation::default());
        assert_eq!(
            (plan.alone, plan.quiet),
            (vec![3, 4], vec![(1, Quiet::BelowLevel), (2, Quiet::BelowLevel)])
        );
    }

    #[test]
    fn the_least_severity_that_is_announced_can_be_set_and_critical_ones_always_are() {
        let pending = [alert(1, Severity::Low), alert(2, Severity::High), alert(3, Severity::Critical)];
        let from = |from| plan(&pending, &Situation { from, ..Situation::default() }).alone;
        assert_eq!(from(Severity::Low), [1, 2, 3]);
        assert_eq!(from(Severity::Critical), [3]);
    }

    #[test]
    fn a_rule_announces_what_is_not_bad_enough_and_keeps_quiet_about_all_but_critical_alerts() {
        let pending = [alert(1, Severity::Low), alert(2, Severity::High), alert(3, Severity::Critical)];
        let with = |then| {
            let rule = Rule { then, scenario: Some("card_testing".into()), ..Rule::default() };
            plan(&pending, &Situation { rules: vec![rule], ..Situation::default() })
        };
        assert_eq!(with(Then::Announce).alone, [1, 2, 3]);
        let silent = with(Then::Silent);
        assert_eq!((silent.alone, silent.quiet), (vec![3], vec![(1, Quiet::Rule), (2, Quiet::Rule)]));
    }

    #[test]
    fn what_somebody_has_dealt_with_is_not_announced() {
        let closed = Pending { closed: true, ..alert(1, Severity::Critical) };
        let seen = Pending { acknowledged: true, ..alert(2, Severity::Critical) };
        let quiet = plan(&[closed, seen], &Situation::default()).quiet;
        assert_eq!(quiet, [(1, Quiet::Closed), (2, Quiet::Acknowledged)]);
    }

    #[test]
    fn an_alert_is_announced_again_only_when_it_got_worse() {
        let known = Pending { announced: Some(Severity::High), ..alert(1, Severity::High) };
        let worse = Pending { announced: Some(Severity::High), ..alert(2, Severity::Critical) };
        let plan = plan(&[known, worse], &Situation::default());
        assert_eq!((plan.quiet, plan.alone), (vec![(1, Quiet::Known)], vec![2]));
    }

    #[test]
    fn what_was_missed_is_one_digest_once_it_has_all_been_fetched() {
        let missed = [Severity::High, Severity::Critical]
            .map(|severity| Pending { away: true, ..alert(severity.rank(), severity) });
        let catching_up = Situation { catching_up: HashSet::from([BANK]), ..Situation::default() };
        assert!(plan(&missed, &catching_up).is_empty());
        let after = plan(&missed, &Situation::default());
        assert_eq!(after.digest, [(2, Severity::High), (3, Severity::Critical)]);
    }

    #[test]
    fn a_pause_holds_high_alerts_for_the_digest_after_it_and_no_critical_one() {
        let paused = Situation { paused: true, ..Situation::default() };
        let plan_now = plan(&[alert(1, Severity::High), alert(2, Severity::Critical)], &paused);
        assert_eq!((plan_now.held, plan_now.alone), (vec![1], vec![2]));
        let held = [Pending { away: true, ..alert(1, Severity::High) }];
        assert!(plan(&held, &paused).is_empty());
        assert_eq!(plan(&held, &Situation::default()).digest, [(1, Severity::High)]);
    }

    #[test]
    fn what_comes_of_a_snoozed_customer_waits_for_the_digest_after_it_unless_it_is_critical() {
        let snoozed = |severity: Severity| Pending { snoozed: true, ..alert(severity.rank(), severity) };
        let plan_now = plan(&[snoozed(Severity::High), snoozed(Severity::Critical)], &Situation::default());
        assert_eq!((plan_now.snoozed, plan_now.alone), (vec![2], vec![3]));
        let waits = [Pending { away: true, ..snoozed(Severity::High) }];
        assert!(plan(&waits, &Situation::default()).is_empty());
        let after = waits.map(|waits| Pending { snoozed: false, ..waits });
        assert_eq!(plan(&after, &Situation::default()).digest, [(2, Severity::High)]);
    }

    #[test]
    fn an_alert_that_comes_back_from_its_snooze_is_told_of_again_however_bad_unless_it_was_dealt_with() {
        let announced = Some(Severity::High);
        let woken = Pending { woken: true, away: true, announced, ..alert(1, Severity::High) };
        let minor = Pending { woken: true, away: true, ..alert(2, Severity::Low) };
        let dealt_with = Pending { closed: true, ..woken.clone() };
        let plan = plan(&[woken, minor, dealt_with], &Situation::default());
        assert_eq!(plan.digest, [(1, Severity::High), (2, Severity::Low)]);
        assert_eq!(plan.quiet, [(1, Quiet::Closed)]);
    }
}
