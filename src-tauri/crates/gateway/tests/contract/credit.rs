use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Error, Message};
use vigie_gateway::{Channel, Config, Contract, Gateway, Profile, Simulation, State};

use crate::support::{
    Desktop, End, Listener, PASSWORD, Stream, config, gateway_of, http, noon, one, payment, restarted,
    socket, spree,
};

async fn credit() -> Gateway {
    gateway_of(Profile::One(Contract::Credit)).await
}

/// A socket after its welcome.
async fn connected(gateway: &Gateway, path: &str) -> Stream {
    let mut stream = socket(gateway, path, None).await.unwrap();
    let welcome = stream.next().await;
    assert_eq!((&welcome["type"], &welcome["status"]), (&json!("connection"), &json!("connected")));
    stream
}

async fn say(stream: &mut Stream, message: Value) -> Value {
    stream.say(Message::text(message.to_string())).await.unwrap();
    stream.next().await
}

/// So many payments, each of another customer.
async fn pay(gateway: &Gateway, count: usize) {
    for number in 0..count {
        gateway.submit(payment(&format!("C-{number}"), "Nordstern Bank", 10, Channel::Card)).await.unwrap();
    }
}

async fn analyze(gateway: &Gateway, user: &str, customer: &str) -> (StatusCode, Value) {
    let request = http().post(format!("{}/api/analyze-credit/{user}", gateway.url()));
    let answer = request.json(&json!({ "customer_id": customer })).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

fn kinds(messages: &[Value]) -> Vec<&str> {
    messages.iter().map(|message| message["type"].as_str().unwrap()).collect()
}

const RUN: [&str; 6] = [
    "calculation_progress",
    "calculation_progress",
    "calculation_progress",
    "calculation_progress",
    "calculation_progress",
    "credit_analysis",
];

#[tokio::test]
async fn a_client_gets_what_it_has_subscribed_to() {
    let gateway = gateway_of(Profile::All).await;
    let path = "/credit/realtime/ws/desk-1?user_id=lead";
    let mut client = connected(&gateway, path).await;
    let subscribe = |what: &str, how: &str| json!({ "type": how, "subscription": what });
    let answer = say(&mut client, subscribe("market_alerts", "subscribe")).await;
    assert_eq!(
        answer,
        json!({ "type": "subscription", "status": "subscribed", "subscription": "market_alerts" })
    );
    spree(&gateway, "C-1", "Nordstern Bank", 8).await;
    let alert = client.next().await;
    let listed = Desktop::sign_in_at(&format!("{}/big-defend", gateway.url()), "lead", PASSWORD).await;
    let listed = listed.all("/alerts", 10).await.remove(0);
    let (alert, kind) = (&alert["alert"], &alert["type"]);
    assert_eq!(
        (kind, &alert["alert_id"], &alert["category"]),
        (&json!("market_alert"), &listed["id"], &json!("velocity"))
    );
    assert_eq!((&alert["amount"], &alert["currency"]), (&json!(720.0), &json!("EUR")));

    // The later versions of the alert are no news, so that the answer is what comes next.
    let answer = say(&mut client, subscribe("market_alerts", "unsubscribe")).await;
    assert_eq!(answer["status"], "unsubscribed");
    spree(&gateway, "C-2", "Nordstern Bank", 8).await;
    assert_eq!(say(&mut client, json!({ "type": "ping" })).await["type"], "pong");
    for wrong in [subscribe("everything", "subscribe"), json!({ "type": "dance" }), json!([1]), json!("x")] {
        let answer = say(&mut client, wrong).await;
        assert!(answer["type"] == "error" && answer["message"].is_string());
    }
}

#[tokio::test]
async fn updates_are_of_the_users_own_customers() {
    let gateway = credit().await;
    let mut streams = Vec::new();
    for user in ["lead", "anna", "paul"] {
        let mut client = connected(&gateway, &format!("/realtime/ws/x?user_id={user}")).await;
        say(&mut client, json!({ "type": "subscribe", "subscription": "credit_updates" })).await;
        let dashboard = connected(&gateway, &format!("/realtime/ws/dashboard/{user}")).await;
        let listener = Listener::open(&gateway, &format!("/realtime/sse/credit-score/{user}")).await;
        streams.push((user, client, dashboard, listener));
    }
    pay(&gateway, 90).await;
    let mut customers = Vec::new();
    for (user, client, dashboard, listener) in &mut streams {
        let mut heard = Vec::new();
        while kinds(&heard).iter().filter(|kind| **kind == "credit_analysis").count() < 1 {
            heard.push(client.next().await);
        }
        let mut expected = vec!["risk_score_update"; 10];
        expected.extend(RUN);
        assert_eq!(kinds(&heard), expected, "every tenth payment has its customer analysed");
        for message in &heard {
            assert_eq!((&message["user_id"], message), (&json!(user), &listener.next().await.data));
        }
        for message in &heard[..10] {
            assert_eq!(&dashboard.next().await, message);
            assert!(message["previous"].is_null() && message["risk_score"].is_number());
            customers.push(message["customer_id"].to_string());
        }
        let progress: Vec<u64> =
            heard[10..15].iter().map(|step| step["progress"].as_u64().unwrap()).collect();
        assert_eq!(progress, [0, 25, 50, 75, 100]);
        let analysis = &heard[15]["data"];
        assert_eq!(analysis["customer_id"], heard[9]["customer_id"]);
        assert!((300..=850).contains(&analysis["score"].as_u64().unwrap()));
        assert!(analysis["factors"][0]["impact"].is_number() && analysis["recommendations"][0].is_string());
    }
    customers.sort();
    customers.dedup();
    assert_eq!(customers.len(), 30, "no customer is two users'");
}

/// A customer of a user, and one of somebody else.
async fn customers(gateway: &Gateway, user: &str) -> (String, String) {
    let (mut own, mut other) = (String::new(), String::new());
    for number in 0..30 {
        let customer = format!("C-{number}");
        match analyze(gateway, user, &customer).await.0 {
            StatusCode::OK => own = customer,
            StatusCode::NOT_FOUND => other = customer,
            status => panic!("{status}"),
        }
    }
    (own, other)
}

#[tokio::test]
async fn an_analysis_is_streamed_and_its_progress_can_be_asked_for_also_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config { state: State::File(folder.path().join("state.db")), ..one(Contract::Credit) };
    let gateway = Gateway::start(config.clone()).await.unwrap();
    pay(&gateway, 30).await;
    let (own, other) = customers(&gateway, "anna").await;
    let mut listener = Listener::open(&gateway, "/realtime/sse/credit-score/anna").await;
    let (_, answer) = analyze(&gateway, "anna", &own).await;
    assert_eq!(answer["status"], "analysis_complete");
    let heard: Vec<Value> = listener.take(6).await.into_iter().map(|event| event.data).collect();
    assert_eq!(kinds(&heard), RUN);
    assert_eq!(heard[5]["data"]["analysis_id"], answer["analysis_id"]);
    for (user, customer, status) in
        [("anna", other.as_str(), 404), ("anna", "C-none", 404), ("nobody", own.as_str(), 401)]
    {
        let (refused, body) = analyze(&gateway, user, customer).await;
        assert_eq!((refused.as_u16(), body["detail"].is_string()), (status, true));
    }
    let gateway = restarted(gateway, config).await;
    let path = format!("/realtime/sse/calculation/{}", answer["calculation_id"].as_str().unwrap());
    let mut progress = Listener::open(&gateway, &path).await;
    for step in &heard[..5] {
        assert_eq!(&progress.next().await.data, step);
    }
    assert!(progress.hear().await.is_none(), "it ends when it is done");
    let unknown =
        http().get(format!("{}/realtime/sse/calculation/CA-0", gateway.url())).send().await.unwrap();
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_unknown_user_gets_nothing() {
    let gateway = credit().await;
    for path in ["/realtime/ws/x?user_id=nobody", "/realtime/ws/x", "/realtime/ws/dashboard/nobody"] {
        let refused = socket(&gateway, path, None).await.err().unwrap();
        assert!(matches!(refused, Error::Http(response) if response.status() == 401), "{path}");
    }
    let refused = socket(&gateway, "/realtime/ws/dashboard?user_id=anna", None).await.err().unwrap();
    assert!(matches!(refused, Error::Http(response) if response.status() == 404), "a dashboard is no client");
    let refused =
        http().get(format!("{}/realtime/sse/credit-score/nobody", gateway.url())).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    assert!(refused.json::<Value>().await.unwrap()["detail"].is_string());
    assert_eq!(gateway.connections(), 0);
}

#[tokio::test]
async fn a_client_that_answers_no_ping_is_let_go() {
    let clock = noon();
    let gateway = Gateway::start_with_clock(one(Contract::Credit), clock.clone()).await.unwrap();
    let mut silent = connected(&gateway, "/realtime/ws/x?user_id=anna").await;
    let mut awake = connected(&gateway, "/realtime/ws/y?user_id=anna").await;
    for _ in 0..2 {
        clock.advance(Duration::from_secs(20));
        assert_eq!(silent.next().await, json!({ "type": "ping" }));
        assert_eq!(awake.next().await, json!({ "type": "ping" }));
        assert_eq!(say(&mut awake, json!({ "type": "ping" })).await["type"], "pong");
    }
    clock.advance(Duration::from_secs(20));
    assert_eq!(silent.hear().await, Err(End::Cut));
    assert_eq!(awake.next().await, json!({ "type": "ping" }));
}

#[tokio::test]
async fn the_market_hears_of_the_portfolio_and_alerts_and_can_come_back() {
    let clock = noon();
    let config = Config {
        profile: Profile::One(Contract::Credit),
        event_ids: true,
        ..config(State::Memory, Some(Simulation { rate: 20.0, seed: 7, history: 0 }))
    };
    let gateway = Gateway::start_with_clock(config, clock.clone()).await.unwrap();
    let mut market = Listener::open(&gateway, "/realtime/sse/market-updates").await;
    let mut told = Vec::new();
    let updates = |told: &[crate::support::Event]| {
        told.iter().filter(|event| event.data["type"] == "portfolio_update").count()
    };
    while updates(&told) < 3 {
        clock.advance(Duration::from_secs(5));
        let before = updates(&told);
        while updates(&told) == before {
            told.push(market.next().await);
        }
    }
    let portfolios: Vec<&crate::support::Event> =
        told.iter().filter(|event| event.data["type"] == "portfolio_update").collect();
    let last = portfolios[2];
    assert!(
        last.text.contains("\"currency\":\"EUR\"")
            && last.data["portfolio"]["transactions"].as_u64() > Some(0)
    );
    assert!(last.data["portfolio"]["change_percent"].as_f64().unwrap() > 0.0);
    let mut returned =
        Listener::after(&gateway, "/realtime/sse/market-updates", told[0].id.as_deref().unwrap()).await;
    for missed in &told[1..] {
        let event = returned.next().await;
        assert_eq!((&event.id, &event.data), (&missed.id, &missed.data));
    }
}
