//! The registry has what the taskbar is like, which may be otherwise than the programs.

use std::time::Duration;

use tokio::sync::watch;
use windows_registry::CURRENT_USER;

use super::{Panel, tell};

const THEME: &str = r"Software\Microsoft\Windows\CurrentVersion\Themes\Personalize";
const VALUE: &str = "SystemUsesLightTheme";
/// How often it is looked at: nobody is told of a change without code that is unsafe.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Tells it until nobody asks any more.
pub async fn follow(told: watch::Sender<Panel>) {
    loop {
        tell(&told, panel());
        tokio::select! {
            () = told.closed() => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

/// What it is now; a Windows that does not say so has a dark taskbar.
fn panel() -> Panel {
    match CURRENT_USER.open(THEME).and_then(|theme| theme.get_u32(VALUE)) {
        Ok(0) | Err(_) => Panel::Dark,
        Ok(_) => Panel::Light,
    }
}
