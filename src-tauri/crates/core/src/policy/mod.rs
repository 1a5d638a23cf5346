//! The policy decides what is announced and how. It is pure: the same alerts in the same situation give the same
//! decisions.
//!
//! A critical alert that arrives as news always comes by itself, whatever is set, paused or snoozed, and however many
//! there are. One that was missed (it arrived while its source caught up, it comes back from a snooze, or its
//! notification could not be shown) is in the digest of what was missed, which counts the critical ones and names the
//! worst: that is announced.

mod sound;
mod storm;
mod wait;

use std::collections::HashSet;
use std::time::Duration;

use crate::model::{AlertId, Severity, SourceId};
use crate::settings::{Rule, Then, decided};
use crate::store::Pending;

pub use sound::{Sound, Sounds};
pub use storm::{CALM_AFTER, Storms};
pub use wait::Wait;

/// What comes through whatever the analyst has paused.
pub const PIERCES_FROM: Severity = Severity::Critical;

/// The situation to decide in.
#[derive(Debug, Clone, PartialEq)]
pub struct Situation {
    /// When it is, by `Clock::elapsed`.
    pub now: Duration,
    /// Whether the analyst has paused notifications, or it is quiet by the hours that are set.
    pub hushed: Option<Wait>,
    /// How bad an alert has to be to be announced; a critical one always is.
    pub from: Severity,
    /// What is announced and what is not before severity decides: the first that holds.
    pub rules: Vec<Rule>,
    /// Sources that are catching up: their digest waits until they have, or until that has taken too long.
    pub catching_up: HashSet<SourceId>,
}

impl Default for Situation {
    fn default() -> Self {
        Self {
            now: Duration::ZERO,
            hushed: None,
            from: Severity::High,
            rules: Vec::new(),
            catching_up: HashSet::new(),
        }
    }
}

/// What to do with pending alerts. An alert in no list stays pending.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Each gets a notification of its own.
    pub alone: Vec<AlertId>,
    /// Announced together, in the notification of a storm.
    pub storm: Vec<AlertId>,
    /// Announced together, in the notification of what was missed, and why each has waited for it.
    pub digest: Vec<(AlertId, Wait)>,
    /// Not announced, and why.
    pub quiet: Vec<(AlertId, Quiet)>,
    /// Kept for a digest, and why.
    pub held: Vec<(AlertId, Wait)>,
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
            && self.storm.is_empty()
            && self.digest.is_empty()
            && self.quiet.is_empty()
            && self.held.is_empty()
    }
}

/// Decides on pending alerts.
pub fn plan(pending: &[Pending], situation: &Situation, storms: &mut Storms) -> Plan {
    let mut plan = Plan::default();
    for alert in pending {
        let is_held_back = alert.severity < PIERCES_FROM;
        let snooze = alert.snoozed.then_some(Wait::Snooze);
        if let Some(why) = Quiet::of(alert, situation) {
            plan.quiet.push((alert.id, why));
        } else if let Some(why) = situation.hushed.or(snooze).filter(|_| is_held_back) {
            if alert.away.is_none() {
                plan.held.push((alert.id, why));
            }
        } else if let Some(why) = alert.away {
            if !situation.catching_up.contains(&alert.source) {
                plan.digest.push((alert.id, why));
            }
        } else if is_held_back && storms.joins(alert.source, situation.now) {
            plan.storm.push(alert.id);
        } else {
            plan.alone.push(alert.id);
        }
    }
    plan
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Kind, Time, Traits};

    const BANK: SourceId = SourceId(1);

    fn decide(pending: &[Pending], situation: &Situation) -> Plan {
        plan(pending, situation, &mut Storms::default())
    }

    fn alert(id: AlertId, severity: Severity) -> Pending {
        Pending {
            id,
            source: BANK,
            read_at: Time(0),
            traits: traits(severity),
            severity,
            closed: false,
            acknowledged: false,
            away: None,
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
        let plan = decide(&pending, &Situation::default());
        assert_eq!(
            (plan.alone, plan.quiet),
            (vec![3, 4], vec![(1, Quiet::BelowLevel), (2, Quiet::BelowLevel)])
        );
    }

    #[test]
    fn the_least_severity_that_is_announced_can_be_set_and_critical_ones_always_are() {
        let pending = [alert(1, Severity::Low), alert(2, Severity::High), alert(3, Severity::Critical)];
        let from = |from| decide(&pending, &Situation { from, ..Situation::default() }).alone;
        assert_eq!(from(Severity::Low), [1, 2, 3]);
        assert_eq!(from(Severity::Critical), [3]);
    }

    #[test]
    fn a_rule_announces_what_is_not_bad_enough_and_keeps_quiet_about_all_but_critical_alerts() {
        let pending = [alert(1, Severity::Low), alert(2, Severity::High), alert(3, Severity::Critical)];
        let with = |then| {
            let rule = Rule { then, scenario: Some("card_testing".into()), ..Rule::default() };
            decide(&pending, &Situation { rules: vec![rule], ..Situation::default() })
        };
        assert_eq!(with(Then::Announce).alone, [1, 2, 3]);
        let silent = with(Then::Silent);
        assert_eq!((silent.alone, silent.quiet), (vec![3], vec![(1, Quiet::Rule), (2, Quiet::Rule)]));
    }

    #[test]
    fn what_somebody_has_dealt_with_is_not_announced() {
        let closed = Pending { closed: true, ..alert(1, Severity::Critical) };
        let seen = Pending { acknowledged: true, ..alert(2, Severity::Critical) };
        let quiet = decide(&[closed, seen], &Situation::default()).quiet;
        assert_eq!(quiet, [(1, Quiet::Closed), (2, Quiet::Acknowledged)]);
    }

    #[test]
    fn an_alert_is_announced_again_only_when_it_got_worse() {
        let known = Pending { announced: Some(Severity::High), ..alert(1, Severity::High) };
        let worse = Pending { announced: Some(Severity::High), ..alert(2, Severity::Critical) };
        let plan = decide(&[known, worse], &Situation::default());
        assert_eq!((plan.quiet, plan.alone), (vec![(1, Quiet::Known)], vec![2]));
    }

    #[test]
    fn what_was_missed_is_one_digest_once_it_has_all_been_fetched() {
        let missed = [Severity::High, Severity::Critical]
            .map(|severity| Pending { away: Some(Wait::CatchingUp), ..alert(severity.rank(), severity) });
        let catching_up = Situation { catching_up: HashSet::from([BANK]), ..Situation::default() };
        assert!(decide(&missed, &catching_up).is_empty());
        let after = decide(&missed, &Situation::default());
        assert_eq!(after.digest, [(2, Wait::CatchingUp), (3, Wait::CatchingUp)]);
    }

    #[test]
    fn a_pause_holds_high_alerts_for_the_digest_after_it_and_no_critical_one() {
        let paused = Situation { hushed: Some(Wait::Pause), ..Situation::default() };
        let plan_now = decide(&[alert(1, Severity::High), alert(2, Severity::Critical)], &paused);
        assert_eq!((plan_now.held, plan_now.alone), (vec![(1, Wait::Pause)], vec![2]));
        let held = [Pending { away: Some(Wait::Pause), ..alert(1, Severity::High) }];
        assert!(decide(&held, &paused).is_empty());
        assert_eq!(decide(&held, &Situation::default()).digest, [(1, Wait::Pause)]);
    }

    #[test]
    fn what_comes_of_a_snoozed_customer_waits_for_the_digest_after_it_unless_it_is_critical() {
        let snoozed = |severity: Severity| Pending { snoozed: true, ..alert(severity.rank(), severity) };
        let plan_now = decide(&[snoozed(Severity::High), snoozed(Severity::Critical)], &Situation::default());
        assert_eq!((plan_now.held, plan_now.alone), (vec![(2, Wait::Snooze)], vec![3]));
        let waits = [Pending { away: Some(Wait::Snooze), ..snoozed(Severity::High) }];
        assert!(decide(&waits, &Situation::default()).is_empty());
        let after = waits.map(|waits| Pending { snoozed: false, ..waits });
        assert_eq!(decide(&after, &Situation::default()).digest, [(2, Wait::Snooze)]);
    }

    #[test]
    fn an_alert_that_comes_back_from_its_snooze_is_told_of_again_however_bad_unless_it_was_dealt_with() {
        let announced = Some(Severity::High);
        let woken = Pending { woken: true, away: Some(Wait::Snooze), announced, ..alert(1, Severity::High) };
        let minor = Pending { woken: true, away: Some(Wait::Snooze), ..alert(2, Severity::Low) };
        let dealt_with = Pending { closed: true, ..woken.clone() };
        let plan = decide(&[woken, minor, dealt_with], &Situation::default());
        assert_eq!(plan.digest, [(1, Wait::Snooze), (2, Wait::Snooze)]);
        assert_eq!(plan.quiet, [(1, Quiet::Closed)]);
    }

    #[test]
    fn in_a_storm_high_alerts_join_it_and_each_critical_one_comes_by_itself() {
        let pending: Vec<Pending> = (1..=10)
            .map(|id| alert(id, if id % 5 == 0 { Severity::Critical } else { Severity::High }))
            .collect();
        let plan = decide(&pending, &Situation::default());
        assert_eq!((plan.alone, plan.storm), (vec![1, 2, 3, 5, 10], vec![4, 6, 7, 8, 9]));
    }
}
