//! What payments do to trading accounts.
//!
//! Each payment of a user's customers is an order on a symbol that follows from its merchant. Everything else follows
//! from the orders, by whole cents and whole numbers, so that it is the same whenever it is worked out.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::messages::{AccountItem, Envelope, OrderItem, PositionItem, WatchedItem};
use crate::{
    hub::News,
    model::{Sequence, Transaction},
    projection::{Digest, Message, Users, digest},
    store::{Book, StoreError},
};

/// What an account begins with, and is filled up by when an order costs more than there is, in cents.
const DEPOSIT: i64 = 100_000 * 100;

/// Every order of this number is cancelled.
const CANCELLED_EVERY: u64 = 7;

/// Every order of this number changes the watchlist.
const WATCHED_EVERY: u64 = 11;

/// The orders of a user that are kept.
pub(super) const ORDERS: u32 = 500;

/// The most of a symbol in an order.
const LARGEST_QUANTITY: i64 = 1_000;

/// The letters of a symbol.
const SYMBOL: usize = 4;

/// The kinds of things that are stored, each with the user as its owner.
pub(super) const ORDER: &str = "order";
pub(super) const POSITION: &str = "position";
pub(super) const ACCOUNT: &str = "account";
pub(super) const WATCHED: &str = "watched";

/// A user's account. Amounts are cents.
#[derive(Serialize, Deserialize)]
pub(super) struct Account {
    pub id: String,
    pub balance: i64,
    /// What waiting orders hold.
    pub used: i64,
    pub orders: u64,
    pub at: Timestamp,
}

impl Account {
    /// The account of a user before the first order.
    pub fn of(user: &str) -> Self {
        let id = format!("TA-{}", digest("trading-account", user).base32(8));
        Self { id, balance: DEPOSIT, used: 0, orders: 0, at: Timestamp::UNIX_EPOCH }
    }
}

/// An order. The price is in cents.
#[derive(Serialize, Deserialize)]
pub(super) struct Order {
    pub id: String,
    pub account: String,
    pub symbol: String,
    pub is_sale: bool,
    pub quantity: i64,
    pub price: i64,
    pub status: String,
    pub at: Timestamp,
}

/// What is held of a symbol. Prices are in cents.
#[derive(Serialize, Deserialize)]
pub(super) struct Position {
    pub account: String,
    pub symbol: String,
    pub quantity: i64,
    pub average: i64,
    pub price: i64,
    pub at: Timestamp,
}

/// A symbol on a watchlist.
#[derive(Serialize, Deserialize)]
pub(super) struct Watched {
    pub watchlist: String,
    pub symbol: String,
    pub name: String,
    pub at: Timestamp,
}

/// The key of a user's watchlist.
pub(super) fn watchlist(user: &str) -> String {
    format!("WL-{}", digest("watchlist", user).base32(8))
}

/// What listeners choose by.
pub(super) fn user_tag(user: &str) -> String {
    format!("user:{user}")
}

/// The events of one change, in their order.
struct Events<'a> {
    user: &'a str,
    at: Timestamp,
    messages: Vec<Message>,
}

impl Events<'_> {
    fn add(&mut self, event: &str, data: impl Serialize) -> Result<(), StoreError> {
        let envelope = Envelope { event, data, timestamp: self.at };
        self.messages.push(Message::new(event, vec![user_tag(self.user)], &envelope)?);
        Ok(())
    }
}

/// What a payment does to its user's account.
pub(crate) async fn project(
    change: &News,
    users: &Users,
    book: &mut Book<'_>,
) -> Result<Vec<Message>, StoreError> {
    let News::Transaction(transaction) = change else { return Ok(Vec::new()) };
    let Some(user) = users.of(&transaction.customer_id) else { return Ok(Vec::new()) };
    let (sequence, at) = (transaction.sequence, transaction.timestamp);
    let mut events = Events { user, at, messages: Vec::new() };
    let mut account = book.get(ACCOUNT, user).await?.unwrap_or_else(|| Account::of(user));
    let symbol = symbol(&transaction.merchant);
    let key = format!("{user}\n{symbol}");
    let held: Option<Position> = book.get(POSITION, &key).await?;

    account.orders += 1;
    account.at = at;
    let mut order = order(transaction, &account, symbol, held.as_ref());
    let worth = order.quantity * order.price;
    if worth > account.balance {
        account.balance += DEPOSIT.max(worth);
        events.add("balance_updated", AccountItem::from(&account))?;
    }
    events.add("order_placed", OrderItem::from(&order))?;
    account.used += worth;
    events.add("margin_blocked", AccountItem::from(&account))?;
    account.used -= worth;
    if account.orders.is_multiple_of(CANCELLED_EVERY) {
        order.status = "CANCELLED".to_owned();
        events.add("order_cancelled", OrderItem::from(&order))?;
        events.add("margin_released", AccountItem::from(&account))?;
    } else {
        order.status = "EXECUTED".to_owned();
        events.add("order_executed", OrderItem::from(&order))?;
        events.add("margin_released", AccountItem::from(&account))?;
        let (event, position) = executed(&order, held);
        events.add(event, PositionItem::from(&position))?;
        if position.quantity == 0 {
            book.remove(POSITION, &key).await?;
        } else {
            book.put((POSITION, &key, user), sequence, &position).await?;
        }
        account.balance += if order.is_sale { worth } else { -worth };
        events.add("balance_updated", AccountItem::from(&account))?;
    }
    book.put((ORDER, &order.id, user), sequence, &order).await?;
    book.keep_newest(ORDER, user, ORDERS).await?;
    if account.orders.is_multiple_of(WATCHED_EVERY) {
        watch(transaction, &order.symbol, account.orders / WATCHED_EVERY, book, &mut events).await?;
    }
    book.put((ACCOUNT, user, user), sequence, &account).await?;
    Ok(events.messages)
}

/// The order that a payment is.
fn order(transaction: &Transaction, account: &Account, symbol: String, held: Option<&Position>) -> Order {
    let chance = digest("trading-order", &transaction.id);
    let price = price(&symbol, &chance);
    let cents = (transaction.amount.euros() * 100.0).round() as i64;
    let quantity = (cents / price).clamp(1, LARGEST_QUANTITY);
    let (is_sale, quantity) = match held {
        Some(held) if chance.below(5) < 2 => (true, quantity.min(held.quantity)),
        _ => (false, quantity),
    };
    Order {
        id: transaction.id.replacen("TX", "OR", 1),
        account: account.id.clone(),
        symbol,
        is_sale,
        quantity,
        price,
        status: "PENDING".to_owned(),
        at: transaction.timestamp,
    }
}

/// What an order makes of a position, and what that is called.
fn executed(order: &Order, held: Option<Position>) -> (&'static str, Position) {
    let is_new = held.is_none();
    let mut position = held.unwrap_or_else(|| Position {
        account: order.account.clone(),
        symbol: order.symbol.clone(),
        quantity: 0,
        average: 0,
        price: 0,
        at: order.at,
    });
    position.price = order.price;
    position.at = order.at;
    if order.is_sale {
        position.quantity -= order.quantity;
    } else {
        let cost = position.quantity * position.average + order.quantity * order.price;
        position.quantity += order.quantity;
        position.average = cost / position.quantity;
    }
    match position.quantity {
        0 => ("position_closed", position),
        _ if is_new => ("position_opened", position),
        _ => ("position_updated", position),
    }
}

/// Puts a symbol on the watchlist, or touches it there and takes it off by turns.
async fn watch(
    transaction: &Transaction,
    symbol: &str,
    turn: u64,
    book: &mut Book<'_>,
    events: &mut Events<'_>,
) -> Result<(), StoreError> {
    let user = events.user;
    let key = format!("{user}\n{symbol}");
    let known: Option<Watched> = book.get(WATCHED, &key).await?;
    let event = match known {
        None => "watchlist_item_added",
        Some(_) if turn.is_multiple_of(2) => "watchlist_item_removed",
        Some(_) => "watchlist_updated",
    };
    let name = transaction.merchant.clone();
    let watched =
        Watched { watchlist: watchlist(user), symbol: symbol.to_owned(), name, at: transaction.timestamp };
    events.add(event, WatchedItem::from(&watched))?;
    match event {
        "watchlist_item_removed" => book.remove(WATCHED, &key).await,
        _ => book.put((WATCHED, &key, user), transaction.sequence as Sequence, &watched).await,
    }
}

/// What is traded where this merchant sells: letters of its name, or else of nothing in particular.
fn symbol(merchant: &str) -> String {
    let letters =
        merchant.chars().filter(char::is_ascii_alphabetic).map(|letter| letter.to_ascii_uppercase());
    let symbol: String = letters.take(SYMBOL).collect();
    if symbol.len() < 2 { digest("symbol", merchant).base32(SYMBOL) } else { symbol }
}

/// A price in cents: five to a hundred euros by the symbol, give or take a twentieth.
fn price(symbol: &str, chance: &Digest) -> i64 {
    let base = 500 + digest("price", symbol).below(9_500);
    (base * (9_500 + chance.below(1_001)) / 10_000) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_is_four_letters_whatever_the_merchant_is_called() {
        assert_eq!((symbol("Maison Verte"), symbol("Chez Lucette")), ("MAIS".to_owned(), "CHEZ".to_owned()));
        for name in ["7", "東京", "é1"] {
            assert_eq!((symbol(name).len(), symbol(name)), (SYMBOL, symbol(name)));
        }
    }
}
