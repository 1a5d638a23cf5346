//! Whatever arrives, is set, fails or ends: what is critical is announced, nothing is announced twice, and a flood
//! stays a handful of notifications.

use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use super::*;
use crate::settings::{Rule, Then};

const SOURCES: usize = 3;

/// Something that happens.
#[derive(Debug, Clone)]
enum Step {
    Arrive {
        source: usize,
        severities: Vec<Severity>,
        is_history: bool,
    },
    GetWorse(usize),
    Close(usize),
    OpenAgain(usize),
    Acknowledge(usize),
    Snooze(usize),
    Pass(u64),
    Hush(Option<Wait>),
    CatchUp(usize, bool),
    Set(Severity, bool),
    Works(bool),
    Look,
    Dismiss(About),
    Restart,
    /// The program crashes when it has shown so many of those that are to be shown next.
    Crash(usize),
}

fn severity() -> impl Strategy<Value = Severity> {
    prop::sample::select(Severity::ALL.to_vec())
}

fn step() -> impl Strategy<Value = Step> {
    let alert = 0..200_usize;
    prop_oneof![
        6 => (0..SOURCES, prop::collection::vec(severity(), 1..20), prop::bool::weighted(0.3)).prop_map(
            |(source, severities, is_history)| Step::Arrive { source, severities, is_history }
        ),
        2 => alert.clone().prop_map(Step::GetWorse),
        1 => alert.clone().prop_map(Step::Close),
        1 => alert.clone().prop_map(Step::OpenAgain),
        1 => alert.clone().prop_map(Step::Acknowledge),
        1 => alert.prop_map(Step::Snooze),
        3 => (0..40_u64).prop_map(Step::Pass),
        2 => prop::sample::select(vec![None, Some(Wait::Pause), Some(Wait::QuietHours)]).prop_map(Step::Hush),
        1 => (0..SOURCES, any::<bool>()).prop_map(|(source, on)| Step::CatchUp(source, on)),
        1 => (severity(), any::<bool>()).prop_map(|(from, silent)| Step::Set(from, silent)),
        1 => any::<bool>().prop_map(Step::Works),
        1 => Just(Step::Look),
        2 => prop::sample::select(vec![About::Storm, About::Digest]).prop_map(Step::Dismiss),
        1 => Just(Step::Restart),
        2 => (0..4_usize).prop_map(Step::Crash),
    ]
}

impl Stage {
    /// Lets it happen, and gives the alerts that have become critical by it as news.
    async fn take(&mut self, step: &Step) -> Vec<AlertId> {
        let chosen = |number: &usize| i64::try_from(*number).unwrap() + 1;
        match step {
            Step::Arrive { source, severities, is_history } => {
                let arrived = self.arrive(*source, severities, *is_history).await;
                let is_critical = |(_, severity): &(AlertId, &Severity)| **severity == Severity::Critical;
                let critical = arrived.into_iter().zip(severities).filter(is_critical);
                return critical.map(|(id, _)| id).filter(|_| !is_history).collect();
            }
            Step::GetWorse(number) => {
                let id = chosen(number);
                if self.store.alert_row(id).await.is_ok_and(|alert| alert.severity < Severity::Critical) {
                    self.change(id, Severity::Critical, AlertState::Open).await;
                    return vec![id];
                }
            }
            Step::Close(number) | Step::OpenAgain(number) => {
                let id = chosen(number);
                if let Ok(alert) = self.store.alert_row(id).await {
                    let is_close = matches!(step, Step::Close(_));
                    if !is_close && alert.state.is_closed() {
                        // It is told of once more.
                        self.told.remove(&id);
                    }
                    let state = if is_close { AlertState::Resolved } else { AlertState::Open };
                    self.change(id, alert.severity, state).await;
                }
            }
            Step::Acknowledge(number) => self.store.acknowledge(&[chosen(number)], Time(1)).await.unwrap(),
            Step::Snooze(number) => {
                // What is closed cannot be.
                let _closed = self.store.snooze(&[chosen(number)], SnoozeOf::Alert, Time(9)).await;
            }
            Step::Pass(seconds) => self.pass(SECOND * u32::try_from(*seconds).unwrap()),
            Step::Hush(hushed) => self.situation.hushed = *hushed,
            Step::CatchUp(source, true) => {
                self.situation.catching_up.insert(self.sources[*source]);
            }
            Step::CatchUp(source, false) => {
                self.situation.catching_up.remove(&self.sources[*source]);
            }
            Step::Set(from, is_silent) => {
                self.situation.from = *from;
                let rule = Rule { then: Then::Silent, severity: Some(Severity::High), ..Rule::default() };
                self.situation.rules = is_silent.then_some(rule).into_iter().collect();
            }
            Step::Works(works) => {
                self.works = *works;
                // Who does not show any more has ended, and what it showed is gone.
                if !self.works {
                    self.on_show.clear();
                }
            }
            Step::Look => {
                let raises = self.announcing.look_at(None);
                self.show(raises).await;
            }
            Step::Dismiss(about) => self.dismiss(*about),
            Step::Restart => self.restart().await,
            Step::Crash(shown) => {
                self.arrive(0, &[Severity::Critical, Severity::High, Severity::Critical], false).await;
                let mut raises = self.decide(true).await;
                raises.truncate(*shown);
                self.show(raises).await;
                self.restart().await;
            }
        }
        Vec::new()
    }
}

/// Whatever happens: nothing critical goes unannounced, and nothing is announced twice (which [`Stage::show`] sees).
async fn hold(steps: Vec<(Step, bool)>) -> TestCaseResult {
    let mut stage = Stage::new(SOURCES).await;
    for (step, with_digest) in steps {
        let critical = stage.take(&step).await;
        stage.announce(with_digest || matches!(step, Step::Restart | Step::Crash(_))).await;
        for id in critical.into_iter().filter(|_| stage.works) {
            let mut own = stage.shown.iter().filter(|one| one.about == About::Alert(id));
            prop_assert!(
                own.next_back().is_some_and(|one| one.severity == Severity::Critical),
                "{id} does not come by itself after {step:?}"
            );
        }
        for about in stage.on_show.keys() {
            if let About::Alert(id) = about {
                let alert = stage.store.alert_row(*id).await.unwrap();
                prop_assert!(!alert.state.is_closed() && !alert.acknowledged, "{alert:?} is dealt with");
            }
        }
    }
    stage.settle().await;
    for alert in stage.after(0).await {
        let id = alert.id;
        let is_dealt_with = alert.acknowledged || alert.state.is_closed() || alert.snoozed_until.is_some();
        let is_to_be_told = alert.severity == Severity::Critical && !is_dealt_with;
        prop_assert!(
            !is_to_be_told || stage.told.get(&id) == Some(&Severity::Critical),
            "{id} is not announced: {alert:?}"
        );
    }
    Ok(())
}

/// Ten thousand alerts in a minute, of so many sources, of which every so many is critical.
async fn flood(sources: usize, critical_of: usize, slices: usize) -> TestCaseResult {
    let mut stage = Stage::new(sources).await;
    let (all, mut critical) = (10_000, 0);
    for slice in 0..slices {
        let severities: Vec<Severity> = (slice * all / slices..(slice + 1) * all / slices)
            .map(|number| if number % critical_of == 7 { Severity::Critical } else { Severity::High })
            .collect();
        critical += severities.iter().filter(|one| **one == Severity::Critical).count();
        stage.arrive(slice % sources, &severities, false).await;
        stage.announce(false).await;
        stage.pass(60 * SECOND / u32::try_from(slices).unwrap());
    }
    let times = |about: fn(&Notification) -> bool| stage.shown.iter().filter(|one| about(one)).count();
    let own = times(|one| matches!(one.about, About::Alert(_)) && one.severity < Severity::Critical);
    let storm = times(|one| one.about == About::Storm);
    prop_assert_eq!(times(|one| one.severity == Severity::Critical), critical);
    let with_the_storms = own + 1;
    prop_assert!(with_the_storms <= 10, "{with_the_storms} notifications");
    prop_assert!((1..=31).contains(&storm), "shown {} times", storm);
    let heard = times(|one| one.sound.is_some());
    prop_assert!(heard <= 13, "heard {heard} times");
    stage.settle().await;
    prop_assert_eq!(stage.told.len(), all);
    Ok(())
}

fn run(future: impl Future<Output = TestCaseResult>) -> TestCaseResult {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_critical_alert_is_ever_unannounced_and_none_is_announced_twice(
        steps in prop::collection::vec((step(), any::<bool>()), 1..40),
    ) {
        run(hold(steps))?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn ten_thousand_alerts_in_a_minute_are_ten_notifications_and_those_of_the_critical_ones(
        sources in 1..=16_usize,
        critical_of in 50..500_usize,
        slices in 30..240_usize,
    ) {
        run(flood(sources, critical_of, slices))?;
    }
}
