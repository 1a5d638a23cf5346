//! The contract of FlowFi: payment streams on a ledger of their own, told as named events.

mod routes;
mod streams;

pub(crate) use routes::router;
pub(crate) use streams::{NewStream, open, project};
