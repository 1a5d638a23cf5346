//! What a backend can be asked to do, compiled.

use std::collections::BTreeMap;

use url::Url;

use super::compile::check_path;
use super::error::{Place, Wrong};
use super::schema::ActionFile;
use super::{Address, Settings, Template};
use crate::model::{ActionKind, AlertState};

/// A request that does something.
#[derive(Debug)]
pub struct Action {
    method: reqwest::Method,
    address: Address,
    body: Option<Template>,
    states: BTreeMap<AlertState, String>,
}

/// A request that is ready to be sent.
#[derive(Debug)]
pub struct ActionRequest {
    /// Its method.
    pub method: reqwest::Method,
    /// Where it goes.
    pub url: Url,
    /// What to send: JSON.
    pub body: Option<String>,
}

impl Action {
    /// Checks an action of this kind; `parameters` are the names that every address may have.
    pub(super) fn compile(
        file: ActionFile,
        kind: ActionKind,
        parameters: &[(&str, bool)],
        place: &Place,
    ) -> Result<Self, Wrong> {
        let method = match file.method.as_str() {
            "POST" => reqwest::Method::POST,
            "PUT" => reqwest::Method::PUT,
            "PATCH" => reqwest::Method::PATCH,
            _ => return Err(place.field("method").wrong("use POST, PUT or PATCH")),
        };
        let mut names: Vec<&str> =
            parameters.iter().map(|(name, _)| *name).filter(|name| *name != "client_id").collect();
        names.push("id");
        names.extend(match kind {
            ActionKind::ChangeState => Some("state"),
            ActionKind::Assign => Some("owner"),
            ActionKind::Acknowledge | ActionKind::Analyse => None,
        });
        check_path(&file.path, place)?;
        let address = Address::new(&file.path, &BTreeMap::new());
        address
            .names_in_path()
            .try_for_each(|name| place.field("path").known(name, names.iter().copied()))?;
        if let Some(body) = &file.body
            && serde_json::from_str::<serde_json::Value>(body).is_err()
        {
            return Err(place.field("body").wrong("write JSON, in single quotes"));
        }
        let body = file.body.as_deref().map(Template::parse);
        for name in body.iter().flat_map(Template::names) {
            place.field("body").known(name, names.iter().copied())?;
        }
        Ok(Self { method, address, body, states: file.states })
    }

    /// Whether the backend can be asked for this state.
    pub fn takes(&self, state: Option<AlertState>) -> bool {
        state.is_none_or(|state| self.states.is_empty() || self.states.contains_key(&state))
    }

    /// The request for what `settings` say; `None` where the backend has no such state.
    pub fn request(
        &self,
        base: &Url,
        mut settings: Settings,
        state: Option<AlertState>,
    ) -> Option<ActionRequest> {
        if let Some(state) = state {
            let word = match self.states.get(&state) {
                Some(word) => word.clone(),
                None if self.states.is_empty() => state.word().to_owned(),
                None => return None,
            };
            settings.insert("state".to_owned(), vec![word]);
        }
        Some(ActionRequest {
            method: self.method.clone(),
            url: self.address.below(base, &settings),
            body: self.body.as_ref().and_then(|body| body.json(&settings).into_iter().next()),
        })
    }
}
