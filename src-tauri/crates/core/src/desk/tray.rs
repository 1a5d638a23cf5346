//! What the tray shows of the desk.

use super::desktop::{Tray, TraySign};
use super::view::SourceView;
use super::words::local_time;
use crate::model::{Link, SeverityCounts, SignedOutReason, Time};
use crate::text::Language;

/// The tray for this state. What the analyst has to look at comes before how the links stand, and a link that is
/// down before high alerts, because then nothing new would show.
pub fn tray(
    language: Language,
    sources: &[SourceView],
    unacknowledged: SeverityCounts,
    paused_until: Option<Time>,
    quiet_until: Option<Time>,
) -> Tray {
    // Who signed out or paused it by choice knows; who was signed out may not.
    let by_analyst = Link::SignedOut { reason: SignedOutReason::ByAnalyst };
    let links = || sources.iter().map(|source| &source.link);
    let paused = u32::try_from(links().filter(|link| **link == Link::Paused).count()).unwrap_or(u32::MAX);
    let signed_in: Vec<&Link> =
        links().filter(|link| **link != by_analyst && **link != Link::Paused).collect();
    let live = signed_in.iter().filter(|link| matches!(link, Link::Live { .. })).count();
    let out = signed_in.iter().filter(|link| matches!(link, Link::SignedOut { .. })).count();
    let down =
        out > 0 || signed_in.iter().any(|link| matches!(link, Link::Retrying { .. } | Link::Refused { .. }));
    let links = if signed_in.len() == out {
        TraySign::SignedOut
    } else if live == signed_in.len() {
        TraySign::Live
    } else if down {
        TraySign::Offline
    } else {
        TraySign::Connecting
    };
    let sign = if unacknowledged.critical > 0 {
        TraySign::Critical
    } else if unacknowledged.high > 0 && links != TraySign::Offline {
        TraySign::Attention
    } else {
        links
    };
    let count = unacknowledged.critical.saturating_add(unacknowledged.high);
    let state = match links {
        TraySign::Live => language.text("native.tray.live", &[]),
        TraySign::SignedOut => language.text("native.tray.signed_out", &[]),
        _ if live > 0 => {
            let (n, all) = (live.to_string(), signed_in.len().to_string());
            language.text("native.tray.partly", &[("n", &n), ("all", &all)])
        }
        TraySign::Offline => language.text("native.tray.offline", &[]),
        _ => language.text("native.tray.connecting", &[]),
    };
    let is_all_paused = signed_in.is_empty() && paused > 0;
    let mut lines = if is_all_paused { Vec::new() } else { vec![state] };
    if paused > 0 {
        lines.push(language.count("native.tray.sources_paused", paused));
    }
    if count > 0 {
        lines.push(language.count("native.tray.unacknowledged", count));
    }
    if let Some(until) = paused_until {
        lines.push(language.text("native.tray.paused", &[("time", &local_time(until))]));
    } else if let Some(until) = quiet_until {
        lines.push(language.text("native.tray.quiet", &[("time", &local_time(until))]));
    }
    Tray { language, sign, unacknowledged: count, lines, paused: paused_until.is_some() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Parameters, SourceId, TransportKind, Trouble};

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

    fn down() -> SourceView {
        source(Link::Retrying { until: Time(0), why: Trouble::Unreachable, attempts: 1 })
    }

    fn out() -> SourceView {
        source(Link::SignedOut { reason: SignedOutReason::ByAnalyst })
    }

    fn signs(sources: &[SourceView], high: u32, critical: u32) -> (TraySign, Vec<String>) {
        let counts = SeverityCounts { high, critical, ..SeverityCounts::default() };
        let tray = tray(Language::English, sources, counts, None, None);
        (tray.sign, tray.lines)
    }

    #[test]
    fn the_sign_tells_how_the_links_stand() {
        assert_eq!(signs(&[], 0, 0).0, TraySign::SignedOut);
        assert_eq!(signs(&[out()], 0, 0).0, TraySign::SignedOut);
        assert_eq!(signs(&[source(Link::Connecting)], 0, 0).0, TraySign::Connecting);
        assert_eq!(signs(&[live(), out()], 0, 0).0, TraySign::Live);
        let thrown_out = source(Link::SignedOut { reason: SignedOutReason::SessionEnded });
        assert_eq!(signs(&[live(), thrown_out.clone()], 0, 0).0, TraySign::Offline);
        assert_eq!(signs(&[thrown_out], 0, 0).0, TraySign::SignedOut);
        assert_eq!(signs(&[live(), down()], 0, 0), (TraySign::Offline, vec!["1 of 2 live".into()]));
    }

    #[test]
    fn a_pause_and_quiet_hours_are_told_and_a_pause_comes_before() {
        let lines = |paused, quiet| {
            tray(Language::English, &[live()], SeverityCounts::default(), paused, quiet).lines[1].clone()
        };
        let (noon, night) = (Time(12 * 3_600_000), Time(22 * 3_600_000));
        assert_eq!(lines(None, Some(night)), format!("Quiet until {}", local_time(night)));
        assert_eq!(
            lines(Some(noon), Some(night)),
            format!("Notifications paused until {}", local_time(noon))
        );
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
            (TraySign::Attention, vec!["Live".into(), "2 alerts to look at".into()])
        );
        assert_eq!(signs(&[live()], 2, 1).0, TraySign::Critical);
        assert_eq!(signs(&[down()], 2, 0).0, TraySign::Offline);
        assert_eq!(signs(&[down()], 0, 1).0, TraySign::Critical);
    }
}
