//! Sources: they are paused, edited and tested, and nothing is lost by it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]

#[path = "sources/edited.rs"]
mod edited;
#[path = "sources/paused.rs"]
mod paused;
#[path = "sources/tested.rs"]
mod tested;
