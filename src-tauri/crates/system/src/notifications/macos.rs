//! The macOS notification centre.

use super::Service;
use crate::Missing;

/// It is always there. Whether Vigie may use it only its own application can ask.
#[expect(clippy::unused_async, reason = "other systems have to ask")]
pub async fn check() -> Result<Service, Missing> {
    let lacks = "whether Vigie may show any is in System Settings, Notifications";
    Ok(Service { name: "Notification Center".to_owned(), lacks: vec![lacks] })
}
