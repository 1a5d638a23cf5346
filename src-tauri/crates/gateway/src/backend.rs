//! What a profile speaks for.

use axum::http::Uri;
use secrecy::SecretString;
use tokio_util::task::TaskTracker;

use crate::{
    access::{Accounts, Tokens},
    clock::Clock,
    contract::Contract,
    hub::{Hub, Seat},
    journal::{Channel, Journal},
    ledger::Ledger,
    store::Store,
};

/// Everything that an endpoint may need.
pub(crate) struct Backend {
    /// Who may sign in.
    pub accounts: Accounts,
    /// Who has signed in.
    pub tokens: Tokens,
    /// What changes things.
    pub ledger: Ledger,
    /// What is read.
    pub store: Store,
    /// Who is told.
    pub hub: Hub,
    /// What time it is.
    pub clock: Clock,
    /// The connections' tasks, to wait for at the end.
    pub connections: TaskTracker,
    /// What was said.
    pub journal: Journal,
    /// Whether events have ids, and are replayed from one.
    pub event_ids: bool,
    /// What to show where nobody signs in; without it, nothing.
    pub guest_token: Option<SecretString>,
}

impl Backend {
    /// The page in the journal of whoever took this seat by asking for this address.
    pub fn channel(&self, contract: Contract, user: Option<String>, seat: &Seat, uri: &Uri) -> Channel {
        let (connection, path) = (seat.place.number, uri.path().to_owned());
        Channel { journal: self.journal.clone(), contract, user, connection, path }
    }
}
