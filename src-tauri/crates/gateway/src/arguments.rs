//! What the gateway is told when it is started.

use std::{net::SocketAddr, path::PathBuf};

use clap::Parser;
use vigie_gateway::{Contract, Profile, Simulation};

/// A fraud backend to try and test Vigie against.
///
/// All users have the password in the environment variable VIGIE_GATEWAY_PASSWORD, or else one that is made up once,
/// kept beside the state and printed at each start. Contracts without a sign-in ask for the bearer token in
/// VIGIE_GATEWAY_TOKEN, if that is set.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Arguments {
    /// Where to listen; port 0 takes any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8787")]
    pub listen: SocketAddr,

    /// The contract to speak
    #[arg(long, value_name = "NAME|all", value_parser = profile, default_value = "big-defend")]
    pub profile: Profile,

    /// Give Server-Sent Events ids, and replay them after the one that a client says it has
    #[arg(long)]
    pub event_ids: bool,

    /// The connections to streams that there may be
    #[arg(long, value_name = "COUNT", default_value_t = 1_000, value_parser = clap::value_parser!(u16).range(1..))]
    pub capacity: u16,

    /// Write down in this file, a line of JSON each, what is handed to connections
    #[arg(long, value_name = "FILE")]
    pub journal: Option<PathBuf>,

    /// Make up this many transactions a second
    #[arg(long, value_name = "RATE", value_parser = rate)]
    pub simulate: Option<f64>,

    /// What is made up follows from this number
    #[arg(long, default_value_t = 7)]
    pub seed: u64,

    /// Past transactions to make up, once, when the state is empty
    #[arg(long, value_name = "COUNT", default_value_t = 2_000)]
    pub history: u32,

    /// Keep the state in this file [default: a file among this user's data, so that it outlives a restart]
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,

    /// Keep the state in memory, until the end
    #[arg(long, conflicts_with = "state")]
    pub memory: bool,

    /// A user, and the bank whose alerts they see; may be repeated [default: analyst and lead, who see every bank]
    #[arg(long = "user", value_name = "NAME[:BANK]")]
    pub users: Vec<String>,

    /// How long a token lives, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 3_600, value_parser = clap::value_parser!(u64).range(1..))]
    pub token_lifetime: u64,
}

/// One contract by its name, or all of them.
fn profile(name: &str) -> Result<Profile, String> {
    let known = || Contract::ALL.iter().map(|contract| contract.name());
    let one = Contract::ALL.into_iter().find(|contract| contract.name() == name).map(Profile::One);
    let all = (name == "all").then_some(Profile::All);
    one.or(all).ok_or_else(|| format!("has to be one of: {}, all", known().collect::<Vec<_>>().join(", ")))
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(rate) if Simulation::RATES.contains(&rate) => Ok(rate),
        _ => Err(format!("has to be {} to {}", Simulation::RATES.start(), Simulation::RATES.end())),
    }
}
