//! A source: tested, renamed, paused, and gone on with.

use super::Day;

#[tokio::test]
async fn a_source_is_tested_renamed_paused_and_goes_on_without_a_gap_that_stays() {
    let day = Day::begin().await;
    day.app.keys("g s").await;
    day.app.tab_to("test-source").await;
    day.app.keys("Enter").await;
    day.app.until_there("test-steps").await;
    // The first event comes while others pour.
    let fine = "const steps = [...document.querySelectorAll('[data-testid=\"test-steps\"] li')];
        return steps.length === 5 && steps.every((step) => step.dataset.state === 'fine')";
    day.app.until("each step is fine", fine).await;
    day.session.keep_picture(&day.app, "day-test").await;
    day.app.keys("Escape").await;
    day.app.until_gone("test-steps").await;
    // What others call it is up to the analyst.
    day.app.tab_to("source-settings").await;
    day.app.keys("Enter").await;
    day.app.write_into("sign-in-name", "Retail bank").await;
    day.app.keys("Enter").await;
    day.app.until("it is renamed", "return document.body.innerText.includes('Retail bank')").await;
    day.app.tab_to("pause-source").await;
    day.app.keys("Enter").await;
    day.app.until_link(&["paused"]).await;
    day.session.keep_picture(&day.app, "day-source-paused").await;
    day.app.tab_to("go-on").await;
    day.app.keys("Enter").await;
    day.app.until_link(&["live"]).await;
    let sent = day.payments_sent();
    // What was on its way then is stored once so many more are.
    day.pour(200).await;
    let (_session, store) = day.end().await;
    let (source, _) = store.sources().await.unwrap().remove(0);
    assert_eq!((source.name.as_str(), source.paused, source.signed_out), ("Retail bank", false, false));
    let gaps = store.gaps().await.unwrap();
    assert!(gaps.iter().any(|gap| gap.reason == "paused" && gap.closed_at.is_some()), "{gaps:?}");
    // What was sent while it was paused has been fetched.
    let stored = super::payments::stored(&store).await;
    let live = stored.iter().position(|subject| *subject == sent[0]).expect("the first is there");
    let missing: Vec<_> = sent.iter().filter(|subject| !stored[live..].contains(subject)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
