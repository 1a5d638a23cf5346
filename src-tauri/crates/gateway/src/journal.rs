//! What was handed to connections, line by line, so that a test can hold it against what desktops made of it.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write as _},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    body::to_bytes,
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::contract::Contract;

/// The largest answer that is written down, in bytes: many times the longest list.
const LARGEST_ANSWER: usize = 16 << 20;

/// The journal, if one is kept; clones write to the same file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Journal(Option<Arc<Mutex<File>>>);

impl Journal {
    /// Opens a file to append to, or keeps none.
    pub fn open(file: Option<&Path>) -> io::Result<Self> {
        let open = |path| OpenOptions::new().create(true).append(true).open(path);
        Ok(Self(file.map(open).transpose()?.map(|file| Arc::new(Mutex::new(file)))))
    }
}

/// A connection's page in the journal.
#[derive(Debug)]
pub(crate) struct Channel {
    /// Where it is written.
    pub journal: Journal,
    /// What is spoken.
    pub contract: Contract,
    /// Who listens, if they had to say so.
    pub user: Option<String>,
    /// The connection's number; none is given twice while the gateway runs.
    pub connection: u64,
    /// The path that was asked for, below the contract's own.
    pub path: String,
}

#[derive(Serialize)]
struct Line<'a> {
    contract: Contract,
    user: Option<&'a str>,
    connection: u64,
    channel: &'a str,
    event: Option<&'a str>,
    id: Option<&'a str>,
    frame: &'a RawValue,
}

/// Writes down an answer that is JSON, as a whole, before it is sent. It is of no connection: that is number 0.
pub(crate) async fn answered(
    State((journal, contract)): State<(Journal, Contract)>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path().to_owned();
    let answer = next.run(request).await;
    let is_json = answer.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    if journal.0.is_none() || !is_json {
        return answer;
    }
    let (head, body) = answer.into_parts();
    let channel = Channel { journal, contract, user: None, connection: 0, path };
    let recorded = async {
        let body = to_bytes(body, LARGEST_ANSWER).await.map_err(io::Error::other)?;
        let text = std::str::from_utf8(&body).map_err(io::Error::other)?;
        channel.record(None, None, text)?;
        Ok::<_, io::Error>(body)
    };
    match recorded.await {
        Ok(body) => Response::from_parts(head, body.into()),
        Err(error) => {
            tracing::error!(%error, "an answer cannot be written down, and is not given");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

impl Channel {
    /// Writes down a message (JSON) that is about to be sent. Once this returns, it outlives the process.
    pub fn record(&self, event: Option<&str>, id: Option<&str>, frame: &str) -> io::Result<()> {
        let Some(file) = &self.journal.0 else { return Ok(()) };
        let line = Line {
            contract: self.contract,
            user: self.user.as_deref(),
            connection: self.connection,
            channel: &self.path,
            event,
            id,
            frame: serde_json::from_str(frame)?,
        };
        let mut line = serde_json::to_vec(&line)?;
        line.push(b'\n');
        // One write for a line: nobody reads half of it. It blocks no longer than it takes to copy it.
        file.lock().unwrap_or_else(PoisonError::into_inner).write_all(&line)
    }
}
