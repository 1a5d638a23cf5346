//! The session's message bus.

use std::time::Duration;

use zbus::Connection;

use crate::Missing;

/// How long the bus and a service on it may take to answer: a service may have to be started first.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);

/// Asks something of the session's bus. `cure` is for a service that does not answer.
pub async fn ask<T>(
    question: impl AsyncFnOnce(Connection) -> zbus::Result<T>,
    cure: &'static str,
) -> Result<T, Missing> {
    let asked = async {
        let bus = Connection::session().await.map_err(|error| Missing {
            why: format!("the session's message bus cannot be reached ({error})"),
            cure: "log in to a desktop session, or start this with `dbus-run-session`",
        })?;
        question(bus).await.map_err(|error| Missing { why: words(&error), cure })
    };
    tokio::time::timeout(ANSWER_LIMIT, asked).await.unwrap_or_else(|_| {
        Err(Missing { why: format!("there was no answer within {} s", ANSWER_LIMIT.as_secs()), cure })
    })
}

fn words(error: &zbus::Error) -> String {
    match error {
        zbus::Error::MethodError(name, _, _) if name.ends_with(".ServiceUnknown") => {
            "the desktop has no such service".to_owned()
        }
        error => error.to_string(),
    }
}
