//! **scroll**: the longest time for which a row in sight was blank, while the list of transactions scrolls over a million
//! stored events in the real window, from reading to dragging the bar: the whole list was not read before.
//!
//! The page looks at each row's place once a frame, after it was painted.

use serde_json::json;
use vigie_tests::desktop_session::Session;

use crate::Bench;
use crate::line::{Line, Unit, figure};

/// The row's name.
pub const NAME: &str = "scroll";
/// The longest that a row may be blank, in milliseconds.
const MOST: f64 = 100.0;
/// Pixels in each frame: reading, a hurried hand, the bar dragged down, and up again.
const STEPS: [i32; 4] = [24, 1_000, 20_000, -20_000];

/// Scrolls by so many pixels in each frame for so many milliseconds.
const SCROLL: &str = "
    const [time, step, done] = arguments;
    const list = document.querySelector('[role=listbox]');
    const { left, top, height } = list.getBoundingClientRect();
    const size = list.querySelector('[role=option]').offsetHeight;
    const rowAt = (y) => document.elementFromPoint(left + 200, top + y)?.closest('[role=option]');
    const first = Number(rowAt(size)?.dataset.id);
    const begun = performance.now();
    let longest = 0, since = null, frames = 0;
    const look = () => {
        const now = performance.now();
        let blank = false;
        for (let y = size / 4; y < height - size / 4; y += size) blank ||= !rowAt(y);
        since = blank ? since ?? now : null;
        if (blank) longest = Math.max(longest, now - since);
        frames += 1;
        if (now - begun > time) return done({ longest, frames, passed: Math.abs(first - Number(rowAt(size)?.dataset.id)) });
        list.scrollTop += step;
        requestAnimationFrame(() => setTimeout(look));
    };
    look();";

/// Measures it.
pub async fn measure(bench: &Bench) -> Vec<Line> {
    let session = Session::start().await;
    bench.stored().await.copy_into(&session.place.data());
    let app = session.open().await;
    app.until_there("nav-transactions").await;
    app.press("nav-transactions").await;
    app.until_there("transaction-row").await;
    let time = bench.scale.frames.as_millis() as u64;
    let mut lines = Vec::new();
    for step in STEPS {
        let seen = app.script_later(SCROLL, &json!([time, step])).await;
        let number = |name: &str| seen[name].as_f64().unwrap_or_default();
        let frames = number("frames") / bench.scale.frames.as_secs_f64();
        let what =
            format!("{step} px a frame, {:.0} frames/s, {:.0} events passed", frames, number("passed"));
        let line = Line::new(NAME, what).ours([figure("blank", number("longest"), Unit::Milliseconds)]);
        lines.push(line.must("blank ≤ 100 ms", number("longest") <= MOST));
    }
    app.kill().await;
    lines
}
