//! The real gateway in this process.

use std::time::Duration;

use vigie_gateway::{Channel, Config, Currency, Gateway, Money, NewTransaction, State, User};

pub const USER: &str = "analyst";
pub const PASSWORD: &str = "password-5c1f-not-to-be-seen";
/// So many quick payments of one customer are an alert.
pub const SPREE: usize = 7;

/// A gateway without traffic of its own, in memory, on any port.
pub async fn gateway() -> Gateway {
    gateway_on(0).await
}

/// The same on this port.
pub async fn gateway_on(port: u16) -> Gateway {
    let user = User { name: USER.into(), password: PASSWORD.into(), bank: None };
    Gateway::start(Config {
        listen: ([127, 0, 0, 1], port).into(),
        state: State::Memory,
        users: vec![user],
        simulation: None,
        token_lifetime: Duration::from_secs(600),
        ..Config::default()
    })
    .await
    .unwrap()
}

/// Adds so many quick payments of a customer; gives their identifiers.
pub async fn pay(gateway: &Gateway, customer: &str, merchant: &str, count: usize) -> Vec<String> {
    let mut added = Vec::new();
    for _ in 0..count {
        let new = NewTransaction {
            customer_id: customer.into(),
            customer_name: format!("Customer {customer}"),
            bank: "Nordstern Bank".into(),
            merchant: merchant.into(),
            merchant_category: "Home".into(),
            amount: Money::new(12_000, Currency::of("EUR").unwrap()),
            country: "FR".into(),
            city: "Paris".into(),
            channel: Channel::Online,
            timestamp: None,
        };
        added.push(gateway.submit(new).await.unwrap().id.to_string());
    }
    added
}
