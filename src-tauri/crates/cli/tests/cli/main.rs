//! The real `vigie-cli`, started as an analyst starts it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]

#[cfg(target_os = "linux")]
mod desktop;
mod doctor;
mod place;
mod profile;
mod server;
mod tail;
