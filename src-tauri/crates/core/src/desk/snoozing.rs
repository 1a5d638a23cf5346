//! Snoozes: when they end, and what the analyst asks for of them. A pause lasts by the same hours.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::actor::Actor;
use super::view::Failure;
use crate::clock::Clock;
use crate::model::{AlertId, PauseFor, SnoozeFor, SnoozeId, SnoozeRequest, Snoozed, Time};
use crate::store::StoreError;

/// When a snooze or a pause until tomorrow ends: the day begins.
const MORNING: i8 = 8;
/// From here on the wall clock was set back, and does not only run otherwise than the other.
const SET_BACK: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

/// What the desk knows of snoozes.
#[derive(Debug)]
pub struct Snoozing {
    /// When the next one ends.
    end: Option<Time>,
    /// Both clocks as they stood when the last one began: the wall clock may be set back since.
    from: (Time, Duration),
    /// Grows with each change.
    pub change: u64,
}

impl Snoozing {
    /// What has ended while the program did not run is to be found out.
    pub fn new(clock: &dyn Clock) -> Self {
        Self { end: Some(clock.now()), from: (clock.now(), clock.elapsed()), change: 0 }
    }
}

/// When a snooze that begins now ends.
fn end_of(lasts: SnoozeFor, now: Time, zone: &TimeZone) -> Time {
    match lasts {
        SnoozeFor::Hour => now.plus(HOUR),
        SnoozeFor::FourHours => now.plus(4 * HOUR),
        SnoozeFor::Tomorrow => tomorrow(now, zone),
    }
}

/// How long a pause lasts that begins now.
pub fn length_of(pause: PauseFor, now: Time, zone: &TimeZone) -> Duration {
    match pause {
        PauseFor::QuarterHour => HOUR / 4,
        PauseFor::Hour => HOUR,
        PauseFor::Tomorrow => tomorrow(now, zone).since(now),
    }
}

/// When the next day begins.
fn tomorrow(now: Time, zone: &TimeZone) -> Time {
    let morning = || {
        let today = Timestamp::from_millisecond(now.0).ok()?.to_zoned(zone.clone()).date();
        let morning = today.tomorrow().ok()?.at(MORNING, 0, 0, 0).to_zoned(zone.clone()).ok()?;
        Some(Time(morning.timestamp().as_millisecond()))
    };
    // A clock at the end of all days has no tomorrow.
    morning().unwrap_or_else(|| now.plus(HOUR))
}

impl Actor {
    /// Snoozes alerts, or what they are of; tells how they were before.
    pub(super) async fn snooze(&mut self, request: SnoozeRequest) -> Result<Snoozed, Failure> {
        let SnoozeRequest { alerts, of, lasts } = request;
        let (now, elapsed) = (self.clock().now(), self.clock().elapsed());
        let (wall, began) = self.snoozing.from;
        let ahead = wall.plus(elapsed.saturating_sub(began)).since(now);
        if ahead >= SET_BACK {
            // What began before ends by a wall clock that nobody has any more.
            self.store().set_snoozes_back(ahead).await?;
            self.snoozing.from = (now, elapsed);
            self.follow_snoozes().await;
        }
        let snoozed = self.store().snooze(&alerts, of, end_of(lasts, now, &TimeZone::system())).await?;
        self.snoozing.from = (now, elapsed);
        self.follow_snoozes().await;
        self.look_at_shown().await;
        self.changed().await;
        Ok(snoozed)
    }

    /// Ends snoozes before their time.
    pub(super) async fn wake_up(&mut self, alerts: &[AlertId], snoozes: &[SnoozeId]) -> Result<(), Failure> {
        self.store().wake(alerts, snoozes).await?;
        self.fewer_snoozes().await;
        Ok(())
    }

    /// Undoes a snooze.
    pub(super) async fn undo_snooze(&mut self, snoozed: &Snoozed) -> Result<(), Failure> {
        self.store().undo_snooze(snoozed).await?;
        self.fewer_snoozes().await;
        Ok(())
    }

    async fn fewer_snoozes(&mut self) {
        self.follow_snoozes().await;
        // What was held back for them may be announced now.
        self.announce(true).await;
        self.changed().await;
    }

    /// Ends what is over by either clock: one may be set, and the other stands still while the computer sleeps. Whether
    /// anything was.
    pub(super) async fn end_snoozes(&mut self) -> bool {
        let (wall, elapsed) = self.snoozing.from;
        let passed = self.clock().elapsed().saturating_sub(elapsed);
        let now = self.clock().now().max(wall.plus(passed));
        if self.snoozing.end.is_none_or(|end| end > now) {
            return false;
        }
        match self.store().end_snoozes(now).await {
            Ok(any) => {
                self.follow_snoozes().await;
                any
            }
            Err(error) => {
                self.note_undecided(&error);
                false
            }
        }
    }

    /// When the next one ends, by [`crate::clock::Clock::elapsed`]; what could not be ended waits like what could not
    /// be decided.
    pub(super) fn snooze_due(&self) -> Option<Duration> {
        let end = self.snoozing.end?;
        let (wall, elapsed) = self.snoozing.from;
        let by_the_wall = self.clock().elapsed().saturating_add(end.since(self.clock().now()));
        let due = by_the_wall.min(elapsed.saturating_add(end.since(wall)));
        Some(if self.undecided.is_some() { due.max(self.decide_due) } else { due })
    }

    /// Reads when the next one ends, and tells the window that there was a change.
    pub(super) async fn follow_snoozes(&mut self) {
        self.snoozing.change += 1;
        let end: Result<_, StoreError> = self.store().next_snooze_end().await;
        match end {
            Ok(end) => self.snoozing.end = end,
            Err(error) => {
                self.snoozing.end = Some(self.clock().now());
                self.note_undecided(&error);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, zone: &TimeZone) -> Time {
        let moment: jiff::civil::DateTime = text.parse().unwrap();
        Time(moment.to_zoned(zone.clone()).unwrap().timestamp().as_millisecond())
    }

    #[test]
    fn tomorrow_is_the_next_morning_of_this_place_however_long_the_night() {
        let paris = TimeZone::get("Europe/Paris").unwrap();
        let tomorrow = |now: &str| end_of(SnoozeFor::Tomorrow, at(now, &paris), &paris);
        assert_eq!(tomorrow("2026-01-27T23:59"), at("2026-01-28T08:00", &paris));
        assert_eq!(tomorrow("2026-01-28T00:00"), at("2026-01-29T08:00", &paris));
        // In this night the clocks are changed.
        assert_eq!(tomorrow("2026-03-28T12:00"), at("2026-03-29T08:00", &paris));
        assert_eq!(end_of(SnoozeFor::FourHours, Time(0), &paris), Time(4 * 3_600_000));
    }

    #[test]
    fn a_pause_lasts_a_quarter_of_an_hour_an_hour_or_until_the_morning() {
        let paris = TimeZone::get("Europe/Paris").unwrap();
        let minutes =
            |now: &str| PauseFor::ALL.map(|pause| length_of(pause, at(now, &paris), &paris).as_secs() / 60);
        assert_eq!(minutes("2026-01-27T17:00"), [15, 60, 15 * 60]);
        // In this night an hour is left out.
        assert_eq!(minutes("2026-03-28T17:00"), [15, 60, 14 * 60]);
    }
}
