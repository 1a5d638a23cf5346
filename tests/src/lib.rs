//! What the tests of the whole system stand on: a clock that is held still, a desktop that remembers, servers that
//! do as they are told, and a desk made of them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]

pub mod clock;
pub mod desk;
pub mod desktop;
#[cfg(target_os = "linux")]
pub mod desktop_session;
pub mod faults;
pub mod fuzzing;
pub mod gateway;
pub mod port;
pub mod proxy;
pub mod server;
pub mod tls;
