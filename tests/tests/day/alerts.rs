//! Alerts: the inbox, the keys and the detail.

use std::collections::HashMap;

use serde_json::json;
use vigie_core::desk::view::AlertFilter;
use vigie_core::model::{AlertDetail, AlertState, Standing};
use vigie_core::store::{AlertSide, PAGE_LIMIT, Store};
use vigie_tests::desktop_session::until;
use vigie_tests::gateway::USER;

use super::Day;

/// The alert on which the cursor stands.
pub const CURSOR: &str =
    r#"return document.querySelector('[data-testid="alert-row"].cursor')?.dataset.subject ?? ''"#;

impl Day {
    async fn cursor(&self) -> String {
        self.app.script(CURSOR).await.as_str().unwrap().to_owned()
    }

    /// Waits until all that was done has been confirmed.
    async fn until_settled(&self) {
        let asked =
            async || self.app.invoke("outbox", &json!({})).await.as_array().unwrap().is_empty().then_some(());
        let settled = until(asked).await.is_some();
        assert!(settled, "waits: {}", self.app.invoke("outbox", &json!({})).await);
    }

    /// Presses keys after which the cursor is on the next alert; gives the one that they were pressed on.
    async fn press_on(&self, keys: &str) -> String {
        let subject = self.app.until("the cursor is on an alert", CURSOR).await.as_str().unwrap().to_owned();
        self.app.keys(keys).await;
        assert_ne!(self.cursor().await, subject, "{keys} does not go on");
        subject
    }
}

/// Everything about the stored alerts, by the server's identifiers.
async fn stored(store: &Store) -> HashMap<String, AlertDetail> {
    let filter = AlertFilter { closed: true, ..AlertFilter::default() };
    let (mut all, mut side) = (HashMap::new(), AlertSide::Newest);
    loop {
        let page = store.alerts(&filter, side, PAGE_LIMIT).await.unwrap();
        for row in page.rows {
            all.insert(row.subject, store.alert(row.id).await.unwrap());
        }
        let Some(next) = page.next else { return all };
        side = AlertSide::Before(next);
    }
}

#[tokio::test]
async fn alerts_are_decided_by_one_key_each_and_the_cursor_never_jumps() {
    let day = Day::begin().await;
    // Enough to decide on.
    let rows = "return document.querySelectorAll('[data-testid=\"alert-row\"]').length >= 10";
    day.app.until("there are ten alerts", rows).await;
    day.app.keys("j").await;
    let first = day.app.until("the cursor is on an alert", CURSOR).await;
    day.pour(400).await;
    assert_eq!(day.cursor().await, first.as_str().unwrap(), "what has come has moved the cursor");
    let mut pressed = Vec::new();
    // Who decides goes on to the next alert by that.
    for keys in ["a j", "r", "f", "i", "e", "m j"] {
        pressed.push(day.press_on(keys).await);
    }
    // Two at once, and taken back.
    let one = day.press_on("x j").await;
    let other = day.press_on("x j").await;
    day.app.until_there("chosen-bar").await;
    day.app.keys("i").await;
    day.session.keep_picture(&day.app, "day-decided").await;
    day.pour(200).await;
    day.until_settled().await;
    let (_session, store) = day.end().await;
    let stored = stored(&store).await;
    let of = |subject: &String| stored.get(subject).unwrap();
    assert!(of(&pressed[0]).alert.acknowledged);
    for (subject, state) in [
        (&pressed[1], AlertState::Resolved),
        (&pressed[2], AlertState::FalsePositive),
        (&pressed[3], AlertState::Investigating),
        (&pressed[4], AlertState::Escalated),
        (&one, AlertState::Investigating),
        (&other, AlertState::Investigating),
    ] {
        let deed = of(subject).deeds.first().unwrap();
        assert_eq!((deed.state, &deed.standing), (Some(state), &Standing::Confirmed), "{subject}");
        assert_eq!(of(subject).alert.state, state, "{subject}");
    }
    assert_eq!(of(&pressed[5]).alert.facts.owner.as_deref(), Some(USER));
}

#[tokio::test]
async fn an_open_alert_tells_its_life_and_a_decision_waits_for_the_server_and_can_be_undone() {
    let mut day = Day::begin().await;
    day.app.keys("j Enter").await;
    day.app.until_there("alert-detail").await;
    let subject = day.app.until("the cursor is on an alert", CURSOR).await.as_str().unwrap().to_owned();
    day.app.until_row("alert-detail", &subject).await;
    day.stop_server().await;
    // At once in the window, and kept for later. The cursor has gone on to the next.
    day.app.keys("i k").await;
    day.app.until_there("history-deed").await;
    day.session.keep_picture(&day.app, "day-waiting").await;
    let outbox = day.app.invoke("outbox", &json!({})).await;
    assert_eq!(outbox.as_array().unwrap().len(), 1, "{outbox}");
    day.start_server().await;
    day.until_settled().await;
    day.pour(200).await;
    day.app.keys("u").await;
    day.app
        .until(
            "both have been done",
            "return document.querySelectorAll('[data-testid=\"history-deed\"]').length === 2",
        )
        .await;
    day.until_settled().await;
    // What the server has made of it comes another way than its answer.
    day.pour(200).await;
    day.app.until_row("alert-detail", &subject).await;
    day.session.keep_picture(&day.app, "day-detail").await;
    day.app.keys("Escape").await;
    day.app.until_gone("alert-detail").await;
    let (_session, store) = day.end().await;
    let mut stored = stored(&store).await;
    let detail = stored.remove(&subject).unwrap();
    let done: Vec<_> = detail.deeds.iter().map(|deed| (deed.state, deed.standing)).collect();
    assert_eq!(
        done,
        [
            (Some(AlertState::Open), Standing::Confirmed),
            (Some(AlertState::Investigating), Standing::Confirmed)
        ]
    );
    assert_eq!(detail.alert.state, AlertState::Open);
}
