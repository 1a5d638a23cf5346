//! What the operating system offers, without a window: the vault, the places for files, the log, and whether
//! notifications, tray and display are there. What differs between the systems stands in a file for each.

pub mod about;
#[cfg(target_os = "linux")]
mod bus;
pub mod display;
pub mod log;
pub mod notifications;
pub mod panel;
pub mod places;
pub mod tray;
pub mod vault;

/// Something that the system does not offer here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}: {cure}")]
pub struct Missing {
    /// What is wrong.
    pub why: String,
    /// What to do.
    pub cure: &'static str,
}
