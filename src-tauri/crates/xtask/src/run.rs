//! `cargo xtask run`: builds Vigie, starts it and stays with it to its end.

mod camera;
mod headless;

use std::process::{Command, ExitCode, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;

use crate::error::{Error, Result};
use crate::setup::packages::Purpose;
use crate::started::Started;
use crate::{paths, setup, shell, window};
use headless::Headless;

/// How long vigie may take to end by itself once its time is over.
const GRACE: Duration = Duration::from_secs(15);

/// How long it may take after Ctrl-C, which the terminal has told it as well.
const LEAVE: Duration = Duration::from_secs(3);

/// Often enough to feel immediate, seldom enough to cost nothing.
const TICK: Duration = Duration::from_millis(100);

/// What a shell reports for a program that Ctrl-C ended.
const INTERRUPTED: u8 = 130;

#[derive(Args)]
pub struct Options {
    /// End after this many seconds
    #[arg(long)]
    seconds: Option<u64>,
    /// Build as for a release
    #[arg(long)]
    release: bool,
    /// Handed to vigie instead of --demo
    #[arg(last = true)]
    args: Vec<String>,
}

/// Runs vigie and hands on its exit code.
pub fn run(options: &Options) -> Result<ExitCode> {
    let headless = headless::is_needed();
    let mut purposes = vec![Purpose::Build];
    if headless {
        purposes.push(Purpose::Display);
    }
    setup::prepare(&purposes)?;
    window::build()?;
    let mut build = shell::cargo();
    build.args(["build", "--package", "vigie"]);
    if options.release {
        build.arg("--release");
    }
    shell::run(&mut build)?;

    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    ctrlc::set_handler(move || stopped.store(true, Ordering::Relaxed))?;

    let limit = options.seconds.map(Duration::from_secs);
    let mut headless = headless.then(|| Headless::start(limit)).transpose()?;
    let mut vigie = Command::new(program(options.release));
    vigie.args(arguments(options, headless.is_some()));
    if let Some(headless) = &headless {
        headless.offer_to(&mut vigie);
    }
    eprintln!("› {}", shell::line(&vigie));
    stay_with(Started::new(&mut vigie)?, headless.as_mut(), limit, &stop)
}

fn program(release: bool) -> std::path::PathBuf {
    let profile = if release { "release" } else { "debug" };
    paths::target().join(profile).join("vigie").with_extension(std::env::consts::EXE_EXTENSION)
}

/// Where nobody sees the window, its alerts are printed.
fn arguments(options: &Options, headless: bool) -> Vec<String> {
    let mut args = options.args.clone();
    if args.is_empty() {
        args.push("--demo".to_owned());
    }
    if headless && !args.iter().any(|arg| arg == "--print-alerts") {
        args.push("--print-alerts".to_owned());
    }
    if let Some(seconds) = options.seconds {
        args.extend(["--seconds".to_owned(), seconds.to_string()]);
    }
    args
}

/// Takes pictures until vigie ends, by itself, by Ctrl-C, or because it overran.
fn stay_with(
    mut vigie: Started,
    mut headless: Option<&mut Headless>,
    limit: Option<Duration>,
    stop: &AtomicBool,
) -> Result<ExitCode> {
    let begun = Instant::now();
    loop {
        if stop.load(Ordering::Relaxed) {
            leave(vigie)?;
            return Ok(ExitCode::from(INTERRUPTED));
        }
        if let Some(status) = vigie.ended()? {
            return exit_code(status);
        }
        if limit.is_some_and(|limit| begun.elapsed() > limit + GRACE) {
            return Err(Error::Overran(GRACE));
        }
        if let Some(headless) = &mut headless {
            headless.camera.tick(begun.elapsed())?;
        }
        thread::sleep(TICK);
    }
}

/// Gives vigie a moment to end by itself; dropping it ends it.
fn leave(mut vigie: Started) -> Result<()> {
    let begun = Instant::now();
    while vigie.ended()?.is_none() && begun.elapsed() < LEAVE {
        thread::sleep(TICK);
    }
    Ok(())
}

fn exit_code(status: ExitStatus) -> Result<ExitCode> {
    match status.code() {
        // Windows knows larger codes than fit.
        Some(code) => Ok(ExitCode::from(u8::try_from(code).unwrap_or(1))),
        None => Err(Error::Killed(status)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(seconds: Option<u64>, args: &[&str]) -> Options {
        Options { seconds, release: false, args: args.iter().map(|&arg| arg.to_owned()).collect() }
    }

    #[test]
    fn the_demo_is_what_runs_unless_told_otherwise() {
        assert_eq!(arguments(&options(None, &[]), false), ["--demo"]);
        assert_eq!(arguments(&options(None, &["--profile", "x"]), false), ["--profile", "x"]);
    }

    #[test]
    fn without_a_screen_alerts_are_printed_once() {
        assert_eq!(arguments(&options(None, &[]), true), ["--demo", "--print-alerts"]);
        assert_eq!(arguments(&options(None, &["--print-alerts"]), true), ["--print-alerts"]);
    }

    #[test]
    fn vigie_knows_its_time() {
        assert_eq!(arguments(&options(Some(9), &[]), false), ["--demo", "--seconds", "9"]);
    }

    #[cfg(unix)]
    mod with_a_stand_in {
        use super::*;

        fn vigie(script: &str) -> Started {
            Started::new(Command::new("sh").args(["-c", script])).unwrap()
        }

        fn stay(script: &str, limit: Option<Duration>, stop: bool) -> Result<ExitCode> {
            stay_with(vigie(script), None, limit, &AtomicBool::new(stop))
        }

        #[test]
        fn its_exit_code_is_handed_on() {
            assert_eq!(stay("exit 0", None, false).unwrap(), ExitCode::SUCCESS);
            assert_eq!(stay("exit 7", None, false).unwrap(), ExitCode::from(7));
        }

        #[test]
        fn a_signal_is_an_error() {
            assert!(matches!(stay("kill -KILL $$", None, false), Err(Error::Killed(_))));
        }

        #[test]
        fn ctrl_c_ends_it_even_if_it_does_not_listen() {
            let begun = Instant::now();
            let code = stay("trap '' INT TERM; exec sleep 60", None, true).unwrap();
            assert_eq!(code, ExitCode::from(INTERRUPTED));
            assert!(begun.elapsed() < Duration::from_secs(60), "its end is not waited for");
        }
    }
}
