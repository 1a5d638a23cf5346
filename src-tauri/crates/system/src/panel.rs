//! Whether the tray's panel is dark or light, so that a sign can be drawn that reads on it.

#[cfg_attr(target_os = "linux", path = "panel/linux.rs")]
#[cfg_attr(target_os = "macos", path = "panel/macos.rs")]
#[cfg_attr(windows, path = "panel/windows.rs")]
mod system;

use tokio::sync::watch;

/// What is known of the panel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Panel {
    /// It is dark.
    Dark,
    /// It is light.
    Light,
    /// It may be either.
    #[default]
    Unknown,
}

/// Tells what the panel is like as it changes, from within a runtime, for as long as the answer is held.
pub fn watch() -> watch::Receiver<Panel> {
    let (told, panel) = watch::channel(Panel::default());
    tokio::spawn(system::follow(told));
    panel
}

/// Tells it where it has changed.
fn tell(told: &watch::Sender<Panel>, panel: Panel) {
    told.send_if_modified(|known| std::mem::replace(known, panel) != panel);
}
