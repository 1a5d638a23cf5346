//! The one writer: everything that changes anything goes through it, one after the other.
//!
//! It judges, numbers and stores; what is committed, it publishes. Changes that wait are stored together, so that a
//! commit costs the less a change, the more there are.

mod figures;
mod incidents;
mod projecting;
mod writer;

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use crate::{
    clock::Clock,
    contract::Contract,
    detection::{CATEGORY_REMEMBERED, CUSTOMER_REMEMBERED, Detector, Judgement},
    hub::Hub,
    model::{Alert, AlertChange, InvalidTransaction, NewTransaction, RiskMetrics, Transaction},
    projection::{Projection, Request},
    store::{Store, StoreError, TrafficPosition},
};

/// Changes that wait for the writer; whoever adds more waits as well.
const WAITING: usize = 1_024;

/// How far back the amounts of a merchant's category are looked for, in changes.
const CATEGORY_DEPTH: u64 = 20_000;

/// Why something was not changed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LedgerError {
    /// The transaction is not one.
    #[error(transparent)]
    Invalid(#[from] InvalidTransaction),
    /// There is no such transaction or alert, or it is not the user's to see.
    #[error("not found")]
    NotFound,
    /// The alert has changed since the analyst saw it; this is what it is now.
    #[error("the alert has changed since")]
    Conflict(Box<Alert>),
    /// It could not be stored, and nothing has changed.
    #[error(transparent)]
    Store(#[from] Arc<StoreError>),
    /// The gateway is stopping.
    #[error("the gateway is stopping")]
    Stopped,
}

impl From<StoreError> for LedgerError {
    fn from(error: StoreError) -> Self {
        Self::Store(Arc::new(error))
    }
}

type Reply<T> = oneshot::Sender<Result<T, LedgerError>>;
type Answer<T> = oneshot::Receiver<Result<T, LedgerError>>;

/// What is to be changed.
enum Command {
    Add {
        new: NewTransaction,
        traffic: Option<TrafficPosition>,
        reply: Reply<Arc<Transaction>>,
    },
    Change {
        id: String,
        change: AlertChange,
        bank: Option<String>,
        at: Option<Timestamp>,
        reply: Reply<Arc<Alert>>,
    },
    Measure {
        publish: bool,
        reply: Reply<Arc<RiskMetrics>>,
    },
    Request {
        contract: Contract,
        request: Request,
        reply: Reply<Value>,
    },
}

/// The way to the writer; clones lead to the same one.
#[derive(Debug, Clone)]
pub(crate) struct Ledger {
    commands: mpsc::Sender<Command>,
    store: Store,
}

impl Ledger {
    /// Starts the writer, once those who make messages of the changes have caught up. It ends when it is told to close,
    /// and has written what was in line by then.
    pub async fn open(
        store: Store,
        projections: Vec<Projection>,
        hub: Hub,
        clock: Clock,
        closing: CancellationToken,
    ) -> Result<(Self, JoinHandle<()>), StoreError> {
        let writer = writer::Writer::open(store.clone(), projections, hub, clock).await?;
        let (commands, queue) = mpsc::channel(WAITING);
        Ok((Self { commands, store }, tokio::spawn(writer.run(queue, closing))))
    }

    /// Adds a transaction, and raises what alerts it calls for.
    pub async fn add(&self, new: NewTransaction) -> Result<Arc<Transaction>, LedgerError> {
        self.ask(|reply| Command::Add { new, traffic: None, reply }).await
    }

    /// Adds a simulated transaction, and remembers how far the simulation has come. Returns when it is in line, and
    /// what comes when it is added.
    pub async fn post(
        &self,
        new: NewTransaction,
        traffic: TrafficPosition,
    ) -> Result<Answer<Arc<Transaction>>, LedgerError> {
        let (reply, answer) = oneshot::channel();
        let command = Command::Add { new, traffic: Some(traffic), reply };
        self.commands.send(command).await.map_err(|_| LedgerError::Stopped)?;
        Ok(answer)
    }

    /// Changes an alert that users of this bank see.
    pub async fn change(
        &self,
        id: String,
        change: AlertChange,
        bank: Option<String>,
    ) -> Result<Arc<Alert>, LedgerError> {
        self.change_at(id, change, bank, None).await
    }

    /// Changes an alert as of an instant in the past.
    pub async fn change_at(
        &self,
        id: String,
        change: AlertChange,
        bank: Option<String>,
        at: Option<Timestamp>,
    ) -> Result<Arc<Alert>, LedgerError> {
        self.ask(|reply| Command::Change { id, change, bank, at, reply }).await
    }

    /// Measures the risk; if it is published, it is kept as well.
    pub async fn measure(&self, publish: bool) -> Result<Arc<RiskMetrics>, LedgerError> {
        self.ask(|reply| Command::Measure { publish, reply }).await
    }

    /// Does what a contract's client asks for, and returns the answer.
    pub async fn request(&self, contract: Contract, request: Request) -> Result<Value, LedgerError> {
        self.ask(|reply| Command::Request { contract, request, reply }).await
    }

    /// Judges a stored transaction again, by what came before it.
    pub async fn analyze(&self, id: &str) -> Result<Judgement, LedgerError> {
        let transaction = self.store.transaction(id).await?.ok_or(LedgerError::NotFound)?;
        let (customer, before) = (&transaction.customer_id, transaction.sequence);
        let category = &transaction.merchant_category;
        let mut detector = Detector::default();
        for earlier in self.store.of_category(category, before, CATEGORY_DEPTH, CATEGORY_REMEMBERED).await? {
            detector.remember_category(&earlier);
        }
        for earlier in self.store.of_customer(customer, before, CUSTOMER_REMEMBERED).await? {
            detector.remember(&earlier);
        }
        Ok(detector.judge(&transaction))
    }

    async fn ask<T>(&self, command: impl FnOnce(Reply<T>) -> Command) -> Result<T, LedgerError> {
        let (reply, answer) = oneshot::channel();
        self.commands.send(command(reply)).await.map_err(|_| LedgerError::Stopped)?;
        answer.await.map_err(|_| LedgerError::Stopped)?
    }
}
