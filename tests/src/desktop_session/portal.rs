//! The desktop's portal, as far as it tells what colours are preferred.

use zbus::object_server::SignalEmitter;
use zbus::{Connection, OwnedVariant, Variant, interface};

const NAME: &str = "org.freedesktop.portal.Desktop";
const PATH: &str = "/org/freedesktop/portal/desktop";
const APPEARANCE: &str = "org.freedesktop.appearance";
const KEY: &str = "color-scheme";

/// The portal.
pub struct Portal {
    connection: Connection,
}

impl Portal {
    /// Puts it on a bus.
    pub(super) async fn start(address: &str, is_dark: bool) -> Self {
        let connection = zbus::connection::Builder::address(address)
            .serve_at(PATH, Settings { is_dark })
            .name(NAME)
            .build()
            .await
            .unwrap();
        Self { connection }
    }

    /// From now on these colours are preferred.
    pub async fn prefer(&self, is_dark: bool) {
        let settings = self.connection.object_server().interface::<_, Settings>(PATH).await.unwrap();
        settings.get_mut().await.is_dark = is_dark;
        let emitter = settings.signal_emitter();
        Settings::setting_changed(emitter, APPEARANCE, KEY, scheme(is_dark)).await.unwrap();
    }
}

/// In the portal's numbers: 1 prefers dark, 2 prefers light.
fn scheme(is_dark: bool) -> Variant<'static> {
    Variant::from(if is_dark { 1_u32 } else { 2_u32 })
}

struct Settings {
    is_dark: bool,
}

#[interface(name = "org.freedesktop.portal.Settings")]
impl Settings {
    fn read(&self, namespace: &str, key: &str) -> zbus::fdo::Result<OwnedVariant> {
        if (namespace, key) != (APPEARANCE, KEY) {
            return Err(zbus::fdo::Error::UnknownProperty(key.to_owned()));
        }
        Ok(scheme(self.is_dark).try_to_owned().unwrap())
    }

    #[zbus(signal)]
    async fn setting_changed(
        emitter: &SignalEmitter<'_>,
        namespace: &str,
        key: &str,
        value: Variant<'_>,
    ) -> zbus::Result<()>;
}
