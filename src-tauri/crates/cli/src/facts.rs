//! Facts in words.

use vigie_core::model::{Facts, Time, TransportKind};

/// Those that are there, with their names, in the order of [`Facts`]. Factors and details are not among them.
pub fn named(facts: &Facts) -> Vec<(&'static str, String)> {
    let text = |fact: &Option<String>| fact.clone();
    let number = |fact: Option<f64>| fact.map(|number| number.to_string());
    let all = [
        ("occurred_at", facts.occurred_at.map(time)),
        ("severity", facts.severity.map(|severity| severity.word().to_owned())),
        ("score", number(facts.score)),
        ("state", facts.state.map(|state| state.word().to_owned())),
        ("owner", text(&facts.owner)),
        ("scenario", text(&facts.scenario)),
        ("title", text(&facts.title)),
        ("customer", text(&facts.customer)),
        ("customer_name", text(&facts.customer_name)),
        ("amount", text(&facts.amount)),
        ("currency", text(&facts.currency)),
        ("country", text(&facts.country)),
        ("city", text(&facts.city)),
        ("channel", text(&facts.channel)),
        ("merchant", text(&facts.merchant)),
        ("transaction", text(&facts.transaction)),
        ("progress", number(facts.progress)),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// A time in this computer's zone, to the second.
pub fn time(time: Time) -> String {
    // Times that no calendar has are shown as the numbers that they are.
    jiff::Timestamp::from_millisecond(time.0).map_or_else(
        |_| time.0.to_string(),
        |at| at.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S").to_string(),
    )
}

/// How frames come.
pub const fn over(transport: TransportKind) -> &'static str {
    match transport {
        TransportKind::WebSocket => "over a WebSocket",
        TransportKind::Sse => "over Server-Sent Events",
        TransportKind::Polling => "by polling",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_fact_is_forgotten() {
        let object = serde_json::to_value(Facts::default()).unwrap();
        let every: serde_json::Map<String, serde_json::Value> = object
            .as_object()
            .unwrap()
            .keys()
            .map(|name| {
                let value = match name.as_str() {
                    "factors" | "details" => serde_json::json!([]),
                    "occurred_at" => serde_json::json!(0),
                    "score" | "progress" => serde_json::json!(0.5),
                    "severity" => serde_json::json!("high"),
                    "state" => serde_json::json!("open"),
                    text => serde_json::json!(text),
                };
                (name.clone(), value)
            })
            .collect();
        let facts: Facts = serde_json::from_value(every.clone().into()).unwrap();
        let named = named(&facts);
        assert_eq!(named.len(), every.len() - 2);
        assert!(named.iter().all(|(name, _)| every.contains_key(*name)));
    }
}
