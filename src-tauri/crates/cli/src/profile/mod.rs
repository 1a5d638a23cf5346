//! `vigie-cli profile`: which profiles there are, whether one is right, and what it makes of a message.

mod sample;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use vigie_core::model::TransportKind;
use vigie_core::profile::ParameterFile;
use vigie_core::profile::{Carrier, Library, Profile, ProfileError, SignIn};
use vigie_system::places;

use self::sample::{Sample, SampleError};
use crate::output::{complain, say};
use crate::profiles::{self, ProfilesError};

/// List, check and show profiles: the files that say how each kind of backend speaks.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the built-in profiles and your own, with how each signs in and what one can `--set`.
    ///
    /// Your own are the .toml files in the folder that is named at the end.
    List,
    Check(CheckArguments),
    /// Print the file of a built-in profile, to copy and change.
    Show {
        /// Its name.
        name: String,
    },
}

/// Check a profile file, and show what it makes of messages.
///
/// Says that the file is right, or what is wrong with it: the line, the field and the cure (exit code 1). With samples
/// it shows what each becomes: the event with all its facts, what could not be read, and how far the position moves. A
/// sample that is rejected: exit code 1.
#[derive(Debug, clap::Args)]
pub struct CheckArguments {
    /// The profile file.
    file: PathBuf,
    /// Files with one message each, as the server sends them; with `--list`, whole answers.
    #[arg(long = "sample", value_name = "FRAME.json", num_args = 1..)]
    samples: Vec<PathBuf>,
    /// The type of the Server-Sent Event that the message came as.
    #[arg(long, value_name = "NAME", requires = "samples")]
    event: Option<String>,
    /// The samples are answers of this list.
    #[arg(long, value_name = "NAME", requires = "samples", conflicts_with_all = ["event", "stream"])]
    list: Option<String>,
    /// The stream that the message came on, of the first transport; the first is 1.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    stream: u16,
}

/// Why a command could not be followed.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// A built-in profile is wrong.
    #[error("a built-in profile is wrong: {0}")]
    BuiltIn(#[from] ProfileError),
    /// The file is wrong.
    #[error(transparent)]
    Wrong(#[from] ProfilesError),
    /// There is no built-in profile of this name.
    #[error("there is no built-in profile `{name}`; there are {known}")]
    Unknown {
        /// The name.
        name: String,
        /// Those that there are.
        known: String,
    },
    /// A sample cannot be tried.
    #[error(transparent)]
    Sample(#[from] SampleError),
    /// Nothing can be printed.
    #[error("this cannot be written to: {0}")]
    Output(#[from] io::Error),
}

/// Does what was asked.
pub fn run(command: Command) -> Result<ExitCode, CommandError> {
    match command {
        Command::List => list(),
        Command::Check(arguments) => check(&arguments),
        Command::Show { name } => show(name),
    }
}

fn list() -> Result<ExitCode, CommandError> {
    let Library { profiles, problems, .. } = profiles::library()?;
    for profile in &profiles {
        let whose = if profile.own { "your own" } else { "built in" };
        say(&format!("{:<14} {} ({whose})", profile.name, profile.title))?;
        let transports: Vec<&str> = profile.transports.iter().map(|transport| way(transport.kind)).collect();
        say(&format!("{:<14} {}; {}", "", sign_in(&profile.sign_in), transports.join(", else ")))?;
        for ParameterFile { name, title, example, many, required, .. } in &profile.parameters {
            let notes = [
                (!example.is_empty()).then(|| format!("such as {example}")),
                many.then(|| "may be repeated".to_owned()),
                required.then(|| "needed".to_owned()),
            ];
            let notes: Vec<String> = notes.into_iter().flatten().collect();
            say(&format!("{:<14} --set {name}=…  {title}: {}", "", notes.join("; ")))?;
        }
    }
    for problem in &problems {
        complain(&format!("left out: {}: {}", problem.file, problem.message));
    }
    if let Some(folder) = places::profiles() {
        say(&format!("Your own go into {}", folder.display()))?;
    }
    Ok(if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn check(arguments: &CheckArguments) -> Result<ExitCode, CommandError> {
    let CheckArguments { file, samples, event, list, stream } = arguments;
    let profile = Profile::read(file).map_err(|error| ProfilesError::wrong(file, &error))?;
    say(&format!("{} is right: {}, {}", file.display(), profile.name, profile.title))?;
    let mut is_read = true;
    for path in samples {
        let sample = Sample::read(path)?;
        say("")?;
        say(&path.display().to_string())?;
        let became = match list {
            Some(list) => sample.as_list(&profile, list)?,
            None => sample.as_frame(&profile, *stream, event.as_deref())?,
        };
        is_read &= became.rejected.is_empty();
        sample::show(&became)?;
    }
    Ok(if is_read { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn show(name: String) -> Result<ExitCode, CommandError> {
    let Some(text) = Library::built_in_text(&name) else {
        let known = Library::built_in()?.profiles;
        let known: Vec<&str> = known.iter().map(|profile| profile.name.as_str()).collect();
        return Err(CommandError::Unknown { name, known: known.join(", ") });
    };
    text.lines().try_for_each(say)?;
    Ok(ExitCode::SUCCESS)
}

const fn way(kind: TransportKind) -> &'static str {
    match kind {
        TransportKind::WebSocket => "WebSocket",
        TransportKind::Sse => "Server-Sent Events",
        TransportKind::Polling => "polling",
    }
}

fn sign_in(sign_in: &SignIn) -> String {
    let optional = |is_optional: bool| if is_optional { ", if the server asks for one" } else { "" };
    match sign_in {
        SignIn::None => "no sign-in".to_owned(),
        SignIn::User => "--user, without a password".to_owned(),
        SignIn::Password(_) => "--user and a password".to_owned(),
        SignIn::Token { carrier: Carrier::Header(_), optional: is_optional } => {
            format!("a key{}", optional(*is_optional))
        }
        SignIn::Token { optional: is_optional, .. } => format!("a token{}", optional(*is_optional)),
    }
}
