use std::{collections::HashSet, time::Duration};

use reqwest::StatusCode;
use serde_json::{Value, json};
use vigie_gateway::{Channel, Config, Contract, Gateway, Profile, State};

use crate::support::{Event, Listener, gateway_of, http, noon, one, payment, restarted};

const ALL: &str = "/events/subscribe?all=true";

/// So many payments of a customer.
async fn pay(gateway: &Gateway, customer: &str, count: usize) {
    for _ in 0..count {
        gateway.submit(payment(customer, "Nordstern Bank", 1_200, Channel::Card)).await.unwrap();
    }
}

fn names(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| event.name.as_deref().unwrap()).collect()
}

fn amount(value: &Value) -> u128 {
    value.as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn payments_drive_one_stream_at_a_time_from_its_creation_to_its_end() {
    let gateway = Gateway::start_with_clock(one(Contract::Flowfi), noon()).await.unwrap();
    let mut listener = Listener::open(&gateway, ALL).await;
    pay(&gateway, "C-1", 40).await;
    let events = listener.take(40).await;
    let (mut hashes, mut ends) = (HashSet::new(), HashSet::new());
    let (mut deposited, mut withdrawn) = (0, 0);
    for (event, before) in events.iter().zip([None].into_iter().chain(events.iter().map(Some))) {
        let data = &event.data;
        assert!(hashes.insert(data["transactionHash"].to_string()));
        assert!(
            data["sender"].as_str().unwrap().starts_with('G')
                && data["tokenAddress"].as_str().unwrap().starts_with('C')
        );
        assert_eq!(data["timestamp"], 1_795_176_000);
        let same = before.is_some_and(|before| before.data["streamId"] == data["streamId"]);
        match event.name.as_deref().unwrap() {
            "stream.created" => {
                assert!(!same);
                deposited = amount(&data["depositedAmount"]);
                withdrawn = 0;
                assert!(deposited > 1 << 53 && deposited % amount(&data["ratePerSecond"]) == 0);
            }
            "stream.topped_up" => {
                deposited += amount(&data["amount"]);
                assert!(same && amount(&data["newDepositedAmount"]) == deposited);
            }
            "stream.withdrawn" => {
                withdrawn += amount(&data["amount"]);
                assert!(same && amount(&data["totalWithdrawn"]) == withdrawn);
            }
            "stream.cancelled" => {
                assert_eq!(
                    amount(&data["amountWithdrawn"]) + amount(&data["refundedAmount"]),
                    deposited - withdrawn
                );
                ends.insert("cancelled");
            }
            "stream.completed" => {
                assert_eq!(amount(&data["totalWithdrawn"]), deposited);
                ends.insert("completed");
            }
            other => panic!("{other}"),
        }
    }
    assert_eq!(ends.len(), 2, "both ends are met: {:?}", names(&events));
}

#[tokio::test]
async fn a_listener_hears_what_it_has_chosen() {
    let gateway = gateway_of(Profile::One(Contract::Flowfi)).await;
    let mut all = Listener::open(&gateway, ALL).await;
    pay(&gateway, "C-1", 1).await;
    pay(&gateway, "C-2", 1).await;
    pay(&gateway, "C-3", 1).await;
    let created = all.take(3).await;
    let (first, third) = (&created[0].data["streamId"], &created[2].data);
    let chosen = format!(
        "/events/subscribe?streams={}&streams=999&users={}",
        first.as_str().unwrap(),
        third["sender"].as_str().unwrap()
    );
    let mut some = Listener::open(&gateway, &chosen).await;
    for _ in 0..2 {
        for customer in ["C-1", "C-2", "C-3"] {
            pay(&gateway, customer, 1).await;
        }
    }
    let heard = some.take(4).await;
    let streams: Vec<&Value> = heard.iter().map(|event| &event.data["streamId"]).collect();
    assert_eq!(streams, [first, &third["streamId"], first, &third["streamId"]]);
}

#[tokio::test]
async fn who_chooses_nothing_is_refused_and_who_is_one_too_many_comes_back() {
    let gateway = Gateway::start(Config { capacity: 2, ..one(Contract::Flowfi) }).await.unwrap();
    let get = async |path: &str| http().get(format!("{}{path}", gateway.url())).send().await.unwrap();
    for nothing in ["/events/subscribe", "/events/subscribe?streams=", "/events/subscribe?all=false"] {
        assert_eq!(get(nothing).await.status(), StatusCode::BAD_REQUEST);
    }
    let stats = async || get("/events/stats").await.json::<Value>().await.unwrap();
    let _all = Listener::open(&gateway, ALL).await;
    let _both = Listener::open(&gateway, "/events/subscribe?streams=1&users=GA").await;
    assert_eq!(
        stats().await,
        json!({ "activeConnections": 2, "capacity": 2, "byFilter": { "streams": 1, "users": 1, "all": 1 } })
    );
    let full = get(ALL).await;
    assert_eq!(
        (full.status(), &full.headers()["retry-after"]),
        (StatusCode::SERVICE_UNAVAILABLE, &"5".parse().unwrap())
    );
}

#[tokio::test]
async fn a_silent_stream_shows_that_it_is_alive() {
    let clock = noon();
    let gateway = Gateway::start_with_clock(one(Contract::Flowfi), clock.clone()).await.unwrap();
    let mut listener = Listener::open(&gateway, ALL).await;
    for _ in 0..2 {
        clock.advance(Duration::from_secs(15));
        assert_eq!(listener.block().await.as_deref(), Some(": keep-alive"));
    }
}

fn wish() -> Value {
    json!({
        "sender": "GABC", "recipient": "GDEF", "tokenAddress": "CUSDC", "ratePerSecond": "1000000",
        "depositedAmount": "86400000000", "startTime": 1_708_560_000,
    })
}

#[tokio::test]
async fn a_stream_can_be_opened_and_outlives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let state = State::File(folder.path().join("state.db"));
    let config = Config { event_ids: true, state, ..one(Contract::Flowfi) };
    let gateway = Gateway::start(config.clone()).await.unwrap();
    let mut listener = Listener::open(&gateway, "/events/subscribe?users=GDEF").await;
    let post = async |gateway: &Gateway, body: Value| {
        http().post(format!("{}/streams", gateway.url())).json(&body).send().await.unwrap()
    };
    let answer = post(&gateway, wish()).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    let stream: Value = answer.json().await.unwrap();
    let event = listener.next().await;
    assert_eq!((event.name.as_deref(), &event.data), (Some("stream.created"), &stream));
    for (field, value) in wish().as_object().unwrap() {
        assert_eq!(&stream[field], value);
    }
    for (field, wrong) in [
        ("depositedAmount", json!("-1")),
        ("ratePerSecond", json!(5)),
        ("sender", json!("")),
        ("startTime", json!("now")),
        ("depositedAmount", json!("9".repeat(40))),
    ] {
        let mut body = wish();
        body[field] = wrong;
        assert_eq!(post(&gateway, body).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
    let gateway = restarted(gateway, config).await;
    let mut returned = Listener::after(&gateway, "/events/subscribe?users=GDEF", "0").await;
    assert_eq!(returned.next().await.data, stream);
    let next: Value = post(&gateway, wish()).await.json().await.unwrap();
    assert_eq!((&stream["streamId"], &next["streamId"]), (&json!("1"), &json!("2")));
}

#[tokio::test]
async fn who_comes_back_gets_what_was_missed_even_of_payments_made_while_nobody_spoke_of_streams() {
    let folder = tempfile::tempdir().unwrap();
    let state = State::File(folder.path().join("state.db"));
    let config = Config { event_ids: true, state, ..one(Contract::Flowfi) };
    let gateway = Gateway::start(config.clone()).await.unwrap();
    let mut listener = Listener::open(&gateway, ALL).await;
    pay(&gateway, "C-1", 5).await;
    let heard = listener.take(5).await;
    // The same payments in another contract, and back again.
    let other = Config { profile: Profile::One(Contract::Aml), ..config.clone() };
    let gateway = restarted(gateway, other).await;
    pay(&gateway, "C-1", 5).await;
    let gateway = restarted(gateway, config).await;
    let mut returned = Listener::after(&gateway, ALL, heard[1].id.as_deref().unwrap()).await;
    let missed = returned.take(8).await;
    assert_eq!(
        missed[..3].iter().map(|event| &event.data).collect::<Vec<_>>(),
        heard[2..].iter().map(|event| &event.data).collect::<Vec<_>>()
    );
}
