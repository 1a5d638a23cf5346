use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio_tungstenite::tungstenite::Error;
use vigie_gateway::{Gateway, State};

use crate::support::{Desktop, End, LIFETIME, config, gateway, noon};

#[tokio::test]
async fn a_password_gets_a_token() {
    let gateway = gateway().await;
    let desktop = Desktop::sign_in(&gateway, "anna").await;
    assert_eq!(desktop.get("/alerts").await["items"], json!([]));
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_are_told_the_same() {
    let gateway = gateway().await;
    let desktop = Desktop::sign_in(&gateway, "anna").await;
    for name in ["anna", "nobody"] {
        let body = json!({ "username": name, "password": "guess" });
        let (status, answer) = desktop.ask(Method::POST, "/auth/login", Some(body)).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer["detail"], "wrong username or password");
    }
    let (status, _) = desktop.ask(Method::POST, "/auth/login", Some(json!({ "user": 1 }))).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn guessing_has_to_wait() {
    let gateway = gateway().await;
    let guess = json!({ "username": "anna", "password": "guess" });
    let http = crate::support::http();
    let mut last = None;
    for _ in 0..6 {
        let request = http.post(format!("{}/auth/login", gateway.url())).json(&guess);
        last = Some(request.send().await.unwrap());
    }
    let last = last.unwrap();
    assert_eq!(last.status(), StatusCode::TOO_MANY_REQUESTS);
    let seconds: u64 = last.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&seconds));
}

#[tokio::test]
async fn without_a_token_nothing_opens() {
    let gateway = gateway().await;
    let mut desktop = Desktop::sign_in(&gateway, "anna").await;
    for token in ["", "nonsense"] {
        desktop.token = token.into();
        for path in ["/transactions", "/alerts", "/risk-metrics"] {
            assert_eq!(desktop.ask(Method::GET, path, None).await.0, StatusCode::UNAUTHORIZED);
        }
        let refused = tokio_tungstenite::connect_async(desktop.address()).await;
        assert!(matches!(refused, Err(Error::Http(response)) if response.status() == 401));
    }
    assert_eq!(gateway.connections(), 0);
}

#[tokio::test]
async fn a_token_expires_also_while_it_is_in_use() {
    let clock = noon();
    let gateway = Gateway::start_with_clock(config(State::Memory, None), clock.clone()).await.unwrap();
    let desktop = Desktop::sign_in(&gateway, "anna").await;
    let mut stream = desktop.listen().await;
    clock.advance(LIFETIME);
    assert_eq!(stream.hear().await, Err(End::Closed(1008, "token expired".into())));
    let (status, answer) = desktop.ask(Method::GET, "/alerts", None).await;
    assert_eq!((status, &answer["detail"]), (StatusCode::UNAUTHORIZED, &json!("token expired")));
    assert!(tokio_tungstenite::connect_async(desktop.address()).await.is_err());
}

#[tokio::test]
async fn a_revoked_token_is_worth_nothing() {
    let gateway = gateway().await;
    let desktop = Desktop::sign_in(&gateway, "anna").await;
    let mut stream = desktop.listen().await;
    gateway.revoke_tokens().await.unwrap();
    assert_eq!(stream.hear().await, Err(End::Closed(1008, "token revoked".into())));
    assert_eq!(desktop.ask(Method::GET, "/alerts", None).await.0, StatusCode::UNAUTHORIZED);
    Desktop::sign_in(&gateway, "anna").await.get("/alerts").await;
}
