//! The contracts that the gateway speaks.

use serde::Serialize;

/// A way of speaking: the endpoints and messages that desktops of one kind of backend know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Contract {
    /// Big Defend IA: bearer tokens, lists, a WebSocket.
    BigDefend,
    /// Money laundering: streams that look at the tables twice a second, from the start at every connection.
    Aml,
    /// Credit scores: sockets to subscribe on, streams, and analyses on demand.
    Credit,
    /// A trading dashboard: a session in a cookie, and a stream of the user's own events.
    Trading,
    /// Payment streams, as named events.
    Flowfi,
    /// Whatever changes, at one address: as a socket, as a stream, as a list.
    Generic,
}

impl Contract {
    /// Every contract.
    pub const ALL: [Self; 6] =
        [Self::BigDefend, Self::Aml, Self::Credit, Self::Trading, Self::Flowfi, Self::Generic];

    /// The name that it is asked for by, and the path that it is below when there are several.
    pub fn name(self) -> &'static str {
        match self {
            Self::BigDefend => "big-defend",
            Self::Aml => "aml",
            Self::Credit => "credit",
            Self::Trading => "trading",
            Self::Flowfi => "flowfi",
            Self::Generic => "generic",
        }
    }
}

/// What a gateway speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// One contract, at the root.
    One(Contract),
    /// Every contract, each below its name: `/aml`.
    All,
}

impl Profile {
    /// The contracts that are spoken.
    pub fn contracts(self) -> Vec<Contract> {
        match self {
            Self::One(contract) => vec![contract],
            Self::All => Contract::ALL.to_vec(),
        }
    }
}
