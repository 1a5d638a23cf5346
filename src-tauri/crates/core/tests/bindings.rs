//! The window's TypeScript types are made from the Rust ones, and this fails when they drift.
//! `cargo xtask bindings` writes them anew.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]

use std::path::Path;

use ts_rs::{Config, TS};
use vigie_core::desk::{charts, view};
use vigie_core::{figures, link, model, settings, store};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../ui/src/bridge/types.ts");

fn declaration<T: TS + 'static>(types: &mut String) {
    // Numbers of the store stay far below 2^53.
    let config = Config::new().with_large_int("number");
    let docs = T::docs().unwrap_or_default();
    types.push_str(&format!("\n{docs}export {}\n", T::decl(&config)));
}

fn bindings() -> String {
    let mut types = String::from("// Made from the Rust types by `cargo xtask bindings`. Do not edit.\n");
    declaration::<model::Time>(&mut types);
    declaration::<model::SourceId>(&mut types);
    declaration::<model::Severity>(&mut types);
    declaration::<model::SeverityCounts>(&mut types);
    declaration::<model::AlertState>(&mut types);
    declaration::<model::Kind>(&mut types);
    declaration::<model::Factor>(&mut types);
    declaration::<model::Detail>(&mut types);
    declaration::<model::Facts>(&mut types);
    declaration::<model::Alert>(&mut types);
    declaration::<model::HistoryEntry>(&mut types);
    declaration::<model::Transaction>(&mut types);
    declaration::<model::Activity>(&mut types);
    declaration::<model::ActionKind>(&mut types);
    declaration::<model::Standing>(&mut types);
    declaration::<model::Deed>(&mut types);
    declaration::<model::SnoozeOf>(&mut types);
    declaration::<model::SnoozeFor>(&mut types);
    declaration::<model::SnoozeRequest>(&mut types);
    declaration::<model::Snoozed>(&mut types);
    declaration::<model::SnoozedAlert>(&mut types);
    declaration::<model::SnoozedOther>(&mut types);
    declaration::<model::Snooze>(&mut types);
    declaration::<model::AlertDetail>(&mut types);
    declaration::<model::EventDetail>(&mut types);
    declaration::<model::SignedOutReason>(&mut types);
    declaration::<model::Trouble>(&mut types);
    declaration::<model::TransportKind>(&mut types);
    declaration::<model::Link>(&mut types);
    declaration::<view::Notice>(&mut types);
    declaration::<view::OutboxCounts>(&mut types);
    declaration::<view::AcknowledgedTogether>(&mut types);
    declaration::<view::SnoozeCounts>(&mut types);
    declaration::<view::SourceView>(&mut types);
    declaration::<store::Begun>(&mut types);
    declaration::<store::SetAside>(&mut types);
    declaration::<vigie_core::updating::Update>(&mut types);
    declaration::<vigie_core::updating::Updates>(&mut types);
    declaration::<view::Overview>(&mut types);
    declaration::<view::AlertFilter>(&mut types);
    declaration::<view::AlertCursor>(&mut types);
    declaration::<view::AlertPage>(&mut types);
    declaration::<view::AlertChanges>(&mut types);
    declaration::<store::GroupBy>(&mut types);
    declaration::<store::AlertGroup>(&mut types);
    declaration::<store::AlertGroups>(&mut types);
    declaration::<view::TransactionPage>(&mut types);
    declaration::<view::ActivityPage>(&mut types);
    declaration::<store::AlertIs>(&mut types);
    declaration::<store::SearchQuery>(&mut types);
    declaration::<store::FoundRow>(&mut types);
    declaration::<store::Found>(&mut types);
    declaration::<store::SearchValues>(&mut types);
    declaration::<charts::Span>(&mut types);
    declaration::<charts::CurrencyAmounts>(&mut types);
    declaration::<charts::Ranked>(&mut types);
    declaration::<charts::Decisions>(&mut types);
    declaration::<charts::Charts>(&mut types);
    declaration::<view::SignIn>(&mut types);
    declaration::<view::Tested>(&mut types);
    declaration::<view::SourceEdit>(&mut types);
    declaration::<model::SecretKind>(&mut types);
    declaration::<model::SignInView>(&mut types);
    declaration::<view::ParameterView>(&mut types);
    declaration::<view::ProfileView>(&mut types);
    declaration::<view::RejectedView>(&mut types);
    declaration::<view::GapView>(&mut types);
    declaration::<model::ProfileProblem>(&mut types);
    declaration::<figures::SpreadView>(&mut types);
    declaration::<figures::ReasonFigure>(&mut types);
    declaration::<figures::GapFigures>(&mut types);
    declaration::<figures::SourceFigures>(&mut types);
    declaration::<figures::NotificationFigures>(&mut types);
    declaration::<figures::LatencyFigures>(&mut types);
    declaration::<figures::StoreFigures>(&mut types);
    declaration::<figures::FiguresView>(&mut types);
    declaration::<view::Diagnostics>(&mut types);
    declaration::<view::AlertAction>(&mut types);
    declaration::<settings::Theme>(&mut types);
    declaration::<settings::LanguageChoice>(&mut types);
    declaration::<settings::WindowSettings>(&mut types);
    declaration::<settings::Weekday>(&mut types);
    declaration::<settings::QuietHours>(&mut types);
    declaration::<settings::NotificationSettings>(&mut types);
    declaration::<settings::Rule>(&mut types);
    declaration::<settings::Then>(&mut types);
    declaration::<settings::DesktopSettings>(&mut types);
    declaration::<settings::StorageSettings>(&mut types);
    declaration::<settings::Settings>(&mut types);
    declaration::<settings::SettingsView>(&mut types);
    declaration::<view::FailureCode>(&mut types);
    declaration::<view::Failure>(&mut types);
    declaration::<link::StepName>(&mut types);
    declaration::<link::Found>(&mut types);
    declaration::<link::Standing>(&mut types);
    declaration::<link::Step>(&mut types);
    types
}

#[test]
fn the_windows_types_are_those_of_the_core() {
    let file = Path::new(FILE);
    if std::env::var_os("VIGIE_WRITE_BINDINGS").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, bindings()).unwrap();
    }
    let written = std::fs::read_to_string(file).unwrap_or_default();
    assert_eq!(written, bindings(), "the types have changed: run `cargo xtask bindings`");
}
