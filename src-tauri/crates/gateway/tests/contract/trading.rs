use std::{collections::BTreeMap, time::Duration};

use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use vigie_gateway::{Channel, Config, Contract, Gateway, NewTransaction, Profile, State};

use crate::support::{Event, LIFETIME, Listener, PASSWORD, gateway_of, http, noon, one, payment, restarted};

/// A dashboard that has signed in.
struct Dashboard {
    url: String,
    user: String,
    cookie: String,
    set_cookie: String,
}

async fn log_in(url: &str, user: &str, password: &str) -> Response {
    let credentials = json!({ "email": user, "password": password });
    http().post(format!("{url}/api/auth/login")).json(&credentials).send().await.unwrap()
}

impl Dashboard {
    async fn open(url: &str, user: &str) -> Self {
        let answer = log_in(url, user, PASSWORD).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let set_cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
        assert_eq!(answer.json::<Value>().await.unwrap(), json!({ "user": { "id": user } }));
        let cookie = set_cookie.split(';').next().unwrap().to_owned();
        Self { url: url.to_owned(), user: user.to_owned(), cookie, set_cookie }
    }

    fn get(&self, path: &str) -> RequestBuilder {
        http().get(format!("{}{path}", self.url)).header("cookie", format!("theme=dark; {}", self.cookie))
    }

    async fn list(&self, path: &str, name: &str) -> Value {
        let body: Value = self.get(path).send().await.unwrap().json().await.unwrap();
        assert_eq!(body["success"], true);
        body[name].clone()
    }

    fn stream(&self) -> RequestBuilder {
        self.get(&format!("/api/realtime/stream?userId={}", self.user))
    }

    /// Listens, from the welcome on.
    async fn listen(&self) -> Listener {
        let mut listener = Listener::ask(self.stream()).await;
        let welcome = listener.next().await;
        assert_eq!(
            (&welcome.data["event"], &welcome.data["data"]["userId"]),
            (&json!("connected"), &json!(self.user))
        );
        listener
    }

    /// Everything that a dashboard begins with.
    async fn state(&self) -> Value {
        json!({
            "orders": self.list("/api/trading/orders/list", "orders").await,
            "positions": self.list("/api/trading/positions/list", "positions").await,
            "account": self.list("/api/trading/account", "account").await,
            "watchlists": self.list("/api/watchlists", "watchlists").await,
        })
    }
}

const MERCHANTS: [&str; 4] = ["Maison Verte", "Chez Lucette", "Kornblume", "Farpoint"];

async fn pay(gateway: &Gateway, customers: usize, count: usize) {
    for number in 0..count {
        let customer = format!("C-{}", number % customers);
        let merchant = MERCHANTS[number * 7 % 4].to_owned();
        let new = NewTransaction { merchant, ..payment(&customer, "Nordstern Bank", 900, Channel::Card) };
        gateway.submit(new).await.unwrap();
    }
}

/// Waits for what the last payment of this count has brought about: an order of it, all users together.
async fn settled(dashboards: &[&Dashboard], orders: usize) {
    let mut sum = 0;
    for dashboard in dashboards {
        sum += dashboard.list("/api/trading/orders/list", "orders").await.as_array().unwrap().len();
    }
    assert_eq!(sum, orders, "what was submitted is committed with all that follows from it");
}

/// What the events of a user come to, by the keys of the things.
fn folded(events: &[Event]) -> BTreeMap<&'static str, BTreeMap<String, Value>> {
    let mut all: BTreeMap<&str, BTreeMap<String, Value>> = BTreeMap::new();
    for event in events {
        let (name, data) = (event.data["event"].as_str().unwrap(), event.data["data"].clone());
        let (kind, key) = match name.split('_').next().unwrap() {
            "order" => ("orders", "id"),
            "position" => ("positions", "id"),
            "balance" | "margin" => ("account", "id"),
            "watchlist" => ("watched", "itemId"),
            other => panic!("{other}"),
        };
        let id = data[key].as_str().unwrap().to_owned();
        let things = all.entry(kind).or_default();
        if matches!(name, "position_closed" | "watchlist_item_removed") {
            things.remove(&id);
        } else {
            things.insert(id, data);
        }
    }
    all
}

fn keyed(list: &Value, key: &str) -> BTreeMap<String, Value> {
    let items = list.as_array().unwrap().iter();
    items.map(|item| (item[key].as_str().unwrap().to_owned(), item.clone())).collect()
}

#[tokio::test]
async fn lists_are_what_the_events_come_to_also_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config { state: State::File(folder.path().join("state.db")), ..one(Contract::Trading) };
    // What is bought and sold follows from when a gateway first began: at another time no position might be closed.
    let gateway = Gateway::start_with_clock(config.clone(), noon()).await.unwrap();
    let mut lead = Dashboard::open(&gateway.url(), "lead").await;
    let mut stream = lead.listen().await;
    pay(&gateway, 12, 240).await;
    let state = lead.state().await;
    let orders = state["orders"].as_array().unwrap();
    let newest = orders[0]["id"].clone();
    let mut events = Vec::new();
    loop {
        let event = stream.next().await;
        assert!(event.id.is_none() && event.name.is_none());
        let (name, id) = (event.data["event"].clone(), event.data["data"]["id"].clone());
        events.push(event);
        if (name == "order_executed" || name == "order_cancelled") && id == newest {
            break;
        }
    }
    // What comes with the last order: a release, and if it was executed a position and a balance.
    let rest = if orders[0]["status"] == "EXECUTED" { 3 } else { 1 };
    events.extend(stream.take(rest).await);
    if orders.len() % 11 == 0 {
        events.push(stream.next().await);
    }
    let folded = folded(&events);
    assert_eq!(folded["orders"], keyed(&state["orders"], "id"));
    assert_eq!(folded["positions"], keyed(&state["positions"], "id"));
    assert_eq!(folded["account"].values().collect::<Vec<_>>(), [&state["account"]]);
    assert_eq!(folded["watched"], keyed(&state["watchlists"][0]["items"], "itemId"));
    let count = |status: &str| orders.iter().filter(|order| order["status"] == status).count();
    assert_eq!(count("CANCELLED"), orders.len() / 7);
    let names: Vec<&str> = events.iter().map(|event| event.data["event"].as_str().unwrap()).collect();
    for name in ["position_opened", "position_updated", "position_closed", "watchlist_item_added"] {
        assert!(names.contains(&name), "{name}");
    }

    gateway.stop().await;
    let gateway = Gateway::start_with_clock(config, noon()).await.unwrap();
    lead.url = gateway.url();
    assert_eq!(lead.state().await, state);
}

#[tokio::test]
async fn what_follows_from_payments_made_meanwhile_is_made_up_for() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config { state: State::File(folder.path().join("state.db")), ..one(Contract::Trading) };
    let gateway = Gateway::start(config.clone()).await.unwrap();
    pay(&gateway, 5, 50).await;
    let other = Config { profile: Profile::One(Contract::BigDefend), ..config.clone() };
    let gateway = restarted(gateway, other).await;
    pay(&gateway, 5, 50).await;
    let gateway = restarted(gateway, config.clone()).await;
    let mut lead = Dashboard::open(&gateway.url(), "lead").await;
    let (anna, paul) =
        (Dashboard::open(&gateway.url(), "anna").await, Dashboard::open(&gateway.url(), "paul").await);
    settled(&[&lead, &anna, &paul], 100).await;
    // With other users, everything is dealt out anew.
    let alone = Config { users: crate::support::users()[..1].to_vec(), ..config.clone() };
    let gateway = restarted(gateway, alone).await;
    lead.url = gateway.url();
    settled(&[&lead], 100).await;
    let before = lead.state().await;
    let gateway = restarted(gateway, config).await;
    lead.url = gateway.url();
    assert_ne!(lead.state().await, before);
}

#[tokio::test]
async fn everybody_hears_of_their_own_account_only() {
    let gateway = gateway_of(Profile::One(Contract::Trading)).await;
    let (anna, paul) =
        (Dashboard::open(&gateway.url(), "anna").await, Dashboard::open(&gateway.url(), "paul").await);
    let (mut first, mut second) = (anna.listen().await, paul.listen().await);
    pay(&gateway, 30, 60).await;
    let ids = async |stream: &mut Listener| {
        let mut ids = Vec::new();
        for event in stream.take(20).await {
            let data = &event.data["data"];
            if let Some(account) = data.get("tradingAccountId") {
                ids.push(account.clone());
            }
        }
        ids.dedup();
        ids
    };
    let account =
        async |dashboard: &Dashboard| dashboard.list("/api/trading/account", "account").await["id"].clone();
    assert_eq!(ids(&mut first).await, [account(&anna).await]);
    assert_eq!(ids(&mut second).await, [account(&paul).await]);
    let refused = anna.get("/api/realtime/stream?userId=paul").send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert!(refused.json::<Value>().await.unwrap()["error"].is_string());
}

#[tokio::test]
async fn a_cookie_is_a_session_until_it_ends() {
    let clock = noon();
    let config = Config { profile: Profile::All, ..one(Contract::Trading) };
    let gateway = Gateway::start_with_clock(config, clock.clone()).await.unwrap();
    let url = format!("{}/trading", gateway.url());
    let anna = Dashboard::open(&url, "anna").await;
    let attributes = anna.set_cookie.split_once("; ").unwrap().1;
    assert_eq!(attributes, format!("Path=/trading; HttpOnly; SameSite=Lax; Max-Age={}", LIFETIME.as_secs()));
    for cookie in ["session=", "session=a.b.c", "other=1"] {
        let stranger = Dashboard {
            url: url.clone(),
            user: "anna".into(),
            cookie: cookie.into(),
            set_cookie: String::new(),
        };
        for request in
            [stranger.stream(), stranger.get("/api/trading/account"), stranger.get("/api/watchlists")]
        {
            let refused = request.send().await.unwrap();
            assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
            assert!(refused.json::<Value>().await.unwrap()["error"].is_string());
        }
    }
    let refused = log_in(&url, "anna", "guess").await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    assert!(refused.json::<Value>().await.unwrap()["error"].is_string());

    let mut stream = anna.listen().await;
    clock.advance(Duration::from_secs(30));
    assert_eq!(stream.block().await.as_deref(), Some(": heartbeat"));
    clock.advance(LIFETIME - Duration::from_secs(30));
    while stream.block().await.is_some() {}
    assert_eq!(anna.stream().send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn logging_out_ends_one_session_and_its_streams_for_good() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config { state: State::File(folder.path().join("state.db")), ..one(Contract::Trading) };
    let gateway = Gateway::start(config.clone()).await.unwrap();
    let (mut here, mut there) =
        (Dashboard::open(&gateway.url(), "anna").await, Dashboard::open(&gateway.url(), "anna").await);
    let (mut ended, mut going_on) = (here.listen().await, there.listen().await);
    let log_out = http().post(format!("{}/api/auth/logout", here.url)).header("cookie", &here.cookie);
    let answer = log_out.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(answer.headers()["set-cookie"].to_str().unwrap().starts_with("session=; Path=/;"));
    assert!(ended.hear().await.is_none());
    assert_eq!(here.stream().send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    pay(&gateway, 30, 30).await;
    going_on.next().await;
    let gateway = restarted(gateway, config).await;
    (here.url, there.url) = (gateway.url(), gateway.url());
    assert_eq!(here.stream().send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    there.listen().await;
    gateway.revoke_tokens().await.unwrap();
    assert_eq!(there.stream().send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn who_comes_back_gets_the_rest_of_a_change_and_all_that_followed() {
    let config = Config { event_ids: true, ..one(Contract::Trading) };
    let gateway = Gateway::start(config).await.unwrap();
    let anna = Dashboard::open(&gateway.url(), "anna").await;
    let mut first = Listener::ask(anna.stream()).await;
    let welcome = first.next().await;
    pay(&gateway, 30, 40).await;
    let told = first.take(40).await;
    for (last, following) in [(&welcome, &told[..]), (&told[2], &told[3..]), (&told[20], &told[21..])] {
        let mut returned =
            Listener::ask(anna.stream().header("last-event-id", last.id.as_ref().unwrap())).await;
        assert_eq!(returned.next().await.data["event"], "connected");
        for missed in following {
            let event = returned.next().await;
            assert_eq!((&event.id, &event.data), (&missed.id, &missed.data));
        }
    }
}
