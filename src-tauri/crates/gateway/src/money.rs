//! Amounts: whole minor units in a known currency.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A currency that the gateway knows: what it is called, how it is counted and what it is worth.
#[derive(Debug)]
struct Coin {
    code: &'static str,
    decimals: u32,
    /// Units of the currency for one euro: a fixed reference, to compare amounts and never to convert them.
    per_euro: f64,
}

const fn coin(code: &'static str, decimals: u32, per_euro: f64) -> Coin {
    Coin { code, decimals, per_euro }
}

static EURO: Coin = coin("EUR", 2, 1.0);

static COINS: [Coin; 19] = [
    coin("AUD", 2, 1.75),
    coin("BHD", 3, 0.43),
    coin("BRL", 2, 6.2),
    coin("CAD", 2, 1.6),
    coin("CHF", 2, 0.94),
    coin("CZK", 2, 24.5),
    coin("DKK", 2, 7.46),
    coin("GBP", 2, 0.87),
    coin("HUF", 2, 390.0),
    coin("INR", 2, 100.0),
    coin("JPY", 0, 175.0),
    coin("KRW", 0, 1650.0),
    coin("KWD", 3, 0.35),
    coin("MXN", 2, 21.5),
    coin("NOK", 2, 11.7),
    coin("PLN", 2, 4.25),
    coin("SEK", 2, 11.0),
    coin("SGD", 2, 1.5),
    coin("USD", 2, 1.15),
];

/// A currency by its ISO 4217 code.
#[derive(Debug, Clone, Copy)]
pub struct Currency(&'static Coin);

impl Currency {
    /// The currency of this code (`EUR`), if the gateway knows it.
    pub fn of(code: &str) -> Option<Self> {
        COINS.iter().chain([&EURO]).find(|coin| coin.code == code).map(Self)
    }

    /// The euro.
    pub fn euro() -> Self {
        Self(&EURO)
    }

    /// The ISO 4217 code.
    pub fn code(self) -> &'static str {
        self.0.code
    }

    /// How many decimals an amount has: two for euros, none for yen.
    pub fn decimals(self) -> u32 {
        self.0.decimals
    }

    /// Units of this currency for one euro, by a fixed reference.
    pub(crate) fn per_euro(self) -> f64 {
        self.0.per_euro
    }
}

impl PartialEq for Currency {
    fn eq(&self, other: &Self) -> bool {
        self.code() == other.code()
    }
}

impl Eq for Currency {}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::of(&code).ok_or_else(|| serde::de::Error::custom("an unknown currency"))
    }
}

/// An amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Whole minor units: cents of a euro, yen.
    pub minor: i64,
    /// What they are units of.
    pub currency: Currency,
}

impl Money {
    /// So many minor units of a currency.
    pub fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Reads a plain decimal (`12.3`) without a detour through floating point. `None` if it is none, or has
    /// more decimals than the currency.
    pub fn parse(text: &str, currency: Currency) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let decimals = currency.decimals() as usize;
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let significant = fraction.trim_end_matches('0');
        if whole.is_empty() || !digits(whole) || !digits(fraction) || significant.len() > decimals {
            return None;
        }
        let minor = format!("{whole}{significant:0<decimals$}").parse().ok()?;
        Some(Self { minor, currency })
    }

    /// The closest amount to so many euros.
    pub(crate) fn from_euros(euros: f64, currency: Currency) -> Self {
        let units = euros * currency.per_euro() * 10_f64.powi(currency.decimals() as i32);
        Self { minor: units.round() as i64, currency }
    }

    /// What the amount is worth in euros, to compare it with others.
    pub fn euros(self) -> f64 {
        self.minor as f64 / 10_f64.powi(self.currency.decimals() as i32) / self.currency.per_euro()
    }

    /// The amount as a decimal with exactly the decimals of its currency: `12.30`, `1200`.
    pub fn decimal(self) -> String {
        let unit = 10_u64.pow(self.currency.decimals());
        let (sign, minor) = (if self.minor < 0 { "-" } else { "" }, self.minor.unsigned_abs());
        match self.currency.decimals() as usize {
            0 => format!("{sign}{minor}"),
            decimals => format!("{sign}{}.{:0decimals$}", minor / unit, minor % unit),
        }
    }
}

impl std::fmt::Display for Money {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} {}", self.decimal(), self.currency.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(text: &str, code: &str) -> Option<String> {
        Money::parse(text, Currency::of(code).unwrap()).map(Money::decimal)
    }

    #[test]
    fn an_amount_has_exactly_the_decimals_of_its_currency() {
        assert_eq!(money("12.3", "EUR").as_deref(), Some("12.30"));
        assert_eq!(money("0.05", "EUR").as_deref(), Some("0.05"));
        assert_eq!(money("1200", "JPY").as_deref(), Some("1200"));
        assert_eq!(money("1200.0", "JPY").as_deref(), Some("1200"));
        assert_eq!(money("7", "KWD").as_deref(), Some("7.000"));
    }

    #[test]
    fn what_is_no_plain_decimal_is_refused() {
        for text in ["", ".5", "-1", "1e3", "1.234", "1,5", " 1", "NaN", "99999999999999999999"] {
            assert_eq!(money(text, "EUR"), None, "{text}");
        }
        assert_eq!(money("1.5", "JPY"), None);
    }
}
