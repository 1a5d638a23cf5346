//! A frame of each type of message that the built-in profiles know, and what reads the same of it without a profile.

use super::peer::{self, Peer, bare, typed, wrapped};

/// A frame as a backend sends it.
pub struct Sample {
    /// The profile.
    pub profile: &'static str,
    /// The type of message.
    pub message: &'static str,
    /// On which stream of the profile's best transport it comes.
    pub stream: usize,
    /// The name of its Server-Sent Event, if the backend names them.
    pub event: Option<&'static str>,
    /// What it says.
    pub json: &'static str,
    /// What reads the same without a profile.
    pub peer: Peer,
}

macro_rules! samples {
    ($($profile:literal $message:literal stream $stream:literal $(event $event:literal)? => $peer:expr,)*) => {
        /// All of them.
        pub const SAMPLES: &[Sample] = &[$(Sample {
            profile: $profile,
            message: $message,
            stream: $stream,
            event: [$(Some($event),)? None][0],
            json: include_str!(concat!("../frames/", $profile, ".", $message, ".json")).trim_ascii_end(),
            peer: $peer,
        }),*];
    };
}

samples! {
    "aml" "transaction" stream 0 => bare::<peer::AmlTransaction<'_>>,
    "aml" "alert" stream 1 => bare::<peer::AmlAlert<'_>>,
    "big-defend" "newTransaction" stream 0 => wrapped::<peer::BigDefend<'_>, peer::NewTransaction<'_>>,
    "big-defend" "fraudAlert" stream 0 => wrapped::<peer::BigDefend<'_>, peer::FraudAlert<'_>>,
    "big-defend" "riskUpdate" stream 0 => wrapped::<peer::BigDefend<'_>, peer::RiskUpdate<'_>>,
    "credit" "credit_analysis" stream 0 => typed::<peer::CreditAnalysis<'_>>,
    "credit" "risk_score_update" stream 0 => typed::<peer::RiskScoreUpdate<'_>>,
    "credit" "calculation_progress" stream 0 => typed::<peer::CalculationProgress<'_>>,
    "credit" "portfolio_update" stream 0 => typed::<peer::PortfolioUpdate<'_>>,
    "credit" "market_alert" stream 0 => typed::<peer::MarketAlert<'_>>,
    "flowfi" "stream.created" stream 0 event "stream.created" => bare::<peer::PaymentStream<'_>>,
    "flowfi" "stream.topped_up" stream 0 event "stream.topped_up" => bare::<peer::PaymentStream<'_>>,
    "flowfi" "stream.withdrawn" stream 0 event "stream.withdrawn" => bare::<peer::PaymentStream<'_>>,
    "flowfi" "stream.cancelled" stream 0 event "stream.cancelled" => bare::<peer::PaymentStream<'_>>,
    "flowfi" "stream.completed" stream 0 event "stream.completed" => bare::<peer::PaymentStream<'_>>,
    "generic" "alert" stream 0 => wrapped::<peer::Generic<'_>, peer::GenericAlert<'_>>,
    "generic" "transaction" stream 0 => wrapped::<peer::Generic<'_>, peer::GenericTransaction<'_>>,
    "trading" "order_placed" stream 0 => wrapped::<peer::Trading<'_>, peer::Order<'_>>,
    "trading" "position_updated" stream 0 => wrapped::<peer::Trading<'_>, peer::Position<'_>>,
    "trading" "balance_updated" stream 0 => wrapped::<peer::Trading<'_>, peer::Balance<'_>>,
    "trading" "account" stream 0 => wrapped::<peer::Trading<'_>, peer::Account<'_>>,
    "trading" "watchlist_item_added" stream 0 => wrapped::<peer::Trading<'_>, peer::WatchlistItem<'_>>,
    "trading" "watchlist_item_removed" stream 0 => wrapped::<peer::Trading<'_>, peer::WatchlistItem<'_>>,
}
