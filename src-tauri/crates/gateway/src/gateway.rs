//! The gateway as a whole: opened, started, stopped.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    net::{TcpListener, TcpSocket},
    task::JoinHandle,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    access::{AccountError, Accounts, Tokens, User},
    backend::Backend,
    big_defend,
    clock::Clock,
    hub::{Ending, Hub},
    ledger::{Ledger, LedgerError},
    model::{NewTransaction, Sequence, Transaction},
    simulator::{self, Simulation},
    store::{State, Store, StoreError},
};

/// Connections that wait to be accepted, as most servers have it.
const BACKLOG: u32 = 1_024;

/// What the system buffers for a connection, in bytes: a slow reader shows in the queue, and is not hidden here.
const SEND_BUFFER: u32 = 128 * 1024;

/// How long requests and connections may take to end.
const GRACE: Duration = Duration::from_secs(5);

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
        let accounts = Accounts::open(config.users, clock.clone()).await?;
        let store = Store::open(&config.state, clock.now()).await?;
        let tokens = Tokens::new(&store.signing_key().await?, config.token_lifetime, clock.clone());
        let hub = Hub::default();
        let closing = CancellationToken::new();
        let (ledger, writer) =
            Ledger::open(store.clone(), hub.clone(), clock.clone(), closing.clone()).await?;
        let connections = TaskTracker::new();
        let backend = Arc::new(Backend { accounts, tokens, ledger, store, hub, clock, connections });

        let stopping = CancellationToken::new();
        let mut tasks = Vec::new();
        if let Some(simulation) = config.simulation {
            let simulator = simulator::prepare(simulation, &backend).await?;
            tasks.push(tokio::spawn(unless(stopping.clone(), simulator.run(Arc::clone(&backend)))));
            tasks.push(tokio::spawn(unless(stopping.clone(), simulator::measure(Arc::clone(&backend)))));
        }
        let serving = axum::serve(listener, big_defend::router(Arc::clone(&backend)))
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

/// Runs a task until it ends or the gateway stops.
async fn unless(stopping: CancellationToken, task: impl Future<Output = ()>) {
    stopping.run_until_cancelled(task).await;
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A gateway that is started again must not wait for the connections of the one before. On Windows the same
    // option would let two of them share a port.
    socket.set_reuseaddr(cfg!(not(windows)))?;
    // Accepted connections inherit it.
    socket.set_send_buffer_size(SEND_BUFFER)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}
