use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};
use vigie_gateway::{Channel, Config, Contract, Gateway, Profile, Simulation, State};

use crate::support::{Listener, config, gateway_of, http, numbered, one, payment, restarted, socket, spree};

fn get(gateway: &Gateway, query: &str) -> RequestBuilder {
    http().get(format!("{}/events{query}", gateway.url()))
}

async fn list(gateway: &Gateway, query: &str) -> Value {
    get(gateway, query).send().await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn one_address_tells_the_same_in_three_ways() {
    let gateway = gateway_of(Profile::One(Contract::Generic)).await;
    let mut stream = Listener::open(&gateway, "/events").await;
    let mut socket = socket(&gateway, "/events", None).await.unwrap();
    spree(&gateway, "C-1", "Nordstern Bank", 7).await;
    let (mut streamed, mut spoken) = (Vec::new(), Vec::new());
    for _ in 0..9 {
        let event = stream.next().await;
        assert!(event.id.is_none() && event.name.is_none());
        streamed.push(event.data);
        spoken.push(socket.next().await);
    }
    assert_eq!(streamed, spoken);
    let alerts = numbered(&streamed, "fraudAlert");
    assert_eq!((alerts.len(), &alerts[0]["id"]), (2, &alerts[1]["id"]));
    let answer = list(&gateway, "").await;
    // The alert is listed as it is now.
    streamed.remove(6);
    assert_eq!(answer, json!({ "items": streamed, "more": false }));
}

#[tokio::test]
async fn a_list_goes_on_after_a_number_and_says_whether_there_is_more() {
    let gateway = gateway_of(Profile::One(Contract::Generic)).await;
    let mut added = Vec::new();
    for number in 0..250 {
        let new = payment(&format!("C-{number}"), "Nordstern Bank", 10, Channel::Card);
        added.push(gateway.submit(new).await.unwrap().sequence);
    }
    let sequences = |page: &Value| -> Vec<u64> {
        page["items"].as_array().unwrap().iter().map(|item| item["sequence"].as_u64().unwrap()).collect()
    };
    let newest = list(&gateway, "").await;
    assert_eq!((sequences(&newest), &newest["more"]), (added[50..].to_vec(), &json!(false)));
    let first = list(&gateway, "?since=0").await;
    assert_eq!((sequences(&first), &first["more"]), (added[..200].to_vec(), &json!(true)));
    let rest = list(&gateway, &format!("?since={}", added[199])).await;
    assert_eq!((sequences(&rest), &rest["more"]), (added[200..].to_vec(), &json!(false)));
    let wrong = get(&gateway, "?since=x").send().await.unwrap();
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_list_that_is_known_is_not_sent_again() {
    let gateway = gateway_of(Profile::One(Contract::Generic)).await;
    spree(&gateway, "C-1", "Nordstern Bank", 3).await;
    let first = get(&gateway, "").send().await.unwrap();
    let tag = first.headers()["etag"].to_str().unwrap().to_owned();
    for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}")] {
        let again = get(&gateway, "").header("if-none-match", known).send().await.unwrap();
        assert_eq!(
            (again.status(), again.headers()["etag"].to_str().unwrap()),
            (StatusCode::NOT_MODIFIED, tag.as_str())
        );
    }
    spree(&gateway, "C-1", "Nordstern Bank", 1).await;
    let changed = get(&gateway, "").header("if-none-match", tag).send().await.unwrap();
    assert_eq!(changed.status(), StatusCode::OK);
}

#[tokio::test]
async fn whoever_comes_back_gets_what_was_told_meanwhile_and_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let state = State::File(folder.path().join("state.db"));
    let config = Config { event_ids: true, state, ..one(Contract::Generic) };
    let gateway = Gateway::start(config.clone()).await.unwrap();
    let mut constant = Listener::open(&gateway, "/events").await;
    spree(&gateway, "C-1", "Nordstern Bank", 9).await;
    let told = constant.take(13).await;
    let ids: Vec<&str> = told.iter().map(|event| event.id.as_deref().unwrap()).collect();
    let gateway = restarted(gateway, config).await;
    for last in [0, 5, 12] {
        let mut returned = Listener::after(&gateway, "/events", ids[last]).await;
        for missed in &told[last + 1..] {
            let event = returned.next().await;
            assert_eq!(
                (&event.id, &event.data),
                (&missed.id, &missed.data),
                "each version of an alert as well"
            );
        }
        let next = gateway.submit(payment("C-9", "Nordstern Bank", 10, Channel::Card)).await.unwrap();
        while returned.next().await.data["sequence"] != next.sequence {}
    }
}

#[tokio::test]
async fn nothing_is_lost_or_doubled_while_it_happens() {
    let config = Config {
        event_ids: true,
        profile: Profile::One(Contract::Generic),
        ..config(State::Memory, Some(Simulation { rate: 500.0, seed: 7, history: 0 }))
    };
    let gateway = Gateway::start(config).await.unwrap();
    let mut constant = Listener::open(&gateway, "/events").await;
    let mut told = constant.take(1).await;
    let mut pieced = told.clone();
    while pieced.len() < 400 {
        // A client that comes and goes.
        let mut returned =
            Listener::after(&gateway, "/events", pieced.last().unwrap().id.as_deref().unwrap()).await;
        pieced.extend(returned.take(80).await);
    }
    told.extend(constant.take(pieced.len() - 1).await);
    let frames = |events: &[crate::support::Event]| -> Vec<Value> {
        events.iter().map(|event| event.data.clone()).collect()
    };
    assert_eq!(frames(&told), frames(&pieced));
}

#[tokio::test]
async fn whoever_has_the_token_comes_in() {
    let config = Config { guest_token: Some("crow".into()), ..one(Contract::Generic) };
    let gateway = Gateway::start(config).await.unwrap();
    for accept in ["application/json", "text/event-stream"] {
        let refused = get(&gateway, "").header("accept", accept).send().await.unwrap();
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
        assert!(refused.json::<Value>().await.unwrap()["detail"].is_string());
        let open = get(&gateway, "").header("accept", accept).bearer_auth("crow").send().await.unwrap();
        assert_eq!(open.status(), StatusCode::OK);
    }
    assert!(socket(&gateway, "/events", Some("raven")).await.is_err());
    assert!(socket(&gateway, "/events", Some("crow")).await.is_ok());
}

#[tokio::test]
async fn a_slow_reader_is_ended_and_nothing_before_that_is_missing() {
    let gateway = gateway_of(Profile::One(Contract::Generic)).await;
    let mut slow = Listener::open(&gateway, "/events").await;
    let long = vigie_gateway::NewTransaction {
        merchant: "m".repeat(120),
        ..payment("C-1", "Nordstern Bank", 1, Channel::Card)
    };
    let mut number = 0;
    while gateway.connections() > 0 {
        let many = (0..512).map(|index| {
            let customer_id = format!("C-{}", number * 512 + index);
            gateway.submit(vigie_gateway::NewTransaction { customer_id, ..long.clone() })
        });
        for added in futures_util::future::join_all(many).await {
            added.unwrap();
        }
        number += 1;
    }
    let mut heard = Vec::new();
    while let Some(event) = slow.hear().await {
        heard.push(event.data["sequence"].as_u64().unwrap());
    }
    assert!(!heard.is_empty() && heard.len() < number * 512);
    assert!(heard.windows(2).all(|pair| pair[0] < pair[1]));
    let listed = list(&gateway, "?since=0").await;
    let listed: Vec<u64> =
        listed["items"].as_array().unwrap().iter().map(|item| item["sequence"].as_u64().unwrap()).collect();
    assert_eq!(heard[..200], listed[..200]);
}
