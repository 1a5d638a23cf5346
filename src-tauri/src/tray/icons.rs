//! The tray's signs as images.

use tauri::image::Image;
use vigie_core::desk::desktop::TraySign;
use vigie_system::panel::Panel;

/// The sizes that panels ask for, in pixels; `cargo xtask icons` draws each.
const SIZES: usize = 7;

macro_rules! sizes {
    ($sign:literal, $panel:literal) => {
        [
            include_bytes!(concat!("../../../icons/tray/", $sign, "-", $panel, "-16.png")),
            include_bytes!(concat!("../../../icons/tray/", $sign, "-", $panel, "-20.png")),
            include_bytes!(concat!("../../../icons/tray/", $sign, "-", $panel, "-22.png")),
            include_bytes!(concat!("../../../icons/tray/", $sign, "-", $panel, "-24.png")),
            include_bytes!(concat!("../../../icons/tray/", $sign, "-", $panel, "-32.png")),
            include_bytes!(concat!("../../../icons/tray/", $sign, "-", $panel, "-48.png")),
            include_bytes!(concat!("../../../icons/tray/", $sign, "-", $panel, "-64.png")),
        ]
    };
}

macro_rules! sign {
    ($sign:literal, $panel:expr) => {
        match $panel {
            Panel::Dark => sizes!($sign, "dark"),
            Panel::Light => sizes!($sign, "light"),
            Panel::Unknown => sizes!($sign, "either"),
        }
    };
}

/// A sign on a panel in each size, the smallest first.
pub fn images(sign: TraySign, panel: Panel) -> tauri::Result<Vec<Image<'static>>> {
    let files: [&'static [u8]; SIZES] = match sign {
        TraySign::SignedOut => sign!("signed-out", panel),
        TraySign::Offline => sign!("offline", panel),
        TraySign::Retrying => sign!("retrying", panel),
        TraySign::Live => sign!("live", panel),
        TraySign::Attention => sign!("attention", panel),
        TraySign::Critical => sign!("critical", panel),
    };
    files.into_iter().map(Image::from_bytes).collect()
}
