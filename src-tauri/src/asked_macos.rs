//! What macOS asks of a program that runs.

use tauri::RunEvent;

use crate::handed::Handed;

/// What an event hands over: links and files that were opened, or the window, whose icon in the dock was clicked.
pub fn handed_by(event: &RunEvent) -> Vec<Handed> {
    match event {
        RunEvent::Reopen { .. } => vec![Handed::Window],
        RunEvent::Opened { urls } => {
            urls.iter().map(|url| Handed::read(url.as_str(), std::path::Path::new("/"))).collect()
        }
        _ => Vec::new(),
    }
}
