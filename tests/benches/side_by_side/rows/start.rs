//! **start**: from the start of the process until the first stored row is painted in the real window, with a million
//! events stored and nobody signed in.
//!
//! Nobody sits in the page: the pixels where the first row's title stands are read from the display every few
//! milliseconds. The moment when they are what they stay is the moment when the row was painted. Where that is and when
//! it is settled is found in a run before. Beside it, an empty Tauri window of the same build: from the start of its
//! process until the colour of its page is painted. Starts take turns; the median counts, the first of each does not.

use std::time::Duration;

use tokio::time::Instant;
use vigie_tests::desktop_session::Session;
use vigie_tests::gateway::program;

use crate::Bench;
use crate::delays::Delays;
use crate::line::{Line, Unit, figure};
use crate::window::{EMPTY_TITLE, TITLE, empty_window};

/// The row's name.
pub const NAME: &str = "start";
/// Between two looks at the screen.
const LOOK_AGAIN: Duration = Duration::from_millis(3);
/// What has not changed for so long stays as it is.
const SETTLED: Duration = Duration::from_millis(1_500);
/// A start takes no longer.
const IN_VAIN: Duration = Duration::from_secs(60);

/// A part of the screen.
type Area = ((i16, i16), (u16, u16));

/// Measures it.
pub async fn measure(bench: &Bench) -> Vec<Line> {
    let session = Session::start().await;
    bench.stored().await.copy_into(&session.place.data());
    let (row, empty) = (first_row(&session).await, middle_of_empty(&session).await);
    let (mut ours, mut theirs) = (Delays::default(), Delays::default());
    for turn in 0..=bench.scale.starts {
        let application = painted(&session, &program("vigie"), &session.arguments(), row).await;
        let window = painted(&session, &empty_window(), &[], empty).await;
        // The first start reads everything from the disk.
        if turn > 0 {
            ours.add(application);
            theirs.add(window);
        }
    }
    let median = |delays: &Delays| [figure("median", delays.quantile(0.5), Unit::Milliseconds)];
    let line = Line::new(NAME, "process → first stored row painted")
        .ours(median(&ours))
        .beside("empty window", median(&theirs))
        .divided();
    vec![line.must_at_most(1.25)]
}

/// Where on the screen the title of the first row is.
async fn first_row(session: &Session) -> Area {
    let app = session.open().await;
    app.until_there("alert-row").await;
    let script =
        "const box = document.querySelector('[data-testid=\"alert-row\"] .title').getBoundingClientRect();
        return [box.left, box.top, Math.min(box.width, 120), box.height]";
    let places = app.script(script).await;
    let place = |at: usize| places[at].as_f64().unwrap();
    let (x, y) = session.display.place_of(TITLE);
    app.kill().await;
    ((x + place(0) as i16, y + place(1) as i16), (place(2) as u16, place(3) as u16))
}

/// Somewhere in the middle of the empty window.
async fn middle_of_empty(session: &Session) -> Area {
    let mut window = session.run(&empty_window(), &[]);
    session.display.until_shown(EMPTY_TITLE, true).await;
    let (x, y) = session.display.place_of(EMPTY_TITLE);
    window.kill().await.unwrap();
    session.display.until_shown(EMPTY_TITLE, false).await;
    ((x + 400, y + 300), (16, 16))
}

/// Starts a program and says how long it took until an area of the screen was as it stays.
async fn painted(session: &Session, program: &std::path::Path, arguments: &[String], area: Area) -> Duration {
    let before = session.display.pixels(area.0, area.1);
    let begun = Instant::now();
    let mut child = session.run(program, arguments);
    let (mut last, mut changed) = (before.clone(), None);
    loop {
        let now = session.display.pixels(area.0, area.1);
        if now != last {
            (last, changed) = (now, Some(begun.elapsed()));
        }
        match changed {
            // A window that is painted is no longer as empty as the screen was.
            Some(at) if begun.elapsed() - at > SETTLED && last != before => {
                child.kill().await.unwrap();
                until_as(session, area, &before).await;
                return at;
            }
            _ => assert!(begun.elapsed() < IN_VAIN, "nothing is painted"),
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// Waits until the screen is as it was before.
async fn until_as(session: &Session, area: Area, before: &[u8]) {
    let begun = Instant::now();
    while session.display.pixels(area.0, area.1) != before {
        assert!(begun.elapsed() < IN_VAIN, "the window does not go");
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}
