//! Does at the server what an analyst asks for. What becomes of it comes back as an event.

use url::Url;

use super::session::Session;
use crate::model::{ActionKind, AlertState};
use crate::profile::{Profile, Settings};
use crate::transport::TransportError;
use crate::transport::http::{ANSWER_LIMIT, Http, Request};

/// Asks a server to do something. `settings` hold what it is about; `Ok(None)`: the backend cannot be asked to.
pub async fn act(
    http: &Http,
    profile: &Profile,
    base: &Url,
    session: &Session,
    action: ActionKind,
    settings: Settings,
    state: Option<AlertState>,
) -> Result<Option<Vec<u8>>, TransportError> {
    let Some(request) = profile.actions.get(&action).and_then(|action| action.request(base, settings, state))
    else {
        return Ok(None);
    };
    let request = Request {
        method: request.method,
        url: request.url,
        credential: session.credential().clone(),
        body: request.body.map(|body| ("application/json", body.into_bytes())),
        conditional: None,
        limit: ANSWER_LIMIT,
    };
    Ok(Some(http.send(request).await?.body))
}
