//! What desktops may rely on, over real HTTP and WebSockets.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod aml;
mod changes;
mod credit;
mod flowfi;
mod generic;
mod listener;
mod lists;
mod restart;
mod sign_in;
mod simulation;
mod stream;
mod support;
mod trading;
