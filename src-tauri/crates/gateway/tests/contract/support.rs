//! A gateway, a desktop, and words to say what they do.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use jiff::Timestamp;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Error, Message, client::IntoClientRequest as _},
};
use vigie_gateway::{
    Channel, Clock, Config, Contract, Currency, Gateway, Money, NewTransaction, Profile, Simulation, State,
    User,
};

pub const PASSWORD: &str = "crow's nest";
pub const LIFETIME: Duration = Duration::from_secs(600);

/// An analyst of every bank, and one of each of two.
pub fn users() -> Vec<User> {
    let user = |name: &str, bank: Option<&str>| User {
        name: name.into(),
        password: PASSWORD.into(),
        bank: bank.map(str::to_owned),
    };
    vec![user("lead", None), user("anna", Some("Nordstern Bank")), user("paul", Some("Banque du Ponant"))]
}

pub fn config(state: State, simulation: Option<Simulation>) -> Config {
    Config { state, users: users(), simulation, token_lifetime: LIFETIME, ..Config::default() }
}

/// A gateway of one contract, in memory, without traffic of its own.
pub fn one(contract: Contract) -> Config {
    Config { profile: Profile::One(contract), ..config(State::Memory, None) }
}

pub fn noon() -> Clock {
    Clock::standing_at("2026-11-20T12:00:00Z".parse::<Timestamp>().unwrap())
}

/// A gateway without traffic of its own, in memory. It can be started in any task.
pub async fn gateway() -> Gateway {
    tokio::spawn(Gateway::start(config(State::Memory, None))).await.unwrap().unwrap()
}

/// A gateway without traffic of its own, in memory, that speaks this.
pub async fn gateway_of(profile: Profile) -> Gateway {
    Gateway::start(Config { profile, ..config(State::Memory, None) }).await.unwrap()
}

/// The gateway after a restart.
pub async fn restarted(gateway: Gateway, config: Config) -> Gateway {
    gateway.stop().await;
    Gateway::start(config).await.unwrap()
}

/// A WebSocket at a path, perhaps with a token.
pub async fn socket(gateway: &Gateway, path: &str, token: Option<&str>) -> Result<Stream, Error> {
    let address = format!("{}{path}", gateway.url().replace("http", "ws"));
    let mut request = address.into_client_request()?;
    if let Some(token) = token {
        request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    }
    Ok(Stream(tokio_tungstenite::connect_async(request).await?.0))
}

pub fn payment(customer: &str, bank: &str, euros: i64, channel: Channel) -> NewTransaction {
    NewTransaction {
        customer_id: customer.into(),
        customer_name: format!("Customer {customer}"),
        bank: bank.into(),
        merchant: "Maison Verte".into(),
        merchant_category: "Home".into(),
        amount: Money::new(euros * 100, Currency::of("EUR").unwrap()),
        country: "FR".into(),
        city: "Paris".into(),
        channel,
        timestamp: None,
    }
}

/// Makes an alert: so many quick purchases.
pub async fn spree(gateway: &Gateway, customer: &str, bank: &str, count: usize) {
    for _ in 0..count {
        gateway.submit(payment(customer, bank, 120, Channel::Online)).await.unwrap();
    }
}

/// A desktop that has signed in.
pub struct Desktop {
    pub url: String,
    pub token: String,
    http: reqwest::Client,
}

pub type Answer = (StatusCode, Value);

impl Desktop {
    pub async fn sign_in(gateway: &Gateway, user: &str) -> Self {
        Self::sign_in_at(&gateway.url(), user, PASSWORD).await
    }

    pub async fn sign_in_at(url: &str, user: &str, password: &str) -> Self {
        let mut desktop = Self { url: url.to_owned(), token: String::new(), http: http() };
        let credentials = json!({ "username": user, "password": password });
        let (status, token) = desktop.ask(Method::POST, "/auth/login", Some(credentials)).await;
        assert_eq!(status, StatusCode::OK, "{token}");
        desktop.token = token["access_token"].as_str().unwrap().to_owned();
        desktop
    }

    pub async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let request = self.http.request(method, format!("{}{path}", self.url)).bearer_auth(&self.token);
        let request = if let Some(body) = body { request.json(&body) } else { request };
        let response = request.send().await.unwrap();
        (response.status(), response.json().await.unwrap())
    }

    pub async fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask(Method::GET, path, None).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        body
    }

    /// Everything of a list, piece by piece.
    pub async fn all(&self, list: &str, limit: u32) -> Vec<Value> {
        let (mut items, mut since) = (Vec::new(), 0);
        loop {
            let page = self.get(&format!("{list}?since={since}&limit={limit}")).await;
            items.extend(page["items"].as_array().unwrap().iter().cloned());
            since = page["sequence"].as_u64().unwrap();
            if !page["more"].as_bool().unwrap() {
                return items;
            }
        }
    }

    pub async fn listen(&self) -> Stream {
        Stream(tokio_tungstenite::connect_async(self.address()).await.unwrap().0)
    }

    pub fn address(&self) -> String {
        format!("{}/ws?token={}", self.url.replace("http", "ws"), self.token)
    }
}

/// A WebSocket to the gateway.
pub struct Stream(pub WebSocketStream<MaybeTlsStream<TcpStream>>);

/// How a stream ended: with a code and a reason, or without a word.
#[derive(Debug, PartialEq, Eq)]
pub enum End {
    Closed(u16, String),
    Cut,
}

impl Stream {
    /// The next frame, or how it ended.
    pub async fn hear(&mut self) -> Result<Value, End> {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(Some(close)))) => {
                    return Err(End::Closed(close.code.into(), close.reason.to_string()));
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                _ => return Err(End::Cut),
            }
        }
    }

    pub async fn next(&mut self) -> Value {
        self.hear().await.unwrap()
    }

    /// Everything up to the transaction of this id.
    pub async fn until(&mut self, transaction: &str) -> Vec<Value> {
        let mut heard = Vec::new();
        loop {
            let frame = self.next().await;
            let found = frame["type"] == "newTransaction" && frame["payload"]["id"] == transaction;
            heard.push(frame);
            if found {
                return heard;
            }
        }
    }

    pub async fn say(&mut self, message: Message) -> Result<(), Error> {
        self.0.send(message).await
    }
}

/// The payloads of one type, each with its number, as lists have them.
pub fn numbered(frames: &[Value], kind: &str) -> Vec<Value> {
    let of_kind = frames.iter().filter(|frame| frame["type"] == kind);
    of_kind
        .map(|frame| {
            let mut payload = frame["payload"].clone();
            payload["sequence"] = frame["sequence"].clone();
            payload
        })
        .collect()
}

pub use crate::listener::{Event, Journal, Listener};

/// An HTTP client. Built beside the core, reqwest has no cryptography of its own: that is chosen here.
pub fn http() -> reqwest::Client {
    let _already_chosen = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}
