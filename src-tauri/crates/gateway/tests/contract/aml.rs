use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use vigie_gateway::{Channel, Contract, Gateway, Profile, State};

use crate::support::{
    Desktop, End, Journal, Listener, config, gateway_of, http, noon, one, payment, restarted, spree,
};

const ALERTS: &str = "/api/stream/alerts";
const TRANSACTIONS: &str = "/api/stream/transactions";

async fn add(gateway: &Gateway, count: usize) -> Vec<u64> {
    let mut added = Vec::new();
    for number in 0..count {
        let new = payment(&format!("C-{number}"), "Nordstern Bank", 10, Channel::Card);
        added.push(gateway.submit(new).await.unwrap().sequence);
    }
    added
}

#[tokio::test]
async fn every_connection_begins_with_the_first_row_and_gets_so_many_at_a_look() {
    let clock = noon();
    let config = one(Contract::Aml);
    let gateway = Gateway::start_with_clock(config, clock.clone()).await.unwrap();
    let added = add(&gateway, 60).await;
    for _ in 0..2 {
        let mut stream = Listener::open(&gateway, TRANSACTIONS).await;
        let mut heard = stream.take(50).await;
        clock.advance(std::time::Duration::from_millis(500));
        heard.extend(stream.take(10).await);
        let ids: Vec<u64> = heard.iter().map(|event| event.data["id"].as_u64().unwrap()).collect();
        assert_eq!(ids, added);
        assert!(heard.iter().all(|event| event.id.is_none() && event.name.is_none()));
    }
}

#[tokio::test]
async fn rows_say_what_happened_as_python_writes_it() {
    let gateway = Gateway::start_with_clock(one(Contract::Aml), noon()).await.unwrap();
    spree(&gateway, "C-1", "Nordstern Bank", 6).await;
    let row = Listener::open(&gateway, TRANSACTIONS).await.next().await;
    assert_eq!(row.headers["content-type"], "text/event-stream");
    assert_eq!(
        (&row.headers["cache-control"], &row.headers["x-accel-buffering"]),
        (&"no-cache".into(), &"no".into())
    );
    assert!(row.text.contains("\"amount\":120.00,"), "{}", row.text);
    let id = row.data["id"].clone();
    assert_eq!(
        row.data,
        json!({ "id": id, "customer_id": "C-1", "amount": 120.0, "currency": "EUR", "channel": "online",
            "country": "FR", "merchant_category": "Home", "occurred_at": "2026-11-20T12:00:00.000000+00:00",
            "customer_name": "Customer C-1", "risk_level": "low" })
    );
    let alert = Listener::open(&gateway, ALERTS).await.next().await.data;
    assert_eq!(
        (&alert["type"], &alert["status"], &alert["scenario"]),
        (&json!("AML"), &json!("open"), &json!("velocity"))
    );
    assert_eq!(alert["details"]["amount"], 720.0);
    assert_eq!(alert["created_at"], "2026-11-20T12:00:00.000000+00:00");
}

#[tokio::test]
async fn a_change_of_an_alert_is_not_told_but_seen_by_who_comes_later() {
    let gateway = gateway_of(Profile::All).await;
    let lead =
        Desktop::sign_in_at(&format!("{}/big-defend", gateway.url()), "lead", crate::support::PASSWORD).await;
    spree(&gateway, "C-1", "Nordstern Bank", 6).await;
    let alerts = format!("/aml{ALERTS}");
    let mut stream = Listener::open(&gateway, &alerts).await;
    let first = stream.next().await.data;
    let listed = lead.all("/alerts", 10).await.remove(0);
    assert_eq!(first["id"], listed["sequence"]);
    let path = format!("/alerts/{}", listed["id"].as_str().unwrap());
    lead.ask(Method::PATCH, &path, Some(json!({ "status": "resolved" }))).await;
    spree(&gateway, "C-2", "Nordstern Bank", 6).await;
    assert_eq!(stream.next().await.data["customer_id"], "C-2", "nothing was told of the change");
    let again = Listener::open(&gateway, &alerts).await.next().await.data;
    assert_eq!((&again["id"], &again["status"]), (&first["id"], &json!("resolved")));
}

#[tokio::test]
async fn an_id_is_where_a_stream_goes_on_also_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let state = State::File(folder.path().join("state.db"));
    let config = vigie_gateway::Config { event_ids: true, state, ..one(Contract::Aml) };
    let gateway = Gateway::start(config.clone()).await.unwrap();
    let added = add(&gateway, 7).await;
    let heard = Listener::open(&gateway, TRANSACTIONS).await.take(7).await;
    assert_eq!(heard[6].id.as_deref(), Some(added[6].to_string().as_str()));
    let gateway = restarted(gateway, config).await;
    let mut stream = Listener::after(&gateway, TRANSACTIONS, heard[3].id.as_deref().unwrap()).await;
    assert_eq!(stream.take(3).await.iter().map(|event| &event.data).collect::<Vec<_>>(), data(&heard[4..]));
    let next = add(&gateway, 1).await[0];
    assert_eq!(stream.next().await.data["id"], next, "nothing lies between what was and what is");
}

fn data(events: &[crate::support::Event]) -> Vec<&Value> {
    events.iter().map(|event| &event.data).collect()
}

#[tokio::test]
async fn without_ids_nobody_goes_on() {
    let gateway = gateway_of(Profile::One(Contract::Aml)).await;
    let added = add(&gateway, 3).await;
    let mut stream = Listener::after(&gateway, TRANSACTIONS, &added[1].to_string()).await;
    assert_eq!(stream.next().await.data["id"], added[0]);
}

#[tokio::test]
async fn the_socket_tells_the_same_rows() {
    let gateway = gateway_of(Profile::One(Contract::Aml)).await;
    let added = add(&gateway, 12).await;
    let mut socket = crate::support::socket(&gateway, "/ws/transactions", None).await.unwrap();
    let mut rows = Listener::open(&gateway, TRANSACTIONS).await;
    for id in added {
        let frame = socket.next().await;
        assert_eq!((&frame["type"], &frame["data"]), (&json!("transaction"), &rows.next().await.data));
        assert_eq!(frame["data"]["id"], id);
    }
    gateway.disconnect_all();
    assert_eq!(socket.hear().await, Err(End::Cut));
    rows.until_broken().await;
}

#[tokio::test]
async fn what_is_recent_is_told_newest_first() {
    let clock = noon();
    let gateway = Gateway::start_with_clock(one(Contract::Aml), clock.clone()).await.unwrap();
    spree(&gateway, "C-1", "Nordstern Bank", 6).await;
    clock.advance(std::time::Duration::from_secs(240));
    let last = add(&gateway, 1).await[0];
    let get = async |path: &str| http().get(format!("{}{path}", gateway.url())).send().await.unwrap();
    let answer = get("/transactions/recent").await;
    assert_eq!(answer.headers()["cache-control"], "no-cache, no-store, must-revalidate");
    assert_eq!(
        (&answer.headers()["pragma"], &answer.headers()["expires"]),
        (&"no-cache".parse().unwrap(), &"0".parse().unwrap())
    );
    let rows: Vec<Value> = answer.json().await.unwrap();
    assert_eq!((rows.len(), &rows[0]["id"]), (7, &json!(last)));
    for since in ["2026-11-20T12:00:00Z", "2026-11-20T12:00:00.000%2B00:00", "2026-11-20T12:00:00.000000"] {
        let rows: Vec<Value> =
            get(&format!("/transactions/recent?since={since}")).await.json().await.unwrap();
        assert_eq!(rows.len(), 1, "later than {since}");
    }
    let alerts: Vec<Value> = get("/alerts/recent?since=2026-11-20T11:59:59Z").await.json().await.unwrap();
    assert_eq!(alerts.len(), 1);
    let refused = get("/transactions/recent?since=yesterday").await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.json::<Value>().await.unwrap()["detail"].is_string());
}

#[tokio::test]
async fn whoever_has_the_token_comes_in() {
    let config = vigie_gateway::Config { guest_token: Some("crow".into()), ..one(Contract::Aml) };
    let gateway = Gateway::start(config).await.unwrap();
    for path in [TRANSACTIONS, ALERTS, "/transactions/recent", "/alerts/recent"] {
        for token in ["", "cro", "crows"] {
            let answer =
                http().get(format!("{}{path}", gateway.url())).bearer_auth(token).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path}");
            assert!(answer.json::<Value>().await.unwrap()["detail"].is_string());
        }
        let answer = http().get(format!("{}{path}", gateway.url())).bearer_auth("crow").send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
    }
    assert!(crate::support::socket(&gateway, "/ws/transactions", None).await.is_err());
    assert!(crate::support::socket(&gateway, "/ws/transactions", Some("crow")).await.is_ok());
}

#[tokio::test]
async fn a_full_gateway_says_when_to_come_back() {
    let config = vigie_gateway::Config { capacity: 2, ..one(Contract::Aml) };
    let gateway = Gateway::start(config).await.unwrap();
    let open = [Listener::open(&gateway, TRANSACTIONS).await, Listener::open(&gateway, ALERTS).await];
    let refused = http().get(format!("{}{ALERTS}", gateway.url())).send().await.unwrap();
    assert_eq!(
        (refused.status(), &refused.headers()["retry-after"]),
        (StatusCode::SERVICE_UNAVAILABLE, &"5".parse().unwrap())
    );
    drop(open);
    while gateway.connections() > 0 {
        tokio::task::yield_now().await;
    }
    Listener::open(&gateway, ALERTS).await;
}

#[tokio::test]
async fn the_journal_has_what_was_heard() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal.jsonl");
    let config = vigie_gateway::Config {
        journal: Some(journal.clone()),
        event_ids: true,
        profile: Profile::All,
        ..config(State::Memory, None)
    };
    let gateway = Gateway::start(config).await.unwrap();
    add(&gateway, 5).await;
    let heard = Listener::open(&gateway, &format!("/aml{TRANSACTIONS}")).await.take(5).await;
    let url = format!("{}/big-defend", gateway.url());
    let mut anna = Desktop::sign_in_at(&url, "anna", crate::support::PASSWORD).await.listen().await;
    add(&gateway, 1).await;
    let frame = anna.next().await;
    let journal = Journal::read(&journal);
    let aml = journal.of("aml", TRANSACTIONS);
    assert_eq!(aml[..5].iter().map(|line| &line["frame"]).collect::<Vec<_>>(), data(&heard));
    let ids: Vec<_> = heard.iter().map(|event| json!(event.id)).collect();
    assert_eq!(aml[..5].iter().map(|line| line["id"].clone()).collect::<Vec<_>>(), ids);
    assert!(aml.iter().all(|line| line["user"].is_null() && line["event"].is_null()));
    let told = journal.of("big-defend", "/ws");
    assert_eq!((told.len(), &told[0]["frame"], &told[0]["user"]), (1, &frame, &json!("anna")));
    assert_ne!(told[0]["connection"], aml[0]["connection"]);
}

#[tokio::test]
async fn who_goes_away_in_the_middle_of_a_look_takes_nothing_along() {
    let gateway = gateway_of(Profile::One(Contract::Aml)).await;
    let added = add(&gateway, 60).await;
    let address = gateway.url().trim_start_matches("http://").to_owned();
    let request = format!("GET {TRANSACTIONS} HTTP/1.1\r\nHost: gateway\r\n\r\n");
    for _ in 0..50 {
        let hasty = (0..20).map(async |_| {
            let mut socket = tokio::net::TcpStream::connect(&address).await.unwrap();
            socket.write_all(request.as_bytes()).await.unwrap();
            // Gone at once, or with the first bytes of an answer.
            let _ = socket.read(&mut [0; 1]).await;
        });
        futures_util::future::join_all(hasty).await;
    }
    let rows = Listener::open(&gateway, TRANSACTIONS).await.take(50).await;
    assert_eq!(rows[49].data["id"], added[49]);
}
