//! Payment streams: what flows from a sender to a recipient second by second.
//!
//! The payments of a customer drive one stream at a time: it is opened, filled up, drawn from, and ends, and the next
//! payment opens another one.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    hub::News,
    model::{Sequence, Transaction},
    projection::{Answer, Digest, Message, digest},
    store::{Book, StoreError},
};

/// Decimals of an amount.
const DECIMALS: u32 = 7;

/// How long what is deposited at first lasts, in seconds.
const LASTS: u128 = 30 * DAY;

const DAY: u128 = 86_400;
const HOUR: u128 = 3_600;

/// The fewest payments of a stream after the one that opens it.
const SHORTEST: u64 = 4;

/// What a client asks for.
#[derive(Debug, Clone)]
pub(crate) struct NewStream {
    pub sender: String,
    pub recipient: String,
    pub token_address: String,
    /// In units of 1e-7.
    pub rate_per_second: u128,
    /// In units of 1e-7.
    pub deposited_amount: u128,
    /// In seconds since 1970.
    pub start_time: i64,
}

/// A customer's stream.
#[derive(Serialize, Deserialize)]
struct Stream {
    id: u64,
    sender: String,
    recipient: String,
    token: String,
    rate: u128,
    deposited: u128,
    withdrawn: u128,
    /// Payments since it was opened.
    steps: u64,
    ended: bool,
}

impl Stream {
    /// A message about it, with what there is to say beside who it is.
    fn message(
        &self,
        kind: &str,
        (sequence, at): (Sequence, Timestamp),
        facts: Value,
    ) -> Result<Message, StoreError> {
        let mut data = json!({
            "streamId": self.id.to_string(),
            "sender": self.sender,
            "recipient": self.recipient,
            "tokenAddress": self.token,
            // A change makes one event at the most.
            "transactionHash": digest("flowfi-event", &sequence.to_string()).hex(),
            "timestamp": at.as_second(),
        });
        if let (Value::Object(data), Value::Object(facts)) = (&mut data, facts) {
            data.extend(facts);
        }
        let tags = vec![stream_tag(&self.id.to_string()), user_tag(&self.sender), user_tag(&self.recipient)];
        Ok(Message::new(kind, tags, &data)?)
    }

    fn created(&self, change: (Sequence, Timestamp), start: i64) -> Result<Message, StoreError> {
        self.message(
            "stream.created",
            change,
            json!({
                "ratePerSecond": self.rate.to_string(),
                "depositedAmount": self.deposited.to_string(),
                "startTime": start,
            }),
        )
    }

    /// What the next payment does to it.
    fn step(&mut self, transaction: &Transaction, chance: &Digest) -> Result<Message, StoreError> {
        let change = (transaction.sequence, transaction.timestamp);
        self.steps += 1;
        if self.steps >= SHORTEST + self.id % 4 {
            self.ended = true;
            let left = self.deposited - self.withdrawn;
            if chance.below(2) == 0 {
                let refunded = left / 2;
                let (amount, refunded) = (left - refunded, refunded.to_string());
                self.withdrawn += amount;
                return self.message(
                    "stream.cancelled",
                    change,
                    json!({
                        "amountWithdrawn": amount.to_string(),
                        "refundedAmount": refunded,
                    }),
                );
            }
            self.withdrawn = self.deposited;
            return self.message(
                "stream.completed",
                change,
                json!({
                    "totalWithdrawn": self.withdrawn.to_string(),
                }),
            );
        }
        if self.steps % 2 == 1 {
            let amount = self.rate * DAY * u128::from(1 + chance.below(7));
            self.deposited += amount;
            return self.message(
                "stream.topped_up",
                change,
                json!({
                    "amount": amount.to_string(),
                    "newDepositedAmount": self.deposited.to_string(),
                }),
            );
        }
        let flown = self.rate * HOUR * u128::from(1 + chance.below(24));
        let amount = flown.min(self.deposited - self.withdrawn);
        self.withdrawn += amount;
        self.message(
            "stream.withdrawn",
            change,
            json!({
                "amount": amount.to_string(),
                "totalWithdrawn": self.withdrawn.to_string(),
            }),
        )
    }
}

/// What listeners to a stream choose by.
pub(super) fn stream_tag(id: &str) -> String {
    format!("stream:{id}")
}

/// What listeners to a user choose by.
pub(super) fn user_tag(user: &str) -> String {
    format!("user:{user}")
}

/// An account or a contract of that network.
fn address(prefix: char, of: &str) -> String {
    format!("{prefix}{}", digest("flowfi-address", of).base32(55))
}

/// What a payment does to the streams.
pub(crate) async fn project(change: &News, book: &mut Book<'_>) -> Result<Vec<Message>, StoreError> {
    let News::Transaction(transaction) = change else { return Ok(Vec::new()) };
    let customer = transaction.customer_id.as_str();
    let current: Option<Stream> = book.get("stream", customer).await?;
    let (stream, message) = match current.filter(|stream| !stream.ended) {
        Some(mut stream) => {
            let chance = digest("flowfi-step", &transaction.id);
            let message = stream.step(transaction, &chance)?;
            (stream, message)
        }
        None => {
            let amount = transaction.amount;
            let unit = 10_u128.pow(DECIMALS.saturating_sub(amount.currency.decimals()));
            let rate = u128::from(amount.minor.unsigned_abs()) * unit;
            let stream = Stream {
                id: next_id(transaction.sequence, book).await?,
                sender: address('G', customer),
                recipient: address('G', &transaction.merchant),
                token: address('C', amount.currency.code()),
                rate,
                deposited: rate * LASTS,
                withdrawn: 0,
                steps: 0,
                ended: false,
            };
            let at = transaction.timestamp;
            let message = stream.created((transaction.sequence, at), at.as_second())?;
            (stream, message)
        }
    };
    book.put(("stream", customer, ""), transaction.sequence, &stream).await?;
    Ok(vec![message])
}

/// Opens a stream that no payment drives.
pub(crate) async fn open(
    new: NewStream,
    change: (Sequence, Timestamp),
    book: &mut Book<'_>,
) -> Result<Answer, StoreError> {
    let stream = Stream {
        id: next_id(change.0, book).await?,
        sender: new.sender,
        recipient: new.recipient,
        token: new.token_address,
        rate: new.rate_per_second,
        deposited: new.deposited_amount,
        withdrawn: 0,
        steps: 0,
        ended: false,
    };
    let message = stream.created(change, new.start_time)?;
    Ok(Answer { body: serde_json::from_str(message.data.get())?, messages: vec![message] })
}

async fn next_id(sequence: Sequence, book: &mut Book<'_>) -> Result<u64, StoreError> {
    let next = book.get::<u64>("counter", "streams").await?.unwrap_or(0) + 1;
    book.put(("counter", "streams", ""), sequence, &next).await?;
    Ok(next)
}
