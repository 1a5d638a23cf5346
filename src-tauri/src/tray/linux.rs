//! The tray by StatusNotifierItem, which panels show in the size that suits them.

use std::time::Duration;

use ksni::menu::{StandardItem, SubMenu};
use ksni::{Handle, MenuItem, OfflineReason, ToolTip, TrayMethods as _};
use tokio::sync::watch;
use vigie_core::desk::desktop::{Choice, Entry, Tray, TraySign};
use vigie_system::panel::Panel;

use super::{Hand, ID, NoTray, icons};

/// What the item is called, also by who hears the panel.
const NAME: &str = "Vigie";

/// How long the panel may take to answer; until it does, nothing can be changed.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);

/// The item in the tray.
pub struct Icon {
    handle: Handle<Item>,
    shown: watch::Receiver<bool>,
}

impl Icon {
    /// Puts it into the tray.
    pub async fn make(hand: &Hand, tray: Tray, panel: Panel) -> Result<Self, NoTray> {
        let pixels = pixels(tray.sign, panel)?;
        let (tells, shown) = watch::channel(true);
        let item = Item { hand: hand.clone(), tells, tray, panel, pixels };
        let handle = answer(item.spawn()).await?.map_err(|error| NoTray(error.to_string()))?;
        Ok(Self { handle, shown })
    }

    /// Changes what has changed.
    pub async fn show(&self, tray: Tray, panel: Panel) -> Result<(), NoTray> {
        let shown = self.handle.update(move |item| {
            if (item.tray.sign, item.panel) != (tray.sign, panel) {
                (item.panel, item.pixels) = (panel, pixels(tray.sign, panel)?);
            }
            item.tray = tray;
            Ok(())
        });
        answer(shown).await?.ok_or_else(ended)?
    }

    /// Waits until a panel shows it again, or none does any more.
    pub async fn shown(&mut self) -> Result<bool, NoTray> {
        // Its sender goes with the item.
        self.shown.changed().await.map_err(|_| ended())?;
        Ok(*self.shown.borrow_and_update())
    }

    /// Takes it away, also from a service that does not answer yet.
    pub async fn remove(self) {
        drop(self.handle.shutdown());
    }
}

fn ended() -> NoTray {
    NoTray("its service has ended".to_owned())
}

async fn answer<T>(asked: impl Future<Output = T>) -> Result<T, NoTray> {
    let late = |_| NoTray(format!("the panel does not answer within {} s", ANSWER_LIMIT.as_secs()));
    tokio::time::timeout(ANSWER_LIMIT, asked).await.map_err(late)
}

struct Item {
    hand: Hand,
    /// Whether a panel shows it.
    tells: watch::Sender<bool>,
    tray: Tray,
    panel: Panel,
    pixels: Vec<ksni::Icon>,
}

impl ksni::Tray for Item {
    fn id(&self) -> String {
        ID.to_owned()
    }

    fn title(&self) -> String {
        NAME.to_owned()
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        self.hand.choose(Choice::Open);
    }

    fn icon_pixmap(&self) -> Vec<ksni::Icon> {
        self.pixels.clone()
    }

    fn tool_tip(&self) -> ToolTip {
        ToolTip { title: NAME.to_owned(), description: self.tray.lines.join("\n"), ..ToolTip::default() }
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        self.tray.menu.iter().map(item).collect()
    }

    fn watcher_online(&self) {
        self.tells.send_replace(true);
    }

    /// A panel that has gone may come back, and finds the item then. One that is there and does not take it in would
    /// never be asked again: then the service ends, and the item is made anew.
    fn watcher_offline(&self, reason: OfflineReason) -> bool {
        self.tells.send_replace(false);
        matches!(reason, OfflineReason::No)
    }
}

/// An entry of the menu.
fn item(entry: &Entry) -> MenuItem<Item> {
    let choosing = |words: &str, act: Box<dyn Fn(&mut Item) + Send>| {
        StandardItem { label: escaped(words), activate: act, ..StandardItem::default() }.into()
    };
    match entry {
        Entry::Line(words) => {
            StandardItem { label: escaped(words), enabled: false, ..StandardItem::default() }.into()
        }
        Entry::Between => MenuItem::Separator,
        Entry::Choice(choice, words) => {
            let choice = *choice;
            choosing(words, Box::new(move |item| item.hand.choose(choice)))
        }
        Entry::More(words, entries) => SubMenu {
            label: escaped(words),
            submenu: entries.iter().map(item).collect(),
            ..SubMenu::default()
        }
        .into(),
        Entry::Quit(words) => choosing(words, Box::new(|item| item.hand.quit())),
    }
}

/// Words as they are: a `_` marks a key otherwise.
fn escaped(words: &str) -> String {
    words.replace('_', "__")
}

/// The sign in each size, as the specification has it: alpha first.
fn pixels(sign: TraySign, panel: Panel) -> Result<Vec<ksni::Icon>, NoTray> {
    let images = icons::images(sign, panel).map_err(|error| NoTray(error.to_string()))?;
    let icons = images.into_iter().map(|image| {
        let mut data = image.rgba().to_vec();
        for pixel in data.chunks_exact_mut(4) {
            pixel.rotate_right(1);
        }
        let side = |pixels: u32| i32::try_from(pixels).unwrap_or_default();
        ksni::Icon { width: side(image.width()), height: side(image.height()), data }
    });
    Ok(icons.collect())
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_marks_a_key_in_a_menu_is_text() {
        assert_eq!(super::escaped("a_b & c"), "a__b & c");
    }
}
