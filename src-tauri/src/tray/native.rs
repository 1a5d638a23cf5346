//! The tray of Windows and the menu bar of macOS. Both belong to the main thread.

#[cfg_attr(target_os = "macos", path = "menu_macos.rs")]
#[cfg_attr(windows, path = "menu_windows.rs")]
mod offered;

use tauri::menu::{Menu, MenuBuilder, MenuItemBuilder, SubmenuBuilder};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, image::Image};
use tokio::sync::oneshot;
use vigie_core::desk::desktop::{Choice, Entry, Tray, TraySign};
use vigie_system::panel::Panel;

use self::offered::Offered;
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
    offered: Offered,
}

impl Icon {
    /// Puts it into the tray.
    pub async fn make(hand: &Hand, tray: Tray, panel: Panel) -> Result<Self, NoTray> {
        let (hand, app, offered) = (hand.clone(), hand.app.clone(), Offered::default());
        let menu = offered.clone();
        on_main_thread(&app, move |app| {
            let image = image(app, tray.sign, panel)?;
            let icon = TrayIconBuilder::with_id(ID).icon(image).show_menu_on_left_click(false).build(app)?;
            // Windows says nothing when it does not take an icon, as at login, before there is a panel. Only what is
            // then done to it fails, and another is made later.
            if let Err(error) = dress(&icon, &menu, &tray, panel) {
                app.remove_tray_by_id(ID);
                return Err(error);
            }
            listen(&icon, &hand, menu);
            Ok(())
        })
        .await?;
        Ok(Self { app, offered })
    }

    /// Shows this.
    pub async fn show(&self, tray: Tray, panel: Panel) -> Result<(), NoTray> {
        let offered = self.offered.clone();
        on_main_thread(&self.app, move |app| {
            app.tray_by_id(ID).map_or(Ok(()), |icon| dress(&icon, &offered, &tray, panel))
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

/// Lets the icon look like this.
fn dress(icon: &TrayIcon, offered: &Offered, tray: &Tray, panel: Panel) -> tauri::Result<()> {
    // The menu bar draws it in its own colour; elsewhere that means nothing.
    icon.set_icon_with_as_template(Some(image(icon.app_handle(), tray.sign, panel)?), true)?;
    icon.set_tooltip(Some(tray.lines.join("\n")))?;
    icon.set_title(Some(count(tray)))?;
    offered.change(icon, &tray.menu)
}

/// Does what is chosen from now on.
fn listen(icon: &TrayIcon, hand: &Hand, offered: Offered) {
    let (chooser, clicked) = (hand.clone(), hand.clone());
    icon.on_menu_event(move |_, event| chosen(&chooser, event.id().as_ref()));
    icon.on_tray_icon_event(move |icon, event| {
        if let TrayIconEvent::Click {
            button: MouseButton::Left, button_state: MouseButtonState::Up, ..
        } = event
        {
            clicked.choose(Choice::Open);
        }
        if let Err(error) = offered.heed(icon, &event) {
            tracing::warn!(%error, "the tray's menu could not be shown");
        }
    });
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

fn menu(app: &AppHandle, entries: &[Entry]) -> tauri::Result<Menu<tauri::Wry>> {
    let mut menu = MenuBuilder::new(app);
    for entry in entries {
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
