//! Saves a report for whoever helps, where the analyst finds it.

use std::collections::BTreeMap;

use tauri::{AppHandle, Manager as _};
use vigie_core::desk::Desk;
use vigie_core::desk::view::{Failure, FailureCode};

/// Saves a report among the user's downloads, or beside the database where there is no such folder; gives where.
pub async fn save(app: &AppHandle, desk: &Desk) -> Result<String, Failure> {
    let report = desk.report(versions(), vigie_system::about::this_computer()).await?;
    let beside = desk.store().path().parent().map(ToOwned::to_owned);
    let downloads = app.path().download_dir().ok().filter(|folder| folder.is_dir());
    let folder = downloads
        .or(beside)
        .ok_or_else(|| Failure::new(FailureCode::ReportNotSaved, "there is no folder for it"))?;
    let saved = tauri::async_runtime::spawn_blocking(move || report.save(&folder)).await;
    let path = saved
        .map_err(|error| Failure::new(FailureCode::ReportNotSaved, error))?
        .map_err(|error| Failure::new(FailureCode::ReportNotSaved, error))?;
    Ok(path.display().to_string())
}

/// The versions of what the window stands on.
fn versions() -> BTreeMap<&'static str, String> {
    let webview = tauri::webview_version().unwrap_or_else(|error| error.to_string());
    BTreeMap::from([("tauri", tauri::VERSION.to_owned()), ("webview", webview)])
}
