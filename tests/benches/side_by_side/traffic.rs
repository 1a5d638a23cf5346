//! Messages as a busy Big Defend server sends them, about 570 bytes each: payments, and every fiftieth an alert. Each
//! is made from its number alone, so that two processes can speak of the same one.

use std::io::Write as _;

use jiff::Timestamp;
use vigie_core::model::Severity;

/// Every so manieth message is an alert.
pub const ALERT_EVERY: u64 = 50;
/// A merchant so rare that few messages name it.
pub const RARE_MERCHANT: &str = "Zephyrine Orrery";
/// Every so manieth payment goes to the rare merchant.
const RARE_EVERY: u64 = 100_000;

const GIVEN: [&str; 12] = [
    "Ada",
    "Béatrice",
    "Chloé",
    "David",
    "Émile",
    "Farid",
    "Grace",
    "Hugo",
    "Inès",
    "Jules",
    "Katarzyna",
    "Léa",
];
const FAMILY: [&str; 12] = [
    "Lovelace", "Martin", "Bernard", "Nowak", "Durand", "Moreau", "Haddad", "Rossi", "García", "Müller",
    "Diallo", "Lefèvre",
];
const MERCHANTS: [(&str, &str); 8] = [
    ("Boulangerie du Marché", "Groceries"),
    ("Galaxie Électronique", "Electronics"),
    ("Rail & Ciel", "Travel"),
    ("Pharmacie Centrale", "Health"),
    ("Librairie des Quais", "Books"),
    ("Studio Arcade Games", "Games"),
    ("Atelier Vélo", "Sports"),
    ("Maison Verte", "Furniture"),
];
const CITIES: [(&str, &str); 6] = [
    ("Paris", "FR"),
    ("Lyon", "FR"),
    ("Bruxelles", "BE"),
    ("Genève", "CH"),
    ("Madrid", "ES"),
    ("Dublin", "IE"),
];
const CHANNELS: [&str; 4] = ["card", "online", "transfer", "atm"];
const SCENARIOS: [(&str, &str); 4] = [
    ("card_testing", "Card testing: 14 small payments within 9 minutes"),
    ("impossible_travel", "Two payments 1,900 km apart within 25 minutes"),
    ("structuring", "4 payments just below the reporting limit"),
    ("unusual_amount", "23 times what this customer usually spends"),
];
/// Of ten alerts: few are critical.
const SEVERITIES: [Severity; 10] = [
    Severity::Low,
    Severity::Low,
    Severity::Medium,
    Severity::High,
    Severity::Medium,
    Severity::High,
    Severity::Low,
    Severity::High,
    Severity::Medium,
    Severity::Critical,
];

/// How the server names things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identifiers {
    /// As the gateway does: numbers that grow, in base 32.
    Growing,
    /// Random UUIDs, as many backends do: the worst that an index can meet.
    Random,
}

/// Whether the message of this number is an alert.
pub const fn is_alert(number: u64) -> bool {
    number % ALERT_EVERY == ALERT_EVERY - 1
}

/// How many of the first `count` messages are alerts.
pub const fn alerts_among(count: u64) -> u64 {
    count / ALERT_EVERY
}

/// The number of the message that brings the alert of this place, counted from 0.
pub const fn number_of_alert(place: u64) -> u64 {
    place * ALERT_EVERY + ALERT_EVERY - 1
}

/// How bad the alert of this place is.
pub const fn severity_of_alert(place: u64) -> Severity {
    SEVERITIES[(place % SEVERITIES.len() as u64) as usize]
}

/// Whether somebody had dealt with the alert of this place before it was told.
pub const fn is_closed(place: u64) -> bool {
    place % 8 == 5
}

/// Adds the message of this number to `out`; `at` is when it happened, in milliseconds since 1970.
pub fn write(out: &mut Vec<u8>, number: u64, identifiers: Identifiers, at: i64) {
    let dice = mixed(number);
    let pick = |shift: u32, count: usize| (dice >> shift) as usize % count;
    let (given, family) = (GIVEN[pick(0, GIVEN.len())], FAMILY[pick(8, FAMILY.len())]);
    let (merchant, category) = match number % RARE_EVERY {
        77 => (RARE_MERCHANT, "Curiosities"),
        _ => MERCHANTS[pick(16, MERCHANTS.len())],
    };
    let ((city, country), channel) = (CITIES[pick(24, CITIES.len())], CHANNELS[pick(32, CHANNELS.len())]);
    let (euros, cents, risk) = (dice % 900 + 1, dice % 100, dice % 97);
    let customer = dice % 20_000;
    let at = Timestamp::from_millisecond(at).unwrap_or_default();
    let sequence = number + 1;
    if is_alert(number) {
        let (id, about) = (name("AL", number, identifiers), name("TX", number - 1, identifiers));
        let place = number / ALERT_EVERY;
        let (scenario, description) = SCENARIOS[pick(40, SCENARIOS.len())];
        let severity = severity_of_alert(place).word();
        let status = if is_closed(place) { "resolved" } else { "open" };
        write!(
            out,
            r#"{{"type":"fraudAlert","payload":{{"id":"{id}","transactionId":"{about}","customerId":"C-{customer:06}","customerName":"{given} {family}","bank":"Crédit des Vosges","severity":"{severity}","type":"{scenario}","description":"{description}","fraudProbability":0.{risk:02},"status":"{status}","assignedTo":null,"amount":{euros}.{cents:02},"currency":"EUR","country":"{country}","merchant":"{merchant}","factors":[{{"name":"amount","weight":0.4,"description":"Above what is usual"}}],"timestamp":"{at:.3}","updatedAt":"{at:.3}"}},"sequence":{sequence}}}"#
        )
    } else {
        let id = name("TX", number, identifiers);
        let terminal = dice >> 44;
        write!(
            out,
            r#"{{"type":"newTransaction","payload":{{"id":"{id}","customerId":"C-{customer:06}","customerName":"{given} {family}","bank":"Crédit des Vosges","merchant":"{merchant}","merchantCategory":"{category}","amount":{euros}.{cents:02},"currency":"EUR","country":"{country}","city":"{city}","channel":"{channel}","timestamp":"{at:.3}","riskScore":0.{risk:02},"terminal":{{"id":"T-{terminal:05X}","entry":"contactless","firmware":"4.18.2"}},"device":{{"address":"192.0.2.{risk}","agent":"Mozilla/5.0 (X11; Linux x86_64)"}},"authorization":"{dice:016X}","mandate":null,"instalments":1}},"sequence":{sequence}}}"#
        )
    }
    .unwrap();
}

fn name(prefix: &str, number: u64, identifiers: Identifiers) -> String {
    match identifiers {
        Identifiers::Growing => {
            const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
            let places = (64 - number.leading_zeros()).div_ceil(5).max(1);
            let digit = |place| char::from(DIGITS[(number >> (5 * place)) as usize & 31]);
            format!("{prefix}-{}", (0..places).rev().map(digit).collect::<String>())
        }
        Identifiers::Random => {
            let (high, low) = (mixed(number ^ 0xA5A5 << 40), mixed(!number));
            format!(
                "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
                high >> 32,
                high >> 16 & 0xFFFF,
                high & 0xFFF,
                low >> 48 & 0x3FFF | 0x8000,
                low & 0xFFFF_FFFF_FFFF
            )
        }
    }
}

/// Spreads a number over all bits (the finaliser of SplitMix64): one number, one result.
pub const fn mixed(number: u64) -> u64 {
    let mut bits = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ bits >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ bits >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ bits >> 31
}
