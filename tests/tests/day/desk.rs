//! The overview, the sources and the settings, with the aids of the keyboard.

use vigie_core::model::Severity;
use vigie_core::settings::{Keeper, Theme};

use super::Day;

#[tokio::test]
async fn the_overview_counts_what_pours_in_and_is_read_as_a_table() {
    let day = Day::begin().await;
    day.app.keys("g o").await;
    day.app.until_there("overview").await;
    day.app.tab_to("span-hour").await;
    day.app.keys("Enter").await;
    day.app.until("it is drawn", "return document.querySelector('[data-chart=payments] canvas')").await;
    let counted = "[...document.querySelectorAll('[data-chart=payments] td')].map((cell) =>
        Number(cell.textContent.replace(/\\D/g, ''))).reduce((sum, one) => sum + one, 0)";
    // To the table of the payments.
    let is_there = "return document.activeElement?.closest('[data-chart]')?.dataset.chart === 'payments'
        && document.activeElement.dataset.testid === 'as-table'";
    for _ in 0..80 {
        if day.app.script(is_there).await == true {
            break;
        }
        day.app.keys("Tab").await;
    }
    day.app.keys("Enter").await;
    let first = day.app.until("there is a table", &format!("return {counted}")).await.as_u64().unwrap();
    day.app.until("it follows", &format!("return {counted} > {}", first + 200)).await;
    day.session.keep_picture(&day.app, "day-overview").await;
    let shown = day.app.script(&format!("return {counted}")).await.as_u64().unwrap();
    let (_session, store) = day.end().await;
    assert!(store.summary().await.unwrap().transactions.events >= shown);
}

#[tokio::test]
async fn what_is_set_is_followed_kept_in_the_file_and_told_to_the_system() {
    let day = Day::begin().await;
    let autostart = day.session.place.folder().join("home/.config/autostart/Vigie.desktop");
    // By the palette.
    day.app.keys("Mod+k").await;
    day.app.until_there("palette").await;
    day.app.write("settings").await;
    day.app.keys("Enter").await;
    day.app.until_there("settings").await;
    day.app.tab_to("set-window.theme").await;
    day.app.write("Dark").await;
    day.app.tab_to("set-window.dense").await;
    day.app.keys("Space").await;
    day.app.write_into("set-window.high_value", "250").await;
    day.app.tab_to("set-notifications.from").await;
    day.app.write("Low").await;
    day.app.tab_to("rule-add").await;
    day.app.keys("Enter").await;
    day.app.until_there("rule").await;
    day.app.step_to("rule-name", "Shift+Tab").await;
    day.app.keys("Mod+a").await;
    day.app.write("Not of Harry").await;
    day.app.write_into("rule-text", "harry").await;
    day.app.tab_to("set-desktop.start_at_login").await;
    day.app.keys("Space").await;
    day.app.until("the window is dark", "return matchMedia('(prefers-color-scheme: dark)').matches").await;
    day.session.keep_picture(&day.app, "day-settings").await;
    day.pour(200).await;
    // The sheet of keys is there wherever one is.
    day.app.keys("Escape").await;
    day.app.tab_to("open-sheet").await;
    day.app.keys("Enter").await;
    day.app.until_there("sheet").await;
    day.app.keys("Escape").await;
    day.app.until_gone("sheet").await;
    // Larger, and as it was.
    let wide = day.app.script("return innerWidth").await.as_u64().unwrap();
    day.app.keys("Mod+=").await;
    day.app.until("it is larger", &format!("return innerWidth < {wide}")).await;
    day.app.keys("Mod+-").await;
    day.app.until("it is as it was", &format!("return innerWidth === {wide}")).await;
    let entry = std::fs::read_to_string(&autostart).unwrap();
    assert!(entry.contains("/vigie\" --hidden"), "it may stand in a folder with a space: {entry}");
    let (session, store) = day.end().await;
    let keeper = Keeper::open(Some(session.place.settings_file()), None);
    assert_eq!(keeper.view().problem, None);
    let settings = keeper.settings();
    assert_eq!((settings.window.theme, settings.window.dense), (Theme::Dark, true));
    assert!((settings.window.high_value - 250.0).abs() < f64::EPSILON && settings.desktop.start_at_login);
    assert_eq!(settings.notifications.from, Severity::Low);
    let rule = &settings.notifications.rules[0];
    assert_eq!((rule.name.as_str(), rule.text.as_deref()), ("Not of Harry", Some("harry")));
    assert!(store.summary().await.unwrap().transactions.events > 200);
}
