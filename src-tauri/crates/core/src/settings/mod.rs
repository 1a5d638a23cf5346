//! Settings: what the analyst, or an administrator, wants otherwise. They stand in one TOML file; a second one that
//! only an administrator can write wins wherever it says anything. `core/settings/README.md` tells of each.

mod file;
mod quiet;
mod rules;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use file::{Keeper, SettingsError, SettingsView};
pub use quiet::{QuietHours, Weekday, next_quiet, quiet_until};
pub use rules::{Rule, Then, decided};

use self::rules::RULES_LIMIT;
use crate::model::Severity;
use crate::store::Retention;

/// How long anything can be kept, in days: ten years, as long as a bank has to keep its books.
const DAYS: std::ops::RangeInclusive<u32> = 1..=3_660;
/// How large the database can be let grow, in GiB.
const GIB: std::ops::RangeInclusive<u32> = 1..=1_024;
/// The greatest amount from which on a payment is marked: more is no money.
const HIGH_VALUE_LIMIT: f64 = 1e15;
/// The most kept views: each is counted again and again.
const VIEWS_LIMIT: usize = 30;
/// The longest of them, in characters.
const VIEW_LIMIT: usize = 500;
/// The most stretches of quiet hours: one for each day of the week, and as many again.
const QUIET_LIMIT: usize = 14;

/// Everything that can be set.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How the window looks.
    pub window: WindowSettings,
    /// What is announced, and how.
    pub notifications: NotificationSettings,
    /// How the program lives on this computer.
    pub desktop: DesktopSettings,
    /// How much is kept.
    pub storage: StorageSettings,
}

/// How the window looks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct WindowSettings {
    /// Light or dark.
    pub theme: Theme,
    /// The language of the program's own texts.
    pub language: LanguageChoice,
    /// Whether rows are low, so that there are more of them.
    pub dense: bool,
    /// Whether a letter alone is a command. Who speaks to the computer instead of typing may want none (WCAG 2.2,
    /// 2.1.4).
    pub single_keys: bool,
    /// Payments of more than this are marked, in whatever currency.
    pub high_value: f64,
    /// Questions that are asked again and again, as they are typed: they stand in the side bar.
    pub views: Vec<String>,
}

impl Default for WindowSettings {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            language: LanguageChoice::System,
            dense: false,
            single_keys: true,
            high_value: 10_000.0,
            views: Vec::new(),
        }
    }
}

/// Light or dark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

/// A language, or the system's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub enum LanguageChoice {
    /// The system's; English where there is no table for it.
    #[default]
    #[serde(rename = "system")]
    System,
    /// English.
    #[serde(rename = "en")]
    English,
    /// French.
    #[serde(rename = "fr")]
    French,
}

/// What is announced, and how. Critical alerts are announced whatever is set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct NotificationSettings {
    /// The least severity that is announced.
    pub from: Severity,
    /// Whether names and amounts stay out of notifications: others may see the screen.
    pub private: bool,
    /// When only critical alerts are announced; what else comes is told afterwards.
    pub quiet_hours: Vec<QuietHours>,
    /// What is announced and what is not, before severity decides: the first that holds.
    pub rules: Vec<Rule>,
}

impl Default for NotificationSettings {
    fn default() -> Self {
        Self { from: Severity::High, private: true, quiet_hours: Vec::new(), rules: Vec::new() }
    }
}

/// How the program lives on this computer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct DesktopSettings {
    /// Whether it starts, in the tray, when the analyst logs in.
    pub start_at_login: bool,
    /// Whether it looks for newer versions of itself, once a day; it asks before it installs one.
    pub updates: bool,
}

impl Default for DesktopSettings {
    fn default() -> Self {
        Self { start_at_login: false, updates: true }
    }
}

/// How much is kept. Open alerts stay, however old they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct StorageSettings {
    /// For how many days.
    pub keep_days: u32,
    /// How large the database may be, in GiB.
    pub keep_gib: u32,
}

impl Default for StorageSettings {
    fn default() -> Self {
        let Retention { age, bytes } = Retention::default();
        let days = age.as_secs() / (24 * 3_600);
        Self {
            keep_days: u32::try_from(days).unwrap_or(*DAYS.end()),
            keep_gib: u32::try_from(bytes >> 30).unwrap_or(*GIB.end()),
        }
    }
}

impl StorageSettings {
    /// The same, for the store.
    pub fn retention(&self) -> Retention {
        Retention {
            age: Duration::from_secs(u64::from(self.keep_days) * 24 * 3_600),
            bytes: u64::from(self.keep_gib) << 30,
        }
    }
}

impl Settings {
    /// What is wrong with them, and the cure; `None` if nothing is.
    fn wrong(&self) -> Option<String> {
        let Self { window, notifications, desktop: _, storage } = self;
        if !(window.high_value > 0.0 && window.high_value <= HIGH_VALUE_LIMIT) {
            return Some("window.high_value: give an amount above zero".to_owned());
        }
        if window.views.len() > VIEWS_LIMIT {
            return Some(format!("window.views: {VIEWS_LIMIT} are enough"));
        }
        if window.views.iter().any(|view| view.trim().is_empty() || view.chars().count() > VIEW_LIMIT) {
            return Some(format!("window.views: a question has 1 to {VIEW_LIMIT} characters"));
        }
        if notifications.quiet_hours.len() > QUIET_LIMIT {
            return Some(format!("notifications.quiet_hours: {QUIET_LIMIT} are enough"));
        }
        if let Some(wrong) = notifications.quiet_hours.iter().find_map(QuietHours::wrong) {
            return Some(format!("notifications.quiet_hours: {wrong}"));
        }
        if notifications.rules.len() > RULES_LIMIT {
            return Some(format!("notifications.rules: {RULES_LIMIT} are enough"));
        }
        if let Some(wrong) = notifications.rules.iter().find_map(Rule::wrong) {
            return Some(format!("notifications.rules: {wrong}"));
        }
        let bounded = |name: &str, value: u32, within: &std::ops::RangeInclusive<u32>| {
            (!within.contains(&value))
                .then(|| format!("storage.{name}: from {} to {}", within.start(), within.end()))
        };
        bounded("keep_days", storage.keep_days, &DAYS).or_else(|| bounded("keep_gib", storage.keep_gib, &GIB))
    }
}
