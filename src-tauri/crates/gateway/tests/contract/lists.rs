use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use vigie_gateway::Channel;

use crate::support::{Desktop, gateway, payment, spree};

fn sequences(page: &Value) -> Vec<u64> {
    page["items"].as_array().unwrap().iter().map(|item| item["sequence"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn a_list_says_where_to_go_on() {
    let gateway = gateway().await;
    let desktop = Desktop::sign_in(&gateway, "lead").await;
    let mut added = Vec::new();
    for number in 0..5 {
        let new = payment(&format!("C-{number}"), "Nordstern Bank", 10, Channel::Card);
        added.push(gateway.submit(new).await.unwrap().sequence);
    }
    let first = desktop.get("/transactions?since=0&limit=3").await;
    assert_eq!((sequences(&first), &first["more"]), (added[..3].to_vec(), &json!(true)));
    assert_eq!(first["sequence"], added[2]);
    let rest = desktop.get(&format!("/transactions?since={}&limit=3", first["sequence"])).await;
    assert_eq!((sequences(&rest), &rest["more"]), (added[3..].to_vec(), &json!(false)));
    assert_eq!(rest["sequence"], gateway.highest_sequence().await.unwrap());
    let newest = desktop.get("/transactions?limit=2").await;
    assert_eq!((sequences(&newest), &newest["more"]), (added[3..].to_vec(), &json!(false)));
    let nothing = desktop.get(&format!("/transactions?since={}", u64::MAX)).await;
    assert_eq!(sequences(&nothing), Vec::<u64>::new());
}

#[tokio::test]
async fn an_empty_list_is_as_far_as_everything() {
    let gateway = gateway().await;
    let desktop = Desktop::sign_in(&gateway, "paul").await;
    spree(&gateway, "C-1", "Nordstern Bank", 7).await;
    let others = desktop.get("/alerts?since=0").await;
    let highest = gateway.highest_sequence().await.unwrap();
    assert_eq!(others, json!({ "items": [], "sequence": highest, "more": false }));
}

#[tokio::test]
async fn a_changed_alert_moves_up() {
    let gateway = gateway().await;
    let desktop = Desktop::sign_in(&gateway, "lead").await;
    spree(&gateway, "C-1", "Nordstern Bank", 6).await;
    spree(&gateway, "C-2", "Nordstern Bank", 6).await;
    let before = desktop.all("/alerts", 10).await;
    let first = before[0]["id"].as_str().unwrap();
    let change = json!({ "status": "investigating" });
    desktop.ask(Method::PATCH, &format!("/alerts/{first}"), Some(change)).await;
    let since = desktop.get(&format!("/alerts?since={}", before[1]["sequence"])).await;
    assert_eq!(since["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&since["items"][0]["id"], &since["items"][0]["status"]),
        (&json!(first), &json!("investigating"))
    );
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused() {
    let gateway = gateway().await;
    let desktop = Desktop::sign_in(&gateway, "lead").await;
    for query in ["limit=0", "limit=1001", "limit=x", "since=-1", "since=x"] {
        let (status, answer) = desktop.ask(Method::GET, &format!("/alerts?{query}"), None).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert!(answer["detail"].is_string());
    }
}

#[tokio::test]
async fn the_risk_is_that_of_what_was_added() {
    let gateway = gateway().await;
    let desktop = Desktop::sign_in(&gateway, "lead").await;
    spree(&gateway, "C-1", "Nordstern Bank", 6).await;
    let risk = desktop.get("/risk-metrics").await;
    assert_eq!((&risk["totalTransactions"], &risk["totalAlerts"]), (&json!(6), &json!(1)));
    assert_eq!((&risk["openAlerts"], &risk["amountAtRisk"]), (&json!(1), &json!(720.0)));
    let alert = &desktop.all("/alerts", 10).await[0];
    let change = json!({ "status": "resolved" });
    desktop.ask(Method::PATCH, &format!("/alerts/{}", alert["id"].as_str().unwrap()), Some(change)).await;
    let risk = desktop.get("/risk-metrics").await;
    assert_eq!((&risk["openAlerts"], &risk["amountAtRisk"]), (&json!(0), &json!(0.0)));
}
