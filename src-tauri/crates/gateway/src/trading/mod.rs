//! The contract of a trading dashboard: a session in a cookie, lists to begin with, and one stream of a user's own
//! events.

mod account;
mod messages;
mod routes;

pub(crate) use account::project;
pub(crate) use routes::router;
