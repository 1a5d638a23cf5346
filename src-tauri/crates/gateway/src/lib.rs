//! A fraud backend that desktops connect to: for demonstrations, for tests, and on its own.
//!
//! It takes in transactions, or simulates them, judges each with real rules, keeps what it finds, and tells everybody
//! who is connected. How it speaks is a contract's business; what it does is the same for all of them.
//!
//! ```text
//! submit, simulator ─► ledger ─► detection ─► projection ─► store ─► hub ─► big_defend, aml, flowfi, …
//!                      one        rules       what some     one      who is    how it is said:
//!                      writer                 contracts     commit   told      HTTP, WebSocket, SSE
//!                                             make of it
//! ```

mod access;
mod aml;
mod backend;
mod big_defend;
mod clock;
mod contract;
mod credit;
mod detection;
mod feed;
mod flowfi;
mod gateway;
mod generic;
mod guest;
mod hub;
mod journal;
mod ledger;
mod model;
mod money;
mod places;
mod projection;
mod refusal;
mod server;
mod simulator;
mod socket;
mod sse;
mod store;
mod trading;
mod wire;

pub use access::{AccountError, TokenError, User};
pub use clock::Clock;
pub use contract::{Contract, Profile};
pub use gateway::{Config, Gateway, GatewayError};
pub use ledger::LedgerError;
pub use model::{
    Alert, AlertChange, Channel, Factor, InvalidTransaction, NewTransaction, RiskMetrics, Scenario, Sequence,
    Severity, Status, Transaction,
};
pub use money::{Currency, Money};
pub use simulator::Simulation;
pub use store::{State, StoreError};
