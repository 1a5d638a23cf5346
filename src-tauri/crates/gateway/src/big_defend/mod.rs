//! The contract of Big Defend IA: sign in for a bearer token, lists over HTTP, news over a WebSocket.

mod lists;
mod messages;
mod routes;
mod socket;

pub(crate) use messages::frame;
pub(crate) use routes::router;
