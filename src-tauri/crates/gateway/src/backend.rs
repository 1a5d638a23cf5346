//! What a profile speaks for.

use tokio_util::task::TaskTracker;

use crate::{
    access::{Accounts, Tokens},
    clock::Clock,
    hub::Hub,
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
}
