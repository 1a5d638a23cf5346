//! What contracts make of the changes: messages of their own, and a state that follows from them.
//!
//! Each change is projected in the commit that stores it, so that messages, state and change are there together or
//! not at all, and nothing of it lives in memory. A contract that was not spoken for a while catches up at the start.

mod digest;
mod message;
mod users;

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

pub(crate) use digest::{Digest, digest};
pub(crate) use message::{Message, Position, Told};
pub(crate) use users::Users;

use crate::{
    contract::{Contract, Profile},
    credit, flowfi, generic,
    hub::News,
    model::Sequence,
    store::{Book, StoreError},
    trading,
};

/// A contract that makes messages of its own.
#[derive(Debug)]
pub(crate) enum Projection {
    /// Frames of whatever changed.
    Generic,
    /// Payment streams.
    Flowfi,
    /// Credit scores, of customers that these users share.
    Credit(Arc<Users>),
    /// Trading accounts, one for each of these users.
    Trading(Arc<Users>),
}

/// What a client asks a contract to do.
#[derive(Debug)]
pub(crate) enum Request {
    /// To open a payment stream.
    Stream(flowfi::NewStream),
    /// To analyse a user's customer.
    Analysis {
        /// The user.
        user: String,
        /// The customer's key.
        customer: String,
    },
}

/// What is said to whoever asked, and told to everybody else.
pub(crate) struct Answer {
    /// The answer, as JSON.
    pub body: Value,
    /// What came of it.
    pub messages: Vec<Message>,
}

impl Projection {
    /// Those that are spoken.
    pub fn of(profile: Profile, users: &Arc<Users>) -> Vec<Self> {
        let of = |contract| match contract {
            Contract::BigDefend | Contract::Aml => None,
            Contract::Flowfi => Some(Self::Flowfi),
            Contract::Generic => Some(Self::Generic),
            Contract::Credit => Some(Self::Credit(Arc::clone(users))),
            Contract::Trading => Some(Self::Trading(Arc::clone(users))),
        };
        profile.contracts().into_iter().filter_map(of).collect()
    }

    /// Whose it is.
    pub fn contract(&self) -> Contract {
        match self {
            Self::Generic => Contract::Generic,
            Self::Flowfi => Contract::Flowfi,
            Self::Credit(_) => Contract::Credit,
            Self::Trading(_) => Contract::Trading,
        }
    }

    /// What it goes by beside the changes: if that has become another, it begins again.
    pub fn basis(&self) -> String {
        match self {
            Self::Generic | Self::Flowfi => String::new(),
            Self::Credit(users) | Self::Trading(users) => users.basis(),
        }
    }

    /// Makes what there is to make of a change.
    pub async fn project(&self, change: &News, book: &mut Book<'_>) -> Result<Vec<Message>, StoreError> {
        match self {
            Self::Generic => generic::project(change),
            Self::Flowfi => flowfi::project(change, book).await,
            Self::Credit(users) => credit::project(change, users, book).await,
            Self::Trading(users) => trading::project(change, users, book).await,
        }
    }

    /// Does what a client asks for, as the change of this number. `None` if there is no such thing.
    pub async fn answer(
        &self,
        request: Request,
        (sequence, now): (Sequence, Timestamp),
        book: &mut Book<'_>,
    ) -> Result<Option<Answer>, StoreError> {
        match (self, request) {
            (Self::Flowfi, Request::Stream(new)) => flowfi::open(new, (sequence, now), book).await.map(Some),
            (Self::Credit(users), Request::Analysis { user, customer }) => {
                credit::analyze((&user, &customer), (sequence, now), users, book).await
            }
            _ => Ok(None),
        }
    }
}
