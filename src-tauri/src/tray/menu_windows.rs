//! The menu of the tray on Windows. One that gives way to another loses its entries, also while it is open: so it is
//! made when it is asked for, and the event loop rests until it is closed.

use std::sync::{Arc, Mutex, PoisonError};

use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconEvent};
use vigie_core::desk::desktop::Entry;

use super::menu;

/// What the menu has when it is asked for.
#[derive(Clone, Default)]
pub struct Offered(Arc<Mutex<Vec<Entry>>>);

impl Offered {
    /// Offers these entries from now on.
    pub fn change(&self, icon: &TrayIcon, entries: &[Entry]) -> tauri::Result<()> {
        entries.clone_into(&mut self.entries());
        icon.with_inner_tray_icon(|icon| icon.set_show_menu_on_right_click(false))
    }

    /// Shows the menu to who asks for it, by the keyboard too: Windows tells of that as of a click.
    pub fn heed(&self, icon: &TrayIcon, event: &TrayIconEvent) -> tauri::Result<()> {
        let TrayIconEvent::Click { button: MouseButton::Right, button_state: MouseButtonState::Up, .. } =
            event
        else {
            return Ok(());
        };
        let entries = self.entries().clone();
        icon.set_menu(Some(menu(icon.app_handle(), &entries)?))?;
        icon.with_inner_tray_icon(|icon| icon.show_menu())
    }

    fn entries(&self) -> std::sync::MutexGuard<'_, Vec<Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
