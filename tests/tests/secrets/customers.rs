//! What a server tells of a customer is in the database and in the window, and not in the log, the figures or a report.

use std::collections::BTreeMap;

use tempfile::tempdir;
use vigie_core::desk::view::AlertAction;
use vigie_core::figures::file;
use vigie_core::model::{ActionKind, AlertState, Link};
use vigie_core::settings::Keeper;
use vigie_tests::desk::TestDesk;
use vigie_tests::server::{Answer, Server, TOKEN, alert, transaction};

use super::{PASSWORD, log};

const CUSTOMER: &str = "Customer-5d1f Not-To-Be-Seen";
const AMOUNT: &str = "918273.64";
const USER: &str = "user-20c9-not-to-be-seen";

/// The same frame about our customer and amount.
fn about_them(frame: &str) -> String {
    frame.replace("Ada Lovelace", CUSTOMER).replace("12.50", AMOUNT)
}

fn assert_nobody(place: &str, text: &str) {
    for private in [CUSTOMER, "Not-To-Be-Seen", AMOUNT, USER, PASSWORD, TOKEN] {
        assert!(!text.contains(private), "{private} stands in {place}");
    }
}

#[tokio::test]
async fn no_customer_amount_user_or_secret_is_in_the_log_the_figures_or_a_report() {
    log::begin();
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let desk = TestDesk::start(folder.path()).await;
    desk.desk.watch().await.unwrap();
    let source = desk.sign_in(&server.url, USER, PASSWORD).await.unwrap();
    let connection = server.connection().await;
    desk.until_live().await;
    for frame in [
        about_them(&transaction(1)),
        about_them(&alert(1, "critical")),
        format!("no JSON of {CUSTOMER}"),
        format!("[\"{CUSTOMER}\", {AMOUNT}]"),
        format!(r#"{{"type":"{CUSTOMER}","payload":"{AMOUNT}"}}"#),
    ] {
        connection.send(frame).await;
    }
    desk.desktop.until(|shown| shown.notifications.len() == 1).await;
    let known = desk.alerts().await.remove(0);
    assert_eq!(known.facts.customer_name.as_deref(), Some(CUSTOMER), "they are what it is all about");

    // Whatever is asked next is answered with what is private, in every shape that cannot be understood.
    let private = format!("{CUSTOMER} {AMOUNT} {USER}");
    let item = format!(r#"{{"items":[{{"id":{{"{CUSTOMER}":{AMOUNT}}}}}, "{private}", 3]}}"#);
    let mut connection = Some(connection);
    for (failures, body) in [format!("\"{private}\""), format!("{{\"items\":\"{private}\"}}"), private, item]
        .into_iter()
        .enumerate()
    {
        for asked in ["GET /ws", "GET /alerts", "GET /transactions"] {
            server.answer(asked, Answer::json(&body));
        }
        drop(connection.take());
        desk.desk.retry(source).await.unwrap();
        // Of the last, what can be read is taken.
        let is_answered = |link: &Link| match link {
            Link::Retrying { attempts, .. } => *attempts as usize > failures,
            link => matches!(link, Link::Live { fallback: true, .. }),
        };
        desk.until_link("the answer is not understood", is_answered).await;
        let action = AlertAction {
            alert: known.id,
            action: ActionKind::ChangeState,
            state: Some(AlertState::Resolved),
            owner: None,
        };
        let _refused = desk.desk.act(action).await;
    }

    let report = desk.desk.report(BTreeMap::new(), "Linux".to_owned()).await.unwrap();
    let report = std::fs::read_to_string(report.save(folder.path()).unwrap()).unwrap();
    assert!(report.contains("not_json"), "{report}");
    assert_nobody("the report", &report);
    desk.desk.close().await.unwrap();
    assert_nobody("the figures", &std::fs::read_to_string(file::path(&desk.path)).unwrap());
    let log = log::in_files();
    for said in ["the link is live", "broken"] {
        assert!(log.contains(said), "the log says what happened: {said}");
    }
    assert_nobody("the log", &log);
}

#[test]
fn no_customer_of_a_rule_that_is_wrong_is_in_the_log() {
    log::begin();
    let folder = tempdir().unwrap();
    let own = folder.path().join("settings.toml");
    for wrong in
        [format!("text = \"{CUSTOMER}"), format!("then = \"{CUSTOMER}\""), format!("texts = \"{CUSTOMER}\"")]
    {
        std::fs::write(&own, format!("[[notifications.rules]]\nname = \"One\"\n{wrong}\n")).unwrap();
        let problem = Keeper::open(Some(own.clone()), None).view().problem.clone().unwrap();
        assert!(problem.contains(CUSTOMER), "the window says what is wrong: {problem}");
    }
    let log = log::in_files();
    assert!(log.contains("settings.toml"), "the log says what happened");
    assert_nobody("the log", &log);
}
