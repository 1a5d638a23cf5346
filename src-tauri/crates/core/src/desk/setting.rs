//! What the settings mean for the desk.

use std::time::Duration;

use jiff::tz::TimeZone;

use super::actor::Actor;
use super::desktop::NotSet;
use super::view::{Failure, FailureCode};
use crate::link::Announced;
use crate::model::Time;
use crate::settings::{LanguageChoice, Settings, SettingsError, SettingsView, next_quiet, quiet_until};
use crate::text::Language;

/// Quiet hours are looked at again after so long, whenever they begin or end next: a computer that travels gets another
/// zone, and nobody tells.
const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(15 * 60);

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        let code = match error {
            SettingsError::Wrong { .. } | SettingsError::Refused(_) => FailureCode::BadSetting,
            SettingsError::Unusable { .. } => FailureCode::SettingsNotKept,
        };
        Self::new(code, error)
    }
}

/// The language that is spoken: what is set, else the system's.
pub fn spoken(settings: &Settings, system: Language) -> Language {
    match settings.window.language {
        LanguageChoice::System => system,
        LanguageChoice::English => Language::English,
        LanguageChoice::French => Language::French,
    }
}

impl Actor {
    /// Sets everything, and follows it at once.
    pub(super) async fn set(&mut self, wanted: &Settings) -> Result<SettingsView, Failure> {
        let before = self.settings.settings().clone();
        self.settings.set(wanted)?;
        self.language = spoken(self.settings.settings(), self.system_language);
        let told = self.tell_desktop();
        self.tell_links();
        self.keep_quiet();
        // What was held back may be announced now.
        self.announce(true).await;
        if before.notifications.rules != self.settings.settings().notifications.rules {
            self.follow_rules().await;
        }
        self.changed().await;
        // What is set is kept all the same, and said again at the next start.
        told.map_err(|why| Failure::new(FailureCode::LoginNotSet, why))?;
        Ok(self.settings.view().clone())
    }

    /// Tells the links what the analyst is told of: the rest may wait while nobody looks.
    pub(super) fn tell_links(&self) {
        let from = self.settings.settings().notifications.from;
        self.tools.unseen.announce(Announced { from, kinds: self.announced_kinds().collect() });
    }

    /// Tells the desktop what is set for it.
    pub(super) fn tell_desktop(&self) -> Result<(), NotSet> {
        let Settings { window, desktop, .. } = self.settings.settings();
        self.desktop.set_theme(window.theme);
        // A file that is wrong says nothing of it: it stays as it is.
        if self.settings.view().problem.is_some() {
            Ok(())
        } else {
            self.desktop.set_start_at_login(desktop.start_at_login)
        }
    }

    /// Begins or ends quiet hours; whether they have ended.
    pub(super) fn keep_quiet(&mut self) -> bool {
        let stretches = &self.settings.settings().notifications.quiet_hours;
        let (now, zone) = (self.clock().now(), TimeZone::system());
        let until = quiet_until(stretches, now, &zone);
        self.quiet_looked_at = now;
        let change = until.or_else(|| next_quiet(stretches, now, &zone));
        self.quiet_change = change.map(|at| at.min(now.plus(LOOK_AGAIN_AFTER)));
        let was_quiet = std::mem::replace(&mut self.quiet_until, until).is_some();
        was_quiet && until.is_none()
    }

    /// Whether quiet hours begin or end about now, or may as the wall clock was set back.
    pub(super) fn is_quiet_changing(&self) -> bool {
        let now = self.clock().now();
        self.quiet_change.is_some_and(|at: Time| now >= at || now < self.quiet_looked_at)
    }
}
