//! A hostile or broken server costs bounded memory, is told in words, and never costs the other sources anything: in
//! every test here a well-behaved source stays live and its events keep arriving meanwhile.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]

#[path = "hostile/again.rs"]
mod again;
#[path = "hostile/endless.rs"]
mod endless;
#[path = "hostile/positions.rs"]
mod positions;
#[path = "hostile/redirects.rs"]
mod redirects;
#[path = "hostile/refusals.rs"]
mod refusals;
#[path = "hostile/stage.rs"]
mod stage;
#[path = "hostile/time.rs"]
mod time;
