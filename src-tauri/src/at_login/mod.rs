//! Starting at login, by the library below Tauri's plugin. That one hands on a path with a space in it as it is, where
//! it is read as a command, and on Windows lets an administrator start it for everybody.

#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(target_os = "macos", path = "macos.rs")]
#[cfg_attr(windows, path = "windows.rs")]
mod system;

use auto_launch::{AutoLaunchBuilder, MacOSLaunchMode, WindowsEnableMode};
use tauri::{AppHandle, Manager as _};
use vigie_core::desk::desktop::NotSet;

use crate::arguments::HIDDEN;

/// Starts the program, in the tray, when the analyst logs in, or no more.
pub fn set(app: &AppHandle, wanted: bool) -> Result<(), NotSet> {
    let program = tauri::process::current_binary(&app.env()).map_err(|error| NotSet(error.to_string()))?;
    let entry = AutoLaunchBuilder::new()
        .set_app_name(&app.package_info().name)
        .set_app_path(&system::command(&program.display().to_string()))
        .set_args(&[HIDDEN])
        .set_macos_launch_mode(MacOSLaunchMode::LaunchAgent)
        .set_windows_enable_mode(WindowsEnableMode::CurrentUser)
        .build();
    // Written anew where it is wanted: the program may have moved.
    let outcome = entry.and_then(|entry| match entry.is_enabled() {
        _ if wanted => entry.enable(),
        Ok(false) => Ok(()),
        Ok(true) => entry.disable(),
        Err(error) => Err(error),
    });
    outcome.map_err(|error| NotSet(error.to_string()))
}
