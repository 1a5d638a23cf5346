//! **window**: painted frames a second and the longest frame of the real window under Xvfb, while 10,000 events a second
//! arrive and the list of transactions scrolls by itself. Frames are those in which the page is asked to paint
//! (`requestAnimationFrame`), as many of them as a screen that shows 60 a second would show: without a screen a page at
//! rest is asked more often than that.
//!
//! Beside it, the same page at rest: the same list, nothing arrives and nothing moves. Beside that, what is not held to
//! anything: what the drawing alone costs, when the list scrolls and nothing arrives.

use serde_json::json;
use vigie_tests::desktop_session::{App, Session};

use crate::Bench;
use crate::desk::{PASSWORD, USER};
use crate::flood::{Flood, Way};
use crate::line::{Figure, Line, Unit, figure};
use crate::traffic::Identifiers;

/// The row's name.
pub const NAME: &str = "window";
/// Events a second.
const RATE: u64 = 10_000;
/// What is in the list before anything is counted.
const BEFORE: u64 = 5_000;

/// Counts frames that a screen would show for so many milliseconds, and scrolls by so many pixels in each, from the top
/// again at the end.
const COUNT: &str = "
    const [time, step, done] = arguments, SCREEN = 60;
    const list = document.querySelector('[role=listbox]');
    const begun = performance.now();
    let last = begun, longest = 0, shown = 0, slot = -1, moved = 0;
    const paint = (now) => {
        longest = Math.max(longest, now - last);
        last = now;
        const due = Math.floor((now - begun) * SCREEN / 1000);
        if (due !== slot) shown += 1;
        slot = due;
        if (step > 0) {
            const before = list.scrollTop;
            list.scrollTop = before + step;
            if (list.scrollTop === before) list.scrollTop = 0;
            else moved += 1;
        }
        if (now - begun < time) requestAnimationFrame(paint);
        else done({ rate: shown / (now - begun) * 1000, longest, moved });
    };
    requestAnimationFrame(paint);";
/// Pixels a frame: a hurried hand.
const STEP: u32 = 24;

/// Measures it.
pub async fn measure(bench: &Bench) -> Vec<Line> {
    let session = Session::start().await;
    let mut flood = Flood::start(Way::WebSocket, Identifiers::Growing).await;
    let app = session.open().await;
    app.sign_in(&flood.url, USER, PASSWORD).await;
    app.until_link(&["live"]).await;
    flood.pour(BEFORE, 0, None).await;
    flood.poured().await;
    app.until_transactions(usize::try_from(BEFORE / 2).unwrap()).await;
    app.press("nav-transactions").await;
    app.until_there("transaction-row").await;
    let rest = frames(bench, &app, 0).await;
    let drawn = frames(bench, &app, STEP).await;
    flood.pour(RATE * (bench.scale.frames.as_secs() + 2), RATE, None).await;
    // The first second is for the flood to come up to its rate.
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let busy = frames(bench, &app, STEP).await;
    let poured = flood.poured().await;
    let seconds = (poured.ended - poured.begun) as f64 / 1e6;
    let came = (RATE * (bench.scale.frames.as_secs() + 2)) as f64 / seconds;
    app.kill().await;
    let what = format!("frames at {:.0} events/s, scrolling", came);
    let beside = |line: Line, rest: &Vec<Figure>| line.beside("at rest", rest.clone()).divided();
    vec![
        beside(Line::new(NAME, what).ours(busy), &rest).must_at_least(0.9),
        beside(Line::new(NAME, "scrolling, nothing arrives").ours(drawn), &rest),
    ]
}

/// Frames a second and the longest one.
async fn frames(bench: &Bench, app: &App, step: u32) -> Vec<Figure> {
    let time = bench.scale.frames.as_millis() as u64;
    let counted = app.script_later(COUNT, &json!([time, step])).await;
    let has_moved = counted["moved"].as_u64().unwrap() > 0;
    assert_eq!(has_moved, step > 0, "the list does not scroll");
    vec![
        figure("", counted["rate"].as_f64().unwrap(), Unit::PerSecond),
        figure("longest", counted["longest"].as_f64().unwrap(), Unit::Milliseconds),
    ]
}
