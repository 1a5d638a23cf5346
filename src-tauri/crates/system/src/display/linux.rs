//! Wayland or X11, as the session says.

use std::ffi::OsString;

use crate::Missing;

/// Looks where the session says that its display is. Gives it in words.
pub fn check() -> Result<String, Missing> {
    let named = |name| std::env::var_os(name).filter(|value: &OsString| !value.is_empty());
    let found = [("Wayland", "WAYLAND_DISPLAY"), ("X11", "DISPLAY")]
        .into_iter()
        .find_map(|(kind, name)| Some(format!("{kind}, {}", named(name)?.to_string_lossy())));
    found.ok_or_else(|| Missing {
        why: "neither WAYLAND_DISPLAY nor DISPLAY is set".to_owned(),
        cure: "log in to a desktop session; without one `vigie-cli tail` shows what arrives",
    })
}
