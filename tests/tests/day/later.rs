//! Alerts that are put off, and alerts by what they have in common.

use serde_json::json;
use vigie_core::desk::view::AlertFilter;
use vigie_core::model::SnoozeOf;
use vigie_core::store::{AlertSide, PAGE_LIMIT};

use super::Day;
use super::alerts::CURSOR;

#[tokio::test]
async fn an_alert_is_put_off_by_two_keys_and_a_customer_by_three_and_both_are_kept() {
    let day = Day::begin().await;
    day.app.keys("j").await;
    let subject = day.app.until("the cursor is on an alert", CURSOR).await.as_str().unwrap().to_owned();
    day.app.keys("s Enter").await;
    let gone = json!(format!("[data-testid=\"alert-row\"][data-subject=\"{subject}\"]"));
    day.app.until("it has left the list", &format!("return document.querySelector({gone}) === null")).await;
    // Another, whose customer is put off until tomorrow.
    let others = "return document.querySelectorAll('[data-testid=\"alert-row\"]').length > 0";
    day.app.until("there is another", others).await;
    day.app.keys("j s").await;
    day.app.until_there("snooze-menu").await;
    day.session.keep_picture(&day.app, "day-snooze").await;
    day.app.keys("ArrowDown ArrowRight ArrowRight").await;
    assert_eq!(day.app.focused().await, "snooze-customer-tomorrow");
    day.app.keys("Enter").await;
    day.pour(200).await;
    day.app.tab_to("state-filter").await;
    day.app.write("Snoozed").await;
    day.app.until_row("alert-row", &subject).await;
    day.app.until_there("snoozes").await;
    day.session.keep_picture(&day.app, "day-snoozed").await;
    let (_session, store) = day.end().await;
    let filter = AlertFilter { snoozed: true, ..AlertFilter::default() };
    let page = store.alerts(&filter, AlertSide::Newest, PAGE_LIMIT).await.unwrap();
    let snoozed: Vec<_> =
        page.rows.iter().map(|row| (row.subject.as_str(), row.snoozed_until.is_some())).collect();
    assert_eq!(snoozed, [(subject.as_str(), true)]);
    let snoozes = store.snoozes().await.unwrap();
    assert_eq!(snoozes.iter().map(|one| one.of).collect::<Vec<_>>(), [SnoozeOf::Customer]);
}

#[tokio::test]
async fn alerts_are_seen_by_customer_and_a_group_is_opened_and_left_again() {
    let day = Day::begin().await;
    day.app.tab_to("order").await;
    day.app.write("By customer").await;
    day.app.until_there("group-row").await;
    day.session.keep_picture(&day.app, "day-groups").await;
    day.pour(200).await;
    day.app.tab_to_list().await;
    day.app.keys("j Enter").await;
    day.app.until_there("found-row").await;
    let asked = day.app.script("return document.querySelector('[data-testid=search-box]').value").await;
    assert!(asked.as_str().unwrap().contains("is:open"), "{asked}");
    let found = day.app.rows("found-row").await;
    day.app.keys("Escape").await;
    day.app.until_there("group-row").await;
    let (_session, store) = day.end().await;
    for subject in &found {
        let filter = AlertFilter { closed: true, ..AlertFilter::default() };
        let page = store.alerts(&filter, AlertSide::Newest, PAGE_LIMIT).await.unwrap();
        assert!(page.rows.iter().any(|row| row.subject == *subject), "{subject}");
    }
}
