//! Words for what is no alert and keeps some from coming: a source that is not connected, a profile that cannot be
//! used.

use super::{local_near, plain, plain_within};
use crate::desk::desktop::{About, Notification};
use crate::model::{Severity, Time};
use crate::text::Language;

/// The longest reason that a notification gives, in characters: a line's number, a field's name and what to write
/// instead.
const REASON_LIMIT: usize = 200;

/// The notification that these sources are not connected, at `now`, and since when each is not.
pub fn offline(language: Language, sources: &[(&str, Time)], now: Time) -> Notification {
    let title = match sources {
        [(source, _)] => language.text("native.offline.title", &[("source", &plain(source))]),
        several => {
            let count = u32::try_from(several.len()).unwrap_or(u32::MAX);
            language.count("native.offline.title_several", count)
        }
    };
    let each = sources.iter().map(|(source, since)| {
        let time = local_near(*since, now);
        language.text("native.offline.source", &[("source", &plain(source)), ("time", &time)])
    });
    let each = each.collect::<Vec<_>>().join("; ");
    Notification {
        about: About::Offline,
        alerts: Vec::new(),
        severity: Severity::Medium,
        title,
        body: language.text("native.offline.body", &[("sources", &each)]),
        button: language.text("native.tray.open", &[]),
        link: None,
        buttons: Vec::new(),
        sound: None,
    }
}

/// The notification that a file of this name cannot be used as a profile, and what is wrong with it.
pub fn profile_refused(language: Language, file: &str, why: &str) -> Notification {
    Notification {
        about: About::Program,
        alerts: Vec::new(),
        severity: Severity::High,
        title: language.text("native.profile_refused.title", &[("file", &plain(file))]),
        body: language.text("native.profile_refused.body", &[("why", &plain_within(REASON_LIMIT, why))]),
        button: language.text("native.tray.open", &[]),
        link: None,
        buttons: Vec::new(),
        sound: None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::local_time;
    use super::*;

    #[test]
    fn who_is_not_connected_is_named_calmly_and_since_when() {
        let (retail, other) = (("Retail", Time(0)), ("\u{202E}Cards", Time(60_000)));
        let shown = offline(Language::English, &[retail], Time(300_000));
        assert_eq!((shown.sound, shown.severity, shown.about), (None, Severity::Medium, About::Offline));
        assert_eq!(shown.title, "Not connected: Retail");
        let since = local_time(Time(0));
        assert_eq!(shown.body, format!("Retail, since {since}. No alerts can arrive from there."));
        let both = offline(Language::French, &[retail, other], Time(300_000));
        assert_eq!(both.title, "2 sources sans connexion");
        let later = local_time(Time(60_000));
        let words =
            format!("Retail, depuis {since}; Cards, depuis {later}. Aucune alerte ne peut en arriver.");
        assert_eq!(both.body, words);
    }

    #[test]
    fn why_a_profile_is_refused_is_one_line_however_hostile_the_file() {
        let hostile = format!("\u{202E}<b>\n{}", "y".repeat(5_000));
        let shown = profile_refused(Language::English, &hostile, &hostile);
        for text in [&shown.title, &shown.body] {
            assert!(text.chars().count() < 260 && !text.contains(['\n', '\u{202E}']), "{text}");
        }
    }
}
