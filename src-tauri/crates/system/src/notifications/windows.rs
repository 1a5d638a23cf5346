//! Windows toasts.

use super::Service;
use crate::Missing;

/// They are always there. Whether Vigie may use them is the analyst's choice.
#[expect(clippy::unused_async, reason = "other systems have to ask")]
pub async fn check() -> Result<Service, Missing> {
    let lacks = "whether Vigie may show any is in Settings, System, Notifications";
    Ok(Service { name: "Windows notifications".to_owned(), lacks: vec![lacks] })
}
