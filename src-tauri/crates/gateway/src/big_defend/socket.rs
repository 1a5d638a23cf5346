//! The stream of news.

use std::sync::Arc;

use axum::{
    extract::{
        Query, State,
        ws::{WebSocket, WebSocketUpgrade, close_code, rejection::WebSocketUpgradeRejection},
    },
    http::Uri,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use serde::Deserialize;

use crate::{
    access::TokenError,
    backend::Backend,
    clock::Clock,
    contract::Contract,
    hub::{News, Seat, Visitor},
    journal::Channel,
    refusal::Refusal,
    socket::{farewell, limited, split, tell, told_to_go},
};

/// The token travels in the address, since a browser's WebSocket cannot send a header.
#[derive(Deserialize)]
pub(super) struct Address {
    token: Option<String>,
}

/// `GET /ws`: who may not come in is told so before the upgrade.
pub(super) async fn open(
    State(backend): State<Arc<Backend>>,
    Query(address): Query<Address>,
    uri: Uri,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Refusal> {
    let session = backend.tokens.check(&address.token.unwrap_or_default())?;
    let bank = backend.accounts.bank_of(&session.user).ok_or(TokenError::Invalid)?.map(str::to_owned);
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => return Ok(rejection.into_response()),
    };
    let visitor = Visitor::user(Contract::BigDefend, &session.user);
    // Taken before the upgrade is answered: a client that is connected misses nothing from then on.
    let seat = backend.hub.join(visitor, move |news| concerns(news, bank.as_deref()))?;
    let channel = backend.channel(Contract::BigDefend, Some(session.user), &seat, &uri);
    let (clock, token) = (backend.clock.clone(), backend.connections.token());
    Ok(limited(upgrade).on_upgrade(async move |socket| {
        let _token = token;
        serve(socket, channel, seat, clock, session.expires).await;
    }))
}

/// Whether users of this bank are told; those without one are told everything.
fn concerns(news: &News, bank: Option<&str>) -> bool {
    match (news, bank) {
        (News::Alert(alert), Some(bank)) => alert.bank == bank,
        (News::Told(_), _) => false,
        _ => true,
    }
}

/// Serves a connection until one side has enough of it.
async fn serve(socket: WebSocket, channel: Channel, seat: Seat, clock: Clock, expires: Timestamp) {
    let Seat { place: _place, mut news, mut ending } = seat;
    let (mut outgoing, mut incoming) = split(socket, channel);
    let close = tokio::select! {
        close = told_to_go(&mut ending) => close,
        () = clock.sleep_until(expires) => Some((close_code::POLICY, "token expired")),
        close = tell(&mut outgoing, &mut incoming, &mut news, clock.clone()) => close,
    };
    farewell(outgoing, incoming, close).await;
}
