//! Sockets: one for clients, who say what they want, and one for dashboards, who are told unasked.

use std::sync::Arc;

use axum::{
    extract::{
        Path, Query, State,
        ws::{Message, WebSocket, WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::{StatusCode, Uri},
    response::{IntoResponse, Response},
};
use futures_util::StreamExt as _;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    analysis::user_tag,
    messages::{CALCULATION_PROGRESS, CREDIT_ANALYSIS, MARKET_ALERT, PORTFOLIO_UPDATE, RISK_SCORE_UPDATE},
    routes::known,
};
use crate::{
    backend::Backend,
    clock::Clock,
    contract::Contract,
    hub::{Bulletin, News, Seat, Visitor},
    journal::Channel,
    projection,
    refusal::Refusal,
    socket::{Close, Incoming, Outgoing, Pings, farewell, limited, split, told_to_go},
    wire::python_time,
};

/// The longest name of a client, in characters.
const LONGEST_NAME: usize = 120;

/// What can be subscribed to, and the kinds of messages that it means.
const SUBSCRIPTIONS: [(&str, &[&str]); 3] = [
    ("credit_updates", &[CREDIT_ANALYSIS, RISK_SCORE_UPDATE, CALCULATION_PROGRESS]),
    ("portfolio_updates", &[PORTFOLIO_UPDATE]),
    ("market_alerts", &[MARKET_ALERT]),
];

/// What dashboards are told.
const DASHBOARD: [&str; 3] = [PORTFOLIO_UPDATE, MARKET_ALERT, RISK_SCORE_UPDATE];

/// The name in the place of a client's that dashboards have.
const DASHBOARD_NAME: &str = "dashboard";

type Upgrade = Result<WebSocketUpgrade, WebSocketUpgradeRejection>;

#[derive(Deserialize)]
pub(super) struct Address {
    #[serde(default)]
    user_id: String,
}

/// `GET /realtime/ws/{client_id}?user_id=…`
pub(super) async fn client(
    State(backend): State<Arc<Backend>>,
    Path(client): Path<String>,
    Query(address): Query<Address>,
    uri: Uri,
    upgrade: Upgrade,
) -> Result<Response, Refusal> {
    if client == DASHBOARD_NAME || client.chars().count() > LONGEST_NAME {
        return Err(Refusal::Malformed(StatusCode::NOT_FOUND, "no such client".to_owned()));
    }
    open(backend, client, address.user_id, Vec::new(), &uri, upgrade)
}

/// `GET /realtime/ws/dashboard/{user_id}`
pub(super) async fn dashboard(
    State(backend): State<Arc<Backend>>,
    Path(user): Path<String>,
    uri: Uri,
    upgrade: Upgrade,
) -> Result<Response, Refusal> {
    open(backend, DASHBOARD_NAME.to_owned(), user, DASHBOARD.to_vec(), &uri, upgrade)
}

fn open(
    backend: Arc<Backend>,
    client: String,
    user: String,
    kinds: Vec<&'static str>,
    uri: &Uri,
    upgrade: Upgrade,
) -> Result<Response, Refusal> {
    known(&user, &backend)?;
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => return Ok(rejection.into_response()),
    };
    let tag = user_tag(&user);
    let concerns = move |message: &projection::Message| message.tags.is_empty() || message.concerns(&tag);
    let seat = backend.hub.join(Visitor::user(Contract::Credit, &user), move |news| match news {
        News::Told(told) => told.contract == Contract::Credit && told.messages.iter().any(&concerns),
        _ => false,
    })?;
    let channel = backend.channel(Contract::Credit, Some(user), &seat, uri);
    let (token, clock) = (backend.connections.token(), backend.clock.clone());
    Ok(limited(upgrade).on_upgrade(async move |socket| {
        let _token = token;
        serve(socket, channel, seat, Conversation { client, kinds, clock }).await;
    }))
}

async fn serve(socket: WebSocket, channel: Channel, seat: Seat, mut conversation: Conversation) {
    let Seat { place: _place, mut news, mut ending } = seat;
    let (mut outgoing, mut incoming) = split(socket, channel);
    let close = tokio::select! {
        close = told_to_go(&mut ending) => close,
        close = conversation.hold(&mut outgoing, &mut incoming, &mut news) => close,
    };
    farewell(outgoing, incoming, close).await;
}

/// What a client says.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Said {
    Subscribe { subscription: String },
    Unsubscribe { subscription: String },
    Ping,
    Pong,
}

/// A connection with a client.
struct Conversation {
    client: String,
    /// The kinds of messages that the client wants.
    kinds: Vec<&'static str>,
    clock: Clock,
}

impl Conversation {
    /// Talks until the client is gone.
    async fn hold(
        &mut self,
        outgoing: &mut Outgoing,
        incoming: &mut Incoming,
        news: &mut tokio::sync::mpsc::Receiver<Arc<Bulletin>>,
    ) -> Close {
        let mut pings = Pings::new(self.clock.clone());
        let welcome = json!({
            "type": "connection", "status": "connected", "client_id": self.client,
            "timestamp": python_time(&self.clock.now()),
        });
        outgoing.send(welcome.to_string()).await.ok()?;
        loop {
            let sent = tokio::select! {
                heard = incoming.next() => {
                    pings.answered();
                    match heard {
                        Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                        Some(Ok(Message::Text(text))) => match self.answer(&text) {
                            Some(answer) => outgoing.send(answer.to_string()).await,
                            None => Ok(()),
                        },
                        Some(Ok(_)) => Ok(()),
                    }
                }
                there = pings.due() => if there {
                    outgoing.send(json!({ "type": "ping" }).to_string()).await
                } else {
                    return None;
                },
                heard = news.recv() => match heard {
                    Some(bulletin) => match &bulletin.news {
                        News::Told(told) => self.tell(told, outgoing).await,
                        _ => Ok(()),
                    },
                    // The hub has let go of this connection, and says why in a moment.
                    None => return std::future::pending().await,
                },
            };
            sent.ok()?;
        }
    }

    /// Tells what the client wants of a change.
    async fn tell(&self, told: &projection::Told, outgoing: &mut Outgoing) -> Result<(), axum::Error> {
        for message in &told.messages {
            if self.kinds.contains(&message.kind.as_str()) {
                outgoing.feed(message.data.get().to_owned()).await?;
            }
        }
        outgoing.flush().await
    }

    /// What is answered to a message, if anything is.
    fn answer(&mut self, text: &str) -> Option<Value> {
        let answer = match serde_json::from_str(text) {
            Ok(Said::Subscribe { subscription }) => self.subscribe(&subscription, true),
            Ok(Said::Unsubscribe { subscription }) => self.subscribe(&subscription, false),
            Ok(Said::Ping) => json!({ "type": "pong", "timestamp": python_time(&self.clock.now()) }),
            Ok(Said::Pong) => return None,
            Err(_) => json!({
                "type": "error",
                "message": "expected a message of type subscribe, unsubscribe, ping or pong",
            }),
        };
        Some(answer)
    }

    fn subscribe(&mut self, subscription: &str, wanted: bool) -> Value {
        let Some((name, kinds)) = SUBSCRIPTIONS.into_iter().find(|(name, _)| *name == subscription) else {
            let names = SUBSCRIPTIONS.map(|(name, _)| name).join(", ");
            return json!({ "type": "error", "message": format!("a subscription is one of: {names}") });
        };
        self.kinds.retain(|kind| !kinds.contains(kind));
        if wanted {
            self.kinds.extend(kinds);
        }
        let status = if wanted { "subscribed" } else { "unsubscribed" };
        json!({ "type": "subscription", "status": status, "subscription": name })
    }
}
