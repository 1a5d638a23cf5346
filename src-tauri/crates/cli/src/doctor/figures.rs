//! What Vigie did when it last ran with this database, as it wrote it down.

use std::collections::BTreeMap;
use std::path::Path;

use vigie_core::figures::file::{KeptFigures, read};
use vigie_core::figures::{
    FiguresView, GapFigures, LatencyFigures, NotificationFigures, SourceFigures, SpreadView,
};
use vigie_core::model::{Source, SourceId, Time};

use super::finding::Finding;

const WHAT: &str = "figures";
/// The same of the run before.
const BEFORE: &str = "run before";

/// The figures kept beside this database, one line for each thing; the first has the numbers. Those of the run before
/// come after them: it may be the one that crashed.
pub fn kept(store: &Path, sources: &[Source], now: Time) -> Vec<Finding> {
    match read(store) {
        Ok(Some(mut kept)) => {
            let before = kept.before.take();
            let how = if kept.running { "while it was running" } else { "when it ended" };
            let lines = of_run(WHAT, kept, how, sources, now);
            let before = before.map(|before| {
                let how = if before.running { "before it was killed or crashed" } else { "when it ended" };
                of_run(BEFORE, *before, how, sources, now)
            });
            lines.into_iter().chain(before.into_iter().flatten()).collect()
        }
        Ok(None) => vec![Finding::ok(WHAT, "none yet: Vigie writes them down while it runs")],
        Err(error) => vec![Finding::warn(WHAT, error.to_string())],
    }
}

fn of_run(what: &str, kept: KeptFigures, how: &str, sources: &[Source], now: Time) -> Vec<Finding> {
    let KeptFigures { version, figures, mut names, .. } = kept;
    // The database knows better, where it could be read.
    names.extend(sources.iter().map(|source| (source.id, source.name.clone())));
    let first = Finding::ok(what, when(&version, how, &figures, now)).with(figures.clone());
    let of_sources = figures.sources.iter().map(|one| of_source(one, &names));
    let more = [notifications(&figures.notifications), latency(&figures.latency)];
    let lines = of_sources.chain(more).map(|words| Finding::ok(what, words));
    std::iter::once(first).chain(lines).collect()
}

fn when(version: &str, how: &str, figures: &FiguresView, now: Time) -> String {
    let ran = age(figures.since, figures.until);
    let ago = age(figures.until, now);
    let FiguresView { store, .. } = figures;
    format!(
        "written {ago} ago, {how}: Vigie {version}, {ran} after its start; {} events stored, {} KiB",
        store.events,
        store.bytes.div_ceil(1 << 10)
    )
}

fn of_source(figures: &SourceFigures, names: &BTreeMap<SourceId, String>) -> String {
    let SourceFigures { source, received, stored, duplicates, rejected, reconnects, gaps, lag } = figures;
    let name = names.get(source).cloned().unwrap_or_else(|| format!("source {source}"));
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

fn notifications(figures: &NotificationFigures) -> String {
    let NotificationFigures {
        alone,
        storms,
        in_storms,
        digests,
        in_digests,
        failed,
        below_level,
        by_rule,
        known,
        closed,
        acknowledged,
        missed,
        held,
        quiet_hours,
        snoozed,
        waiting,
    } = figures;
    format!(
        "notifications: {alone} of one alert, {storms} of a storm with {in_storms}, {digests} of {in_digests} together \
         ({missed} missed), {failed} not shown; not announced: \
         {below_level} not bad enough, {by_rule} by a rule, {known} no worse than before, {closed} closed, {acknowledged} \
         acknowledged, {held} held by a pause, {quiet_hours} by quiet hours, {snoozed} by a snooze; {waiting} wait for a digest"
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
