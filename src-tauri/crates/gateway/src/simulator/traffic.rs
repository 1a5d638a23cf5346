//! The stream of payments: which one comes when.

use std::{cmp::Reverse, collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use rand::{RngExt as _, seq::IndexedRandom as _};
use rand_distr::StandardNormal;

use super::{
    HISTORY, Purpose, episodes, random,
    world::{World, activity, any_category},
};
use crate::{
    clock::later,
    model::{Channel, NewTransaction},
    money::Money,
    places::Place,
    store::TrafficPosition,
};

/// The share of all payments that are frauds.
const FRAUDS: f64 = 0.02;

/// Everyday payments for each fraud that begins.
const PAYMENTS_FOR_EPISODE: f64 = episodes::USUAL_SIZE / FRAUDS * (1.0 - FRAUDS);

/// How long a run takes to begin its first fraud.
const FIRST_EPISODE: Duration = Duration::from_millis(200);

/// Where shops on the web have their seat.
const WEB_SHOPS: [(&str, &str); 5] =
    [("Dublin", "IE"), ("Amsterdam", "NL"), ("Berlin", "DE"), ("London", "GB"), ("New York", "US")];

/// The share of purchases on the web that go abroad.
const ABROAD: f64 = 0.25;

/// When payments come.
#[derive(Debug, Clone, Copy)]
pub(super) enum Pace {
    /// So many a second.
    Steady {
        /// When the first one comes.
        start: Timestamp,
        /// Payments a second.
        rate: f64,
    },
    /// So many in a day, more of them when people are up.
    Day {
        /// When the day begins.
        start: Timestamp,
        /// Payments of the day.
        payments: f64,
    },
}

impl Pace {
    /// When that many everyday payments have been made.
    fn after(self, count: f64) -> Timestamp {
        match self {
            Self::Steady { start, rate } => after(start, count / (rate * (1.0 - FRAUDS))),
            Self::Day { start, payments } => {
                let begins = hour_of_day(start);
                let active = |hour: usize| activity(begins + hour as f64);
                let all: f64 = (0..24).map(active).sum();
                let mut left = count / (payments * (1.0 - FRAUDS)) * all;
                let mut hour = 0;
                while hour < 24 && left > active(hour) {
                    left -= active(hour);
                    hour += 1;
                }
                let hours = if hour < 24 { hour as f64 + left / active(hour) } else { 24.0 + left };
                after(start, hours * HISTORY.as_secs_f64() / 24.0)
            }
        }
    }
}

/// A payment that comes at its time.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Planned {
    pub at: Timestamp,
    pub transaction: NewTransaction,
    /// Where to go on after it.
    pub position: TrafficPosition,
}

/// An endless stream of payments, in the order of their time.
pub(super) struct Traffic<'a> {
    world: &'a World,
    pace: Pace,
    begun: TrafficPosition,
    position: TrafficPosition,
    /// Payments of frauds that have begun, by their time and then by their order.
    underway: BTreeMap<(Timestamp, Reverse<u64>, usize), NewTransaction>,
    /// Whether the first fraud of this run comes at once.
    starts_with_fraud: bool,
}

impl<'a> Traffic<'a> {
    /// Goes on from a position.
    pub fn new(world: &'a World, pace: Pace, position: TrafficPosition, starts_with_fraud: bool) -> Self {
        Self { world, pace, begun: position, position, underway: BTreeMap::new(), starts_with_fraud }
    }

    /// When the next fraud begins.
    fn next_episode(&self) -> Timestamp {
        let since = self.position.episodes - self.begun.episodes;
        if since == 0 && self.starts_with_fraud {
            return later(self.pace.after(0.0), FIRST_EPISODE);
        }
        let shift: f64 = random(self.world.seed, Purpose::Episode, self.position.episodes).random();
        self.pace.after((since as f64 + shift) * PAYMENTS_FOR_EPISODE)
    }

    /// When the next everyday payment comes.
    fn next_payment(&self) -> Timestamp {
        let since = self.position.payments - self.begun.payments;
        let shift: f64 = random(self.world.seed, Purpose::Payment, self.position.payments).random();
        self.pace.after(since as f64 + shift)
    }

    fn begin_episode(&mut self, at: Timestamp) {
        let number = self.position.episodes;
        let is_first = number == self.begun.episodes && self.starts_with_fraud;
        self.position.episodes += 1;
        for (index, (seconds, step)) in
            episodes::episode(self.world, number, is_first).into_iter().enumerate()
        {
            self.underway.insert((after(at, seconds), Reverse(number), index), step);
        }
    }
}

impl Iterator for Traffic<'_> {
    type Item = Planned;

    fn next(&mut self) -> Option<Planned> {
        let everyday = self.next_payment();
        loop {
            let episode = self.next_episode();
            let fraud = self.underway.first_key_value().map(|((at, ..), _)| *at);
            if episode <= everyday.min(fraud.unwrap_or(everyday)) {
                self.begin_episode(episode);
                continue;
            }
            let (at, mut transaction) = match self.underway.first_entry() {
                Some(fraud) if fraud.key().0 <= everyday => (fraud.key().0, fraud.remove()),
                _ => {
                    let number = self.position.payments;
                    self.position.payments += 1;
                    (everyday, payment(self.world, number, everyday))
                }
            };
            transaction.timestamp = Some(at);
            return Some(Planned { at, transaction, position: self.position });
        }
    }
}

/// The everyday payment of this number.
fn payment(world: &World, number: u64, at: Timestamp) -> NewTransaction {
    let mut random = random(world.seed, Purpose::Payment, number);
    // The first number is when it comes.
    let _: f64 = random.random();
    let customer = world.somebody_awake(&mut random, hour_of_day(at));
    let category = any_category(&mut random);
    let channel = category.channels.choose(&mut random).copied().unwrap_or(Channel::Card);
    let noise: f64 = random.sample(StandardNormal);
    let mut euros = category.usual * customer.wealth * (category.spread * noise).exp();
    if channel == Channel::Atm {
        // Machines have no coins.
        euros = (euros / 10.0).ceil() * 10.0;
    }
    let mut place = customer.home;
    if channel == Channel::Online && random.random_bool(ABROAD) {
        let (city, country) = WEB_SHOPS.choose(&mut random).copied().unwrap_or_default();
        place = Place::find(city, country).unwrap_or(place);
    }
    NewTransaction {
        customer_id: customer.id,
        customer_name: customer.name,
        bank: customer.bank.to_owned(),
        merchant: category.merchants.choose(&mut random).copied().unwrap_or_default().to_owned(),
        merchant_category: category.name.to_owned(),
        amount: Money::from_euros(euros.max(0.5), customer.currency),
        country: place.country.to_owned(),
        city: place.city.to_owned(),
        channel,
        timestamp: None,
    }
}

fn after(start: Timestamp, seconds: f64) -> Timestamp {
    let at = later(start, Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

/// Hours since midnight in Greenwich.
fn hour_of_day(at: Timestamp) -> f64 {
    at.as_second().rem_euclid(86_400) as f64 / 3_600.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::constant(1_790_000_000, 0);

    fn live(seed: u64, rate: f64, position: TrafficPosition, count: usize) -> Vec<Planned> {
        let world = World::new(seed, rate);
        Traffic::new(&world, Pace::Steady { start: START, rate }, position, true).take(count).collect()
    }

    #[test]
    fn the_same_seed_makes_the_same_traffic_and_another_seed_another() {
        let traffic = live(7, 20.0, TrafficPosition::default(), 2_000);
        assert_eq!(traffic, live(7, 20.0, TrafficPosition::default(), 2_000));
        assert_ne!(traffic, live(8, 20.0, TrafficPosition::default(), 2_000));
    }

    #[test]
    fn payments_come_in_order_and_at_the_rate() {
        let traffic = live(7, 50.0, TrafficPosition::default(), 6_000);
        assert!(traffic.is_sorted_by_key(|planned| planned.at));
        let took = traffic[5_999].at.duration_since(START).as_secs_f64();
        assert!((115.0..125.0).contains(&took), "{took} seconds");
    }

    #[test]
    fn a_restart_goes_on_and_repeats_nothing() {
        let first = live(7, 20.0, TrafficPosition::default(), 500);
        let goes_on = live(7, 20.0, first[499].position, 500);
        let position = goes_on[499].position;
        assert!(position.payments > first[499].position.payments);
        assert!(position.episodes > first[499].position.episodes);
        let what = |planned: &Planned| {
            let payment = &planned.transaction;
            (payment.customer_id.clone(), payment.merchant.clone(), payment.amount.minor)
        };
        assert!(first.iter().all(|before| goes_on.iter().all(|after| what(before) != what(after))));
    }

    #[test]
    fn a_day_has_its_hours() {
        let pace = Pace::Day { start: START, payments: 1_000.0 };
        let whole = pace.after(980.0).duration_since(START).as_secs_f64();
        assert!((whole - HISTORY.as_secs_f64()).abs() < 1.0, "{whole}");
        let world = World::new(7, 20.0);
        let day = Traffic::new(&world, pace, TrafficPosition::default(), false).take(1_000);
        let night = day.filter(|planned| hour_of_day(planned.at) < 5.0).count();
        assert!((5..60).contains(&night), "{night} payments at night");
    }

    #[test]
    fn every_made_up_payment_is_one_that_can_be_added() {
        for planned in live(3, 100.0, TrafficPosition::default(), 3_000) {
            planned.transaction.check(planned.at).unwrap();
        }
    }
}
