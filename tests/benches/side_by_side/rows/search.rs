//! **search**: how long the store looks for words over a million events: a rare word, the prefix of common ones, a word
//! that nobody wrote, two words that only together are rare, a word with a condition, conditions alone that few or none
//! are as they say. Newest first, a page of 50.

use std::time::Instant;

use vigie_core::model::Severity;
use vigie_core::store::{SearchQuery, Store};

use crate::Bench;
use crate::delays::Delays;
use crate::line::Line;
use crate::traffic::RARE_MERCHANT;

/// The row's name.
pub const NAME: &str = "search";
/// The longest that an analyst should wait for it, in milliseconds, p99.
const MOST: f64 = 20.0;
/// The rows of a page.
const PAGE: u32 = 50;

/// Measures it.
pub async fn measure(bench: &Bench) -> Vec<Line> {
    let stored = bench.stored().await;
    let store = Store::open(&stored.file()).await.unwrap();
    let oldest = store.events_after(0, 1).await.unwrap().remove(0);
    let words = |text: &str| SearchQuery { text: text.to_owned(), ..SearchQuery::default() };
    let paid = |more_than: f64| {
        let (country, more_than) = (Some("FR".to_owned()), Some(more_than));
        SearchQuery { country, more_than, ..SearchQuery::default() }
    };
    let cases = [
        ("rare word", words(RARE_MERCHANT.split(' ').next().unwrap_or_default())),
        ("common prefix", words("bou")),
        ("no hit", words("xylophagous")),
        ("two words", words("lovelace pharmacie")),
        ("a word and a severity", SearchQuery { severities: vec![Severity::High], ..words("lovelace") }),
        ("a word and a country", SearchQuery { country: Some("FR".to_owned()), ..words("lovelace") }),
        ("a customer", SearchQuery { customer: oldest.facts.customer, ..SearchQuery::default() }),
        ("a country and an amount", paid(900.0)),
        ("a country and an amount that nobody paid", paid(1_000.0)),
    ];
    let mut lines = Vec::new();
    for (what, query) in cases {
        let mut delays = Delays::default();
        for _ in 0..bench.scale.pages {
            let begun = Instant::now();
            let found = store.search(&query, None, PAGE).await.unwrap();
            delays.add(begun.elapsed());
            assert_eq!(found.rows.is_empty(), what == "no hit" || what.ends_with("nobody paid"), "{what}");
        }
        let line = Line::new(NAME, what).ours(delays.usual());
        lines.push(line.must("p99 ≤ 20 ms", delays.p99() <= MOST));
    }
    store.close().await;
    lines
}
