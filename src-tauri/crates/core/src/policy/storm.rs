//! Storms: beyond a few notifications in a short time, further alerts of a source join one notification, until that
//! source has been calm for a while. Critical alerts are not asked about: they come by themselves, even then.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::model::SourceId;

/// So many alerts of a source are announced each by itself: a few that belong together are read as they come.
const OWN_OF_SOURCE: usize = 3;
/// Within this time: what comes beyond is a storm.
const SHORTLY: Duration = Duration::from_secs(10);
/// So many of all sources together: with the storm's own notification they are ten.
const OWN_OF_ALL: usize = 9;
/// Within this time.
const MINUTE: Duration = Duration::from_secs(60);
/// A storm is over when nothing has joined it for so long; sooner, and it would begin again and again.
pub const CALM_AFTER: Duration = Duration::from_secs(30);

/// Which sources have a storm. Its times are by `Clock::elapsed`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Storms {
    /// What was announced by itself within the last minute.
    own: VecDeque<(Duration, SourceId)>,
    /// When something joined each storm last.
    raging: BTreeMap<SourceId, Duration>,
}

impl Storms {
    /// Whether an alert of this source that is to be announced at `now` joins a storm, and not comes by itself.
    pub fn joins(&mut self, source: SourceId, now: Duration) -> bool {
        let since = |at: Duration| now.saturating_sub(at);
        self.own.retain(|(at, _)| since(*at) < MINUTE);
        self.raging.retain(|_, last| since(*last) < CALM_AFTER);
        let lately = self.own.iter().filter(|(at, of)| *of == source && since(*at) < SHORTLY).count();
        let joins =
            self.raging.contains_key(&source) || lately >= OWN_OF_SOURCE || self.own.len() >= OWN_OF_ALL;
        if joins {
            self.raging.insert(source, now);
        } else {
            self.own.push_back((now, source));
        }
        joins
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BANK: SourceId = SourceId(1);
    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_few_come_by_themselves_and_what_comes_beyond_joins_until_it_has_been_calm() {
        let mut storms = Storms::default();
        let mut joins = |second: u32| storms.joins(BANK, SECOND * second);
        assert_eq!([0, 1, 2, 3, 20, 49].map(&mut joins), [false, false, false, true, true, true]);
        assert!(joins(78), "29 s are not calm");
        assert!(!joins(108), "30 s are");
    }

    #[test]
    fn what_comes_now_and_then_is_no_storm() {
        let mut storms = Storms::default();
        assert!((0..100).all(|number| !storms.joins(BANK, 7 * SECOND * number)));
    }

    #[test]
    fn the_storm_of_a_source_leaves_the_others_alone_and_all_together_have_nine_a_minute() {
        let mut storms = Storms::default();
        assert_eq!((0..4).filter(|_| storms.joins(BANK, SECOND)).count(), 1);
        assert!(!storms.joins(SourceId(2), SECOND));
        let own = (3..20).filter(|source| !storms.joins(SourceId(*source), SECOND)).count();
        assert_eq!(own, 5);
        assert!(!storms.joins(SourceId(20), SECOND + MINUTE));
    }
}
