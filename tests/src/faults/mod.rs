//! Faults between a desktop and a server: schedules of them, drawn from a seed, and the proxy that commits them.

mod borders;
pub mod proxy;
pub mod schedule;
