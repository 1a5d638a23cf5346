//! Declares the window's commands: one that is not named here and in `capabilities/` cannot be called.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let commands = tauri_build::AppManifest::new().commands(&[
        "acknowledge",
        "act",
        "activity",
        "alert",
        "alert_changes",
        "alert_groups",
        "alerts",
        "analyse",
        "charts",
        "diagnostics",
        "edit_source",
        "event",
        "insist",
        "leave",
        "opened",
        "outbox",
        "overview",
        "painted",
        "pause_notifications",
        "pause_source",
        "profiles",
        "quit",
        "remove_source",
        "retry",
        "save_report",
        "search",
        "search_values",
        "set_settings",
        "settings",
        "sign_in",
        "sign_out",
        "snooze",
        "snoozes",
        "stop_test",
        "take_back",
        "test_source",
        "texts",
        "transactions",
        "try_simulation",
        "unacknowledge",
        "undo",
        "wake",
        "watch",
        "withdraw",
    ]);
    // The window's files are built into the program.
    println!("cargo::rerun-if-changed=../ui/dist");
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(commands))?;
    Ok(())
}
