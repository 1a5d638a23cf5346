//! The menu in the menu bar of macOS, which shows it by itself. One that is let go of is closed, also while the analyst
//! reads it: so what may be open is kept.

use std::sync::{Arc, Mutex, PoisonError};

use tauri::Wry;
use tauri::menu::Menu;
use tauri::tray::{MouseButton, TrayIcon, TrayIconEvent};
use vigie_core::desk::desktop::Entry;

use super::menu;

/// The menus that may be open.
#[derive(Clone, Default)]
pub struct Offered(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    /// What is offered now, and what was before: a click may not have been told of yet.
    latest: Vec<Menu<Wry>>,
    /// Those of the last click. When that menu was closed nobody tells.
    clicked: Vec<Menu<Wry>>,
}

impl Offered {
    /// Offers these entries from now on; a menu that is open stays as it is.
    pub fn change(&self, icon: &TrayIcon, entries: &[Entry]) -> tauri::Result<()> {
        let menu = menu(icon.app_handle(), entries)?;
        icon.set_menu(Some(menu.clone()))?;
        let mut kept = self.kept();
        kept.latest.insert(0, menu);
        kept.latest.truncate(2);
        Ok(())
    }

    /// Keeps the menu that a click opens.
    pub fn heed(&self, _icon: &TrayIcon, event: &TrayIconEvent) -> tauri::Result<()> {
        if let TrayIconEvent::Click { button: MouseButton::Right, .. } = event {
            let mut kept = self.kept();
            kept.clicked = kept.latest.clone();
        }
        Ok(())
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
