//! What is sent, as JSON: events, and list items with the same fields.

use jiff::Timestamp;
use serde::Serialize;

use super::account::{Account, Order, Position, Watched};
use crate::wire::milliseconds;

/// What happened, when, and what has become of the thing.
#[derive(Serialize)]
pub(super) struct Envelope<'a, T> {
    pub event: &'a str,
    pub data: T,
    #[serde(serialize_with = "milliseconds")]
    pub timestamp: Timestamp,
}

/// Cents as a decimal: `-12.30`.
fn decimal(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", cents.unsigned_abs() / 100, cents.unsigned_abs() % 100)
}

/// The currency of all accounts.
const CURRENCY: &str = "EUR";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OrderItem<'a> {
    id: &'a str,
    trading_account_id: &'a str,
    symbol: &'a str,
    side: &'static str,
    quantity: i64,
    price: String,
    currency: &'static str,
    status: &'a str,
    #[serde(serialize_with = "milliseconds")]
    created_at: Timestamp,
    #[serde(serialize_with = "milliseconds")]
    updated_at: Timestamp,
}

impl<'a> From<&'a Order> for OrderItem<'a> {
    fn from(order: &'a Order) -> Self {
        Self {
            id: &order.id,
            trading_account_id: &order.account,
            symbol: &order.symbol,
            side: if order.is_sale { "SELL" } else { "BUY" },
            quantity: order.quantity,
            price: decimal(order.price),
            currency: CURRENCY,
            status: &order.status,
            created_at: order.at,
            updated_at: order.at,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PositionItem<'a> {
    id: String,
    trading_account_id: &'a str,
    symbol: &'a str,
    quantity: i64,
    average_price: String,
    current_price: String,
    unrealized_pnl: String,
    #[serde(serialize_with = "milliseconds")]
    updated_at: Timestamp,
}

impl<'a> From<&'a Position> for PositionItem<'a> {
    fn from(position: &'a Position) -> Self {
        Self {
            id: format!("{}-{}", position.account, position.symbol),
            trading_account_id: &position.account,
            symbol: &position.symbol,
            quantity: position.quantity,
            average_price: decimal(position.average),
            current_price: decimal(position.price),
            unrealized_pnl: decimal(position.quantity * (position.price - position.average)),
            updated_at: position.at,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AccountItem<'a> {
    id: &'a str,
    balance: String,
    available_margin: String,
    used_margin: String,
    currency: &'static str,
    #[serde(serialize_with = "milliseconds")]
    updated_at: Timestamp,
}

impl<'a> From<&'a Account> for AccountItem<'a> {
    fn from(account: &'a Account) -> Self {
        Self {
            id: &account.id,
            balance: decimal(account.balance),
            available_margin: decimal(account.balance - account.used),
            used_margin: decimal(account.used),
            currency: CURRENCY,
            updated_at: account.at,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WatchedItem<'a> {
    watchlist_id: &'a str,
    item_id: String,
    symbol: &'a str,
    name: &'a str,
    #[serde(serialize_with = "milliseconds")]
    updated_at: Timestamp,
}

impl<'a> From<&'a Watched> for WatchedItem<'a> {
    fn from(watched: &'a Watched) -> Self {
        Self {
            watchlist_id: &watched.watchlist,
            item_id: format!("{}-{}", watched.watchlist, watched.symbol),
            symbol: &watched.symbol,
            name: &watched.name,
            updated_at: watched.at,
        }
    }
}
