//! What Vigie did when it last ran with this database, as it wrote it down.

use std::path::Path;

use vigie_core::figures::file::{KeptFigures, read};
use vigie_core::figures::{
    FiguresView, GapFigures, LatencyFigures, NotificationFigures, SourceFigures, SpreadView,
};
use vigie_core::model::{Source, SourceId, Time};

use super::finding::Finding;

const WHAT: &str = "figures";

/// The figures kept beside this database, one line for each thing; the first has the numbers.
pub fn kept(store: &Path, sources: &[Source], now: Time) -> Vec<Finding> {
    match read(store) {
        Ok(Some(KeptFigures { version, running, figures })) => {
            let first = Finding::ok(WHAT, when(&version, running, &figures, now)).with(figures.clone());
            let of_sources = figures.sources.iter().map(|one| of_source(one, sources));
            let more = [notifications(&figures.notifications), latency(&figures.latency)];
            let lines = of_sources.chain(more).map(|words| Finding::ok(WHAT, words));
            std::iter::once(first).chain(lines).collect()
        }
        Ok(None) => vec![Finding::ok(WHAT, "none yet: Vigie writes them down while it runs")],
        Err(error) => vec![Finding::warn(WHAT, error.to_string())],
    }
}

fn when(version: &str, running: bool, figures: &FiguresView, now: Time) -> String {
    let ran = age(figures.since, figures.until);
    let ago = age(figures.until, now);
    let how = if running { "while it was running" } else { "when it ended" };
    let FiguresView { store, .. } = figures;
    format!(
        "written {ago} ago, {how}: Vigie {version}, {ran} after its start; {} events stored, {} KiB",
        store.events,
        store.bytes.div_ceil(1 << 10)
    )
}

fn of_source(figures: &SourceFigures, sources: &[Source]) -> String {
    let SourceFigures { source, received, stored, duplicates, rejected, reconnects, gaps, lag } = figures;
    let name = name_of(*source, sources);
    let unreadable: u64 = rejected.iter().map(|reason| reason.frames).sum();
    let reasons: Vec<String> =
        rejected.iter().map(|reason| format!("{} {}", reason.reason, reason.frames)).collect();
    let reasons = if reasons.is_empty() { String::new() } else { format!(" ({})", reasons.join(", ")) };
    let GapFigures { all, lasting, lost } = gaps;
    format!(
        "{name}: {received} received, {stored} stored, {duplicates} known already, {unreadable} unreadable{reasons}; \
         {reconnects} reconnects; {all} gaps, {lasting} lasting, {lost} not recoverable; lag {}",
        spread(lag.as_ref())
    )
}

/// The source's name, or its number where it is gone.
fn name_of(id: SourceId, sources: &[Source]) -> String {
    let source = sources.iter().find(|source| source.id == id);
    source.map_or_else(|| format!("source {id}"), |source| source.name.clone())
}

fn notifications(figures: &NotificationFigures) -> String {
    let NotificationFigures {
        alone,
        digests,
        in_digests,
        failed,
        below_level,
        known,
        closed,
        acknowledged,
        held,
        waiting,
    } = figures;
    format!(
        "notifications: {alone} of one alert, {digests} of {in_digests} together, {failed} not shown; not announced: \
         {below_level} not bad enough, {known} no worse than before, {closed} closed, {acknowledged} acknowledged, \
         {held} held by a pause; {waiting} wait for a digest"
    )
}

fn latency(figures: &LatencyFigures) -> String {
    let LatencyFigures { committed, asked_for, handed } = figures;
    format!(
        "from read to stored {}; to a notification of one alert {}; to the window {}",
        spread(committed.as_ref()),
        spread(asked_for.as_ref()),
        spread(handed.as_ref())
    )
}

fn spread(spread: Option<&SpreadView>) -> String {
    spread.map_or_else(
        || "not measured".to_owned(),
        |SpreadView { p50, p99, max, .. }| format!("{p50}/{p99}/{max} ms (median/99 %/max)"),
    )
}

/// How much later, in the largest unit that fits; nothing where a clock was set back.
fn age(from: Time, to: Time) -> String {
    let seconds = to.since(from).as_secs();
    match seconds {
        ..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}
