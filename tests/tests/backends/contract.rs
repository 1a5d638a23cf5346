//! What the gateway says it sent, and what a thing is told apart by: written from the contracts, and not with the
//! program's own profiles.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

/// A backend and how to sign in to it.
#[derive(Debug, Clone, Copy)]
pub struct Backend {
    /// The name of contract and profile.
    pub name: &'static str,
    /// Who signs in, if that is asked.
    pub user: &'static str,
    /// Whether its sign-in asks for the password of the gateway's users.
    pub has_password: bool,
    /// Whether it can give what was missed although its events have no ids.
    pub replays: bool,
    /// The path below the gateway's address.
    pub path: &'static str,
}

const fn backend(name: &'static str, user: &'static str, has_password: bool, replays: bool) -> Backend {
    Backend { name, user, has_password, replays, path: "" }
}

/// The backends.
pub const BACKENDS: [Backend; 6] = [
    backend("aml", "", false, true),
    backend("big-defend", "analyst", true, true),
    backend("credit", "analyst", false, false),
    backend("flowfi", "", false, false),
    Backend { path: "/events", ..backend("generic", "", false, false) },
    backend("trading", "analyst", true, false),
];

/// The backend of this name.
pub fn named(name: &str) -> Backend {
    BACKENDS.into_iter().find(|backend| backend.name == name).unwrap()
}

fn text(value: &Value, pointer: &str) -> Option<String> {
    match value.pointer(pointer)? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// The values at these pointers, those that there are.
fn all(value: &Value, pointers: &[&str]) -> String {
    pointers.iter().filter_map(|pointer| text(value, pointer)).collect::<Vec<_>>().join(" ")
}

/// What a message of a backend is told apart by; `None` for talk between programs.
pub fn identity(backend: &str, body: &Value) -> Option<String> {
    let has = |name: &str| body.get(name).is_some();
    Some(match backend {
        "aml" => match has("severity") {
            true => format!("alert {}", all(body, &["/id", "/status", "/severity"])),
            false if has("amount") => format!("transaction {}", all(body, &["/id"])),
            false => return None,
        },
        "big-defend" | "generic" => match (has("severity"), has("riskScore")) {
            (true, _) => format!(
                "alert {}",
                all(body, &["/id", "/updatedAt", "/status", "/assignedTo", "/description"])
            ),
            (_, true) => format!("transaction {}", all(body, &["/id"])),
            _ if has("fraudRate") => format!("risk {}", all(body, &["/timestamp"])),
            _ => return None,
        },
        "credit" => match text(body, "/type")?.as_str() {
            "credit_analysis" => format!("analysis {}", all(body, &["/data/analysis_id"])),
            "risk_score_update" => {
                format!("score {}", all(body, &["/customer_id", "/timestamp", "/risk_score"]))
            }
            "calculation_progress" => {
                format!("progress {}", all(body, &["/calculation_id", "/progress", "/step"]))
            }
            "portfolio_update" => {
                format!("portfolio {}", all(body, &["/portfolio/portfolio_id", "/timestamp"]))
            }
            "market_alert" => {
                format!("alert {}", all(body, &["/alert/alert_id", "/alert/severity", "/alert/title"]))
            }
            _ => return None,
        },
        "trading" => {
            if let Some(account) = body.get("account") {
                return identity(backend, account);
            }
            match (has("side"), has("averagePrice"), has("balance"), has("watchlistId")) {
                (true, ..) => format!("order {}", all(body, &["/id", "/status", "/updatedAt"])),
                (_, true, ..) => {
                    format!("position {}", all(body, &["/id", "/quantity", "/currentPrice", "/updatedAt"]))
                }
                (_, _, true, _) => {
                    format!("balance {}", all(body, &["/id", "/balance", "/usedMargin", "/updatedAt"]))
                }
                (_, _, _, true) => {
                    format!("watchlist {}", all(body, &["/itemId", "/watchlistId", "/updatedAt"]))
                }
                _ => return None,
            }
        }
        "flowfi" if has("transactionHash") => {
            format!("payment {}", all(body, &["/streamId", "/transactionHash"]))
        }
        "flowfi" => return None,
        other => panic!("{other} is no backend"),
    })
}

/// The message in a frame.
fn body<'a>(backend: &str, frame: &'a Value) -> &'a Value {
    match backend {
        "big-defend" | "generic" => frame.get("payload").unwrap_or(frame),
        "aml" | "trading" => frame.get("data").unwrap_or(frame),
        _ => frame,
    }
}

/// The things in an answer, however they are wrapped.
fn list(backend: &str, answer: &Value, things: &mut Vec<String>) {
    let thing = identity(backend, body(backend, answer));
    match (thing, answer) {
        (Some(thing), _) => things.push(thing),
        (None, Value::Array(items)) => items.iter().for_each(|item| list(backend, item, things)),
        (None, Value::Object(fields)) => fields.values().for_each(|field| list(backend, field, things)),
        (None, _) => {}
    }
}

/// What a gateway says it handed to each of its connections, in its order: the journal of one run.
pub fn pages(backend: &str, journal: &Path) -> Vec<Vec<String>> {
    let journal = std::fs::read_to_string(journal).unwrap_or_default();
    let mut pages: BTreeMap<(u64, String), Vec<String>> = BTreeMap::new();
    // The last line may still be being written.
    for line in journal.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        let page = (line["connection"].as_u64().unwrap(), line["channel"].as_str().unwrap().to_owned());
        let said = pages.entry(page).or_default();
        match line["connection"] == 0 {
            true => list(backend, &line["frame"], said),
            false => said.extend(identity(backend, body(backend, &line["frame"]))),
        }
    }
    pages.into_values().collect()
}
