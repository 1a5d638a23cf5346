//! Made-up traffic: everyday payments, and now and then a fraud.
//!
//! Everything follows from the seed and from counters, never from what was drawn before: payment number 70,000 is
//! the same whether or not the 69,999 before it were made in this run. So a simulation goes on after a restart where
//! it was, and does nothing again.

mod colleagues;
mod episodes;
mod traffic;
mod world;

use std::{ops::RangeInclusive, sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;

use crate::{
    backend::Backend,
    clock::{Clock, later},
    ledger::LedgerError,
    store::TrafficPosition,
};
use traffic::{Pace, Traffic};
use world::World;

/// How far back the history goes.
const HISTORY: Duration = Duration::from_secs(24 * 3600);

/// How often the risk is measured while somebody is connected.
const MEASURE_EVERY: Duration = Duration::from_secs(5);

/// How late traffic may be before the rest is left out: a machine that slept does not make up for the night.
const LATE: SignedDuration = SignedDuration::from_secs(30);

/// What traffic to make up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Simulation {
    /// Transactions a second, within [`Simulation::RATES`].
    pub rate: f64,
    /// What is made up follows from this number.
    pub seed: u64,
    /// Past transactions that are made up once, when the state is empty.
    pub history: u32,
}

impl Simulation {
    /// The rates that make sense: one in a quarter of an hour, and more than any bank has.
    pub const RATES: RangeInclusive<f64> = 0.001..=10_000.0;
}

/// What a random number is for. Each purpose has its own streams.
#[derive(Debug, Clone, Copy)]
enum Purpose {
    Customer = 1,
    Payment = 2,
    Episode = 3,
    Colleague = 4,
}

/// The random numbers of one purpose and count.
fn random(seed: u64, purpose: Purpose, count: u64) -> ChaCha8Rng {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(((purpose as u64) << 56) | count);
    random
}

/// A simulation that is about to run.
pub(crate) struct Simulator {
    world: World,
    rate: f64,
    position: TrafficPosition,
}

/// Makes up the past, if there is none.
pub(crate) async fn prepare(simulation: Simulation, backend: &Backend) -> Result<Simulator, LedgerError> {
    let standing = backend.store.standing().await?;
    let rate = simulation.rate.clamp(*Simulation::RATES.start(), *Simulation::RATES.end());
    let world = World::new(simulation.seed, rate);
    let mut position = standing.traffic;
    if standing.transactions == 0 && simulation.history > 0 {
        let now = backend.clock.now();
        let start = now.checked_sub(HISTORY).unwrap_or(now);
        let pace = Pace::Day { start, payments: f64::from(simulation.history) };
        let history = Traffic::new(&world, pace, position, false);
        let mut answer = None;
        for payment in history.take_while(|payment| payment.at < now).take(simulation.history as usize) {
            position = payment.position;
            answer = Some(backend.ledger.post(payment.transaction, payment.position).await?);
        }
        if let Some(answer) = answer {
            answer.await.map_err(|_| LedgerError::Stopped)??;
        }
        colleagues::work_off(simulation.seed, backend, now).await?;
    }
    backend.ledger.measure(true).await?;
    Ok(Simulator { world, rate, position })
}

impl Simulator {
    /// Makes payments when it is their time, until the gateway stops.
    pub async fn run(self, backend: Arc<Backend>) {
        let clock: &Clock = &backend.clock;
        let mut position = self.position;
        loop {
            let pace = Pace::Steady { start: clock.now(), rate: self.rate };
            for payment in Traffic::new(&self.world, pace, position, true) {
                if clock.now().duration_since(payment.at) > LATE {
                    tracing::info!("the simulation was held up, and goes on from now");
                    break;
                }
                clock.sleep_until(payment.at).await;
                position = payment.position;
                if backend.ledger.post(payment.transaction, payment.position).await.is_err() {
                    return;
                }
            }
        }
    }
}

/// Measures the risk while somebody is connected, until the gateway stops.
pub(crate) async fn measure(backend: Arc<Backend>) {
    let mut next: Timestamp = backend.clock.now();
    loop {
        next = later(next.max(backend.clock.now()), MEASURE_EVERY);
        backend.clock.sleep_until(next).await;
        if backend.hub.count() > 0 && backend.ledger.measure(true).await.is_err() {
            tracing::warn!("the risk could not be measured");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use super::*;
    use crate::{
        detection::Detector,
        model::{Scenario, Severity, Transaction},
    };

    /// What a quarter of an hour of lively traffic raises: the worst of each episode.
    fn raised(seed: u64) -> (HashMap<(String, Scenario), Severity>, HashSet<String>) {
        const RATE: f64 = 20.0;
        let (world, start) = (World::new(seed, RATE), Timestamp::constant(1_790_000_000, 0));
        let live = Pace::Steady { start, rate: RATE };
        let (mut detector, mut raised) = (Detector::default(), HashMap::new());
        let mut position = TrafficPosition::default();
        for planned in Traffic::new(&world, live, position, true).take(15 * 60 * RATE as usize) {
            let mut transaction = Transaction::of(planned.transaction, 0, String::new(), planned.at);
            let judgement = detector.judge(&transaction);
            transaction.risk_score = judgement.risk;
            detector.remember(&transaction);
            position = planned.position;
            for evidence in judgement.evidence {
                let worst = raised.entry((transaction.customer_id.clone(), evidence.scenario));
                let worst = worst.or_insert(evidence.severity);
                *worst = evidence.severity.max(*worst);
            }
        }
        let steps = (0..position.episodes).flat_map(|number| episodes::episode(&world, number, number == 0));
        (raised, steps.map(|(_, step)| step.customer_id).collect())
    }

    #[test]
    fn alerts_come_every_few_seconds_and_in_all_severities_and_kinds() {
        let (raised, _) = raised(7);
        let every = 15.0 * 60.0 / raised.len() as f64;
        assert!((5.0..=12.0).contains(&every), "an alert every {every:.1} seconds");
        for severity in [Severity::Low, Severity::Medium, Severity::High, Severity::Critical] {
            let count = raised.values().filter(|raised| **raised == severity).count();
            let share = count as f64 / raised.len() as f64;
            assert!((0.05..0.6).contains(&share), "{share:.2} are {severity:?}");
        }
        let kinds: HashSet<Scenario> = raised.keys().map(|(_, scenario)| *scenario).collect();
        assert_eq!(kinds.len(), 5);
    }

    #[test]
    fn the_rules_find_most_frauds_and_little_else() {
        let (raised, victims) = raised(3);
        let found: HashSet<&String> = raised.keys().map(|(customer, _)| customer).collect();
        let missed = victims.iter().filter(|victim| !found.contains(victim)).count();
        let wrong = found.iter().filter(|customer| !victims.contains(**customer)).count();
        assert!(missed * 4 < victims.len(), "{missed} of {} missed", victims.len());
        assert!(wrong * 5 < found.len(), "{wrong} of {} wrong", found.len());
    }
}
