//! Whether there is a display for the window.

#[cfg_attr(target_os = "linux", path = "display/linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "display/always.rs")]
mod system;

pub use system::check;
