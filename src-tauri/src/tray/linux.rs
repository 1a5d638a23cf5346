//! The tray by StatusNotifierItem, which panels show in the size that suits them.

use ksni::menu::{StandardItem, SubMenu};
use ksni::{Handle, MenuItem, OfflineReason, ToolTip, TrayMethods as _};
use vigie_core::desk::desktop::{Choice, Entry, Tray, TraySign};
use vigie_system::panel::Panel;

use super::{Hand, ID, NoTray, icons};

/// What the item is called, also by who hears the panel.
const NAME: &str = "Vigie";

/// The item in the tray.
pub struct Icon(Handle<Item>);

impl Icon {
    /// Puts it into the tray.
    pub async fn make(hand: &Hand, tray: Tray, panel: Panel) -> Result<Self, NoTray> {
        let pixels = pixels(tray.sign, panel)?;
        let item = Item { hand: hand.clone(), tray, panel, pixels };
        item.spawn().await.map(Self).map_err(|error| NoTray(error.to_string()))
    }

    /// Changes what has changed.
    pub async fn show(&self, tray: Tray, panel: Panel) -> Result<(), NoTray> {
        let pixels = pixels(tray.sign, panel)?;
        let shown = self.0.update(move |item| {
            if (item.tray.sign, item.panel) != (tray.sign, panel) {
                (item.panel, item.pixels) = (panel, pixels);
            }
            item.tray = tray;
        });
        shown.await.ok_or_else(|| NoTray("its service has ended".to_owned()))
    }
}

struct Item {
    hand: Hand,
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
        self.tell(true);
    }

    /// The panel may come back, and finds the item then.
    fn watcher_offline(&self, _reason: OfflineReason) -> bool {
        self.tell(false);
        true
    }
}

impl Item {
    fn tell(&self, available: bool) {
        let hand = self.hand.clone();
        tokio::spawn(async move { hand.tell(available).await });
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
