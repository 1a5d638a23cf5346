//! Search: one box, and what is kept of it.

use vigie_core::model::Severity;
use vigie_core::store::{PAGE_LIMIT, SearchQuery};

use super::Day;

#[tokio::test]
async fn a_question_is_typed_answered_kept_as_a_view_and_its_alert_decided() {
    let day = Day::begin().await;
    let severe =
        "return document.querySelector('[data-testid=\"alert-row\"][data-severity=critical]') !== null";
    day.app.until("there is a critical alert", severe).await;
    day.app.keys("/").await;
    // Completed: the first that is offered is taken.
    day.app.write("sev").await;
    day.app.until_there("search-offer").await;
    day.app.keys("ArrowDown Enter").await;
    day.app.write("crit").await;
    day.app.until_there("search-offer").await;
    day.app.keys("ArrowDown Enter").await;
    let found = "return [...document.querySelectorAll('[data-testid=\"found-row\"]')].every((row) =>
        row.dataset.kind === 'alert') && document.querySelectorAll('[data-testid=\"chip\"]').length === 1";
    day.app.until_there("found-row").await;
    day.app.until("only alerts are found", found).await;
    day.app.step_to("keep-view", "Tab").await;
    day.app.keys("Enter").await;
    day.app.until_there("saved-view").await;
    day.session.keep_picture(&day.app, "day-search").await;
    // From the box into the list, and into what was found.
    day.app.step_to("search-box", "Shift+Tab").await;
    day.app.keys("Enter").await;
    day.app
        .until(
            "the cursor is in the list",
            "return document.activeElement?.getAttribute('role') === 'listbox'",
        )
        .await;
    day.app.keys("Enter").await;
    day.app.until_there("alert-detail").await;
    day.pour(200).await;
    let written = day.session.place.settings();
    assert!(written.contains("severity:critical"), "{written}");
    let rows = day.app.rows("found-row").await;
    let (_session, store) = day.end().await;
    let query = SearchQuery { severities: vec![Severity::Critical], ..SearchQuery::default() };
    let found = store.search(&query, None, PAGE_LIMIT).await.unwrap();
    let stored: Vec<_> = found.rows.iter().map(|row| row.event.subject.clone()).collect();
    assert!(rows.iter().all(|row| stored.contains(row)), "{rows:?} {stored:?}");
}
