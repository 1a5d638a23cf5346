//! What is promised of announcements, held against a real store, whatever arrives, is set, fails or ends.

use std::collections::{BTreeMap, HashSet};

use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use tempfile::TempDir;

use super::*;
use crate::model::{AlertState, Event, Facts, Kind, Parameters, SnoozeOf};
use crate::policy::Sound;
use crate::profile::Batch;
use crate::settings::{Rule, Then};
use crate::store::NewSource;

const SOURCES: usize = 3;

/// A store, what is announced of it, and a desktop that remembers.
struct Stage {
    _folder: TempDir,
    store: Store,
    sources: Vec<SourceId>,
    announcing: Announcing,
    situation: Situation,
    /// Whether notifications can be shown.
    works: bool,
    /// What was shown, oldest first.
    shown: Vec<Notification>,
    on_show: BTreeMap<About, Notification>,
    /// How bad each alert was said to be last.
    told: BTreeMap<AlertId, Severity>,
    arrived: u32,
}

impl Stage {
    async fn new(sources: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("vigie.sqlite")).await.unwrap();
        let mut added = Vec::new();
        for number in 0..sources {
            let new = NewSource {
                name: format!("Bank {number}"),
                url: format!("https://bank-{number}.example").parse().unwrap(),
                profile: "aml".into(),
                user: String::new(),
                parameters: Parameters::new(),
                simulated: false,
                remembered: true,
            };
            added.push(store.add_source(new).await.unwrap().id);
        }
        Self {
            _folder: folder,
            store,
            sources: added,
            announcing: Announcing::default(),
            situation: Situation::default(),
            works: true,
            shown: Vec::new(),
            on_show: BTreeMap::new(),
            told: BTreeMap::new(),
            arrived: 0,
        }
    }

    /// Alerts arrive, one of each severity that is given; gives their numbers.
    async fn arrive(&mut self, source: usize, severities: &[Severity], is_history: bool) -> Vec<AlertId> {
        let newest = self.store.newest_alert().await.unwrap();
        let mut events = Vec::new();
        for severity in severities {
            self.arrived += 1;
            let subject = format!("a-{}", self.arrived);
            events.push(Event { is_history, ..version(&subject, *severity, AlertState::Open, 0) });
        }
        self.put(source, events).await;
        self.after(newest).await.iter().map(|alert| alert.id).collect()
    }

    /// The alerts behind this one.
    async fn after(&self, alert: AlertId) -> Vec<Alert> {
        let (mut all, mut last) = (Vec::new(), alert);
        loop {
            let page = self.store.alerts_after(last, u32::MAX).await.unwrap();
            let Some(newest) = page.last() else { return all };
            last = newest.id;
            all.extend(page);
        }
    }

    /// Another version of an alert arrives.
    async fn change(&mut self, alert: AlertId, severity: Severity, state: AlertState) {
        let Ok(alert) = self.store.alert_row(alert).await else { return };
        let source = self.sources.iter().position(|one| *one == alert.source).unwrap();
        self.arrived += 1;
        let version = version(&alert.subject, severity, state, i64::from(self.arrived));
        self.put(source, vec![version]).await;
    }

    async fn put(&mut self, source: usize, events: Vec<Event>) {
        let batch = Batch { events, ..Batch::default() };
        self.store.ingest(self.sources[source], &batch, None).await.unwrap();
    }

    fn pass(&mut self, time: Duration) {
        self.situation.now += time;
    }

    /// As the desk does after a commit: what is pending is decided, and what is due shown.
    async fn announce(&mut self, with_digest: bool) {
        let figures = Figures::new(&crate::clock::SystemClock::default());
        let situation = self.situation.clone();
        let (_, outcome) = self.announcing.decide(&self.store, &figures, &situation, with_digest).await;
        outcome.unwrap();
        let mut raises = self.announcing.look(&self.store).await.unwrap();
        raises.extend(self.tell().await);
        self.show(raises).await;
    }

    async fn tell(&mut self) -> Vec<Raise> {
        let names = |source: SourceId| format!("Bank {source}");
        let speech = Speech { language: Language::English, is_private: true, names: &names };
        self.announcing.tell(&self.store, &speech, self.situation.now).await.unwrap()
    }

    async fn show(&mut self, raises: Vec<Raise>) {
        for raise in raises {
            match raise {
                Raise::Withdraw(about) => drop(self.on_show.remove(&about)),
                Raise::Show(shown) => {
                    self.announcing.note_shown(shown.about, self.works);
                    if !self.works {
                        let alerts: Vec<AlertId> = shown.alerts.iter().map(|(id, _)| *id).collect();
                        self.store.not_announced(&alerts).await.unwrap();
                        continue;
                    }
                    for (alert, severity) in &shown.alerts {
                        let before = self.told.insert(*alert, *severity);
                        assert!(before.is_none_or(|before| before < *severity), "twice: {shown:?}");
                    }
                    self.on_show.insert(shown.about, (*shown).clone());
                    self.shown.push(*shown);
                }
            }
        }
    }

    /// Lets time pass until all is said that is to be said.
    async fn settle(&mut self) {
        self.situation.hushed = None;
        self.situation.catching_up.clear();
        self.works = true;
        self.announce(true).await;
        while let Some(due) = self.announcing.due() {
            self.situation.now = self.situation.now.max(due);
            let raises = self.tell().await;
            self.show(raises).await;
        }
    }

    fn titles(&self) -> Vec<&str> {
        self.shown.iter().map(|one| one.title.as_str()).collect()
    }
}

fn version(subject: &str, severity: Severity, state: AlertState, version: i64) -> Event {
    Event {
        kind: Kind::Alert,
        what: None,
        is_history: false,
        subject: subject.to_owned(),
        digest: version,
        version: Some(version),
        facts: Facts {
            severity: Some(severity),
            state: Some(state),
            scenario: Some(format!("{}_scenario", severity.word())),
            ..Facts::default()
        },
        unreadable: Vec::new(),
        received_at: Time(0),
        raw: "{}".to_owned(),
    }
}

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn a_storm_is_one_notification_that_is_kept_current_and_critical_alerts_come_by_themselves() {
    let mut stage = Stage::new(1).await;
    stage.arrive(0, &[Severity::High; 6], false).await;
    stage.announce(false).await;
    assert_eq!(stage.titles()[3..], ["Many alerts at once: 3 more"]);
    stage.arrive(0, &[Severity::High, Severity::Critical, Severity::High], false).await;
    stage.announce(false).await;
    assert_eq!(stage.titles()[4..], ["Critical: Critical scenario"], "it is not updated all the time");
    stage.pass(2 * SECOND);
    stage.settle().await;
    assert_eq!(stage.titles()[5..], ["Many alerts at once: 5 more"]);
    assert_eq!(stage.on_show[&About::Storm].body, "Bank 1: 5 high. Click to see them.");
    assert_eq!(stage.on_show.len(), 5);
    stage.pass(30 * SECOND);
    stage.arrive(0, &[Severity::High], false).await;
    stage.announce(false).await;
    assert_eq!(stage.titles()[6..], ["High: High scenario"], "it is calm again");
}

#[tokio::test]
async fn of_several_the_worst_is_heard_and_what_is_only_updated_is_not() {
    let mut stage = Stage::new(1).await;
    stage
        .arrive(
            0,
            &[Severity::High, Severity::Critical, Severity::High, Severity::High, Severity::High],
            false,
        )
        .await;
    stage.announce(false).await;
    let sounds = |stage: &Stage| stage.shown.iter().map(|one| one.sound).collect::<Vec<_>>();
    let heard = sounds(&stage);
    assert_eq!(heard.iter().flatten().collect::<Vec<_>>(), [&Sound::Alarm]);
    let critical = stage.shown.iter().position(|one| one.severity == Severity::Critical).unwrap();
    assert_eq!(heard[critical], Some(Sound::Alarm));
    stage.pass(10 * SECOND);
    stage.arrive(0, &[Severity::High; 4], false).await;
    stage.announce(false).await;
    assert_eq!(stage.shown.last().unwrap().about, About::Storm);
    assert_eq!(sounds(&stage)[heard.len()..], [None]);
}

#[tokio::test]
async fn what_was_missed_is_one_notification_that_names_what_is_critical_in_it() {
    let mut stage = Stage::new(1).await;
    stage.situation.catching_up = HashSet::from([stage.sources[0]]);
    stage.arrive(0, &[Severity::High, Severity::Critical, Severity::High], true).await;
    stage.announce(true).await;
    assert!(stage.shown.is_empty());
    stage.settle().await;
    assert_eq!(stage.titles(), ["3 alerts to look at"]);
    assert_eq!(
        stage.shown[0].body,
        "Critical: Critical scenario\nBank 1: 1 critical, 2 high. Click to see them."
    );
    assert_eq!(stage.shown[0].sound, Some(Sound::Alarm));
}

#[tokio::test]
async fn what_is_dealt_with_is_taken_away_and_what_is_left_is_kept_current() {
    let mut stage = Stage::new(1).await;
    let live = stage.arrive(0, &[Severity::High, Severity::Critical], false).await;
    let missed = stage.arrive(0, &[Severity::High; 3], true).await;
    stage.announce(true).await;
    assert_eq!(stage.on_show.len(), 3);
    stage.store.acknowledge(&[live[0]], Time(1)).await.unwrap();
    stage.change(live[1], Severity::Critical, AlertState::Resolved).await;
    stage.change(missed[0], Severity::High, AlertState::FalsePositive).await;
    stage.announce(false).await;
    stage.settle().await;
    let left: Vec<&About> = stage.on_show.keys().collect();
    assert_eq!(left, [&About::Digest]);
    let digest = &stage.on_show[&About::Digest];
    assert_eq!((digest.title.as_str(), digest.sound), ("2 alerts to look at", None));
    stage.store.snooze(&missed[1..], SnoozeOf::Alert, Time(i64::MAX)).await.unwrap();
    stage.settle().await;
    assert!(stage.on_show.is_empty(), "{:?}", stage.on_show);
}

#[tokio::test]
async fn who_looks_at_the_list_is_told_of_it_no_more() {
    let mut stage = Stage::new(1).await;
    stage.arrive(0, &[Severity::High; 3], true).await;
    stage.announce(true).await;
    let raises = stage.announcing.look_at(None);
    stage.show(raises).await;
    assert!(stage.on_show.is_empty());
    stage.arrive(0, &[Severity::High; 2], true).await;
    stage.settle().await;
    assert_eq!(stage.on_show[&About::Digest].title, "2 alerts to look at");
}

#[tokio::test]
async fn what_of_a_source_is_on_show_goes_with_it() {
    let mut stage = Stage::new(2).await;
    for source in 0..2 {
        stage.arrive(source, &[Severity::Critical], false).await;
        stage.arrive(source, &[Severity::High; 2], true).await;
    }
    stage.announce(true).await;
    let raises = stage.announcing.forget(stage.sources[0]);
    stage.show(raises).await;
    stage.settle().await;
    assert_eq!(stage.on_show.len(), 2);
    assert_eq!(stage.on_show[&About::Digest].body, "Bank 2: 2 high. Click to see them.");
}

#[tokio::test]
async fn what_is_critical_and_could_not_be_shown_is_shown_later_also_after_a_restart() {
    for restarts in [false, true] {
        let mut stage = Stage::new(1).await;
        stage.works = false;
        stage.arrive(0, &[Severity::High, Severity::Critical, Severity::Critical], false).await;
        stage.announce(false).await;
        stage.announce(true).await;
        assert!(stage.shown.is_empty() && stage.announcing.own.is_empty());
        if restarts {
            stage.announcing = Announcing::default();
        }
        stage.settle().await;
        assert_eq!(stage.titles(), ["2 alerts to look at"]);
        assert_eq!(stage.shown[0].severity, Severity::Critical);
    }
}

/// Something that happens.
#[derive(Debug, Clone)]
enum Step {
    Arrive { source: usize, severities: Vec<Severity>, is_history: bool },
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
    Restart,
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
        1 => Just(Step::Restart),
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
            Step::CatchUp(source, true) => drop(self.situation.catching_up.insert(self.sources[*source])),
            Step::CatchUp(source, false) => drop(self.situation.catching_up.remove(&self.sources[*source])),
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
            Step::Restart => {
                self.announcing = Announcing::default();
                self.on_show.clear();
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
        stage.announce(with_digest || matches!(step, Step::Restart)).await;
        for id in critical.into_iter().filter(|_| stage.works) {
            let own = stage.shown.iter().filter(|one| one.about == About::Alert(id));
            prop_assert!(
                own.last().is_some_and(|one| one.severity == Severity::Critical),
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
    prop_assert!(own + 1 <= 10, "{} notifications", own + 1);
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
