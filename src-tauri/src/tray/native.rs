//! The tray of Windows and the menu bar of macOS. Both belong to the main thread.

use tauri::menu::{Menu, MenuBuilder, MenuItemBuilder, SubmenuBuilder};
use tauri::tray::{MouseButton, MouseButtonState, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, image::Image};
use tokio::sync::oneshot;
use vigie_core::desk::desktop::{Choice, Entry, Tray, TraySign};
use vigie_system::panel::Panel;

use super::{Hand, ID, NoTray, icons};

/// How large a sign is at the usual scale, in pixels: Windows' size, and about that of macOS.
const SIDE: f64 = 16.0;
/// The entry that ends the program; every other says what is chosen.
const QUIT: &str = "quit";

impl From<tauri::Error> for NoTray {
    fn from(error: tauri::Error) -> Self {
        Self(error.to_string())
    }
}

/// The icon in the tray.
pub struct Icon {
    app: AppHandle,
}

impl Icon {
    /// Puts it into the tray.
    pub async fn make(hand: &Hand, tray: Tray, panel: Panel) -> Result<Self, NoTray> {
        let hand = hand.clone();
        let app = hand.app.clone();
        on_main_thread(&app, move |app| build(app, &hand, &tray, panel)).await?;
        Ok(Self { app })
    }

    /// Shows this.
    pub async fn show(&self, tray: Tray, panel: Panel) -> Result<(), NoTray> {
        on_main_thread(&self.app, move |app| {
            let Some(icon) = app.tray_by_id(ID) else { return Ok(()) };
            // The menu bar draws it in its own colour; elsewhere that means nothing.
            icon.set_icon_with_as_template(Some(image(app, tray.sign, panel)?), true)?;
            icon.set_tooltip(Some(tray.lines.join("\n")))?;
            icon.set_title(Some(count(&tray)))?;
            icon.set_menu(Some(menu(app, &tray)?))
        })
        .await
    }

    /// Waits until it is shown again or no more: both systems see to that themselves.
    pub async fn shown(&mut self) -> Result<bool, NoTray> {
        std::future::pending().await
    }

    /// Takes it away.
    pub async fn remove(self) {
        let removed = on_main_thread(&self.app, |app| {
            drop(app.remove_tray_by_id(ID));
            Ok(())
        });
        if let Err(error) = removed.await {
            tracing::debug!(%error, "the icon stays");
        }
    }
}

/// Does this on the main thread, and waits until it is done.
async fn on_main_thread(
    app: &AppHandle,
    act: impl FnOnce(&AppHandle) -> tauri::Result<()> + Send + 'static,
) -> Result<(), NoTray> {
    let (done, outcome) = oneshot::channel();
    let handle = app.clone();
    app.run_on_main_thread(move || {
        // Nobody waits any more when the program ends.
        let _ending = done.send(act(&handle));
    })?;
    let ended = |_| NoTray("the program ends".to_owned());
    Ok(outcome.await.map_err(ended)??)
}

fn build(app: &AppHandle, hand: &Hand, tray: &Tray, panel: Panel) -> tauri::Result<()> {
    let (chooser, clicked) = (hand.clone(), hand.clone());
    TrayIconBuilder::with_id(ID)
        .icon(image(app, tray.sign, panel)?)
        .icon_as_template(true)
        .tooltip(tray.lines.join("\n"))
        .title(count(tray))
        .menu(&menu(app, tray)?)
        .show_menu_on_left_click(false)
        .on_menu_event(move |_, event| chosen(&chooser, event.id().as_ref()))
        .on_tray_icon_event(move |_, event| {
            if let TrayIconEvent::Click {
                button: MouseButton::Left,
                button_state: MouseButtonState::Up,
                ..
            } = event
            {
                clicked.choose(Choice::Open);
            }
        })
        .build(app)
        .map(drop)
}

/// The sign as large as the main screen wants it.
fn image(app: &AppHandle, sign: TraySign, panel: Panel) -> tauri::Result<Image<'static>> {
    let scale = app.primary_monitor()?.map_or(1.0, |screen| screen.scale_factor());
    let mut images = icons::images(sign, panel)?;
    let is_enough = |image: &Image<'_>| f64::from(image.width()) >= SIDE * scale;
    let fitting = images.iter().position(is_enough).unwrap_or(images.len().saturating_sub(1));
    Ok(images.swap_remove(fitting))
}

/// The count beside the icon, where there is room for one.
fn count(tray: &Tray) -> String {
    if tray.unacknowledged == 0 { String::new() } else { tray.unacknowledged.to_string() }
}

fn menu(app: &AppHandle, tray: &Tray) -> tauri::Result<Menu<tauri::Wry>> {
    let mut menu = MenuBuilder::new(app);
    for entry in &tray.menu {
        menu = match entry {
            Entry::Line(words) => menu.item(&MenuItemBuilder::new(escaped(words)).enabled(false).build(app)?),
            Entry::Between => menu.separator(),
            Entry::Choice(choice, words) => menu.text(name(*choice)?, escaped(words)),
            Entry::More(words, entries) => {
                let mut more = SubmenuBuilder::new(app, escaped(words));
                for entry in entries {
                    if let Entry::Choice(choice, words) = entry {
                        more = more.text(name(*choice)?, escaped(words));
                    }
                }
                menu.item(&more.build()?)
            }
            Entry::Quit(words) => menu.text(QUIT, escaped(words)),
        };
    }
    menu.build()
}

/// A choice as the name of its entry.
fn name(choice: Choice) -> tauri::Result<String> {
    Ok(serde_json::to_string(&choice)?)
}

/// Does what was chosen in the menu.
fn chosen(hand: &Hand, name: &str) {
    if name == QUIT {
        hand.quit();
    } else if let Ok(choice) = serde_json::from_str(name) {
        hand.choose(choice);
    }
}

/// Words as they are: a `&` marks a key otherwise.
fn escaped(words: &str) -> String {
    words.replace('&', "&&")
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_marks_a_key_in_a_menu_is_text() {
        assert_eq!(super::escaped("a_b & c"), "a_b && c");
    }
}
