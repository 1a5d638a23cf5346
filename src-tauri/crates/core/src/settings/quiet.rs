//! Quiet hours: stretches of the week, in the zone of this computer. A stretch that ends earlier than it begins goes
//! over midnight, and belongs to the day on which it begins.

use jiff::civil::{Date, Time as Hour};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _, Zoned};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::model::Time;

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Weekday {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

impl Weekday {
    const fn of(day: jiff::civil::Weekday) -> Self {
        use jiff::civil::Weekday as Day;
        match day {
            Day::Monday => Self::Mon,
            Day::Tuesday => Self::Tue,
            Day::Wednesday => Self::Wed,
            Day::Thursday => Self::Thu,
            Day::Friday => Self::Fri,
            Day::Saturday => Self::Sat,
            Day::Sunday => Self::Sun,
        }
    }
}

/// A stretch of some days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// The days on which it begins.
    pub days: Vec<Weekday>,
    /// When it begins: `22:00`.
    pub from: String,
    /// When it ends: `07:00`; the same as `from` is a whole day.
    pub until: String,
}

impl QuietHours {
    /// What is wrong with it; `None` if nothing is.
    pub(super) fn wrong(&self) -> Option<String> {
        if self.days.is_empty() {
            return Some("say on which days, mon to sun".to_owned());
        }
        let is_wrong = |text: &&String| hour(text).is_none();
        [&self.from, &self.until]
            .into_iter()
            .find(is_wrong)
            .map(|text| format!("`{text}` is no time: write 22:00"))
    }

    /// Its beginning and end, if it begins on this day.
    fn on(&self, day: Date, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
        if !self.days.contains(&Weekday::of(day.weekday())) {
            return None;
        }
        let (from, until) = (hour(&self.from)?, hour(&self.until)?);
        let last = if until <= from { day.tomorrow().ok()? } else { day };
        // An hour that a change of the clocks leaves out begins when they have been changed.
        let at = |day: Date, hour| Some(day.to_datetime(hour).to_zoned(zone.clone()).ok()?.timestamp());
        Some((at(day, from)?, at(last, until)?))
    }
}

/// Until when it is quiet; `None`: it is not.
pub fn quiet_until(stretches: &[QuietHours], now: Time, zone: &TimeZone) -> Option<Time> {
    let mut until = None;
    let mut at = here(now, zone)?.timestamp();
    // Stretches that follow each other are one, for as long as a week.
    let week = at.checked_add((7 * 24).hours()).ok()?;
    while let Some(end) = around(stretches, at, zone).filter(|end| *end > at) {
        until = Some(Time(end.as_millisecond()));
        at = end;
        if at >= week {
            break;
        }
    }
    until
}

/// When the next stretch begins; `None`: none does.
pub fn next_quiet(stretches: &[QuietHours], now: Time, zone: &TimeZone) -> Option<Time> {
    let at = here(now, zone)?;
    days(at.date(), 0, 8)
        .flat_map(|day| stretches.iter().filter_map(move |one| one.on(day, zone)))
        .map(|(from, _)| from)
        .filter(|from| *from > at.timestamp())
        .min()
        .map(|from| Time(from.as_millisecond()))
}

/// The latest end of the stretches that hold this moment.
fn around(stretches: &[QuietHours], at: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let today = at.to_zoned(zone.clone()).date();
    days(today, -1, 2)
        .flat_map(|day| stretches.iter().filter_map(move |one| one.on(day, zone)))
        .filter(|(from, until)| *from <= at && at < *until)
        .map(|(_, until)| until)
        .max()
}

fn days(today: Date, from: i64, count: usize) -> impl Iterator<Item = Date> {
    (from..).take(count).filter_map(move |days| today.checked_add(days.days()).ok())
}

fn here(now: Time, zone: &TimeZone) -> Option<Zoned> {
    Some(Timestamp::from_millisecond(now.0).ok()?.to_zoned(zone.clone()))
}

fn hour(text: &str) -> Option<Hour> {
    let (hours, minutes) = text.split_once(':')?;
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    Hour::new(hours.parse().ok()?, minutes.parse().ok()?, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paris() -> TimeZone {
        TimeZone::get("Europe/Paris").unwrap()
    }

    fn at(text: &str) -> Time {
        let moment: jiff::civil::DateTime = text.parse().unwrap();
        Time(moment.to_zoned(paris()).unwrap().timestamp().as_millisecond())
    }

    fn nights() -> Vec<QuietHours> {
        use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
        vec![
            QuietHours { days: vec![Mon, Tue, Wed, Thu], from: "22:00".into(), until: "07:00".into() },
            QuietHours { days: vec![Fri, Sat, Sun], from: "20:00".into(), until: "20:00".into() },
        ]
    }

    #[test]
    fn a_night_goes_over_midnight_and_belongs_to_the_day_it_begins_on() {
        let nights = nights();
        // 2026-01-27 is a Tuesday.
        let until = |now: &str| quiet_until(&nights, at(now), &paris());
        assert_eq!(until("2026-01-27T21:59"), None);
        assert_eq!(until("2026-01-27T22:00"), Some(at("2026-01-28T07:00")));
        assert_eq!(until("2026-01-28T06:59"), Some(at("2026-01-28T07:00")));
        assert_eq!(until("2026-01-28T07:00"), None);
    }

    #[test]
    fn stretches_that_follow_each_other_are_one() {
        // From Friday evening to Monday evening, and Monday's night begins only at ten.
        assert_eq!(quiet_until(&nights(), at("2026-01-30T20:00"), &paris()), Some(at("2026-02-02T20:00")));
        assert_eq!(quiet_until(&nights(), at("2026-01-30T19:59"), &paris()), None);
    }

    #[test]
    fn the_next_one_is_found_however_far_it_is() {
        assert_eq!(next_quiet(&nights(), at("2026-01-27T12:00"), &paris()), Some(at("2026-01-27T22:00")));
        let mondays = [QuietHours { days: vec![Weekday::Mon], from: "00:00".into(), until: "01:00".into() }];
        assert_eq!(next_quiet(&mondays, at("2026-01-26T00:00"), &paris()), Some(at("2026-02-02T00:00")));
        assert_eq!(next_quiet(&[], at("2026-01-26T00:00"), &paris()), None);
    }

    #[test]
    fn a_change_of_the_clocks_makes_a_night_shorter_and_loses_none() {
        // In the night to 2026-03-29 the hour from two to three is left out.
        let sundays = [QuietHours { days: vec![Weekday::Sun], from: "02:30".into(), until: "04:00".into() }];
        assert_eq!(quiet_until(&sundays, at("2026-03-29T03:30"), &paris()), Some(at("2026-03-29T04:00")));
    }

    #[test]
    fn what_is_no_time_is_said() {
        for (from, until) in [("25:00", "07:00"), ("22", "07:00"), ("22:00", "7:0"), ("", "07:00")] {
            let wrong = QuietHours { days: vec![Weekday::Mon], from: from.into(), until: until.into() };
            assert!(wrong.wrong().is_some(), "{from} {until}");
            assert_eq!(quiet_until(&[wrong], at("2026-01-26T23:00"), &paris()), None);
        }
    }
}
