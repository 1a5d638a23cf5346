//! The contract of an AML platform: streams that look at the tables twice a second.
//!
//! Each of them begins with the first row at every connection, and sends a bounded number of rows at each look: who
//! connects late gets everything again, and catches up as fast as that allows.

mod messages;
mod recent;
mod routes;
mod streams;

pub(crate) use routes::router;
