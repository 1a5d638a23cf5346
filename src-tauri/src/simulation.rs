//! The simulated bank: the gateway, in this very process, on a free port of this computer.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use rand::distr::{Alphanumeric, SampleString as _};
use secrecy::SecretString;
use tokio::sync::Mutex;
use url::Url;
use vigie_core::desk::desktop::{Simulated, Simulation};
use vigie_gateway::{Config, Gateway, State, User};

/// Transactions a second: an alert every ten seconds or so.
const RATE: f64 = 20.0;
/// The same where nobody wants to wait for one: an alert every second or so.
const BUSY_RATE: f64 = 200.0;
/// The same bank at each start.
const SEED: u64 = 7;
/// Transactions of the day before, so that there is something to look at.
const HISTORY: u32 = 10_000;
/// A working day: nobody wants to see a simulation expire.
const TOKEN_LIFETIME: Duration = Duration::from_secs(12 * 3_600);
/// The simulated analyst.
const USER: &str = "analyst";
/// Length of the password made for each run.
const PASSWORD_LENGTH: usize = 32;

/// Starts the gateway when it is asked for, once.
pub struct EmbeddedGateway {
    state: PathBuf,
    traffic: vigie_gateway::Simulation,
    running: Mutex<Option<(Gateway, SecretString)>>,
}

impl EmbeddedGateway {
    /// A gateway that keeps its state in this file.
    pub fn new(state: PathBuf) -> Self {
        let traffic = vigie_gateway::Simulation { rate: RATE, seed: SEED, history: HISTORY };
        Self { state, traffic, running: Mutex::new(None) }
    }

    /// A busy gateway without a past: whatever comes of it is news.
    pub fn busy(state: PathBuf) -> Self {
        let traffic = vigie_gateway::Simulation { rate: BUSY_RATE, seed: SEED, history: 0 };
        Self { state, traffic, running: Mutex::new(None) }
    }
}

#[async_trait]
impl Simulation for EmbeddedGateway {
    async fn start(&self) -> Result<Simulated, String> {
        let mut running = self.running.lock().await;
        let (gateway, password) = match running.take() {
            Some(running) => running,
            None => {
                let password =
                    SecretString::from(Alphanumeric.sample_string(&mut rand::rng(), PASSWORD_LENGTH));
                let config = Config {
                    listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
                    state: State::File(self.state.clone()),
                    users: vec![User { name: USER.to_owned(), password: password.clone(), bank: None }],
                    simulation: Some(self.traffic),
                    token_lifetime: TOKEN_LIFETIME,
                    ..Config::default()
                };
                (Gateway::start(config).await.map_err(|error| error.to_string())?, password)
            }
        };
        let url = Url::parse(&gateway.url()).map_err(|error| error.to_string())?;
        let simulated = Simulated {
            url,
            profile: "big-defend".to_owned(),
            user: USER.to_owned(),
            password: password.clone(),
        };
        *running = Some((gateway, password));
        Ok(simulated)
    }
}
