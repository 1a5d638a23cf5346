//! `vigie-cli doctor`: checks everything that Vigie needs, and says what is wrong and the cure.

mod computer;
mod database;
mod figures;
mod finding;
mod source;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use futures_util::StreamExt as _;
use futures_util::future::{BoxFuture, FutureExt as _, ready};
use futures_util::stream::FuturesOrdered;
use vigie_core::clock::{Clock as _, SystemClock};
use vigie_core::profile::Library;
use vigie_system::places;

use self::database::Looked;
use self::finding::Finding;
use self::source::Checker;
use crate::output::{plain, say, say_json};
use crate::profiles;

/// Check this computer and each source: vault, notifications, tray, display, database, profiles, servers; and tell what
/// Vigie did when it last ran with this database, and in the run before.
///
/// Each check is one line: `ok`, `warn` or `fail`, what was checked, and what is wrong with the cure. Exit code 0 if
/// nothing failed, else 1. Nothing is changed: the database is only read, a probe in the vault is removed again, and a
/// source is signed in to only with what the vault keeps for it.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The database to check, with the sources in it [default: the application's own].
    #[arg(long, value_name = "FILE")]
    store: Option<PathBuf>,
    /// Print one JSON object a line: `state`, `what`, `words`, and `figures` of each run.
    #[arg(long)]
    json: bool,
}

/// Checks everything; the exit code says whether something failed.
pub async fn run(arguments: Arguments) -> io::Result<ExitCode> {
    let library = profiles::library();
    let profiles = profile_files(&library);
    let library = library.unwrap_or_default();
    let Looked { finding, sources, path } = database::look(arguments.store).await;
    let checker = if sources.is_empty() { None } else { Some(Checker::new(&library).await) };
    let mut checks: FuturesOrdered<BoxFuture<'_, Vec<Finding>>> = FuturesOrdered::new();
    checks.push_back(computer::vault().map(one).boxed());
    checks.push_back(computer::notifications().map(one).boxed());
    checks.push_back(computer::tray().map(one).boxed());
    checks.push_back(ready(vec![computer::display(), finding]).boxed());
    checks.push_back(ready(path.iter().flat_map(|path| database::kept(path)).collect()).boxed());
    checks.push_back(ready(path.iter().map(|path| computer::disk(path)).collect()).boxed());
    let kept = path.iter().flat_map(|path| figures::kept(path, &sources, SystemClock::default().now()));
    checks.push_back(ready(kept.collect()).boxed());
    checks.push_back(ready(profiles).boxed());
    match &checker {
        Some(Ok(checker)) => {
            for source in &sources {
                checks.push_back(checker.check(source).boxed());
            }
        }
        Some(Err(finding)) => checks.push_back(ready(vec![finding.clone()]).boxed()),
        None => {}
    }
    let mut has_failed = false;
    while let Some(findings) = checks.next().await {
        for finding in findings {
            has_failed |= finding.has_failed();
            if arguments.json {
                say_json(&finding)?;
            } else {
                say(&finding.line())?;
            }
        }
    }
    Ok(if has_failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn one(finding: Finding) -> Vec<Finding> {
    vec![finding]
}

/// The profile files: one line for all that are right, one for each that is wrong.
fn profile_files(library: &Result<Library, vigie_core::profile::ProfileError>) -> Vec<Finding> {
    let library = match library {
        Ok(library) => library,
        Err(error) => return vec![Finding::fail("profiles", format!("a built-in one is wrong: {error}"))],
    };
    let own = library.profiles.iter().filter(|profile| profile.own).count();
    let folder = places::profiles().map_or_else(|| "no folder".to_owned(), |path| path.display().to_string());
    let right = format!("{} are right, {own} of them your own, from {folder}", library.profiles.len());
    let wrong = library.problems.iter().map(|problem| {
        let file = plain(&problem.file);
        Finding::fail("profiles", format!("{file}: {}", problem.message))
    });
    std::iter::once(Finding::ok("profiles", right)).chain(wrong).collect()
}
