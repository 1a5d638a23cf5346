//! The gateway as a whole: opened, started, stopped.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use axum::{Router, middleware::from_fn_with_state};
use secrecy::SecretString;
use tokio::task::JoinHandle;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    access::{AccountError, Accounts, Tokens, User},
    aml,
    backend::Backend,
    big_defend,
    clock::Clock,
    contract::{Contract, Profile},
    credit, flowfi, generic,
    hub::{self, Ending, Hub},
    journal::{self, Journal},
    ledger::{Ledger, LedgerError},
    model::{NewTransaction, Sequence, Transaction},
    projection::{Projection, Users},
    server::{Patient, listen},
    simulator::{self, Simulation},
    store::{State, Store, StoreError},
    trading,
};

/// How long requests and connections may take to end.
const GRACE: Duration = Duration::from_secs(5);

/// How long a token lives, unless told otherwise.
const TOKEN_LIFETIME: Duration = Duration::from_secs(3_600);

/// What a gateway is to be.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen; port 0 takes any free one.
    pub listen: SocketAddr,
    /// Where to keep the state.
    pub state: State,
    /// Who may sign in.
    pub users: Vec<User>,
    /// What traffic to make up, if any.
    pub simulation: Option<Simulation>,
    /// How long a token lives, in whole seconds.
    pub token_lifetime: Duration,
    /// What to speak.
    pub profile: Profile,
    /// Whether Server-Sent Events have ids, and are replayed after the one that a client has got last.
    pub event_ids: bool,
    /// How many connections to streams there may be.
    pub capacity: usize,
    /// Where to write down, a line of JSON each, what is handed to connections.
    pub journal: Option<PathBuf>,
    /// What to ask for as a bearer token in contracts that know no sign-in; nothing, if there is none.
    pub guest_token: Option<SecretString>,
}

impl Default for Config {
    /// Big Defend on any free port of this computer, in memory, without users and traffic.
    fn default() -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            state: State::Memory,
            users: Vec::new(),
            simulation: None,
            token_lifetime: TOKEN_LIFETIME,
            profile: Profile::One(Contract::BigDefend),
            event_ids: false,
            capacity: hub::CONNECTIONS,
            journal: None,
            guest_token: None,
        }
    }
}

/// Why a gateway cannot start.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// The address is taken, or not this machine's.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, #[source] io::Error),
    /// The state cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The journal cannot be opened.
    #[error("the journal {0} cannot be opened: {1}")]
    Journal(PathBuf, #[source] io::Error),
    /// The users cannot be taken in.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The past cannot be made up.
    #[error("the history cannot be stored: {0}")]
    History(#[from] LedgerError),
}

/// A running gateway. It ends when it is dropped; [`Gateway::stop`] waits for that.
pub struct Gateway {
    address: SocketAddr,
    backend: Arc<Backend>,
    stopping: CancellationToken,
    /// Tasks that stop when they are told to.
    tasks: Vec<JoinHandle<()>>,
    /// Tells the writer to close, once nobody asks it for anything.
    closing: CancellationToken,
    writer: JoinHandle<()>,
}

impl Gateway {
    /// Starts a gateway; when this returns, it answers.
    pub async fn start(config: Config) -> Result<Self, GatewayError> {
        Self::start_with_clock(config, Clock::system()).await
    }

    /// Starts a gateway that goes by this clock.
    pub async fn start_with_clock(config: Config, clock: Clock) -> Result<Self, GatewayError> {
        let listener = listen(config.listen).map_err(|error| GatewayError::Listen(config.listen, error))?;
        let address = listener.local_addr().map_err(|error| GatewayError::Listen(config.listen, error))?;
        let journal = Journal::open(config.journal.as_deref())
            .map_err(|error| GatewayError::Journal(config.journal.unwrap_or_default(), error))?;
        let users = Arc::new(Users::new(config.users.iter().map(|user| user.name.clone())));
        let accounts = Accounts::open(config.users, clock.clone()).await?;
        let store = Store::open(&config.state, clock.now()).await?;
        let tokens = Tokens::new(&store.signing_key().await?, config.token_lifetime, clock.clone());
        store.ended_sessions(clock.now()).await?.iter().for_each(|session| tokens.end(session));
        let hub = Hub::new(config.capacity);
        let projections = Projection::of(config.profile, &users);
        let closing = CancellationToken::new();
        let (ledger, writer) =
            Ledger::open(store.clone(), projections, hub.clone(), clock.clone(), closing.clone()).await?;
        let connections = TaskTracker::new();
        let backend = Arc::new(Backend {
            accounts,
            tokens,
            ledger,
            store,
            hub,
            clock,
            connections,
            journal,
            event_ids: config.event_ids,
            guest_token: config.guest_token,
        });

        let stopping = CancellationToken::new();
        let mut tasks = Vec::new();
        if let Some(simulation) = config.simulation {
            let simulator = simulator::prepare(simulation, &backend).await?;
            tasks.push(tokio::spawn(unless(stopping.clone(), simulator.run(Arc::clone(&backend)))));
            tasks.push(tokio::spawn(unless(stopping.clone(), simulator::measure(Arc::clone(&backend)))));
        }
        let serving = axum::serve(Patient(listener), router(config.profile, &backend))
            .with_graceful_shutdown(stopping.clone().cancelled_owned());
        tasks.push(tokio::spawn(async move {
            if let Err(error) = serving.await {
                tracing::error!(%error, "the gateway no longer answers");
            }
        }));
        tracing::info!(%address, "the gateway answers");
        Ok(Self { address, backend, stopping, tasks, closing, writer })
    }

    /// Where it answers: `http://127.0.0.1:8787`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Adds a transaction, as `POST /transactions/add` does.
    pub async fn submit(&self, new: NewTransaction) -> Result<Arc<Transaction>, LedgerError> {
        self.backend.ledger.add(new).await
    }

    /// The number of the newest change.
    pub async fn highest_sequence(&self) -> Result<Sequence, StoreError> {
        Ok(self.backend.store.standing().await?.sequence)
    }

    /// How many connections are open to the stream.
    pub fn connections(&self) -> usize {
        self.backend.hub.count()
    }

    /// Makes every token worthless that was given out so far, and ends the connections that were opened with them.
    pub async fn revoke_tokens(&self) -> Result<(), StoreError> {
        self.backend.tokens.replace_key(&self.backend.store.replace_signing_key().await?);
        self.backend.hub.end_all(Ending::Revoked);
        Ok(())
    }

    /// Ends all connections without a word, as a broken network does.
    pub fn disconnect_all(&self) {
        self.backend.hub.end_all(Ending::Cut);
    }

    /// Ends requests and connections, stores what is still to be stored, and closes the state.
    pub async fn stop(mut self) {
        self.stopping.cancel();
        self.backend.hub.end_all(Ending::GoingAway);
        self.backend.connections.close();
        let tasks = std::mem::take(&mut self.tasks);
        let ending = async {
            self.backend.connections.wait().await;
            for task in tasks {
                // One that panicked has ended as well.
                let _ = task.await;
            }
        };
        if tokio::time::timeout(GRACE, ending).await.is_err() {
            tracing::warn!("connections that did not end in time are cut");
        }
        self.closing.cancel();
        let _ = (&mut self.writer).await;
        self.backend.store.close().await;
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.stopping.cancel();
        self.backend.hub.end_all(Ending::GoingAway);
        self.tasks.iter().for_each(JoinHandle::abort);
        self.writer.abort();
    }
}

/// The endpoints of what is spoken.
fn router(profile: Profile, backend: &Arc<Backend>) -> Router {
    let endpoints = |contract, prefix: &str| match contract {
        Contract::BigDefend => big_defend::router(Arc::clone(backend)),
        Contract::Aml => aml::router(Arc::clone(backend)),
        Contract::Credit => credit::router(Arc::clone(backend)),
        Contract::Trading => trading::router(Arc::clone(backend), prefix),
        Contract::Flowfi => flowfi::router(Arc::clone(backend)),
        Contract::Generic => generic::router(Arc::clone(backend)),
    };
    let of = |contract, prefix: &str| {
        let page = (backend.journal.clone(), contract);
        endpoints(contract, prefix).layer(from_fn_with_state(page, journal::answered))
    };
    match profile {
        Profile::One(contract) => of(contract, ""),
        Profile::All => Contract::ALL.into_iter().fold(Router::new(), |router, contract| {
            let prefix = format!("/{}", contract.name());
            let contract = of(contract, &prefix);
            router.nest(&prefix, contract)
        }),
    }
}

/// Runs a task until it ends or the gateway stops.
async fn unless(stopping: CancellationToken, task: impl Future<Output = ()>) {
    stopping.run_until_cancelled(task).await;
}
