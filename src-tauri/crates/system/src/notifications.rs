//! Whether notifications can be shown here.

#[cfg_attr(target_os = "linux", path = "notifications/linux.rs")]
#[cfg_attr(target_os = "macos", path = "notifications/macos.rs")]
#[cfg_attr(windows, path = "notifications/windows.rs")]
mod system;

pub use system::check;
#[cfg(target_os = "linux")]
pub use system::{Deed, Done, Shower, shower};

/// What is known of the system's notifications.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Who shows them, in words.
    pub name: String,
    /// What they cannot do here, in words; empty: all that we need.
    pub lacks: Vec<&'static str>,
}
