//! Frauds: what a thief does with somebody's account.

use rand::{RngExt as _, seq::IndexedRandom as _};
use rand_chacha::ChaCha8Rng;

use super::{
    Purpose, random,
    world::{CATEGORIES, Category, Customer, World, weighted},
};
use crate::{
    model::{Channel, NewTransaction},
    money::Money,
    places::{PLACES, Place},
};

/// The payments of an episode, on average: the weights below times how many payments each has.
pub(super) const USUAL_SIZE: f64 = 3.5;

/// How often each fraud is tried: a purchase, a copied card, a spree, a card test, structuring.
const WEIGHTS: [f64; 5] = [45.0, 25.0, 12.0, 10.0, 8.0];

/// Farther than any flight that a copied card's owner could have taken meanwhile, in kilometres.
const FAR: f64 = 3_000.0;

/// What has to be reported, in units of the home currency, as everybody who wants to avoid it knows.
const REPORTED: [(&str, f64); 6] = [
    ("CHF", 15_000.0),
    ("EUR", 10_000.0),
    ("GBP", 10_000.0),
    ("JPY", 2_000_000.0),
    ("PLN", 60_000.0),
    ("USD", 10_000.0),
];

/// A payment of an episode, and how many seconds after its beginning it is made.
pub(super) type Step = (f64, NewTransaction);

/// The fraud of this number. The first of a run is a spree, which is noticed within seconds.
pub(super) fn episode(world: &World, number: u64, is_first: bool) -> Vec<Step> {
    let mut random = random(world.seed, Purpose::Episode, number);
    // The first number is when it begins.
    let _: f64 = random.random();
    let kind = weighted(&mut random, WEIGHTS.into_iter());
    let thief = Thief { victim: world.anybody(&mut random), random };
    match kind {
        _ if is_first => thief.spree(0.2),
        0 => thief.purchase(),
        1 => thief.copied_card(),
        2 => thief.spree(4.0),
        3 => thief.card_test(),
        _ => thief.structuring(),
    }
}

struct Thief {
    victim: Customer,
    random: ChaCha8Rng,
}

impl Thief {
    /// One large purchase.
    fn purchase(mut self) -> Vec<Step> {
        /// How many spreads above the usual price.
        const ABOVE: std::ops::Range<f64> = 5.0..8.0;
        let bought: Vec<_> = CATEGORIES.iter().filter(|category| category.usual < 100.0).collect();
        let category = bought.choose(&mut self.random).copied().unwrap_or(&CATEGORIES[0]);
        let euros = category.usual * (self.random.random_range(ABOVE) * (category.spread + 0.2)).exp();
        vec![(0.0, self.pay(category, euros.clamp(400.0, 20_000.0), self.victim.home))]
    }

    /// The owner pays at home; minutes later the copy does, on another continent.
    fn copied_card(mut self) -> Vec<Step> {
        let home = self.victim.home;
        let far: Vec<_> = PLACES.iter().filter(|place| place.distance_km(home) > FAR).collect();
        let away = far.choose(&mut self.random).copied().unwrap_or(home);
        let after = self.random.random_range(40.0..400.0);
        let euros = self.between(30.0, 4_000.0);
        let (groceries, card) = (&CATEGORIES[0], [Channel::Card]);
        let mut there = self.pay(groceries, euros, away);
        (there.channel, there.merchant) = (card[0], "Duty Free Gate".to_owned());
        there.merchant_category = "Shopping".to_owned();
        vec![(0.0, self.pay(groceries, 30.0, home)), (after, there)]
    }

    /// As many purchases as the card gives, so many seconds apart.
    fn spree(mut self, apart: f64) -> Vec<Step> {
        let count = self.random.random_range(7..=14);
        let mut at = 0.0;
        let mut steps = Vec::new();
        for _ in 0..count {
            let online: Vec<_> =
                CATEGORIES.iter().filter(|category| category.channels.contains(&Channel::Online)).collect();
            let category = online.choose(&mut self.random).copied().unwrap_or(&CATEGORIES[0]);
            let euros = self.between(20.0, 600.0);
            let mut step = self.pay(category, euros, self.victim.home);
            step.channel = Channel::Online;
            steps.push((at, step));
            at += apart * self.random.random_range(0.5..1.5);
        }
        steps
    }

    /// Small payments that try out whether the card works.
    fn card_test(mut self) -> Vec<Step> {
        let count = self.random.random_range(6..=18);
        let mut at = 0.0;
        let mut steps = Vec::new();
        for _ in 0..count {
            let euros = self.random.random_range(0.5..3.5);
            let mut step = self.pay(&CATEGORIES[6], euros, self.victim.home);
            let shop = self.random.random_range(1..400);
            (step.merchant, step.merchant_category) = (format!("Donation {shop}"), "Donations".to_owned());
            steps.push((at, step));
            at += self.random.random_range(4.0..16.0);
        }
        steps
    }

    /// A large sum in pieces that nobody has to report.
    fn structuring(mut self) -> Vec<Step> {
        let code = self.victim.currency.code();
        let reported =
            REPORTED.iter().find(|(known, _)| *known == code).map_or(10_000.0, |(_, units)| *units);
        let limit = reported / self.victim.currency.per_euro();
        let count = self.random.random_range(3..=5);
        let mut at = 0.0;
        let mut steps = Vec::new();
        for _ in 0..count {
            let euros = limit * self.random.random_range(0.87..0.995);
            let mut step = self.pay(&CATEGORIES[11], euros, self.victim.home);
            step.merchant = "Horizon Holding".to_owned();
            steps.push((at, step));
            at += self.random.random_range(30.0..300.0);
        }
        steps
    }

    /// An amount between two, as likely to be ten times the one as a tenth of the other.
    fn between(&mut self, least: f64, most: f64) -> f64 {
        self.random.random_range(least.ln()..most.ln()).exp()
    }

    fn pay(&mut self, category: &Category, euros: f64, place: &Place) -> NewTransaction {
        NewTransaction {
            customer_id: self.victim.id.clone(),
            customer_name: self.victim.name.clone(),
            bank: self.victim.bank.to_owned(),
            merchant: category.merchants.choose(&mut self.random).copied().unwrap_or_default().to_owned(),
            merchant_category: category.name.to_owned(),
            amount: Money::from_euros(euros, self.victim.currency),
            country: place.country.to_owned(),
            city: place.city.to_owned(),
            channel: category.channels.choose(&mut self.random).copied().unwrap_or(Channel::Card),
            timestamp: None,
        }
    }
}
