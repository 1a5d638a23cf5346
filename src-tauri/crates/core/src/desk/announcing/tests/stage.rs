//! A desk's announcing on a real store, and a desktop that remembers.

use std::collections::BTreeMap;

use tempfile::TempDir;

use super::*;
use crate::model::{AlertState, Event, Facts, Kind, Parameters};
use crate::profile::Batch;
use crate::store::NewSource;

/// A store, what is announced of it, and a desktop that remembers.
pub struct Stage {
    _folder: TempDir,
    pub store: Store,
    pub sources: Vec<SourceId>,
    pub announcing: Announcing,
    pub situation: Situation,
    /// Whether notifications can be shown.
    pub works: bool,
    /// What was shown, oldest first.
    pub shown: Vec<Notification>,
    pub on_show: BTreeMap<About, Notification>,
    /// How bad each alert was said to be last.
    pub told: BTreeMap<AlertId, Severity>,
    pub arrived: u32,
}

impl Stage {
    pub async fn new(sources: usize) -> Self {
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
    pub async fn arrive(&mut self, source: usize, severities: &[Severity], is_history: bool) -> Vec<AlertId> {
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
    pub async fn after(&self, alert: AlertId) -> Vec<Alert> {
        let (mut all, mut last) = (Vec::new(), alert);
        loop {
            let page = self.store.alerts_after(last, u32::MAX).await.unwrap();
            let Some(newest) = page.last() else { return all };
            last = newest.id;
            all.extend(page);
        }
    }

    /// Another version of an alert arrives.
    pub async fn change(&mut self, alert: AlertId, severity: Severity, state: AlertState) {
        let Ok(alert) = self.store.alert_row(alert).await else { return };
        let source = self.sources.iter().position(|one| *one == alert.source).unwrap();
        self.arrived += 1;
        let version = version(&alert.subject, severity, state, i64::from(self.arrived));
        self.put(source, vec![version]).await;
    }

    /// The same while its source was not connected.
    pub async fn change_while_away(&mut self, alert: AlertId, severity: Severity) {
        let alert = self.store.alert_row(alert).await.unwrap();
        let source = self.sources.iter().position(|one| *one == alert.source).unwrap();
        self.arrived += 1;
        let version = version(&alert.subject, severity, AlertState::Open, i64::from(self.arrived));
        self.put(source, vec![Event { is_history: true, ..version }]).await;
    }

    pub async fn put(&mut self, source: usize, events: Vec<Event>) {
        let batch = Batch { events, ..Batch::default() };
        self.store.ingest(self.sources[source], &batch, None).await.unwrap();
    }

    pub fn pass(&mut self, time: Duration) {
        self.situation.now += time;
    }

    /// As the desk does after a commit: what is pending is decided, and what is due shown.
    pub async fn announce(&mut self, with_digest: bool) {
        let raises = self.decide(with_digest).await;
        self.show(raises).await;
    }

    /// The analyst dismisses what is on show about this.
    pub fn dismiss(&mut self, about: About) {
        self.on_show.remove(&about);
        self.announcing.dismiss(about, self.situation.now);
    }

    /// What is to be shown now.
    pub async fn decide(&mut self, with_digest: bool) -> Vec<Raise> {
        let figures = Figures::new(&crate::clock::SystemClock::default());
        let situation = self.situation.clone();
        let (_, outcome) = self.announcing.decide(&self.store, &figures, &situation, with_digest).await;
        outcome.unwrap();
        let mut raises = self.announcing.look(&self.store).await.unwrap();
        raises.extend(self.tell().await);
        raises
    }

    /// Starts the program anew, however it has ended.
    pub async fn restart(&mut self) {
        self.announcing = Announcing::default();
        self.on_show.clear();
        self.store.take_up_announcing().await.unwrap();
    }

    pub async fn tell(&mut self) -> Vec<Raise> {
        let names = |source: SourceId| format!("Bank {source}");
        let addresses = |source: SourceId| format!("https://bank-{source}.example/").parse().ok();
        let speech =
            Speech { language: Language::English, is_private: true, names: &names, addresses: &addresses };
        self.announcing.tell(&self.store, &speech, self.situation.now).await.unwrap()
    }

    pub async fn show(&mut self, raises: Vec<Raise>) {
        for raise in raises {
            match raise {
                Raise::Withdraw(about) => drop(self.on_show.remove(&about)),
                Raise::Reword(worded) => {
                    assert!(worded.sound.is_none() && worded.alerts.is_empty());
                    if self.works && self.on_show.contains_key(&worded.about) {
                        self.announcing.note_shown(worded.about, true);
                        self.on_show.insert(worded.about, *worded);
                    } else {
                        self.announcing.note_shown(worded.about, false);
                    }
                }
                Raise::Show(shown) => {
                    self.announcing.note_shown(shown.about, self.works);
                    self.store.note_shown(&shown.alerts, self.works).await.unwrap();
                    if !self.works {
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
    pub async fn settle(&mut self) {
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

    pub fn titles(&self) -> Vec<&str> {
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
