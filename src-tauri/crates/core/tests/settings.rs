//! Settings come from the analyst's file and the administrator's, which wins; what is wrong is said and does not count.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]

use std::path::{Path, PathBuf};

use tempfile::tempdir;
use vigie_core::model::Severity;
use vigie_core::settings::{Keeper, Settings, SettingsError, Theme};

fn files(folder: &Path, own: &str, managed: &str) -> (Option<PathBuf>, Option<PathBuf>) {
    let paths = (folder.join("mine/settings.toml"), folder.join("settings.toml"));
    std::fs::create_dir_all(folder.join("mine")).unwrap();
    for (path, text) in [(&paths.0, own), (&paths.1, managed)] {
        if !text.is_empty() {
            std::fs::write(path, text).unwrap();
        }
    }
    (Some(paths.0), Some(paths.1))
}

#[test]
fn without_a_file_everything_is_as_usual_and_private() {
    let folder = tempdir().unwrap();
    let (own, managed) = files(folder.path(), "", "");
    let keeper = Keeper::open(own, managed);
    assert_eq!(keeper.settings(), &Settings::default());
    assert!(keeper.settings().notifications.private);
    assert_eq!((keeper.view().problem.as_deref(), keeper.view().managed.as_deref()), (None, None));
}

#[test]
fn what_is_set_is_kept_and_what_is_usual_is_not_written() {
    let folder = tempdir().unwrap();
    let (own, managed) = files(folder.path(), "", "");
    let mut keeper = Keeper::open(own.clone(), managed.clone());
    let changes = keeper.watch();
    let mut wanted = Settings::default();
    wanted.window.theme = Theme::Dark;
    keeper.set(&wanted).unwrap();
    assert_eq!(*changes.borrow(), wanted, "whoever uses them hears of it");
    let text = std::fs::read_to_string(own.as_ref().unwrap()).unwrap();
    assert!(text.contains("theme = \"dark\"") && !text.contains("private"), "{text}");
    assert_eq!(Keeper::open(own, managed).settings(), &wanted);
}

#[test]
fn the_administrators_word_wins_and_the_analysts_is_kept_behind_it() {
    let folder = tempdir().unwrap();
    let mine = "[window]\ntheme = \"dark\"\n[notifications]\nprivate = false\n";
    let (own, managed) = files(folder.path(), mine, "[notifications]\nprivate = true\n");
    let mut keeper = Keeper::open(own.clone(), managed.clone());
    assert!(keeper.settings().notifications.private);
    assert_eq!(keeper.settings().window.theme, Theme::Dark);
    assert_eq!(keeper.view().locked, ["notifications.private"]);
    let mut wanted = keeper.settings().clone();
    wanted.notifications.private = false;
    wanted.notifications.from = Severity::Medium;
    keeper.set(&wanted).unwrap();
    assert!(keeper.settings().notifications.private, "it cannot be changed");
    assert_eq!(keeper.settings().notifications.from, Severity::Medium);
    std::fs::remove_file(managed.as_ref().unwrap()).unwrap();
    assert!(!Keeper::open(own, managed).settings().notifications.private, "without the lock it is as it was");
}

#[test]
fn a_file_that_is_wrong_does_not_count_says_where_and_is_not_written_over() {
    for (text, said) in [
        ("[window]\ntheme = \"pink\"\n", "line 2"),
        ("[windows]\n", "windows"),
        ("[storage]\nkeep_days = 0\n", "from 1 to 3660"),
        ("[window]\nhigh_value = -1.0\n", "above zero"),
        ("[[notifications.quiet_hours]]\ndays = [\"mon\"]\nfrom = \"25:00\"\nuntil = \"07:00\"\n", "25:00"),
        ("theme = [", "line 1"),
    ] {
        let folder = tempdir().unwrap();
        let (own, managed) = files(folder.path(), text, "");
        let mut keeper = Keeper::open(own.clone(), managed);
        assert_eq!(keeper.settings(), &Settings::default());
        let problem = keeper.view().problem.clone().unwrap();
        assert!(problem.contains(said) && problem.contains("settings.toml"), "{problem}");
        let refused = keeper.set(&Settings::default()).unwrap_err();
        assert!(matches!(refused, SettingsError::Wrong { .. }), "{refused}");
        assert_eq!(std::fs::read_to_string(own.unwrap()).unwrap(), text);
    }
}

#[test]
fn an_administrators_file_that_is_wrong_leaves_the_analysts_in_force_but_for_what_others_may_see() {
    let folder = tempdir().unwrap();
    let (own, managed) = files(
        folder.path(),
        "[window]\ntheme = \"dark\"\n[notifications]\nprivate = false\n",
        "[window]\ntheme = 5\n",
    );
    let keeper = Keeper::open(own, managed);
    assert_eq!(keeper.settings().window.theme, Theme::Dark);
    assert!(keeper.view().problem.is_some() && keeper.settings().notifications.private);
    assert_eq!(keeper.view().locked, ["notifications.private"]);
}

#[test]
fn what_is_no_file_is_not_waited_for() {
    let folder = tempdir().unwrap();
    let own = folder.path().join("settings.toml");
    std::fs::create_dir(&own).unwrap();
    let problem = Keeper::open(Some(own), None).view().problem.clone().unwrap();
    assert!(problem.contains("it is no file"), "{problem}");
}

#[test]
fn what_cannot_be_is_refused_and_nothing_changes() {
    let mut keeper = Keeper::default();
    let mut wanted = Settings::default();
    wanted.storage.keep_gib = 0;
    assert!(matches!(keeper.set(&wanted), Err(SettingsError::Refused(_))));
    assert_eq!(keeper.settings(), &Settings::default());
}

#[test]
fn what_the_document_shows_is_what_is_usual() {
    let document = include_str!("../settings/README.md");
    let example = document.split("```toml").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let folder = tempdir().unwrap();
    let (own, managed) = files(folder.path(), example, "");
    let keeper = Keeper::open(own, managed);
    assert_eq!(keeper.view().problem, None);
    let mut settings = keeper.settings().clone();
    assert_eq!(settings.notifications.quiet_hours.len(), 1);
    settings.notifications.quiet_hours.clear();
    assert_eq!(settings.notifications.rules.len(), 2);
    settings.notifications.rules.clear();
    assert_eq!(settings.window.views.len(), 2);
    settings.window.views.clear();
    assert_eq!(settings, Settings::default());
}

#[test]
fn however_odd_a_file_is_what_is_wrong_is_said_shortly() {
    let long = "x".repeat(500_000);
    let (deep, wide) = ("[".repeat(200_000), "a.".repeat(100_000));
    for text in [
        format!("[window]\ntheme = \"{long}\"\n"),
        format!("theme = {deep}"),
        format!("a = {}", "{b=".repeat(100_000)),
        format!("{wide}a = 1"),
        format!("{long} = 1\n"),
        format!("[[notifications.rules]]\nname = \"{long}\"\n"),
        format!("[[notifications.quiet_hours]]\ndays = [\"mon\"]\nfrom = \"{long}\"\nuntil = \"07:00\"\n"),
        "\0\u{202e}".to_owned(),
        "[window]\ntheme = \"dark\"\ntheme = \"light\"\n".to_owned(),
        "[window]\nhigh_value = nan\n".to_owned(),
        "[window]\nhigh_value = inf\n".to_owned(),
        "[storage]\nkeep_days = 99999999999999999999\n".to_owned(),
    ] {
        let folder = tempdir().unwrap();
        let (own, managed) = files(folder.path(), &text, "");
        let keeper = Keeper::open(own, managed);
        assert_eq!(keeper.settings(), &Settings::default());
        let problem = keeper.view().problem.clone().unwrap();
        assert!(problem.len() < 2_000, "{} of {}", problem.len(), &text[..40]);
    }
}

#[test]
fn a_file_as_a_simple_editor_writes_it_is_read() {
    let folder = tempdir().unwrap();
    let (own, managed) = files(folder.path(), "\u{feff}[window]\r\ntheme = \"dark\"\r\n", "");
    let keeper = Keeper::open(own.clone(), managed.clone());
    assert_eq!((keeper.view().problem.as_deref(), keeper.settings().window.theme), (None, Theme::Dark));
    std::fs::write(own.as_ref().unwrap(), b"[window]\ntheme = \"\xff\"\n").unwrap();
    let problem = Keeper::open(own, managed).view().problem.clone().unwrap();
    assert!(problem.contains("UTF-8") && !problem.contains("rights"), "{problem}");
}

#[test]
fn both_files_that_are_wrong_are_named() {
    let folder = tempdir().unwrap();
    let (own, managed) = files(folder.path(), "[window]\ntheme = 5\n", "[window]\ndense = 5\n");
    let (mine, theirs) = (own.clone().unwrap(), managed.clone().unwrap());
    let problem = Keeper::open(own, managed).view().problem.clone().unwrap();
    for path in [mine, theirs] {
        assert!(problem.contains(&path.display().to_string()), "{problem}");
    }
}
