//! The gateway on its own.

mod arguments;

use std::{
    error::Error,
    io::{self, IsTerminal as _, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Parser as _;
use rand::RngExt as _;
use secrecy::{ExposeSecret as _, SecretString};
use tracing_subscriber::EnvFilter;
use vigie_gateway::{Config, Gateway, Simulation, State, User};

use crate::arguments::Arguments;

/// Where the password of all users comes from: an argument would be seen by everybody on the machine.
const PASSWORD: &str = "VIGIE_GATEWAY_PASSWORD";

/// Where the token for contracts without a sign-in comes from.
const TOKEN: &str = "VIGIE_GATEWAY_TOKEN";

/// The users of a gateway that is told of none.
const USERS: [&str; 2] = ["analyst", "lead"];

/// The length of a password that is made up: 20 of 32 characters are 100 bits.
const PASSWORD_LENGTH: usize = 20;

/// The characters of a password that is made up: none looks like another.
const PASSWORD_CHARACTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,vigie_gateway=info"));
    let colours = io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(colours).init();

    let given = secret(PASSWORD);
    let is_made_up = given.is_none();
    let state = if arguments.memory { State::Memory } else { State::File(state_file(arguments.state)?) };
    let password = match (given, &state) {
        (Some(given), _) => given,
        (None, State::File(state)) => kept_password(state)?,
        (None, State::Memory) => make_up_password(),
    };
    let names = match arguments.users.as_slice() {
        [] => USERS.map(str::to_owned).to_vec(),
        names => names.to_vec(),
    };
    let users: Vec<User> = names.iter().map(|name| user(name, password.clone())).collect();
    let first = users.first().map(|user| user.name.clone()).unwrap_or_default();

    let config = Config {
        listen: arguments.listen,
        state,
        users,
        simulation: arguments.simulate.map(|rate| Simulation {
            rate,
            seed: arguments.seed,
            history: arguments.history,
        }),
        token_lifetime: Duration::from_secs(arguments.token_lifetime),
        profile: arguments.profile,
        event_ids: arguments.event_ids,
        capacity: arguments.capacity.into(),
        journal: arguments.journal,
        guest_token: secret(TOKEN),
    };
    let interrupted = interrupted()?;
    let gateway = Gateway::start(config).await?;
    let mut out = io::stdout();
    writeln!(out, "vigie-gateway listening on {}", gateway.url())?;
    if is_made_up {
        writeln!(out, "sign in as {first} with password {}", password.expose_secret())?;
    }
    out.flush()?;
    interrupted.await;
    gateway.stop().await;
    Ok(())
}

/// A secret from the environment, if there is one.
fn secret(variable: &str) -> Option<SecretString> {
    std::env::var(variable).ok().filter(|secret| !secret.is_empty()).map(SecretString::from)
}

fn user(argument: &str, password: SecretString) -> User {
    let (name, bank) = match argument.split_once(':') {
        Some((name, bank)) => (name, Some(bank.to_owned())),
        None => (argument, None),
    };
    User { name: name.to_owned(), password, bank }
}

/// Where the state is: in this file, or in one among this user's data.
fn state_file(given: Option<PathBuf>) -> io::Result<PathBuf> {
    if let Some(file) = given {
        return Ok(file);
    }
    let nowhere =
        || io::Error::other("this user has no place for data: give one with --state, or use --memory");
    let folder = dirs::data_local_dir().ok_or_else(nowhere)?.join("vigie-gateway");
    make_private(&folder)?;
    Ok(folder.join("big-defend.sqlite"))
}

/// Makes a folder that only this user can look into: the password and the key that signs tokens are in it.
#[cfg(unix)]
fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    const OWNER_ONLY: u32 = 0o700;
    std::fs::DirBuilder::new().recursive(true).mode(OWNER_ONLY).create(folder)
}

/// A folder below the user's own application data is private by inheritance.
#[cfg(windows)]
fn make_private(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)
}

/// The password beside the state; made up and kept there when there is none. Who can read it can read the state.
fn kept_password(state: &Path) -> io::Result<SecretString> {
    let file = state.with_extension("password");
    match std::fs::read_to_string(&file) {
        Ok(password) => Ok(password.trim().to_owned().into()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let password = make_up_password();
            std::fs::write(&file, password.expose_secret())?;
            Ok(password)
        }
        Err(error) => Err(error),
    }
}

fn make_up_password() -> SecretString {
    let mut random = rand::rng();
    let mut character = || char::from(PASSWORD_CHARACTERS[random.random_range(0..PASSWORD_CHARACTERS.len())]);
    (0..PASSWORD_LENGTH).map(|_| character()).collect::<String>().into()
}

/// Resolves when somebody wants the gateway to end. From the call on, no signal is missed.
#[cfg(unix)]
fn interrupted() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Resolves when somebody wants the gateway to end. From the call on, no signal is missed.
#[cfg(windows)]
fn interrupted() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::windows::{ctrl_break, ctrl_c};
    let (mut interrupt, mut terminate) = (ctrl_c()?, ctrl_break()?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
