//! What the tray shows of the desk: its sign and its lines. Its menu stands in `menu`.

use super::desktop::{Tray, TraySign};
use super::menu::{Offered, menu, source_words};
use super::view::{Notice, Overview, SourceView};
use super::words::{in_words, local_near};
use crate::model::{Link, SeverityCounts, SignedOutReason, Time, Trouble};
use crate::text::Language;

/// After this many failures in a row a source counts as offline, as in the window: a blip is over by then.
pub const OFFLINE_AFTER: u32 = 3;

/// So many sources that are down are named beside others that are live.
const NAMED: usize = 3;

/// The tray for this state, at `now`.
pub fn tray(language: Language, overview: &Overview, offered: &Offered, now: Time) -> Tray {
    let Overview { sources, unacknowledged, paused_until, quiet_until, notices, .. } = overview;
    let ends = [*paused_until, *quiet_until].map(|end| end.map(|end| local_near(end, now)));
    let (sign, mut lines) = state(language, sources, *unacknowledged, ends);
    if notices.contains(&Notice::NotificationsFail) {
        // The window, which says it too, is closed most of the day.
        lines.push(language.text("native.tray.notifications_fail", &[]));
    }
    let menu = menu(language, &lines, overview, offered);
    Tray { sign, unacknowledged: to_look_at(*unacknowledged), lines, menu }
}

/// How many alerts the analyst has to look at.
const fn to_look_at(unacknowledged: SeverityCounts) -> u32 {
    unacknowledged.critical.saturating_add(unacknowledged.high)
}

/// Sign and lines. What the analyst has to look at comes before how the links stand, and a link that is down before
/// high alerts, because then nothing new would show.
fn state(
    language: Language,
    sources: &[SourceView],
    unacknowledged: SeverityCounts,
    [paused_until, quiet_until]: [Option<String>; 2],
) -> (TraySign, Vec<String>) {
    // Who signed out or paused it by choice knows; who was signed out may not.
    let by_analyst = Link::SignedOut { reason: SignedOutReason::ByAnalyst };
    let links = || sources.iter().map(|source| &source.link);
    let paused = u32::try_from(links().filter(|link| **link == Link::Paused).count()).unwrap_or(u32::MAX);
    let signed_in: Vec<&Link> =
        links().filter(|link| **link != by_analyst && **link != Link::Paused).collect();
    let live = signed_in.iter().filter(|link| matches!(link, Link::Live { .. })).count();
    let out = signed_in.iter().filter(|link| matches!(link, Link::SignedOut { .. })).count();
    let is_down = |link: &&Link| match link {
        // What cannot be stored does not come either.
        Link::Retrying { why: Trouble::StoreFailed | Trouble::DiskFull, .. } => true,
        Link::Retrying { attempts, .. } => *attempts >= OFFLINE_AFTER,
        Link::Refused { .. } | Link::SignedOut { .. } => true,
        _ => false,
    };
    let links = if signed_in.len() == out {
        TraySign::SignedOut
    } else if live == signed_in.len() {
        TraySign::Live
    } else if signed_in.iter().any(is_down) {
        TraySign::Offline
    } else {
        TraySign::Retrying
    };
    let sign = if unacknowledged.critical > 0 {
        TraySign::Critical
    } else if unacknowledged.high > 0 && links != TraySign::Offline {
        TraySign::Attention
    } else {
        links
    };
    let state = match links {
        TraySign::Live => language.text("native.tray.live", &[]),
        TraySign::SignedOut => language.text("native.tray.signed_out", &[]),
        _ if live > 0 => {
            let (n, all) = (live.to_string(), signed_in.len().to_string());
            language.text("native.tray.partly", &[("n", &n), ("all", &all)])
        }
        TraySign::Offline => language.text("native.tray.offline", &[]),
        _ if links_retry(&signed_in) => language.text("native.tray.retrying", &[]),
        _ => language.text("native.tray.connecting", &[]),
    };
    let is_all_paused = signed_in.is_empty() && paused > 0;
    let mut lines = if is_all_paused { Vec::new() } else { vec![state] };
    if live > 0 {
        // An alert's sign may hide theirs.
        let down = sources.iter().filter(|source| source.link != by_analyst && is_down(&&source.link));
        lines.extend(down.take(NAMED).map(|source| source_words(language, source)));
    }
    if paused > 0 {
        lines.push(language.count("native.tray.sources_paused", paused));
    }
    let SeverityCounts { critical, high, .. } = unacknowledged;
    let looked_at = SeverityCounts { critical, high, ..SeverityCounts::default() };
    if looked_at.total() > 0 {
        let alerts = language.count("native.tray.unacknowledged", looked_at.total());
        let counts = in_words(language, looked_at);
        lines.push(language.text("native.tray.counted", &[("alerts", &alerts), ("counts", &counts)]));
    }
    if let Some(until) = paused_until {
        lines.push(language.text("native.tray.paused", &[("time", &until)]));
    } else if let Some(until) = quiet_until {
        lines.push(language.text("native.tray.quiet", &[("time", &until)]));
    }
    (sign, lines)
}

/// Whether one of them was there and broke.
fn links_retry(links: &[&Link]) -> bool {
    links.iter().any(|link| matches!(link, Link::Retrying { .. }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::desktop::Entry;
    use crate::model::{Parameters, SourceId, TransportKind};

    fn source(link: Link) -> SourceView {
        SourceView {
            id: SourceId(1),
            name: "Retail".into(),
            url: "https://bank.example/".into(),
            profile: "big-defend".into(),
            user: "ada".into(),
            parameters: Parameters::new(),
            actions: Vec::new(),
            simulated: false,
            link,
            stored_until: None,
            remembered: true,
            rejected: 0,
        }
    }

    fn live() -> SourceView {
        source(Link::Live { round_trip_ms: None, transport: TransportKind::WebSocket, fallback: false })
    }

    fn failed(attempts: u32) -> SourceView {
        source(Link::Retrying { until: Time(0), why: Trouble::Unreachable, attempts })
    }

    fn down() -> SourceView {
        failed(OFFLINE_AFTER)
    }

    fn out() -> SourceView {
        source(Link::SignedOut { reason: SignedOutReason::ByAnalyst })
    }

    fn signs(sources: &[SourceView], high: u32, critical: u32) -> (TraySign, Vec<String>) {
        let counts = SeverityCounts { high, critical, ..SeverityCounts::default() };
        state(Language::English, sources, counts, [None, None])
    }

    #[test]
    fn the_sign_tells_how_the_links_stand() {
        assert_eq!(signs(&[], 0, 0).0, TraySign::SignedOut);
        assert_eq!(signs(&[out()], 0, 0).0, TraySign::SignedOut);
        assert_eq!(signs(&[source(Link::Connecting)], 0, 0), (TraySign::Retrying, vec!["Connecting".into()]));
        assert_eq!(signs(&[live(), out()], 0, 0).0, TraySign::Live);
        assert_eq!(signs(&[failed(1)], 0, 0), (TraySign::Retrying, vec!["Trying again".into()]));
        assert_eq!(signs(&[down()], 0, 0), (TraySign::Offline, vec!["Offline".into()]));
        let thrown_out = source(Link::SignedOut { reason: SignedOutReason::SessionEnded });
        assert_eq!(signs(&[live(), thrown_out.clone()], 0, 0).0, TraySign::Offline);
        assert_eq!(signs(&[thrown_out], 0, 0).0, TraySign::SignedOut);
        let lines = vec!["1 of 2 live".into(), "Retail: Offline".into()];
        assert_eq!(signs(&[live(), down()], 0, 0), (TraySign::Offline, lines));
    }

    #[test]
    fn a_pause_and_quiet_hours_are_told_and_a_pause_comes_before() {
        let lines = |paused: Option<&str>, quiet: Option<&str>| {
            let ends = [paused, quiet].map(|end| end.map(ToOwned::to_owned));
            state(Language::English, &[live()], SeverityCounts::default(), ends).1[1].clone()
        };
        assert_eq!(lines(None, Some("22:00")), "Quiet until 22:00");
        assert_eq!(lines(Some("12:00"), Some("22:00")), "Notifications paused until 12:00");
    }

    #[test]
    fn that_notifications_cannot_be_shown_is_told_in_the_menu_too() {
        let overview = Overview {
            sources: vec![live()],
            notices: vec![Notice::NoVault, Notice::NotificationsFail],
            ..Overview::default()
        };
        let lines = ["Live", "Notifications cannot be shown"];
        let tray = tray(Language::English, &overview, &Offered::default(), Time(0));
        assert_eq!(tray.lines, lines);
        assert_eq!(tray.menu[..2], lines.map(|line| Entry::Line(line.into())));
    }

    #[test]
    fn a_source_that_the_analyst_has_paused_is_said_and_is_no_trouble() {
        let paused = || source(Link::Paused);
        assert_eq!(
            signs(&[live(), paused()], 0, 0),
            (TraySign::Live, vec!["Live".into(), "1 source paused".into()])
        );
        assert_eq!(
            signs(&[paused(), paused()], 0, 0),
            (TraySign::SignedOut, vec!["2 sources paused".into()])
        );
    }

    #[test]
    fn what_is_to_be_looked_at_comes_first() {
        assert_eq!(
            signs(&[live()], 2, 0),
            (TraySign::Attention, vec!["Live".into(), "2 alerts to look at: 2 high".into()])
        );
        assert_eq!(
            signs(&[live()], 2, 1),
            (TraySign::Critical, vec!["Live".into(), "3 alerts to look at: 1 critical, 2 high".into()]),
            "how many are critical is said"
        );
        assert_eq!(signs(&[down()], 2, 0).0, TraySign::Offline);
        assert_eq!(signs(&[down()], 0, 1).0, TraySign::Critical);
    }
}
