//! Whether the program runs already, and on which data. A second start hands what it is about to the first, and ends.
//! Options that count only at a start would be lost then without a word.

use std::fs::{File, TryLockError};
use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;

use vigie_system::places::{data, make_private};

use crate::arguments::Arguments;
use crate::places::data_folder;
use crate::{app, notifications};

/// The file in a folder for data that is locked while a program runs. The lock goes with the program, however that
/// ends.
const MARK: &str = "running";

/// Says, for as long as it is there, that the program runs.
pub struct Running {
    _marks: Vec<File>,
}

impl Running {
    /// The program runs, on the data in this folder.
    pub fn on(folder: &Path) -> Self {
        let usual = data();
        let folders = usual.as_deref().into_iter().chain([folder]);
        let marks = folders.filter_map(|folder| {
            hold(folder).unwrap_or_else(|error| {
                tracing::warn!(%error, "a start beside this one does not say that its options do not count");
                None
            })
        });
        Self { _marks: marks.collect() }
    }
}

/// Locks the mark in a folder, if nobody has.
fn hold(folder: &Path) -> io::Result<Option<File>> {
    make_private(folder)?;
    let mark = File::options().create(true).truncate(false).write(true).open(folder.join(MARK))?;
    match mark.try_lock() {
        Ok(()) => Ok(Some(mark)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Whether a program has locked the mark in a folder.
fn is_held(folder: &Path) -> bool {
    let mark = File::options().write(true).open(folder.join(MARK));
    mark.is_ok_and(|mark| matches!(mark.try_lock(), Err(TryLockError::WouldBlock)))
}

/// Tells who starts the program beside one that runs which of these options do not count; whether there are any.
pub fn tell_unheeded(arguments: &Arguments) -> bool {
    let Some(options) = data().and_then(|usual| unheeded(arguments, &usual)) else { return false };
    let words = app::language().text("native.start.running", &[("options", &options)]);
    let mut screen = io::stderr();
    let is_said = writeln!(screen, "{words}").is_ok();
    if !is_said || !screen.is_terminal() {
        notifications::could_not_start(&words);
    }
    true
}

/// The options that a program which runs already cannot heed; `usual` is the system's folder for the data.
fn unheeded(arguments: &Arguments, usual: &Path) -> Option<String> {
    // A link or a file is opened whatever stands before it: that comes from a shortcut.
    if arguments.handed.is_some() || !is_held(usual) {
        return None;
    }
    let is_elsewhere = !is_held(&data_folder(arguments, usual.to_owned()));
    let options = [
        ("--demo", arguments.demo && is_elsewhere),
        ("--data", arguments.data.is_some() && is_elsewhere),
        ("--print-alerts", arguments.print_alerts),
        ("--seconds", arguments.seconds.is_some()),
    ];
    let options: Vec<&str> =
        options.into_iter().filter(|(_, is_lost)| *is_lost).map(|(name, _)| name).collect();
    (!options.is_empty()).then(|| options.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beside_a_program_that_runs_what_counts_only_at_a_start_is_named_unless_it_runs_so() {
        let folder = tempfile::tempdir().unwrap();
        let (usual, other) = (folder.path().join("usual"), folder.path().join("other"));
        let lost = |arguments: &[&str]| {
            let arguments =
                Arguments::read(std::iter::once("vigie").chain(arguments.iter().copied())).unwrap();
            unheeded(&arguments, &usual)
        };
        let other_data = ["--data", other.to_str().unwrap()];
        assert_eq!(lost(&["--demo"]), None, "none runs");
        let running = hold(&usual).unwrap();
        assert_eq!(lost(&[]), None);
        assert_eq!(lost(&["--hidden"]), None);
        assert_eq!(lost(&["--demo"]).as_deref(), Some("--demo"));
        assert_eq!(lost(&other_data).as_deref(), Some("--data"));
        assert_eq!(lost(&["--print-alerts", "--seconds", "1"]).as_deref(), Some("--print-alerts, --seconds"));
        assert_eq!(lost(&[other_data[0], other_data[1], "vigie://alert/a-1"]), None);
        let also = hold(&other).unwrap();
        assert_eq!(lost(&other_data), None, "it runs on that data");
        drop(running);
        assert_eq!(lost(&["--demo"]), None, "it has ended");
        drop(also);
    }
}
