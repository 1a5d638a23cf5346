//! Windows and macOS always have a place for icons.

use crate::Missing;

/// It is always there. Gives it in words.
#[expect(clippy::unused_async, reason = "other systems have to ask")]
pub async fn check() -> Result<String, Missing> {
    Ok("the system always has one".to_owned())
}
