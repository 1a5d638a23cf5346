//! What a program would write that knows each backend in advance: borrowed structs of serde_json with the fields that
//! the profile reads, numbers as they are written. Nothing is checked, bounded or kept, which is what a profile adds.

use std::borrow::Cow;
use std::hint::black_box;

use serde::Deserialize;
use serde_json::value::RawValue;

/// Reads a frame.
pub type Peer = fn(&[u8]) -> Result<(), serde_json::Error>;

/// A text: copied only where it has escapes. Within an `Option`, serde would copy a bare `Cow` always.
#[derive(Deserialize)]
#[expect(dead_code, reason = "it is measured how long it takes to read")]
pub struct Borrowed<'a>(#[serde(borrow)] Cow<'a, str>);

type Text<'a> = Option<Borrowed<'a>>;

/// Reads a message without an envelope.
pub fn bare<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<(), serde_json::Error> {
    black_box(serde_json::from_slice::<T>(bytes)?);
    Ok(())
}

/// Reads the envelope, then the message within.
pub fn wrapped<'a, E: Envelope<'a>, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<(), serde_json::Error> {
    let envelope = black_box(serde_json::from_slice::<E>(bytes)?);
    black_box(serde_json::from_str::<T>(envelope.body().get())?);
    Ok(())
}

/// Reads the type, then all of the message, which has no envelope.
pub fn typed<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<(), serde_json::Error> {
    black_box(serde_json::from_slice::<Typed<'_>>(bytes)?);
    bare::<T>(bytes)
}

/// What stands around a message.
pub trait Envelope<'a>: Deserialize<'a> {
    /// The message.
    fn body(&self) -> &'a RawValue;
}

macro_rules! envelopes {
    ($($name:ident),*) => {$(
        impl<'a> Envelope<'a> for $name<'a> {
            fn body(&self) -> &'a RawValue {
                self.body
            }
        }
    )*};
}

envelopes!(BigDefend, Trading, Generic);

#[derive(Deserialize)]
#[expect(dead_code, reason = "it is measured how long it takes to read")]
struct Typed<'a> {
    #[serde(borrow, rename = "type")]
    message_type: Text<'a>,
}

macro_rules! messages {
    ($($(#[$of:meta])* $name:ident { $($(#[$at:meta])* $field:ident: $type:ty),* $(,)? })*) => {$(
        /// Fields that the profile reads.
        #[derive(Deserialize)]
        #[expect(dead_code, reason = "it is measured how long it takes to read")]
        $(#[$of])*
        pub struct $name<'a> {
            $($(#[$at])* #[serde(borrow)] $field: $type,)*
        }
    )*};
}

messages! {
    BigDefend {
        #[serde(rename = "type")]
        message_type: Text<'a>,
        #[serde(rename = "payload")]
        body: &'a RawValue,
        sequence: Option<&'a RawValue>,
    }
    #[serde(rename_all = "camelCase")]
    NewTransaction {
        id: Text<'a>,
        timestamp: Text<'a>,
        #[serde(alias = "fraudProbability")]
        risk_score: Option<&'a RawValue>,
        customer_id: Text<'a>,
        customer_name: Text<'a>,
        amount: Option<&'a RawValue>,
        currency: Text<'a>,
        country: Text<'a>,
        city: Text<'a>,
        channel: Text<'a>,
        merchant: Text<'a>,
        bank: Text<'a>,
        merchant_category: Text<'a>,
    }
    #[serde(rename_all = "camelCase")]
    FraudAlert {
        id: Text<'a>,
        updated_at: Text<'a>,
        severity: Text<'a>,
        status: Text<'a>,
        assigned_to: Text<'a>,
        fraud_probability: Option<&'a RawValue>,
        description: Text<'a>,
        timestamp: Text<'a>,
        #[serde(rename = "type")]
        scenario: Text<'a>,
        customer_id: Text<'a>,
        customer_name: Text<'a>,
        amount: Option<&'a RawValue>,
        currency: Text<'a>,
        country: Text<'a>,
        merchant: Text<'a>,
        transaction_id: Text<'a>,
        bank: Text<'a>,
        factors: Vec<Factor<'a>>,
    }
    Factor {
        #[serde(alias = "factor", alias = "code")]
        name: Text<'a>,
        #[serde(alias = "impact", alias = "score")]
        weight: Option<&'a RawValue>,
        #[serde(alias = "description", alias = "detail")]
        text: Text<'a>,
    }
    #[serde(rename_all = "camelCase")]
    RiskUpdate {
        timestamp: Text<'a>,
        fraud_rate: Option<&'a RawValue>,
        total_transactions: Option<&'a RawValue>,
        total_alerts: Option<&'a RawValue>,
        open_alerts: Option<&'a RawValue>,
        critical_alerts: Option<&'a RawValue>,
        average_risk_score: Option<&'a RawValue>,
        amount_at_risk: Option<&'a RawValue>,
    }
    AmlTransaction {
        id: Option<&'a RawValue>,
        occurred_at: Text<'a>,
        customer_id: Text<'a>,
        customer_name: Text<'a>,
        amount: Option<&'a RawValue>,
        currency: Text<'a>,
        country: Text<'a>,
        channel: Text<'a>,
        merchant_category: Text<'a>,
        risk_level: Text<'a>,
    }
    AmlAlert {
        id: Option<&'a RawValue>,
        status: Text<'a>,
        severity: Text<'a>,
        created_at: Text<'a>,
        scenario: Text<'a>,
        #[serde(rename = "type")]
        alert_type: Text<'a>,
        customer_id: Text<'a>,
        details: Option<AmlDetails<'a>>,
    }
    AmlDetails {
        #[serde(alias = "message")]
        description: Text<'a>,
        #[serde(alias = "score")]
        fraud_probability: Option<&'a RawValue>,
        customer_name: Text<'a>,
        amount: Option<&'a RawValue>,
        currency: Text<'a>,
        country: Text<'a>,
        merchant: Text<'a>,
        transaction_id: Text<'a>,
        factors: Vec<Factor<'a>>,
    }
    CreditAnalysis {
        timestamp: Text<'a>,
        data: CreditData<'a>,
    }
    CreditData {
        analysis_id: Text<'a>,
        timestamp: Text<'a>,
        customer_id: Text<'a>,
        customer_name: Text<'a>,
        risk_score: Option<&'a RawValue>,
        #[serde(alias = "credit_score")]
        score: Option<&'a RawValue>,
        risk_level: Text<'a>,
        recommendations: Vec<Borrowed<'a>>,
        factors: Vec<Factor<'a>>,
    }
    RiskScoreUpdate {
        timestamp: Text<'a>,
        customer_id: Text<'a>,
        user_id: Text<'a>,
        customer_name: Text<'a>,
        risk_score: Option<&'a RawValue>,
        previous: Option<&'a RawValue>,
    }
    CalculationProgress {
        calculation_id: Text<'a>,
        user_id: Text<'a>,
        progress: Option<&'a RawValue>,
        step: Text<'a>,
        message: Text<'a>,
        timestamp: Text<'a>,
    }
    PortfolioUpdate {
        timestamp: Text<'a>,
        portfolio: Portfolio<'a>,
    }
    Portfolio {
        portfolio_id: Text<'a>,
        timestamp: Text<'a>,
        #[serde(alias = "value")]
        total_value: Option<&'a RawValue>,
        currency: Text<'a>,
        change_percent: Option<&'a RawValue>,
        transactions: Option<&'a RawValue>,
    }
    MarketAlert {
        timestamp: Text<'a>,
        alert: MarketItem<'a>,
    }
    MarketItem {
        #[serde(alias = "id")]
        alert_id: Text<'a>,
        severity: Text<'a>,
        status: Text<'a>,
        title: Text<'a>,
        timestamp: Text<'a>,
        category: Text<'a>,
        description: Text<'a>,
        customer_id: Text<'a>,
        amount: Option<&'a RawValue>,
        currency: Text<'a>,
        country: Text<'a>,
        symbol: Text<'a>,
    }
    #[serde(rename_all = "camelCase")]
    PaymentStream {
        stream_id: Text<'a>,
        transaction_hash: Text<'a>,
        timestamp: Option<&'a RawValue>,
        start_time: Option<&'a RawValue>,
        amount: Text<'a>,
        deposited_amount: Text<'a>,
        amount_withdrawn: Text<'a>,
        total_withdrawn: Text<'a>,
        sender: Text<'a>,
        recipient: Text<'a>,
        token_address: Text<'a>,
        rate_per_second: Text<'a>,
        new_deposited_amount: Text<'a>,
        refunded_amount: Text<'a>,
    }
    Trading {
        event: Text<'a>,
        #[serde(rename = "data")]
        body: &'a RawValue,
        timestamp: Text<'a>,
    }
    #[serde(rename_all = "camelCase")]
    Order {
        id: Text<'a>,
        status: Text<'a>,
        updated_at: Text<'a>,
        created_at: Text<'a>,
        side: Text<'a>,
        quantity: Option<&'a RawValue>,
        symbol: Text<'a>,
        price: Text<'a>,
        currency: Text<'a>,
        trading_account_id: Text<'a>,
    }
    #[serde(rename_all = "camelCase")]
    Position {
        id: Text<'a>,
        quantity: Option<&'a RawValue>,
        current_price: Text<'a>,
        updated_at: Text<'a>,
        symbol: Text<'a>,
        average_price: Text<'a>,
        unrealized_pnl: Text<'a>,
        trading_account_id: Text<'a>,
    }
    #[serde(rename_all = "camelCase")]
    Balance {
        id: Text<'a>,
        balance: Text<'a>,
        used_margin: Text<'a>,
        updated_at: Text<'a>,
        currency: Text<'a>,
        available_margin: Text<'a>,
    }
    Account {
        account: Balance<'a>,
    }
    #[serde(rename_all = "camelCase")]
    WatchlistItem {
        item_id: Text<'a>,
        watchlist_id: Text<'a>,
        updated_at: Text<'a>,
        name: Text<'a>,
        symbol: Text<'a>,
    }
    Generic {
        #[serde(rename = "type", alias = "event", alias = "kind")]
        message_type: Text<'a>,
        #[serde(alias = "payload", alias = "data")]
        body: &'a RawValue,
        #[serde(alias = "time")]
        timestamp: Text<'a>,
    }
    GenericAlert {
        #[serde(alias = "alert_id", alias = "alertId", alias = "uuid", alias = "_id")]
        id: Text<'a>,
        #[serde(alias = "updated_at")]
        #[serde(rename = "updatedAt")]
        updated_at: Text<'a>,
        version: Text<'a>,
        severity: Text<'a>,
        #[serde(alias = "state")]
        status: Text<'a>,
        #[serde(alias = "assignedTo", alias = "assigned_to", alias = "assignee")]
        owner: Text<'a>,
        #[serde(
            alias = "createdAt",
            alias = "created_at",
            alias = "occurred_at",
            alias = "occurredAt",
            alias = "time",
            alias = "date"
        )]
        timestamp: Text<'a>,
        #[serde(
            alias = "fraudProbability",
            alias = "fraud_probability",
            alias = "riskScore",
            alias = "risk_score"
        )]
        score: Option<&'a RawValue>,
        #[serde(alias = "rule", alias = "type", alias = "category")]
        scenario: Text<'a>,
        #[serde(alias = "title", alias = "message", alias = "summary")]
        description: Text<'a>,
        #[serde(
            alias = "customerId",
            alias = "accountId",
            alias = "account_id",
            alias = "userId",
            alias = "user_id"
        )]
        customer_id: Text<'a>,
        #[serde(alias = "customerName", alias = "name")]
        customer_name: Text<'a>,
        #[serde(alias = "value")]
        amount: Option<&'a RawValue>,
        currency: Text<'a>,
        #[serde(alias = "countryCode", alias = "country_code")]
        country: Text<'a>,
        city: Text<'a>,
        #[serde(alias = "merchantName", alias = "merchant_name")]
        merchant: Text<'a>,
        #[serde(alias = "transactionId")]
        transaction_id: Text<'a>,
        #[serde(alias = "reasons")]
        factors: Vec<Factor<'a>>,
    }
    GenericTransaction {
        #[serde(alias = "transaction_id", alias = "transactionId", alias = "uuid", alias = "_id")]
        id: Text<'a>,
        #[serde(
            alias = "createdAt",
            alias = "created_at",
            alias = "occurred_at",
            alias = "occurredAt",
            alias = "time",
            alias = "date"
        )]
        timestamp: Text<'a>,
        #[serde(
            alias = "riskScore",
            alias = "risk_score",
            alias = "fraudProbability",
            alias = "fraud_probability"
        )]
        score: Option<&'a RawValue>,
        #[serde(
            alias = "customerId",
            alias = "accountId",
            alias = "account_id",
            alias = "userId",
            alias = "user_id"
        )]
        customer_id: Text<'a>,
        #[serde(alias = "customerName", alias = "name")]
        customer_name: Text<'a>,
        amount: Option<&'a RawValue>,
        currency: Text<'a>,
        #[serde(alias = "countryCode", alias = "country_code")]
        country: Text<'a>,
        city: Text<'a>,
        #[serde(alias = "method", alias = "payment_method")]
        channel: Text<'a>,
        #[serde(alias = "merchantName", alias = "merchant_name")]
        merchant: Text<'a>,
    }
}
