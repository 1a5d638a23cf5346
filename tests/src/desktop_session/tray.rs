//! The desktop's tray: it takes items in, reads them, and chooses in their menus.

use std::collections::HashMap;

use futures_util::StreamExt as _;
use tokio::sync::watch;
use zbus::fdo::{self, DBusProxy};
use zbus::message::{Header, Type};
use zbus::object_server::SignalEmitter;
use zbus::{Connection, MatchRule, MessageStream, OwnedVariant, Structure, Variant, interface};

use super::bus::property;
use super::until;
use crate::desk::IN_VAIN;

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const ITEM: &str = "org.kde.StatusNotifierItem";
const ITEM_PATH: &str = "/StatusNotifierItem";
const MENU: &str = "com.canonical.dbusmenu";

/// A tray's item as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrayItem {
    /// The program's name.
    pub title: String,
    /// The lines of its tooltip.
    pub tooltip: Vec<String>,
    /// The pixels of its icon, in all sizes.
    pub icon: Vec<u8>,
    /// How wide its icon is in each size.
    pub sizes: Vec<i32>,
    /// The words of its menu, from top to bottom, with what is under an entry below it; a line between is empty.
    pub menu: Vec<String>,
}

/// The tray.
pub struct TrayHost {
    connection: Connection,
    items: watch::Receiver<Vec<String>>,
    answer: watch::Sender<Answer>,
}

/// What the tray says to a program that wants to be in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It takes it in.
    Welcome,
    /// It does not take it in.
    No,
    /// Nothing yet.
    Later,
}

impl TrayHost {
    /// Puts the tray on a bus.
    pub(super) async fn start(address: &str, answer: Answer) -> Self {
        let (sender, items) = watch::channel(Vec::new());
        let (answer, answers) = watch::channel(answer);
        let connection = zbus::connection::Builder::address(address)
            .serve_at("/StatusNotifierWatcher", Watcher { items: sender, answers })
            .name(WATCHER)
            .build()
            .await
            .unwrap();
        Self { connection, items, answer }
    }

    /// Ends, as a panel does that crashes.
    pub async fn end(self) {
        self.connection.release_name(WATCHER).await.unwrap();
        self.connection.close().await.unwrap();
    }

    /// From now on it says this.
    pub fn say(&self, answer: Answer) {
        self.answer.send_replace(answer);
    }

    /// Waits until the newest item is as it should be.
    pub async fn until(&self, what: &str, mut holds: impl FnMut(&TrayItem) -> bool) -> TrayItem {
        let mut last = None;
        let waiting = async {
            let sender = self.newest().await;
            let rule = MatchRule::builder().msg_type(Type::Signal).sender(sender.as_str()).build().unwrap();
            let mut changes = MessageStream::for_match_rule(rule, &self.connection, None).await.unwrap();
            loop {
                if let Ok(item) = self.read(&sender).await {
                    if holds(&item) {
                        return item;
                    }
                    last = Some(item);
                }
                changes.next().await;
            }
        };
        let waited = tokio::time::timeout(IN_VAIN, waiting).await;
        waited.unwrap_or_else(|_| panic!("waited in vain until the tray {what}; it is {last:#?}"))
    }

    /// Chooses an entry of the newest item's menu.
    pub async fn choose(&self, label: &str) {
        // A menu that changes while it is read has other numbers: then it is read again.
        let look = async || self.try_choose(label).await.ok().flatten();
        assert!(until(look).await.is_some(), "{label:?} cannot be chosen in the tray's menu");
    }

    async fn try_choose(&self, label: &str) -> zbus::Result<Option<()>> {
        let sender = self.newest().await;
        let entries = self.menu(&sender).await?;
        let Some((id, _)) = entries.iter().find(|(_, text)| text == label) else { return Ok(None) };
        let (menu, click) = (self.menu_path(&sender).await?, (*id, "clicked", Variant::from(0_i32), 0_u32));
        let chosen = self
            .connection
            .call_method(Some(sender.as_str()), menu.as_str(), Some(MENU), "Event", &click)
            .await;
        match chosen {
            // The entry has another number by now.
            Err(zbus::Error::MethodError(name, ..)) if name.ends_with(".InvalidArgs") => Ok(None),
            // A program that ends because of it may not answer any more.
            _ => Ok(Some(())),
        }
    }

    /// The newest item whose program still runs.
    async fn newest(&self) -> String {
        let bus = DBusProxy::new(&self.connection).await.unwrap();
        let mut items = self.items.clone();
        loop {
            let known = items.borrow_and_update().clone();
            for item in known.into_iter().rev() {
                let name = zbus::names::BusName::try_from(item.as_str()).unwrap();
                if bus.name_has_owner(name).await.unwrap() {
                    return item;
                }
            }
            let changed = tokio::time::timeout(IN_VAIN, items.changed()).await;
            changed.expect("no item came into the tray").unwrap();
        }
    }

    async fn read(&self, sender: &str) -> zbus::Result<TrayItem> {
        let get = |name| property(&self.connection, sender, ITEM_PATH, ITEM, name);
        let (_, _, head, text): (String, Icons, String, String) = get("ToolTip").await?.try_into()?;
        let icons = Icons::try_from(get("IconPixmap").await?)?;
        let sizes = icons.iter().map(|(width, _, _)| *width).collect();
        Ok(TrayItem {
            title: String::try_from(get("Title").await?)?,
            tooltip: std::iter::once(head.as_str()).chain(text.lines()).map(str::to_owned).collect(),
            sizes,
            icon: icons.into_iter().flat_map(|(_, _, pixels)| pixels).collect(),
            menu: self.menu(sender).await?.into_iter().map(|(_, label)| label).collect(),
        })
    }

    async fn menu_path(&self, sender: &str) -> zbus::Result<zbus::OwnedObjectPath> {
        property(&self.connection, sender, ITEM_PATH, ITEM, "Menu").await?.try_into()
    }

    /// Numbers and words of the menu's entries.
    async fn menu(&self, sender: &str) -> zbus::Result<Vec<(i32, String)>> {
        let path = self.menu_path(sender).await?;
        let (everything, all_properties): (i32, Vec<&str>) = (-1, Vec::new());
        let answer = self
            .connection
            .call_method(
                Some(sender),
                path.as_str(),
                Some(MENU),
                "GetLayout",
                &(0_i32, everything, all_properties),
            )
            .await?;
        let (_, (_, _, children)): (u32, (i32, Properties, Vec<OwnedVariant>)) =
            answer.body().deserialize()?;
        let mut entries = Vec::new();
        read_entries(children, &mut entries)?;
        Ok(entries)
    }
}

type Properties = HashMap<String, OwnedVariant>;

/// Adds the numbers and words of these entries, and of those under each.
fn read_entries(children: Vec<OwnedVariant>, entries: &mut Vec<(i32, String)>) -> zbus::Result<()> {
    for child in children {
        let entry = Structure::try_from(child)?;
        let [id, properties, under] = entry.fields() else { continue };
        let properties = Properties::try_from(properties.try_to_owned()?)?;
        let label = properties.get("label").and_then(|label| label.downcast_ref::<String>().ok());
        entries.push((i32::try_from(id)?, label.unwrap_or_default()));
        read_entries(Vec::try_from(under.try_to_owned()?)?, entries)?;
    }
    Ok(())
}

/// Width, height and pixels of each size.
type Icons = Vec<(i32, i32, Vec<u8>)>;

struct Watcher {
    items: watch::Sender<Vec<String>>,
    answers: watch::Receiver<Answer>,
}

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    /// An item may name its connection or only its path: whoever calls is it.
    async fn register_status_notifier_item(
        &self,
        service: &str,
        #[zbus(header)] header: Header<'_>,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> fdo::Result<()> {
        let mut answers = self.answers.clone();
        let answer = *answers.wait_for(|answer| *answer != Answer::Later).await.unwrap();
        if answer == Answer::No {
            return Err(fdo::Error::Failed("there is no room".to_owned()));
        }
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        self.items.send_modify(|items| items.push(sender));
        // Fails only when the test has ended.
        let _ended = Self::status_notifier_item_registered(&emitter, service).await;
        Ok(())
    }

    fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        self.items.borrow().clone()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }

    #[zbus(signal)]
    async fn status_notifier_item_registered(emitter: &SignalEmitter<'_>, item: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn status_notifier_host_registered(emitter: &SignalEmitter<'_>) -> zbus::Result<()>;
}
