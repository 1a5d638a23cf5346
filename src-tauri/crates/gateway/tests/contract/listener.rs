//! A listener to Server-Sent Events, and a reader of journals.

use std::{collections::HashMap, path::Path};

use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::Value;
use vigie_gateway::Gateway;

use crate::support::http;

/// An event as it arrived.
#[derive(Debug, Clone)]
pub struct Event {
    pub id: Option<String>,
    pub name: Option<String>,
    pub data: Value,
    /// The data as it was written.
    pub text: String,
    /// The headers of the stream.
    pub headers: HashMap<String, String>,
}

/// An open stream of events.
pub struct Listener {
    response: Response,
    waiting: String,
    headers: HashMap<String, String>,
}

impl Listener {
    pub async fn open(gateway: &Gateway, path: &str) -> Self {
        Self::ask(http().get(format!("{}{path}", gateway.url()))).await
    }

    /// Comes back to a stream, with the id of the last event.
    pub async fn after(gateway: &Gateway, path: &str, id: &str) -> Self {
        Self::ask(http().get(format!("{}{path}", gateway.url())).header("last-event-id", id)).await
    }

    pub async fn ask(request: RequestBuilder) -> Self {
        let response = request.header("accept", "text/event-stream").send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let text = |value: &reqwest::header::HeaderValue| value.to_str().unwrap().to_owned();
        let headers = response.headers().iter().map(|(name, value)| (name.to_string(), text(value)));
        Self { headers: headers.collect(), response, waiting: String::new() }
    }

    /// The next block of lines, be it an event or a comment. `None` at the end.
    pub async fn block(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.waiting.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.waiting = rest;
                return Some(block);
            }
            let piece = self.response.chunk().await.ok().flatten()?;
            self.waiting.push_str(std::str::from_utf8(&piece).unwrap());
        }
    }

    /// The next event. `None` at the end.
    pub async fn hear(&mut self) -> Option<Event> {
        loop {
            let block = self.block().await?;
            let field = |name: &str| {
                block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).map(str::to_owned)
            };
            if let Some(text) = field("data") {
                let data = serde_json::from_str(&text).unwrap();
                return Some(Event {
                    id: field("id"),
                    name: field("event"),
                    data,
                    text,
                    headers: self.headers.clone(),
                });
            }
        }
    }

    pub async fn next(&mut self) -> Event {
        self.hear().await.unwrap()
    }

    pub async fn take(&mut self, count: usize) -> Vec<Event> {
        let mut heard = Vec::new();
        while heard.len() < count {
            heard.push(self.next().await);
        }
        heard
    }

    /// Reads to a broken end.
    pub async fn until_broken(&mut self) {
        while let Some(_piece) = match self.response.chunk().await {
            Ok(piece) => piece,
            Err(_) => return,
        } {}
        panic!("the stream ended in order");
    }
}

/// What a gateway has written down.
pub struct Journal(Vec<Value>);

impl Journal {
    pub fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        Self(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
    }

    /// The lines of a channel.
    pub fn of(&self, contract: &str, channel: &str) -> Vec<&Value> {
        let of = |line: &&Value| line["contract"] == contract && line["channel"] == channel;
        self.0.iter().filter(of).collect()
    }
}
