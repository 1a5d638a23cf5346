//! The task that writes.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{Command, LedgerError, Reply, figures::Undecided, incidents::Incidents, projecting};
use crate::{
    clock::Clock,
    contract::Contract,
    detection::Detector,
    hub::{Hub, News},
    model::{Alert, AlertChange, NewTransaction, RiskMetrics, Sequence, Transaction, key},
    projection::{Projection, Request, Told},
    store::{Batch, Rows, Standing, Store, StoreError, TrafficPosition},
};

/// Changes stored in one commit: enough to make the commit cheap, few enough to be published soon.
const BATCH: usize = 512;

/// The newest transactions that the detector learns from after a restart.
const LEARNT: u32 = 20_000;

/// The newest alerts that are looked at after a restart for episodes that go on.
const ALERTS_LEARNT: u32 = 2_000;

/// The rows read at once while learning.
const PIECE: u32 = 1_000;

/// The writer, and what it knows.
pub(super) struct Writer {
    store: Store,
    projections: Vec<Projection>,
    hub: Hub,
    clock: Clock,
    detector: Detector,
    incidents: Incidents,
    undecided: Undecided,
    standing: Standing,
    rows: Rows,
}

/// What is told to whoever asked, once it is committed.
type Answer = Box<dyn FnOnce(Result<(), LedgerError>) + Send>;

/// What a commit brings about.
#[derive(Default)]
struct Outcome {
    news: Vec<News>,
    answers: Vec<Answer>,
}

impl Writer {
    /// Learns from the store where everything stands.
    pub async fn open(
        store: Store,
        projections: Vec<Projection>,
        hub: Hub,
        clock: Clock,
    ) -> Result<Self, StoreError> {
        let mut writer = Self {
            store,
            projections,
            hub,
            clock,
            detector: Detector::default(),
            incidents: Incidents::default(),
            undecided: Undecided::default(),
            standing: Standing::default(),
            rows: Rows::default(),
        };
        writer.learn().await?;
        projecting::catch_up(&writer.store, &writer.projections, &writer.standing).await?;
        Ok(writer)
    }

    async fn learn(&mut self) -> Result<(), StoreError> {
        self.standing = self.store.standing().await?;
        self.rows = self.store.rows().await?;
        self.detector = Detector::default();
        for transaction in self.store.transactions(None, LEARNT).await?.items {
            self.detector.remember(&transaction);
        }
        self.undecided = Undecided::default();
        let mut since = 0;
        loop {
            let page = self.store.alerts(Some(since), PIECE, None).await?;
            page.items.iter().for_each(|alert| self.undecided.add(alert));
            since = page.sequence;
            if !page.more {
                break;
            }
        }
        self.incidents = Incidents::default();
        let mut newest = self.store.alerts(None, ALERTS_LEARNT, None).await?.items;
        newest.sort_by_key(|alert| alert.last_evidence);
        newest.iter().for_each(|alert| self.incidents.remember(alert));
        Ok(())
    }

    /// Writes until it is told to close, or nobody is left to ask for it.
    pub async fn run(mut self, mut commands: mpsc::Receiver<Command>, closing: CancellationToken) {
        let mut waiting = Vec::with_capacity(BATCH);
        loop {
            tokio::select! {
                () = closing.cancelled(), if !commands.is_closed() => {
                    // What is in line already is still written.
                    commands.close();
                    continue;
                }
                count = commands.recv_many(&mut waiting, BATCH) => if count == 0 { break },
            }
            let mut outcome = Outcome::default();
            let done = self.write(&mut waiting, &mut outcome).await;
            if let Err(error) = &done {
                tracing::error!(%error, "changes could not be stored and were refused");
                waiting.drain(..).for_each(|command| outcome.refuse(command));
                // What is in memory is ahead of what is stored.
                if let Err(error) = self.learn().await {
                    tracing::error!(%error, "the state cannot be read");
                }
            } else {
                self.hub.publish(outcome.news);
            }
            let done = done.map_err(|error| LedgerError::Store(Arc::new(error)));
            outcome.answers.into_iter().for_each(|answer| answer(done.clone()));
        }
    }

    /// Stores what waits, all of it or nothing. What it did not get to is left.
    async fn write(&mut self, waiting: &mut Vec<Command>, outcome: &mut Outcome) -> Result<(), StoreError> {
        let before = self.standing.sequence;
        let mut batch = self.store.begin(before).await?;
        waiting.reverse();
        while let Some(command) = waiting.pop() {
            match command {
                Command::Add { new, traffic, reply } => {
                    let added = self.add(&mut batch, new, traffic, &mut outcome.news).await;
                    outcome.answer(reply, added)?;
                }
                Command::Change { id, change, bank, at, reply } => {
                    let at = at.unwrap_or_else(|| self.clock.now());
                    let alert = (id.as_str(), bank.as_deref());
                    let changed = self.change(&mut batch, alert, change, at, &mut outcome.news).await;
                    outcome.answer(reply, changed)?;
                }
                Command::Measure { publish, reply } => {
                    let measured = self.measure(&mut batch, publish, &mut outcome.news).await;
                    outcome.answer(reply, measured)?;
                }
                Command::Request { contract, request, reply } => {
                    let done = self.request(&mut batch, contract, request, &mut outcome.news).await;
                    outcome.answer(reply, done)?;
                }
            }
        }
        for alert in batch.retire(&mut self.rows).await? {
            self.undecided.remove(&alert);
        }
        for projection in &self.projections {
            batch.mark_projected(projection.contract(), self.standing.sequence).await?;
        }
        batch.commit(&self.standing).await
    }

    async fn add(
        &mut self,
        batch: &mut Batch,
        new: NewTransaction,
        traffic: Option<TrafficPosition>,
        news: &mut Vec<News>,
    ) -> Result<Result<Arc<Transaction>, LedgerError>, StoreError> {
        let now = self.clock.now();
        if let Err(invalid) = new.check(now) {
            return Ok(Err(invalid.into()));
        }
        let sequence = self.next();
        self.standing.transactions += 1;
        let id = key("TX", self.standing.born + self.standing.transactions);
        let mut transaction = Transaction::of(new, sequence, id, now);
        let judgement = self.detector.judge(&transaction);
        transaction.risk_score = judgement.risk;
        self.detector.remember(&transaction);
        batch.add_transaction(&transaction).await?;
        self.standing.risk_sum += transaction.risk_score;
        self.standing.traffic = traffic.unwrap_or(self.standing.traffic);
        self.rows.transactions += 1;
        let transaction = Arc::new(transaction);
        self.publish(batch, News::Transaction(Arc::clone(&transaction)), news).await?;

        for evidence in judgement.evidence {
            let number = self.standing.born + self.standing.alerts + 1;
            if let Some((before, mut alert)) = self.incidents.alert(evidence, &transaction, number) {
                alert.sequence = self.next();
                if before.is_none() {
                    alert.added = alert.sequence;
                    self.standing.alerts += 1;
                    self.rows.alerts += 1;
                }
                self.incidents.remember(&alert);
                self.put(batch, before.as_ref(), alert, news).await?;
            }
        }
        Ok(Ok(transaction))
    }

    async fn change(
        &mut self,
        batch: &mut Batch,
        (id, bank): (&str, Option<&str>),
        change: AlertChange,
        at: Timestamp,
        news: &mut Vec<News>,
    ) -> Result<Result<Arc<Alert>, LedgerError>, StoreError> {
        let visible = |alert: &Alert| bank.is_none_or(|bank| alert.bank == bank);
        let Some(before) = batch.alert(id).await?.filter(visible) else {
            return Ok(Err(LedgerError::NotFound));
        };
        if change.expected_sequence.is_some_and(|expected| expected != before.sequence) {
            return Ok(Err(LedgerError::Conflict(Box::new(before))));
        }
        let mut alert = before.clone();
        alert.status = change.status.unwrap_or(alert.status);
        alert.assigned_to = change.assigned_to.unwrap_or(alert.assigned_to);
        alert.updated_at = at;
        alert.sequence = self.next();
        self.incidents.update(&alert);
        Ok(Ok(self.put(batch, Some(&before), alert, news).await?))
    }

    async fn measure(
        &mut self,
        batch: &mut Batch,
        publish: bool,
        news: &mut Vec<News>,
    ) -> Result<Result<Arc<RiskMetrics>, LedgerError>, StoreError> {
        let sequence = if publish { self.next() } else { self.standing.sequence };
        let metrics = Arc::new(self.undecided.metrics(&self.standing, sequence, self.clock.now()));
        if publish {
            batch.put_risk_metrics(&metrics).await?;
            self.publish(batch, News::Risk(Arc::clone(&metrics)), news).await?;
        }
        Ok(Ok(metrics))
    }

    async fn put(
        &mut self,
        batch: &mut Batch,
        before: Option<&Alert>,
        alert: Alert,
        news: &mut Vec<News>,
    ) -> Result<Arc<Alert>, StoreError> {
        batch.put_alert(&alert).await?;
        if let Some(before) = before {
            self.undecided.remove(before);
        }
        self.undecided.add(&alert);
        let alert = Arc::new(alert);
        self.publish(batch, News::Alert(Arc::clone(&alert)), news).await?;
        Ok(alert)
    }

    async fn request(
        &mut self,
        batch: &mut Batch,
        contract: Contract,
        request: Request,
        news: &mut Vec<News>,
    ) -> Result<Result<Value, LedgerError>, StoreError> {
        let change = (self.next(), self.clock.now());
        let Some(projection) = self.projections.iter().find(|known| known.contract() == contract) else {
            return Ok(Err(LedgerError::NotFound));
        };
        let Some(answer) = projection.answer(request, change, &mut batch.book(contract)).await? else {
            return Ok(Err(LedgerError::NotFound));
        };
        let told = Told { contract, sequence: change.0, messages: answer.messages };
        batch.add_messages(&told).await?;
        news.push(News::Told(Arc::new(told)));
        Ok(Ok(answer.body))
    }

    /// Prepares a change to be published, and what contracts make of it.
    async fn publish(&self, batch: &mut Batch, change: News, news: &mut Vec<News>) -> Result<(), StoreError> {
        let told = projecting::project(batch, &self.projections, &change).await?;
        news.push(change);
        news.extend(told.into_iter().map(|told| News::Told(Arc::new(told))));
        Ok(())
    }

    fn next(&mut self) -> Sequence {
        self.standing.sequence += 1;
        self.standing.sequence
    }
}

impl Outcome {
    /// Answers once it is known whether everything is stored; if not, that is the answer. One who asked and went away
    /// is not missed.
    fn answer<T: Send + 'static>(
        &mut self,
        reply: Reply<T>,
        result: Result<Result<T, LedgerError>, StoreError>,
    ) -> Result<(), StoreError> {
        let (result, failed) = match result {
            Ok(result) => (result, Ok(())),
            Err(error) => (Err(LedgerError::Stopped), Err(error)),
        };
        self.answers.push(Box::new(move |done| {
            let _ = reply.send(done.and(result));
        }));
        failed
    }

    /// Answers what was not done, since something before it could not be stored.
    fn refuse(&mut self, command: Command) {
        const NOT_DONE: LedgerError = LedgerError::Stopped;
        // These cannot fail: there is no error of the store among them.
        let _ = match command {
            Command::Add { reply, .. } => self.answer(reply, Ok(Err(NOT_DONE))),
            Command::Change { reply, .. } => self.answer(reply, Ok(Err(NOT_DONE))),
            Command::Measure { reply, .. } => self.answer(reply, Ok(Err(NOT_DONE))),
            Command::Request { reply, .. } => self.answer(reply, Ok(Err(NOT_DONE))),
        };
    }
}
