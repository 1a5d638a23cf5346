//! Other programs: naming, starting and asking them.

use std::env;
use std::io::stderr;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::error::{Error, Result};
use crate::paths;

/// The cargo that started this program.
pub fn cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(paths::root());
    cargo
}

/// npm, in the window's folder.
pub fn npm() -> Command {
    // On Windows npm is a script, which is only found by its full name.
    let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    npm.current_dir(paths::ui());
    npm
}

/// Says what is run, and runs it; what it prints goes to the standard error.
pub fn run(command: &mut Command) -> Result<()> {
    run_aloud(command.stdout(stderr()))
}

/// Says what is run, and runs it.
pub fn run_aloud(command: &mut Command) -> Result<()> {
    eprintln!("› {}", line(command));
    let status = command.status().map_err(not_started(command))?;
    if status.success() { Ok(()) } else { Err(Error::Failed { command: line(command), status }) }
}

/// What a program answers on its standard output, whether it is content or not.
pub fn answer(command: &mut Command) -> Result<Vec<u8>> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().map_err(not_started(command))?;
    Ok(output.stdout)
}

/// Whether a program is there, and content.
pub fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// Where a program is, if it is on the path.
pub fn find(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// A command as a person would type it.
pub fn line(command: &Command) -> String {
    let program = name(command);
    let args = command.get_args().map(|arg| arg.to_string_lossy().into_owned());
    std::iter::once(program).chain(args).collect::<Vec<_>>().join(" ")
}

/// For `map_err`: says which program it was.
pub fn not_started(command: &Command) -> impl FnOnce(std::io::Error) -> Error + use<> {
    let (command, program) = (line(command), name(command));
    move |source| Error::NotStarted { command, program, source }
}

/// A program's name without its folders.
fn name(command: &Command) -> String {
    let program = PathBuf::from(command.get_program());
    program.file_stem().unwrap_or(program.as_os_str()).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_named_as_a_person_would_type_it() {
        let mut command = Command::new("/usr/bin/cargo");
        assert_eq!(line(command.args(["fmt", "--all"])), "cargo fmt --all");
    }

    #[test]
    fn a_program_that_is_not_there_is_named_with_its_cure() {
        let error = run(&mut Command::new("no-such-program")).map_err(|error| error.to_string());
        assert!(error.is_err_and(|text| text.contains("Install no-such-program")));
    }
}
