//! A frame of each type of message that the built-in profiles know, and what reads the same of it without a profile.

use bytes::Bytes;
use vigie_core::model::{Kind, Time};
use vigie_core::profile::{Batch, Profile, Stream};
use vigie_core::transport::Frame;

use super::peer::{self, Peer, bare, typed, wrapped};

/// When they arrive: 2026-11-26T09:14:04Z.
const RECEIVED_AT: Time = Time(1_795_684_444_000);

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

impl Sample {
    /// The stream that it comes on.
    pub fn stream<'a>(&self, profile: &'a Profile) -> &'a Stream {
        &profile.transports[0].streams[self.stream]
    }

    /// It as it arrives.
    pub fn frame(&self) -> Frame {
        Frame {
            bytes: Bytes::from_static(self.json.as_bytes()),
            length: self.json.len(),
            received_at: RECEIVED_AT,
            event: self.event.map(Into::into),
            event_id: None,
        }
    }

    /// Fails where it does not become one event of a kind that the profile knows. What it does not know is kept as it
    /// is, which is quick.
    pub fn check(&self, profile: &Profile) {
        let mut batch = Batch::default();
        profile.decode(self.stream(profile), &self.frame(), &mut batch);
        let is_known = matches!(&batch.events[..], [event] if event.kind != Kind::Other);
        assert!(is_known && batch.rejected.is_empty(), "{} {}: {batch:?}", self.profile, self.message);
    }
}

macro_rules! samples {
    ($($profile:literal $message:literal stream $stream:literal $(event $event:literal)? => $way:ident $($read:ident)+,)*) => {
        /// All of them, profile by profile.
        pub const SAMPLES: &[Sample] = &[$(Sample {
            profile: $profile,
            message: $message,
            stream: $stream,
            event: [$(Some($event),)? None][0],
            json: include_str!(concat!("frames/", $profile, ".", $message, ".json")).trim_ascii_end(),
            peer: |bytes| $way::<$(peer::$read<'_>),+>(bytes),
        }),*];
    };
}

samples! {
    "aml" "transaction" stream 0 => bare AmlTransaction,
    "aml" "alert" stream 1 => bare AmlAlert,
    "big-defend" "newTransaction" stream 0 => wrapped BigDefend NewTransaction,
    "big-defend" "fraudAlert" stream 0 => wrapped BigDefend FraudAlert,
    "big-defend" "riskUpdate" stream 0 => wrapped BigDefend RiskUpdate,
    "credit" "credit_analysis" stream 0 => typed CreditAnalysis,
    "credit" "risk_score_update" stream 0 => typed RiskScoreUpdate,
    "credit" "calculation_progress" stream 0 => typed CalculationProgress,
    "credit" "portfolio_update" stream 0 => typed PortfolioUpdate,
    "credit" "market_alert" stream 0 => typed MarketAlert,
    "flowfi" "stream.created" stream 0 event "stream.created" => bare PaymentStream,
    "flowfi" "stream.topped_up" stream 0 event "stream.topped_up" => bare PaymentStream,
    "flowfi" "stream.withdrawn" stream 0 event "stream.withdrawn" => bare PaymentStream,
    "flowfi" "stream.cancelled" stream 0 event "stream.cancelled" => bare PaymentStream,
    "flowfi" "stream.completed" stream 0 event "stream.completed" => bare PaymentStream,
    "generic" "alert" stream 0 => wrapped Generic GenericAlert,
    "generic" "transaction" stream 0 => wrapped Generic GenericTransaction,
    "trading" "order_placed" stream 0 => wrapped Trading Order,
    "trading" "position_updated" stream 0 => wrapped Trading Position,
    "trading" "balance_updated" stream 0 => wrapped Trading Balance,
    "trading" "account" stream 0 => wrapped Trading Account,
    "trading" "watchlist_item_added" stream 0 => wrapped Trading WatchlistItem,
    "trading" "watchlist_item_removed" stream 0 => wrapped Trading WatchlistItem,
}
