//! A gateway, a proxy that commits faults, and a desk: a schedule is played on them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use sqlx::{Connection as _, Row as _, SqliteConnection};
use tempfile::{TempDir, tempdir};
use vigie_core::clock::Clock as _;
use vigie_core::desk::view::{GapView, SignIn};
use vigie_core::model::{Link, Parameters, Severity, Time, TransportKind};
use vigie_core::vault::SessionVault;
use vigie_gateway::{
    Channel, Config, Contract, Currency, Gateway, Money, NewTransaction, Profile, State, User,
};
use vigie_tests::clock::LeapingClock;
use vigie_tests::desk::{IN_VAIN, TestDesk};
use vigie_tests::faults::proxy::FaultProxy;
use vigie_tests::faults::schedule::{Act, Fault, Schedule};
use vigie_tests::gateway::PASSWORD;
use vigie_tests::port::ReservedPort;
use vigie_tests::proxy::{Eats, Proxy};

use crate::contract::{BACKENDS, Backend, identity, pages};
use crate::truth::{happened, has};

/// Time between two looks at whether all is well.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// After so many looks time no longer leaps: every silence was noticed, and who is still not well is so for another
/// reason. But for who has fallen back it goes on: minutes pass before the better transport is tried.
const LEAPS: u32 = 600;
/// How many times longer than others this waits in vain: many schedules are played at once.
pub const PATIENCE: u32 = 4;
/// After so long without anything from the server or into the store, nothing is on its way any more.
const QUIET: Duration = Duration::from_millis(300);
/// After so many leaps something more happens, where a worse transport is in use: a better one that is tried counts as
/// up once something has come over it, and has not long for that. Nothing leaps while something is on its way.
const PAID_EVERY: u32 = 3;

/// When something was done, by the desktop's wall clock: before and after.
type Window = (Time, Time);

/// A gateway, a proxy that commits faults, and a desk.
pub struct Stage {
    schedule: Schedule,
    backend: Backend,
    gateway: Option<Gateway>,
    runs: usize,
    port: ReservedPort,
    faults: FaultProxy,
    _eats: Proxy,
    desk: TestDesk,
    clock: Arc<LeapingClock>,
    /// When each payment was made, by the number of its change.
    paid: BTreeMap<i64, Window>,
    folder: TempDir,
    /// How many events were stored when one last was, and when that was.
    progress: (i64, Instant),
}

impl Stage {
    pub async fn of(schedule: Schedule) -> Self {
        let (backend, folder) = (BACKENDS[schedule.backend], tempdir().unwrap());
        let port = ReservedPort::new();
        let gateway = Gateway::start(config(&schedule, &folder, port.number(), 0)).await.unwrap();
        // The credit platform's events have ids, its messages on the WebSocket have none.
        let eats =
            if schedule.event_ids && backend.name == "credit" { Eats::WebSockets } else { Eats::Nothing };
        let eats = Proxy::start(port.number(), eats).await;
        let behind = eats.url.rsplit(':').next().unwrap().parse().unwrap();
        let faults = FaultProxy::start(behind, schedule.seed).await;
        let clock = Arc::new(LeapingClock::default());
        let desk_folder = folder.path().join("desk");
        std::fs::create_dir(&desk_folder).unwrap();
        let desk = TestDesk::start_with(&desk_folder, Arc::new(SessionVault::default()), clock.clone()).await;
        Self {
            schedule,
            backend,
            gateway: Some(gateway),
            runs: 1,
            port,
            faults,
            _eats: eats,
            desk,
            clock,
            paid: BTreeMap::new(),
            folder,
            progress: (0, Instant::now()),
        }
    }

    /// Plays the schedule.
    pub async fn play(mut self) {
        self.sign_in().await;
        // What happens before is nobody's news.
        self.until_well("at first", true).await;
        if self.schedule.pays_first {
            self.pay(0, 8).await;
            self.until_well("before anything goes wrong", false).await;
        }
        for number in 0..self.schedule.episodes.len() {
            let acts = self.schedule.episodes[number].clone();
            let mut breaks = false;
            for act in acts {
                match act {
                    Act::Pay { customer, times } => self.pay(customer, times).await,
                    Act::Wait(time) => tokio::time::sleep(time).await,
                    Act::Fault(fault) => {
                        breaks |= fault.breaks();
                        self.commit(fault).await;
                    }
                }
            }
            self.faults.heal();
            // Where messages are counted, the next tells that the last was dropped.
            self.pay(7, 1).await;
            self.until_well(&format!("after episode {number}"), breaks).await;
        }
        self.assert_nothing_else().await;
        let gaps = self.gaps().await;
        self.assert_gaps_are_where_something_could_be_missing(&gaps);
        self.assert_nothing_is_announced_twice();
        self.desk.desk.close().await.unwrap();
    }

    async fn sign_in(&self) {
        let backend = self.backend;
        let request = SignIn {
            source: None,
            name: backend.name.to_owned(),
            url: format!("{}{}", self.faults.url, backend.path),
            profile: backend.name.to_owned(),
            user: backend.user.to_owned(),
            parameters: Parameters::new(),
            password: if backend.has_password { PASSWORD } else { "" }.to_owned().into(),
            remember: true,
        };
        self.desk.desk.sign_in(request).await.unwrap();
    }

    async fn pay(&mut self, customer: u32, times: u32) {
        for _ in 0..times {
            let before = self.clock.now();
            let payment = payment(customer);
            let sequence = self.gateway.as_ref().unwrap().submit(payment).await.unwrap().sequence;
            let (before, after) = (before.min(self.clock.now()), before.max(self.clock.now()));
            self.paid.insert(i64::try_from(sequence).unwrap(), (before, after));
        }
    }

    async fn commit(&mut self, fault: Fault) {
        match fault {
            Fault::SetClock { seconds } => self.clock.set(seconds * 1_000),
            Fault::Sleep { hours } => self.clock.set(hours * 3_600_000),
            Fault::Restart { gently } => {
                let gateway = self.gateway.take().unwrap();
                if gently {
                    gateway.stop().await
                } else {
                    drop(gateway)
                }
                self.gateway = Some(self.restarted().await);
            }
            _ => {}
        }
        self.faults.commit(fault);
    }

    async fn restarted(&mut self) -> Gateway {
        self.runs += 1;
        let starting = async {
            loop {
                match Gateway::start(config(&self.schedule, &self.folder, self.port.number(), self.runs - 1))
                    .await
                {
                    Ok(gateway) => return gateway,
                    // The one before has not let go of its port yet.
                    Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
                }
            }
        };
        tokio::time::timeout(IN_VAIN, starting).await.expect("the gateway does not start again")
    }

    /// Waits until the link is live and everything is stored, or lies in a gap that says so. `leaps`: time passes
    /// faster.
    async fn until_well(&mut self, when: &str, leaps: bool) {
        let waiting = async {
            let (mut looks, mut leapt) = (0_u32, 0_u32);
            while self.is_well().await.is_err() {
                looks += 1;
                let has_fallen_back = self.has_fallen_back().await;
                if (leaps && looks < LEAPS) || has_fallen_back {
                    leapt += u32::from(self.leap().await);
                }
                if leapt >= PAID_EVERY && has_fallen_back {
                    self.pay(7, 1).await;
                    leapt = 0;
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        if tokio::time::timeout(IN_VAIN * PATIENCE, waiting).await.is_err() {
            let why = self.is_well().await;
            let source = self.desk.desk.overview().await.unwrap().sources.first().cloned();
            panic!(
                "seed {}, {}: not well {when}: {why:?}; {source:#?}; {:#?}",
                self.schedule.seed,
                self.backend.name,
                self.gaps().await
            );
        }
    }

    /// Whether a worse transport is in use than what there is.
    async fn has_fallen_back(&self) -> bool {
        if self.eats_best() {
            return false;
        }
        let overview = self.desk.desk.overview().await.unwrap();
        overview
            .sources
            .first()
            .is_some_and(|source| matches!(source.link, Link::Live { fallback: true, .. }))
    }

    /// Lets time pass, as fast as what is being waited for allows: an answer takes its real time. Says whether it did.
    async fn leap(&mut self) -> bool {
        let overview = self.desk.desk.overview().await.unwrap();
        let Some(source) = overview.sources.first() else { return false };
        let stored = self.ask("SELECT COUNT(*) FROM event").await;
        if self.progress.0 != stored {
            self.progress = (stored, Instant::now());
        }
        // What is on its way, or waits to be stored, takes its real time as well.
        let quiet_for = self.faults.quiet_for().min(self.progress.1.elapsed());
        if matches!(source.link, Link::Live { .. }) && quiet_for < QUIET {
            return false;
        }
        self.clock.pass(match &source.link {
            Link::Live { transport: TransportKind::Sse, .. } if self.backend.name == "aml" => {
                Duration::from_secs(20)
            }
            Link::Live { .. } => Duration::from_secs(3),
            Link::Retrying { .. } => Duration::from_secs(5),
            _ => Duration::from_millis(300),
        });
        true
    }

    /// Whether the best transport never comes up.
    fn eats_best(&self) -> bool {
        self.schedule.event_ids && self.backend.name == "credit"
    }

    /// Whether the link is live and everything that happened is stored or lies in a gap that was not filled.
    async fn is_well(&self) -> Result<(), String> {
        let link = self.desk.desk.overview().await.unwrap().sources.first().map(|source| source.link.clone());
        if !matches!(link, Some(Link::Live { .. })) {
            return Err(format!("the link is {link:?}"));
        }
        if self.has_fallen_back().await {
            return Err("it has fallen back".to_owned());
        }
        let gaps = self.gaps().await;
        if gaps.iter().any(|gap| gap.end.is_none()) {
            return Err("a gap lasts".to_owned());
        }
        let stored = self.stored().await;
        let mut missing = Vec::new();
        for (thing, change) in happened(self.backend, &self.state()).await {
            if has(&stored, &thing) {
                continue;
            }
            let (_, window) = self.paid.range(..=change).next_back().unwrap();
            if !gaps.iter().any(|gap| gap.closed_at.is_none() && meet(gap, *window)) {
                missing.push(format!("{thing} of {}..{}", window.0.0, window.1.0));
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        Err(format!(
            "{} are missing, and no gap says so: {:?}",
            missing.len(),
            &missing[..missing.len().min(3)]
        ))
    }

    fn state(&self) -> PathBuf {
        self.folder.path().join("gateway.sqlite")
    }

    async fn gaps(&self) -> Vec<GapView> {
        self.desk.desk.diagnostics().await.unwrap().gaps
    }

    /// The desk's file, for reading.
    async fn file(&self) -> SqliteConnection {
        SqliteConnection::connect(&format!("sqlite://{}?mode=ro", self.desk.path.display())).await.unwrap()
    }

    async fn ask(&self, number: &'static str) -> i64 {
        sqlx::query_scalar(number).fetch_one(&mut self.file().await).await.unwrap()
    }

    async fn stored(&self) -> BTreeSet<String> {
        let rows = sqlx::query("SELECT raw FROM event").fetch_all(&mut self.file().await).await.unwrap();
        let bodies = rows.iter().map(|row| serde_json::from_str::<Value>(row.get("raw")).unwrap());
        let all: Vec<String> = bodies.filter_map(|body| identity(self.backend.name, &body)).collect();
        let set: BTreeSet<String> = all.iter().cloned().collect();
        assert_eq!(all.len(), set.len(), "seed {}: something is stored twice", self.schedule.seed);
        set
    }

    /// Nothing is stored that the server has not sent.
    async fn assert_nothing_else(&self) {
        let journals = (0..self.runs).map(|run| self.folder.path().join(format!("journal-{run}")));
        let said: BTreeSet<String> =
            journals.flat_map(|journal| pages(self.backend.name, &journal)).flatten().collect();
        let stored = self.stored().await;
        let invented: Vec<_> = stored.difference(&said).collect();
        assert!(invented.is_empty(), "seed {}: nobody sent {invented:?}", self.schedule.seed);
    }

    /// A gap says that something is missing only where the server could not give it, and there is none without a
    /// reason.
    fn assert_gaps_are_where_something_could_be_missing(&self, gaps: &[GapView]) {
        let seed = self.schedule.seed;
        let can_give_all = match self.backend.name {
            "aml" | "big-defend" => true,
            // A stream that has not said anything has no id that it could go on from.
            _ => self.schedule.event_ids && self.schedule.pays_first,
        };
        if can_give_all {
            assert!(gaps.iter().all(|gap| gap.closed_at.is_some()), "seed {seed}: {gaps:#?}");
        }
        if !self.schedule.faults().any(Fault::breaks) {
            let is_break = |gap: &GapView| gap.reason == "sequence" && gap.closed_at.is_some();
            assert!(gaps.iter().all(is_break), "seed {seed}: nothing broke: {gaps:#?}");
        }
        for gap in gaps {
            assert!(gap.how.is_some() && gap.end.is_some_and(|end| end >= gap.start), "seed {seed}: {gap:?}");
        }
    }

    /// An alert is announced once, by itself or in a digest, and again only where it has become worse.
    fn assert_nothing_is_announced_twice(&self) {
        let mut announced: BTreeMap<i64, Severity> = BTreeMap::new();
        for one in self.desk.desktop.shown().notifications {
            for (alert, severity) in &one.alerts {
                let before = announced.insert(*alert, *severity);
                assert!(
                    before.is_none_or(|before| before < *severity),
                    "seed {}: {alert} twice: {one:?}",
                    self.schedule.seed
                );
            }
        }
    }
}

fn meet(gap: &GapView, (before, after): Window) -> bool {
    gap.start <= after && gap.end.is_some_and(|end| before <= end)
}

fn config(schedule: &Schedule, folder: &TempDir, port: u16, run: usize) -> Config {
    let backend = BACKENDS[schedule.backend];
    let contract = Contract::ALL.into_iter().find(|contract| contract.name() == backend.name).unwrap();
    Config {
        listen: ([127, 0, 0, 1], port).into(),
        state: State::File(folder.path().join("gateway.sqlite")),
        users: vec![User { name: "analyst".to_owned(), password: PASSWORD.to_owned().into(), bank: None }],
        profile: Profile::One(contract),
        event_ids: schedule.event_ids,
        journal: Some(folder.path().join(format!("journal-{run}"))),
        ..Config::default()
    }
}

fn payment(customer: u32) -> NewTransaction {
    NewTransaction {
        customer_id: format!("C-{customer}"),
        customer_name: format!("Customer {customer}"),
        bank: "Nordstern Bank".to_owned(),
        merchant: format!("Merchant {customer}"),
        merchant_category: "Home".to_owned(),
        amount: Money::new(12_000, Currency::of("EUR").unwrap()),
        country: "FR".to_owned(),
        city: "Paris".to_owned(),
        channel: Channel::Online,
        timestamp: None,
    }
}
