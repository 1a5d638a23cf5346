//! **typing**: from the last key of a question until what it finds in a million stored events is in the real window and
//! has been painted; beside it, what is not held to anything: until all rows of the first page are. Keys come 80 ms
//! apart, as fast as a good typist's.

use std::time::Duration;

use serde_json::json;
use vigie_tests::desktop_session::Session;

use crate::Bench;
use crate::delays::Delays;
use crate::line::Line;

/// The row's name.
pub const NAME: &str = "typing";
/// The longest that an analyst should wait, in milliseconds, p99.
const MOST: f64 = 50.0;
/// What is typed.
const QUESTIONS: [(&str, &str); 7] = [
    ("a prefix", "bou"),
    ("two words", "lovelace ph"),
    ("conditions", "severity:critical is:open"),
    ("a country and an amount", "country:FR amount>900"),
    ("a country and an amount that nobody paid", "country:FR amount>1000"),
    ("a customer", "customer:C-005013"),
    ("a word and a condition", "lovelace severity:high"),
];

/// Types a text, and tells how long after its last key the list of what is found changed first, and changed last, and
/// was painted. What changes without end would be waited for without end: after a second it counts as it is. Answers to
/// what was typed before are let go, so the first change is of the last key.
const TYPE: &str = "
    const [text, apart, done] = arguments;
    const box = document.querySelector('[data-testid=search-box]');
    const place = document.querySelector('[data-testid=search] .beside');
    const put = (value) => {
        box.value = value;
        box.dispatchEvent(new Event('input', { bubbles: true }));
    };
    const key = (length) => {
        const pressed = performance.now();
        const painted = [];
        const watch = length < text.length ? null : new MutationObserver(() => {
            requestAnimationFrame(() => setTimeout(() => painted.push(performance.now() - pressed)));
        });
        watch?.observe(place, { subtree: true, childList: true, characterData: true });
        put(text.slice(0, length));
        if (length < text.length) return setTimeout(() => key(length + 1), apart);
        setTimeout(() => {
            watch.disconnect();
            done([painted[0] ?? 0, painted.at(-1) ?? 0]);
        }, 1000);
    };
    put('');
    setTimeout(() => key(1), 200);";

/// Measures it.
pub async fn measure(bench: &Bench) -> Vec<Line> {
    let session = Session::start().await;
    bench.stored().await.copy_into(&session.place.data());
    let app = session.open().await;
    app.press("nav-search").await;
    app.until_there("search-box").await;
    let mut lines = Vec::new();
    for (what, text) in QUESTIONS {
        let (mut first, mut last) = (Delays::default(), Delays::default());
        for _ in 0..bench.scale.starts.max(10) {
            let took = app.script_later(TYPE, &json!([text, 80])).await;
            // A last key that changes nothing was answered before it.
            let after = |at: usize| Duration::from_secs_f64(took[at].as_f64().unwrap() / 1_000.0);
            first.add(after(0));
            last.add(after(1));
        }
        let line = Line::new(NAME, what).ours(first.usual()).beside("all of a page", last.usual());
        lines.push(line.must("p99 ≤ 50 ms", first.p99() <= MOST));
    }
    app.kill().await;
    lines
}
