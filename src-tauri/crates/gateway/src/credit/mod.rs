//! The contract of a credit platform: sockets that clients subscribe on, streams, and analyses on demand.

mod analysis;
mod messages;
mod routes;
mod socket;

pub(crate) use analysis::{analyze, project};
pub(crate) use routes::router;
