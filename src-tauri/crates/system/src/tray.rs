//! Whether there is a tray.

#[cfg_attr(target_os = "linux", path = "tray/linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "tray/always.rs")]
mod system;

pub use system::check;
