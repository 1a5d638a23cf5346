//! What the rows of the real window share: desktops of their own, the application on them, and the empty window that it
//! is measured by.

use std::path::PathBuf;
use std::time::Duration;

use tokio::process::Child;
use vigie_tests::desktop_session::Session;
use vigie_tests::gateway::program;

use crate::process;

/// The title of the application's window.
pub const TITLE: &str = "Vigie";
/// The empty window's.
pub const EMPTY_TITLE: &str = "Empty";
/// How long a page may take to be there.
const IN_VAIN: Duration = Duration::from_secs(30);
/// How often it is looked for.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// The empty window of the same build.
pub fn empty_window() -> PathBuf {
    let file = program("vigie").with_file_name("examples").join("empty_window");
    assert!(file.exists(), "{} is not built: run `cargo xtask bench`", file.display());
    file
}

/// A program with a window, without a hand that uses it.
pub struct Shown {
    program: Child,
    /// The process of its page.
    pub page: u32,
}

impl Shown {
    /// Starts the application on this desktop.
    pub async fn application(session: &Session) -> Self {
        Self::of(session, session.run(&program("vigie"), &session.arguments()), TITLE).await
    }

    /// Starts the empty window on this desktop.
    pub async fn empty(session: &Session) -> Self {
        Self::of(session, session.run(&empty_window(), &[]), EMPTY_TITLE).await
    }

    async fn of(session: &Session, program: Child, title: &str) -> Self {
        session.display.until_shown(title, true).await;
        let process = program.id().unwrap();
        let page = async {
            loop {
                if let Some(page) = process::page_of(process) {
                    return page;
                }
                // Processes tell nobody that they have started.
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        };
        let page = tokio::time::timeout(IN_VAIN, page).await.expect("there is no page");
        Self { program, page }
    }

    /// The process of the program itself.
    pub fn process(&self) -> u32 {
        self.program.id().unwrap()
    }

    /// Ends it, and waits until it and its page are gone.
    pub async fn end(mut self) {
        self.program.kill().await.unwrap();
        while process::memory(self.page).resident > 0 {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }
}
