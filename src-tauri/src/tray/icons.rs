//! The tray's signs as images.

use tauri::image::Image;
use vigie_core::desk::desktop::TraySign;

macro_rules! sign {
    ($name:literal) => {
        include_bytes!(concat!("../../../icons/tray/", $name, "-dark@2x.png"))
    };
}

/// The image of a sign.
pub fn image(sign: TraySign) -> tauri::Result<Image<'static>> {
    Image::from_bytes(match sign {
        TraySign::SignedOut => sign!("signed-out"),
        TraySign::Offline => sign!("offline"),
        TraySign::Connecting => sign!("connecting"),
        TraySign::Live => sign!("live"),
        TraySign::Attention => sign!("attention"),
        TraySign::Critical => sign!("critical"),
    })
}
