use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use vigie_gateway::Gateway;

use crate::support::{Answer, Desktop, gateway, spree};

async fn patch(desktop: &Desktop, id: &str, body: Value) -> Answer {
    desktop.ask(Method::PATCH, &format!("/alerts/{id}"), Some(body)).await
}

async fn with_alert() -> (Gateway, Desktop, Value) {
    let gateway = gateway().await;
    let anna = Desktop::sign_in(&gateway, "anna").await;
    spree(&gateway, "C-1", "Nordstern Bank", 6).await;
    let alert = anna.all("/alerts", 10).await.remove(0);
    (gateway, anna, alert)
}

fn id(alert: &Value) -> &str {
    alert["id"].as_str().unwrap()
}

#[tokio::test]
async fn a_change_is_answered_and_told_to_everybody() {
    let (gateway, anna, alert) = with_alert().await;
    let mut stream = Desktop::sign_in(&gateway, "lead").await.listen().await;
    let change =
        json!({ "status": "escalated", "assignedTo": "lead", "expectedSequence": alert["sequence"] });
    let (status, changed) = patch(&anna, id(&alert), change).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!((&changed["status"], &changed["assignedTo"]), (&json!("escalated"), &json!("lead")));
    assert!(changed["sequence"].as_u64() > alert["sequence"].as_u64());
    assert!(changed["updatedAt"].as_str() >= alert["updatedAt"].as_str());
    let told = stream.next().await;
    assert_eq!((&told["type"], &told["sequence"]), (&json!("fraudAlert"), &changed["sequence"]));
    assert_eq!(told["payload"]["status"], "escalated");

    let (_, freed) = patch(&anna, id(&alert), json!({ "assignedTo": null })).await;
    assert_eq!((&freed["status"], &freed["assignedTo"]), (&json!("escalated"), &Value::Null));
}

#[tokio::test]
async fn a_change_of_what_has_changed_is_refused_with_what_it_is_now() {
    let (_gateway, anna, alert) = with_alert().await;
    let (_, now) = patch(&anna, id(&alert), json!({ "status": "investigating" })).await;
    let late = json!({ "status": "resolved", "expectedSequence": alert["sequence"] });
    let (status, mut conflict) = patch(&anna, id(&alert), late).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(conflict.as_object_mut().unwrap().remove("detail").is_some());
    assert_eq!(conflict, now);
    assert_eq!(anna.all("/alerts", 10).await, [now]);
}

#[tokio::test]
async fn what_is_unknown_or_of_another_bank_cannot_be_changed() {
    let (gateway, anna, alert) = with_alert().await;
    let paul = Desktop::sign_in(&gateway, "paul").await;
    let resolved = json!({ "status": "resolved" });
    assert_eq!(patch(&paul, id(&alert), resolved.clone()).await.0, StatusCode::NOT_FOUND);
    assert_eq!(patch(&anna, "AL-0", resolved).await.0, StatusCode::NOT_FOUND);
    for body in [json!({ "status": "lost" }), json!({}), json!({ "assignedTo": "" }), json!([1])] {
        assert_eq!(patch(&anna, id(&alert), body).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(anna.all("/alerts", 10).await, [alert]);
}

#[tokio::test]
async fn what_an_analyst_has_decided_is_not_raised_again_unless_it_gets_worse() {
    let (gateway, anna, alert) = with_alert().await;
    assert_eq!(alert["severity"], "medium");
    let (_, decided) = patch(&anna, id(&alert), json!({ "status": "false_positive" })).await;
    spree(&gateway, "C-1", "Nordstern Bank", 1).await;
    assert_eq!(anna.all("/alerts", 10).await, [decided]);
    spree(&gateway, "C-1", "Nordstern Bank", 10).await;
    let alerts = anna.all("/alerts", 10).await;
    assert_eq!(alerts.len(), 2);
    assert_eq!((&alerts[1]["status"], &alerts[1]["severity"]), (&json!("open"), &json!("high")));
}

fn body() -> Value {
    json!({
        "customerId": "C-9", "customerName": "Inès <b>Morel</b>", "bank": "Banque du Ponant", "merchant": "Voltéa",
        "merchantCategory": "Electronics", "amount": 12.3, "currency": "EUR", "country": "FR", "city": "Lyon",
        "channel": "online", "timestamp": "2026-01-02T03:04:05Z",
    })
}

#[tokio::test]
async fn a_transaction_is_stored_as_it_was_sent() {
    let gateway = gateway().await;
    let desktop = Desktop::sign_in(&gateway, "paul").await;
    let (status, stored) = desktop.ask(Method::POST, "/transactions/add", Some(body())).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(stored["customerName"], "Inès <b>Morel</b>");
    assert_eq!((&stored["amount"], &stored["timestamp"]), (&json!(12.3), &json!("2026-01-02T03:04:05.000Z")));
    assert_eq!(desktop.all("/transactions", 10).await, [stored]);
}

#[tokio::test]
async fn what_is_no_transaction_is_refused_and_changes_nothing() {
    let gateway = gateway().await;
    let desktop = Desktop::sign_in(&gateway, "paul").await;
    let before = gateway.highest_sequence().await.unwrap();
    for (field, value) in [
        ("amount", json!(-1)),
        ("amount", json!(1.234)),
        ("amount", json!("12")),
        ("amount", json!(0)),
        ("currency", json!("XXX")),
        ("country", json!("France")),
        ("channel", json!("pigeon")),
        ("merchant", json!(" ")),
        ("customerId", json!("x".repeat(121))),
        ("timestamp", json!("2999-01-01T00:00:00Z")),
        ("timestamp", json!("yesterday")),
    ] {
        let mut body = body();
        body[field] = value;
        let (status, answer) = desktop.ask(Method::POST, "/transactions/add", Some(body)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{field}: {answer}");
    }
    assert_eq!(gateway.highest_sequence().await.unwrap(), before);
}

#[tokio::test]
async fn an_analysis_gives_the_reasons_of_the_rules() {
    let (_gateway, anna, alert) = with_alert().await;
    let transaction = alert["transactionId"].as_str().unwrap();
    let path = format!("/transactions/{transaction}/analyze");
    let (status, analysis) = anna.ask(Method::POST, &path, None).await;
    assert_eq!(status, StatusCode::OK);
    let listed = anna.all("/transactions", 100).await;
    let stored = listed.iter().find(|listed| listed["id"] == transaction).unwrap();
    assert_eq!(analysis["fraudProbability"], stored["riskScore"]);
    assert_eq!(analysis["factors"][0]["name"], "velocity");
    assert_eq!(analysis["recommendation"], "Hold the payment until somebody has looked at it");
    let (status, _) = anna.ask(Method::POST, "/transactions/TX-0/analyze", None).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}
