//! Who pays, and whom. All of them are made up.

use rand::{RngExt as _, seq::IndexedRandom as _};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

use super::{Purpose, random};
use crate::{
    model::Channel,
    money::Currency,
    places::{PLACES, Place},
};

/// The fewest customers.
const CUSTOMERS: f64 = 300.0;

/// Seconds between two payments of a customer, on average: a lively feed has more customers, not busier ones.
const PAYS_EVERY: f64 = 300.0;

/// How much customers differ in what they spend, as a standard deviation of the logarithm.
const WEALTH: f64 = 0.35;

/// How active people are in each hour of their day.
const ACTIVITY: [f64; 24] = [
    0.06, 0.04, 0.03, 0.03, 0.04, 0.08, 0.20, 0.40, 0.60, 0.70, 0.75, 0.85, 1.0, 0.90, 0.75, 0.70, 0.75,
    0.90, 1.0, 0.90, 0.70, 0.45, 0.25, 0.12,
];

/// A country that customers live in.
struct Home {
    country: &'static str,
    currency: &'static str,
    bank: &'static str,
    /// Of a hundred customers.
    share: u32,
    given: [&'static str; 8],
    family: [&'static str; 8],
}

static HOMES: [Home; 8] = [
    Home {
        country: "FR",
        currency: "EUR",
        bank: "Banque du Ponant",
        share: 26,
        given: ["Camille", "Léa", "Hugo", "Inès", "Lucas", "Manon", "Théo", "Zoé"],
        family: ["Morel", "Lefort", "Garnier", "Roussel", "Blanchard", "Perrin", "Fontaine", "Delmas"],
    },
    Home {
        country: "DE",
        currency: "EUR",
        bank: "Nordstern Bank",
        share: 20,
        given: ["Anna", "Jonas", "Lena", "Paul", "Mia", "Felix", "Clara", "Emil"],
        family: ["Keller", "Brandt", "Vogel", "Lindner", "Hartmann", "Seidel", "Krämer", "Busch"],
    },
    Home {
        country: "GB",
        currency: "GBP",
        bank: "Albion Mutual",
        share: 16,
        given: ["Oliver", "Amelia", "Harry", "Isla", "George", "Freya", "Arthur", "Priya"],
        family: ["Whitfield", "Ashworth", "Pemberton", "Holloway", "Marsh", "Lockwood", "Patel", "Thorne"],
    },
    Home {
        country: "IT",
        currency: "EUR",
        bank: "Banque du Ponant",
        share: 9,
        given: ["Giulia", "Marco", "Chiara", "Luca", "Sofia", "Matteo", "Elena", "Pietro"],
        family: ["Ferri", "Galli", "Moretti", "Bassi", "Serra", "Villa", "Conti", "Marini"],
    },
    Home {
        country: "CH",
        currency: "CHF",
        bank: "Nordstern Bank",
        share: 7,
        given: ["Noah", "Lara", "Nico", "Elin", "Livia", "Tim", "Selina", "Yannick"],
        family: ["Zürcher", "Frei", "Baumann", "Wyss", "Favre", "Rochat", "Graf", "Amstutz"],
    },
    Home {
        country: "PL",
        currency: "PLN",
        bank: "Nordstern Bank",
        share: 6,
        given: ["Zofia", "Jakub", "Hanna", "Antoni", "Maja", "Szymon", "Alicja", "Filip"],
        family: ["Zielińska", "Wrona", "Sikora", "Bielak", "Kozioł", "Mazurek", "Sobczak", "Gajda"],
    },
    Home {
        country: "US",
        currency: "USD",
        bank: "Pacific Harbor",
        share: 11,
        given: ["Ethan", "Ava", "Mason", "Harper", "Logan", "Stella", "Diego", "Naomi"],
        family: ["Whitaker", "Delgado", "Hayes", "Brooks", "Nguyen", "Sullivan", "Reyes", "Carver"],
    },
    Home {
        country: "JP",
        currency: "JPY",
        bank: "Pacific Harbor",
        share: 5,
        given: ["Haruto", "Yui", "Sota", "Hina", "Ren", "Aoi", "Daiki", "Mei"],
        family: ["Takahashi", "Mori", "Ishida", "Kondo", "Ogawa", "Hayashi", "Nishimura", "Ueda"],
    },
];

/// What merchants sell, and what it costs.
#[derive(Debug)]
pub(super) struct Category {
    pub name: &'static str,
    /// How often it is bought.
    share: f64,
    /// The middle price, in euros.
    pub usual: f64,
    /// The spread of prices, as a standard deviation of the logarithm.
    pub spread: f64,
    pub channels: &'static [Channel],
    pub merchants: &'static [&'static str],
}

const fn category(
    (name, share): (&'static str, f64),
    (usual, spread): (f64, f64),
    channels: &'static [Channel],
    merchants: &'static [&'static str],
) -> Category {
    Category { name, share, usual, spread, channels, merchants }
}

use Channel::{Atm, Card, Online, Transfer};

pub(super) static CATEGORIES: [Category; 12] = [
    category(
        ("Groceries", 26.0),
        (36.0, 0.6),
        &[Card],
        &["Marché Bleu", "Kornblume", "Greenfold", "Bottega Verde 21"],
    ),
    category(
        ("Restaurants", 16.0),
        (27.0, 0.55),
        &[Card],
        &["Chez Lucette", "Zum Leuchtturm", "The Tin Kettle"],
    ),
    category(("Fuel", 8.0), (55.0, 0.35), &[Card], &["Hélio Stations", "Rastpunkt 7", "Milestone Fuel"]),
    category(("Pharmacy", 6.0), (18.0, 0.55), &[Card], &["Pharmacie du Port", "Sonnen-Apotheke", "Wellgate"]),
    category(("Fashion", 9.0), (62.0, 0.6), &[Card, Online], &["Maison Alba", "Fadenwerk", "Loom & Thread"]),
    category(("Electronics", 5.0), (140.0, 0.75), &[Card, Online], &["Voltéa", "Funkhaus Nord", "Brightbox"]),
    category(("Streaming", 7.0), (10.0, 0.3), &[Online], &["Lumora", "Tonspur", "Reelhouse"]),
    category(("Travel", 4.0), (180.0, 0.7), &[Online], &["Ligne Claire Rail", "Wolkenweg", "Farpoint"]),
    category(("Home", 6.0), (65.0, 0.65), &[Card, Online], &["Atelier Chêne", "Werkbank", "Hearth & Co"]),
    category(
        ("Leisure", 6.0),
        (24.0, 0.5),
        &[Card, Online],
        &["Ciné Étoile", "Kletterhalle Süd", "Playfield"],
    ),
    category(("Cash", 4.0), (90.0, 0.5), &[Atm], &["Cash machine"]),
    category(("Transfer", 3.0), (220.0, 0.8), &[Transfer], &["Rent", "Savings account", "Family"]),
];

/// Somebody with an account.
#[derive(Debug, Clone)]
pub(super) struct Customer {
    pub id: String,
    pub name: String,
    pub bank: &'static str,
    pub currency: Currency,
    pub home: &'static Place,
    /// How much more than others they spend, as a factor.
    pub wealth: f64,
}

/// The customers: each follows from its number, so that none is kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct World {
    pub seed: u64,
    customers: u64,
}

impl World {
    /// A world with customers enough for so many payments a second.
    pub fn new(seed: u64, rate: f64) -> Self {
        Self { seed, customers: (rate * PAYS_EVERY).max(CUSTOMERS) as u64 }
    }

    /// The customer of this number.
    pub fn customer(&self, number: u64) -> Customer {
        let mut random = random(self.seed, Purpose::Customer, number);
        let home = &HOMES[weighted(&mut random, HOMES.iter().map(|home| f64::from(home.share)))];
        let cities: Vec<&Place> = PLACES.iter().filter(|place| place.country == home.country).collect();
        let given = home.given.choose(&mut random).copied().unwrap_or_default();
        let family = home.family.choose(&mut random).copied().unwrap_or_default();
        Customer {
            id: format!("C-{number:06}"),
            name: format!("{given} {family}"),
            bank: home.bank,
            currency: currency(home.currency),
            home: cities.choose(&mut random).copied().unwrap_or(&PLACES[0]),
            wealth: (WEALTH * random.sample::<f64, _>(StandardNormal)).exp(),
        }
    }

    /// Any customer.
    pub fn anybody(&self, random: &mut ChaCha8Rng) -> Customer {
        self.customer(random.random_range(0..self.customers))
    }

    /// A customer who is likely to be up at this hour, counted from midnight in Greenwich.
    pub fn somebody_awake(&self, random: &mut ChaCha8Rng, hour: f64) -> Customer {
        /// After this many sleepers, one is woken up.
        const TRIES: usize = 12;
        let mut customer = self.anybody(random);
        for _ in 0..TRIES {
            if random.random::<f64>() < activity(hour + customer.home.hours_ahead()) {
                break;
            }
            customer = self.anybody(random);
        }
        customer
    }
}

/// Any category, by how often it is bought.
pub(super) fn any_category(random: &mut ChaCha8Rng) -> &'static Category {
    &CATEGORIES[weighted(random, CATEGORIES.iter().map(|category| category.share))]
}

/// How active people are at this hour of their day, 0 to 1.
pub(super) fn activity(hour: f64) -> f64 {
    ACTIVITY[hour.rem_euclid(24.0) as usize % ACTIVITY.len()]
}

/// An index, as likely as its weight.
pub(super) fn weighted(random: &mut ChaCha8Rng, weights: impl Iterator<Item = f64> + Clone) -> usize {
    let mut left = random.random::<f64>() * weights.clone().sum::<f64>();
    let mut last = 0;
    for (index, weight) in weights.enumerate() {
        last = index;
        left -= weight;
        if left < 0.0 {
            break;
        }
    }
    last
}

/// A currency of this world; all of them are known.
fn currency(code: &str) -> Currency {
    Currency::of(code).unwrap_or_else(Currency::euro)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_in_the_world_is_known() {
        for home in &HOMES {
            assert!(Currency::of(home.currency).is_some(), "{}", home.currency);
            assert!(PLACES.iter().any(|place| place.country == home.country), "{}", home.country);
        }
        assert_eq!(HOMES.iter().map(|home| home.share).sum::<u32>(), 100);
    }

    #[test]
    fn a_customer_is_the_same_whenever_asked_for() {
        let world = World::new(7, 20.0);
        let (first, again) = (world.customer(42), world.customer(42));
        assert_eq!((first.name, first.home, first.id), (again.name, again.home, again.id));
    }
}
