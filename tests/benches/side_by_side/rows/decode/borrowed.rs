//! What somebody would write who knew only one backend and wanted nothing but its fields.

use std::borrow::Cow;
use std::hint::black_box;

use serde::Deserialize;
use serde_json::value::RawValue;

/// The reader of a backend's messages: it reads one and forgets it.
pub fn reader(backend: &str) -> fn(&[u8]) {
    match backend {
        "aml" => |bytes| keep(serde_json::from_slice::<Aml<'_>>(bytes)),
        "big-defend" | "generic" => |bytes| keep(serde_json::from_slice::<BigDefend<'_>>(bytes)),
        "credit" => |bytes| keep(serde_json::from_slice::<Credit<'_>>(bytes)),
        "flowfi" => |bytes| keep(serde_json::from_slice::<Flowfi<'_>>(bytes)),
        "trading" => |bytes| keep(serde_json::from_slice::<Trading<'_>>(bytes)),
        other => panic!("{other} is no backend"),
    }
}

/// Keeps the compiler from seeing that nobody wants it.
fn keep<T>(read: serde_json::Result<T>) {
    black_box(read.unwrap());
}

/// Structs whose fields are where values stand, and then those that are structs themselves.
macro_rules! borrowed {
    ($($name:ident($style:literal) { $($field:ident),* } { $($inner:ident: $kind:ident),* })*) => {
        $(
            #[derive(Deserialize)]
            #[serde(rename_all = $style)]
            #[allow(dead_code, reason = "what is read is forgotten")]
            struct $name<'a> {
                $(#[serde(borrow, default)] $field: Option<&'a RawValue>,)*
                $(#[serde(borrow, default)] $inner: Option<$kind<'a>>,)*
            }
        )*
    };
}

/// A message of Big Defend, which the backend of which only the address is known sends too.
#[derive(Deserialize)]
#[allow(dead_code, reason = "what is read is forgotten")]
struct BigDefend<'a> {
    #[serde(borrow)]
    r#type: Cow<'a, str>,
    #[serde(borrow)]
    payload: BigDefendBody<'a>,
    #[serde(borrow)]
    sequence: Option<&'a RawValue>,
}

borrowed! {
    BigDefendBody("camelCase") {
        id, timestamp, updated_at, severity, status, assigned_to, description, fraud_probability, risk_score, r#type,
        customer_id, customer_name, bank, merchant, merchant_category, amount, currency, country, city, channel,
        transaction_id, factors, fraud_rate, total_transactions, total_alerts, open_alerts, critical_alerts,
        average_risk_score, amount_at_risk
    } {}
    Aml("snake_case") {
        r#type, id, occurred_at, created_at, customer_id, customer_name, amount, currency, country, channel,
        merchant_category, risk_level, severity, status, scenario
    } { details: AmlDetails }
    AmlDetails("snake_case") {
        description, message, fraud_probability, score, customer_name, amount, currency, country, merchant,
        transaction_id, factors
    } {}
    Credit("snake_case") {
        r#type, timestamp, customer_id, customer_name, user_id, risk_score, previous, calculation_id, progress, step,
        message
    } { data: CreditData, portfolio: CreditPortfolio, alert: CreditAlert }
    CreditData("snake_case") {
        analysis_id, timestamp, customer_id, customer_name, risk_score, score, credit_score, risk_level,
        recommendations, factors
    } {}
    CreditPortfolio("snake_case") {
        portfolio_id, timestamp, total_value, value, currency, change_percent, transactions
    } {}
    CreditAlert("snake_case") {
        alert_id, id, severity, status, title, description, timestamp, category, customer_id, amount, currency,
        country, symbol
    } {}
    Flowfi("camelCase") {
        stream_id, transaction_hash, timestamp, start_time, amount, deposited_amount, amount_withdrawn,
        total_withdrawn, sender, recipient, token_address, rate_per_second, new_deposited_amount, refunded_amount
    } {}
    Trading("camelCase") { event, timestamp } { data: TradingData }
    TradingData("camelCase") {
        id, status, updated_at, created_at, side, quantity, symbol, price, currency, trading_account_id,
        current_price, average_price, unrealized_pnl, balance, used_margin, available_margin, item_id, watchlist_id,
        name
    } {}
}
