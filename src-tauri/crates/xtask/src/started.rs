//! A process that ends with its owner.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};

use crate::error::{Error, Result};
use crate::shell;

/// A started process. It is ended when it is dropped, so that no way out of a chore leaves one behind.
pub struct Started {
    child: Child,
    line: String,
}

impl Started {
    /// Starts a program.
    pub fn new(command: &mut Command) -> Result<Self> {
        let child = command.spawn().map_err(shell::not_started(command))?;
        Ok(Self { child, line: shell::line(command) })
    }

    /// Starts a program and waits for the line with which it says that it is ready.
    pub fn announced(command: &mut Command, what: &'static str) -> Result<(Self, String)> {
        let mut started = Self::new(command.stdin(Stdio::null()).stdout(Stdio::piped()))?;
        let mut said = String::new();
        if let Some(stdout) = started.child.stdout.take() {
            // An error reads as nothing said.
            BufReader::new(stdout).read_line(&mut said).ok();
        }
        match said.trim() {
            "" => Err(Error::Silent {
                program: command.get_program().to_string_lossy().into_owned(),
                what,
                command: started.line.clone(),
            }),
            said => Ok((started, said.to_owned())),
        }
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.child.try_wait().map_err(|source| Error::NotStarted {
            command: self.line.clone(),
            program: self.line.clone(),
            source,
        })
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // Both only fail for a process that has already ended.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_ready_when_it_says_so() {
        let (_sh, said) =
            Started::announced(Command::new("sh").args(["-c", "echo 42; exec sleep 60"]), "number").unwrap();
        assert_eq!(said, "42");
    }

    #[test]
    fn a_program_that_ends_without_a_word_is_an_error() {
        assert!(matches!(Started::announced(&mut Command::new("true"), "number"), Err(Error::Silent { .. })));
    }

    #[test]
    fn a_program_ends_with_its_owner() {
        let (sh, pid) =
            Started::announced(Command::new("sh").args(["-c", "echo $$; exec sleep 60"]), "id").unwrap();
        let lives = || shell::succeeds(Command::new("sh").args(["-c", &format!("kill -0 {pid}")]));
        assert!(lives());
        drop(sh);
        assert!(!lives());
    }
}
