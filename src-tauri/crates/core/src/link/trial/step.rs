//! The steps of a trial, as they are told.

use std::time::Duration;

use serde::Serialize;
use tokio::sync::watch;
use ts_rs::TS;

use crate::clock::Clock;
use crate::desk::view::{Failure, FailureCode};
use crate::model::{Time, TransportKind};

/// A step of a trial, and how it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Step {
    /// Which.
    pub name: StepName,
    /// How it stands.
    pub standing: Standing,
}

/// The steps, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "StepName")]
pub enum StepName {
    /// The server's name is found.
    Address,
    /// Something listens there, and the connection is encrypted.
    Connection,
    /// The server takes who signs in.
    SignIn,
    /// What gives events is opened.
    Stream,
    /// The first event comes.
    Event,
}

/// How a step stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
#[ts(rename = "StepStanding")]
pub enum Standing {
    /// It is under way: the first of those that wait. Or its turn is still to come.
    Waiting,
    /// All is well.
    Fine {
        /// What it took, in milliseconds.
        ms: u32,
        /// What was found.
        found: Found,
    },
    /// It failed.
    Failed {
        /// Why.
        why: Failure,
    },
    /// One before it failed.
    NotReached,
}

/// What a step has found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "what", rename_all = "snake_case")]
#[ts(rename = "StepFound")]
pub enum Found {
    /// The name has so many addresses.
    Addresses {
        /// The name.
        host: String,
        /// How many.
        count: u32,
    },
    /// A proxy is asked, which finds it by itself.
    Proxy,
    /// The connection is encrypted.
    Encrypted {
        /// How: `TLS 1.3`; `None` where a proxy is in between.
        version: Option<String>,
        /// Until when the server's certificate is valid, if that is told.
        valid_until: Option<Time>,
    },
    /// Nothing is encrypted: a server on this very computer.
    Unencrypted,
    /// The server takes it.
    Accepted,
    /// Nothing had to be shown, or it did not come to that.
    NotAsked,
    /// The stream, or the list, is there.
    Opened {
        /// Over which transport.
        transport: TransportKind,
        /// Whether a better one did not come up.
        fallback: bool,
    },
    /// An event came.
    Came,
    /// None came in this time, which may be right.
    Nothing {
        /// In seconds.
        seconds: u32,
    },
    /// The list holds none, which may be right.
    Empty,
}

/// A step that failed, and why.
pub(super) struct Stop(pub StepName, pub Failure);

/// Tells the steps as they go.
pub(super) struct Steps<'told> {
    steps: Vec<Step>,
    clock: &'told dyn Clock,
    told: &'told watch::Sender<Vec<Step>>,
}

const ALL: [StepName; 5] =
    [StepName::Address, StepName::Connection, StepName::SignIn, StepName::Stream, StepName::Event];

impl Step {
    /// All of them, before the first.
    pub fn all() -> Vec<Self> {
        ALL.map(|name| Self { name, standing: Standing::Waiting }).into()
    }
}

impl<'told> Steps<'told> {
    pub fn new(clock: &'told dyn Clock, told: &'told watch::Sender<Vec<Step>>) -> Self {
        Self { steps: Step::all(), clock, told }
    }

    /// Takes a step, which may take so long; gives what the next ones need of it.
    pub async fn take<T>(
        &mut self,
        name: StepName,
        limit: Duration,
        step: impl Future<Output = Result<(T, Found), Failure>>,
    ) -> Result<T, Stop> {
        let began = self.clock.elapsed();
        let outcome = tokio::select! {
            outcome = step => outcome,
            () = self.clock.sleep(limit) => {
                let why = format!("no answer within {} s", limit.as_secs());
                Err(Failure::new(FailureCode::Unreachable, why))
            }
        };
        let (given, found) = outcome.map_err(|why| Stop(name, why))?;
        let took = self.clock.elapsed().saturating_sub(began);
        self.tell(name, Standing::Fine { ms: u32::try_from(took.as_millis()).unwrap_or(u32::MAX), found });
        Ok(given)
    }

    /// A step has failed, and those after it are not reached.
    pub fn fail(&mut self, name: StepName, why: Failure) {
        for step in self.steps.iter_mut().skip_while(|step| step.name != name) {
            step.standing = Standing::NotReached;
        }
        self.tell(name, Standing::Failed { why });
    }

    fn tell(&mut self, name: StepName, standing: Standing) {
        if let Some(step) = self.steps.iter_mut().find(|step| step.name == name) {
            step.standing = standing;
        }
        self.told.send_replace(self.steps.clone());
    }
}
