//! Outages: what has not been connected for a while is told of by a notification. Who trusts those would take for calm
//! that none comes.

use std::collections::BTreeMap;
use std::time::Duration;

use super::actor::Actor;
use super::desktop::About;
use super::raising::Raise;
use super::words;
use crate::model::{Link, SourceId, Time, Trouble};

/// After so long without being live a source is told of. A server that starts anew, or a computer that changes its
/// network, is back by then; and who trusts notifications has not missed hours.
pub const OFFLINE_TOLD_AFTER: Duration = Duration::from_secs(5 * 60);

/// Who is told of it so much too late was asleep: on Windows both clocks go on meanwhile.
const LATE: Duration = Duration::from_secs(60);

/// A source that is not live.
struct Outage {
    /// Since when, by the wall clock: for who reads it.
    since: Time,
    /// When it is told of, by `Clock::elapsed`: a computer that has slept gives its links time to come back.
    due: Duration,
    /// Whether it is down, and not just being connected, or told of otherwise.
    is_down: bool,
    /// Whether it was told of.
    is_told: bool,
    /// Whether it was told of, be it in vain: what says so may be on the screen.
    may_be_on_show: bool,
}

/// How what is to be told has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    /// There is more.
    More,
    /// There is less, or nothing.
    Fewer,
}

/// The sources that are not live.
#[derive(Default)]
pub struct Outages {
    sources: BTreeMap<SourceId, Outage>,
    /// Whether what was due was held, when it was last looked.
    was_held: bool,
}

impl Outages {
    /// Looks how the links stand, at `now` by the wall clock and at `elapsed`; what is held is told of later.
    fn look<'a>(
        &mut self,
        links: impl Iterator<Item = (SourceId, &'a Link)>,
        now: Time,
        elapsed: Duration,
        is_held: bool,
    ) -> Option<Change> {
        let mut before = std::mem::take(&mut self.sources);
        let was_held = std::mem::replace(&mut self.was_held, is_held);
        let mut change = None;
        for (id, link) in links {
            // Who has signed out or paused it knows; who was signed out is told that.
            if matches!(link, Link::Live { .. } | Link::SignedOut { .. } | Link::Paused) {
                continue;
            }
            // What is fetched arrives: of a long night that takes a while.
            let is_fetching = matches!(link, Link::CatchingUp { fetched: 1.. });
            if is_fetching && before.get(&id).is_some_and(|outage| outage.is_told) {
                continue;
            }
            let due = elapsed.saturating_add(OFFLINE_TOLD_AFTER);
            let new = Outage { since: now, due, is_down: false, is_told: false, may_be_on_show: false };
            let mut outage = before.remove(&id).unwrap_or(new);
            let was_waited_for = outage.is_down && !was_held;
            if was_waited_for && elapsed >= outage.due.saturating_add(LATE) {
                outage.due = due;
            }
            // A night is over, and the computer may have slept through it: its links have a moment to come back.
            if was_held && !is_held {
                outage.due = outage.due.max(elapsed.saturating_add(LATE));
            }
            outage.is_down = is_down(link);
            if outage.is_down && !outage.is_told && !is_held && elapsed >= outage.due {
                (outage.is_told, outage.may_be_on_show) = (true, true);
                change = Some(Change::More);
            }
            self.sources.insert(id, outage);
        }
        let is_any_over = before.into_values().any(|outage| outage.may_be_on_show);
        change.or(is_any_over.then_some(Change::Fewer))
    }

    /// What is told of, and since when it is not connected.
    fn told(&self) -> impl Iterator<Item = (SourceId, Time)> {
        self.sources.iter().filter(|(_, outage)| outage.is_told).map(|(id, outage)| (*id, outage.since))
    }

    /// What was told could not be shown: it is told again from then on, by `Clock::elapsed`.
    fn tell_again(&mut self, due: Duration) {
        for outage in self.sources.values_mut().filter(|outage| outage.is_told) {
            outage.is_told = false;
            outage.due = due;
        }
    }

    /// When the next one is to be told of, by `Clock::elapsed`.
    fn due(&self) -> Option<Duration> {
        let waiting = self.sources.values().filter(|outage| outage.is_down && !outage.is_told);
        waiting.map(|outage| outage.due).min()
    }
}

/// Whether nothing can arrive over this link. That the store fails is told by itself.
const fn is_down(link: &Link) -> bool {
    match link {
        Link::Retrying { why, .. } => !matches!(why, Trouble::StoreFailed | Trouble::DiskFull),
        Link::Refused { .. } => true,
        _ => false,
    }
}

impl Actor {
    /// Tells, once, of what has not been connected for a while, and no more of what is again.
    pub(super) fn tell_outages(&mut self) {
        let (now, elapsed, is_held) = (self.clock().now(), self.clock().elapsed(), self.is_held());
        let links = self.sources.iter().map(|(id, entry)| (*id, &entry.link));
        let Some(change) = self.outages.look(links, now, elapsed, is_held) else { return };
        let name = |id: SourceId| self.sources.get(&id).map(|entry| entry.source.name.as_str());
        let down: Vec<(&str, Time)> =
            self.outages.told().filter_map(|(id, since)| Some((name(id)?, since))).collect();
        let words = || Box::new(words::offline(self.language, &down, now));
        // As something new, and not as an update that Windows would put into its list without a word.
        if change == Change::More && down.len() > 1 {
            self.raises.push(Raise::Withdraw(About::Offline));
        }
        self.raises.push(match change {
            _ if down.is_empty() => Raise::Withdraw(About::Offline),
            Change::More => Raise::Show(words()),
            Change::Fewer => Raise::Reword(words()),
        });
    }

    /// What was told of it could not be shown: it is told again in a while.
    pub(super) fn tell_outages_again(&mut self, after: Duration) {
        let due = self.clock().elapsed().saturating_add(after);
        self.outages.tell_again(due);
    }

    /// When an outage is to be told of, by `Clock::elapsed`. A pause and quiet hours hold it back.
    pub(super) fn outage_due(&self) -> Option<Duration> {
        self.outages.due().filter(|_| !self.is_held())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::TransportKind;

    const BANK: SourceId = SourceId(1);
    const LIVE: Link =
        Link::Live { round_trip_ms: None, transport: TransportKind::WebSocket, fallback: false };

    fn broken(why: Trouble) -> Link {
        Link::Retrying { until: Time(0), why, attempts: 1 }
    }

    /// Looks at one link, so many seconds after the start.
    fn look(outages: &mut Outages, second: u64, link: &Link, is_held: bool) -> Option<Change> {
        let elapsed = Duration::from_secs(second);
        outages.look(std::iter::once((BANK, link)), Time(0).plus(elapsed), elapsed, is_held)
    }

    #[test]
    fn an_outage_is_told_of_once_after_five_minutes_and_no_more_when_it_is_over() {
        let (mut outages, down) = (Outages::default(), broken(Trouble::Unreachable));
        assert_eq!(look(&mut outages, 10, &down, false), None);
        assert_eq!(outages.due(), Some(Duration::from_secs(310)));
        assert_eq!(look(&mut outages, 309, &down, false), None);
        assert_eq!(look(&mut outages, 310, &down, false), Some(Change::More));
        assert_eq!(outages.told().collect::<Vec<_>>(), [(BANK, Time(10_000))]);
        assert_eq!((look(&mut outages, 9_000, &down, false), outages.due()), (None, None));
        assert_eq!(look(&mut outages, 9_001, &LIVE, false), Some(Change::Fewer));
        assert_eq!(look(&mut outages, 9_002, &LIVE, false), None);
        assert_eq!(look(&mut outages, 9_003, &down, false), None, "another outage takes its own time");
    }

    #[test]
    fn trying_in_vain_ends_no_outage_and_nobody_is_told_while_it_is_tried() {
        let mut outages = Outages::default();
        look(&mut outages, 0, &broken(Trouble::Closed), false);
        for (second, tried) in [(299, Link::Connecting), (400, Link::CatchingUp { fetched: 3 })] {
            assert_eq!((look(&mut outages, second, &tried, false), outages.due()), (None, None));
        }
        assert_eq!(look(&mut outages, 401, &broken(Trouble::Closed), false), Some(Change::More));
    }

    #[test]
    fn what_is_over_when_a_pause_ends_was_never_told_of() {
        for (link, told) in [(LIVE, None), (broken(Trouble::Silent), Some(Change::More))] {
            let mut outages = Outages::default();
            look(&mut outages, 0, &broken(Trouble::Silent), false);
            assert_eq!(look(&mut outages, 600, &broken(Trouble::Silent), true), None);
            // Who was held may have slept, and its links have a moment to come back.
            assert_eq!(look(&mut outages, 900, &broken(Trouble::Silent), false), None);
            assert_eq!(look(&mut outages, 960, &link, false), told);
        }
    }

    #[test]
    fn a_computer_that_was_asleep_when_it_was_due_gives_its_links_time_to_come_back() {
        let (mut outages, down) = (Outages::default(), broken(Trouble::Unreachable));
        look(&mut outages, 0, &down, false);
        assert_eq!(look(&mut outages, 3_600, &down, false), None);
        assert_eq!(look(&mut outages, 3_899, &down, false), None);
        assert_eq!(look(&mut outages, 3_900, &down, false), Some(Change::More));
        assert_eq!(outages.told().next(), Some((BANK, Time(0))), "it is said since when");
    }

    #[test]
    fn what_the_analyst_knows_or_is_told_otherwise_is_no_outage() {
        let by_analyst = Link::SignedOut { reason: crate::model::SignedOutReason::ByAnalyst };
        for link in [by_analyst, Link::Paused, broken(Trouble::DiskFull), broken(Trouble::StoreFailed)] {
            let mut outages = Outages::default();
            look(&mut outages, 0, &link, false);
            assert_eq!((look(&mut outages, 9_000, &link, false), outages.due()), (None, None), "{link:?}");
        }
    }

    #[test]
    fn what_is_fetched_after_an_outage_ends_it_and_what_could_not_be_said_anew_is_taken_away() {
        let mut outages = Outages::default();
        look(&mut outages, 0, &broken(Trouble::Closed), false);
        assert_eq!(look(&mut outages, 300, &broken(Trouble::Closed), false), Some(Change::More));
        assert_eq!(look(&mut outages, 301, &Link::CatchingUp { fetched: 0 }, false), None);
        assert_eq!(look(&mut outages, 302, &Link::CatchingUp { fetched: 9 }, false), Some(Change::Fewer));

        look(&mut outages, 310, &broken(Trouble::Closed), false);
        assert_eq!(look(&mut outages, 610, &broken(Trouble::Closed), false), Some(Change::More));
        outages.tell_again(Duration::from_secs(630));
        assert_eq!(look(&mut outages, 611, &LIVE, false), Some(Change::Fewer));
    }

    #[test]
    fn what_could_not_be_shown_is_told_again() {
        let (mut outages, down) = (Outages::default(), Link::Refused { why: Trouble::Forbidden });
        look(&mut outages, 0, &down, false);
        assert_eq!(look(&mut outages, 300, &down, false), Some(Change::More));
        outages.tell_again(Duration::from_secs(320));
        assert_eq!(look(&mut outages, 319, &down, false), None);
        assert_eq!(look(&mut outages, 320, &down, false), Some(Change::More));
    }
}
