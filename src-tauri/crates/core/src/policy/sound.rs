//! Sounds: by severity, and once. What comes shortly after a sound that is as loud is seen and not heard.

use std::time::Duration;

use crate::model::Severity;

/// As long as a sound counts: alerts that come one upon the other are one reason to look up.
const COUNTS_FOR: Duration = Duration::from_secs(5);

/// What is heard with a notification; ordered, the last is the loudest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sound {
    /// There is something to look at.
    Notice,
    /// There is something to look at now.
    Alarm,
}

/// What was heard last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sounds(Option<(Sound, Duration)>);

impl Sounds {
    /// What is heard with a notification that is so bad, at `now` by `Clock::elapsed`. What is less than high is never
    /// heard.
    pub fn of(&mut self, severity: Severity, now: Duration) -> Option<Sound> {
        let sound = match severity {
            Severity::Critical => Sound::Alarm,
            Severity::High => Sound::Notice,
            Severity::Medium | Severity::Low => return None,
        };
        if self.0.is_some_and(|(last, at)| last >= sound && now.saturating_sub(at) < COUNTS_FOR) {
            return None;
        }
        self.0 = Some((sound, now));
        self.0.map(|(sound, _)| sound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_heard_once_how_bad_it_is_and_again_only_when_it_is_worse() {
        let mut sounds = Sounds::default();
        let mut at = |second: u64, severity| sounds.of(severity, Duration::from_secs(second));
        assert_eq!(at(0, Severity::Medium), None);
        assert_eq!(at(0, Severity::High), Some(Sound::Notice));
        assert_eq!(at(4, Severity::High), None);
        assert_eq!(at(4, Severity::Critical), Some(Sound::Alarm));
        assert_eq!(at(5, Severity::High), None);
        assert_eq!(at(9, Severity::Critical), Some(Sound::Alarm));
    }
}
