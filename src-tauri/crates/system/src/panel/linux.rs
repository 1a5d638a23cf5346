//! The desktop tells by its portal which colours the analyst prefers, and nobody tells what the panel is like. Who
//! prefers dark has a dark panel; who does not may have either: GNOME's is dark, Plasma's is light.

use futures_util::StreamExt as _;
use tokio::sync::watch;
use zbus::zvariant::{OwnedValue, Value};
use zbus::{Connection, Proxy};

use super::{Panel, tell};

const PORTAL: &str = "org.freedesktop.portal.Desktop";
const PATH: &str = "/org/freedesktop/portal/desktop";
const SETTINGS: &str = "org.freedesktop.portal.Settings";
const NAMESPACE: &str = "org.freedesktop.appearance";
const KEY: &str = "color-scheme";
/// "Prefers dark", in the portal's numbers.
const DARK: u32 = 1;

/// Tells it until nobody asks any more, or the bus is gone.
pub async fn follow(told: watch::Sender<Panel>) {
    tokio::select! {
        () = told.closed() => {}
        followed = listen(&told) => {
            if let Err(error) = followed {
                tracing::debug!(%error, "no portal tells what colours are preferred; the sign reads on any panel");
            }
        }
    }
}

async fn listen(told: &watch::Sender<Panel>) -> zbus::Result<()> {
    let bus = Connection::session().await?;
    let settings = Proxy::new(&bus, PORTAL, PATH, SETTINGS).await?;
    let mut changes =
        settings.receive_signal_with_args("SettingChanged", &[(0, NAMESPACE), (1, KEY)]).await?;
    // A portal that comes later tells by itself.
    if let Ok(preferred) = settings.call::<_, _, OwnedValue>("Read", &(NAMESPACE, KEY)).await {
        tell(told, panel(&preferred));
    }
    while let Some(change) = changes.next().await {
        let (_, _, preferred): (String, String, OwnedValue) = change.body().deserialize()?;
        tell(told, panel(&preferred));
    }
    Ok(())
}

/// What a preference says of the panel. Old portals pack it twice.
fn panel(preferred: &Value<'_>) -> Panel {
    match preferred {
        Value::Value(inner) => panel(inner),
        Value::U32(DARK) => Panel::Dark,
        _ => Panel::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_prefers_dark_has_a_dark_panel_and_of_others_nothing_is_known() {
        assert_eq!(panel(&Value::U32(1)), Panel::Dark);
        assert_eq!(panel(&Value::Value(Box::new(Value::U32(1)))), Panel::Dark);
        assert_eq!(panel(&Value::U32(2)), Panel::Unknown);
        assert_eq!(panel(&Value::from("1")), Panel::Unknown);
    }
}
