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
