//! What the window may ask. Each command only hands the question on.

use std::time::Duration;

use serde::Serialize;
use tauri::State;
use tauri::ipc::Channel;
use vigie_core::desk::Desk;
use vigie_core::desk::charts::{Charts, Span};
use vigie_core::desk::view::{
    ActivityPage, AlertAction, AlertChanges, AlertCursor, AlertFilter, AlertPage, Diagnostics, Failure,
    Overview, ProfileView, SignIn, SourceEdit, Tested, TransactionPage,
};
use vigie_core::link::Step;
use vigie_core::model::{
    AlertDetail, AlertId, Deed, DeedId, EventDetail, EventId, Kind, Snooze, SnoozeId, SnoozeRequest, Snoozed,
    SourceId,
};
use vigie_core::settings::{Settings, SettingsView};
use vigie_core::store::{AlertGroups, AlertSide, Found, GroupBy, SearchQuery, SearchValues, Side};
use vigie_core::updating::Updater;

use crate::logging::LogFolder;
use crate::report;
use crate::window::{self, Begun, Page, Show};

type Answer<T> = Result<T, Failure>;

/// The window's messages.
#[derive(Serialize)]
pub struct Texts {
    language: &'static str,
    messages: serde_json::Value,
}

#[tauri::command]
pub async fn overview(desk: State<'_, Desk>) -> Answer<Overview> {
    desk.overview().await
}

#[tauri::command]
pub async fn watch(
    desk: State<'_, Desk>,
    page: State<'_, Page>,
    channel: Channel<Overview>,
    show: Channel<Show>,
) -> Answer<()> {
    page.watch(channel, show);
    desk.watch().await
}

#[tauri::command]
pub async fn painted(desk: State<'_, Desk>, page: State<'_, Page>, number: u64) -> Answer<()> {
    page.note_painted(number);
    desk.painted(number).await
}

#[tauri::command]
pub fn opened(page: State<'_, Page>) -> Begun {
    page.opened()
}

#[tauri::command]
pub async fn leave(desk: State<'_, Desk>, page: State<'_, Page>, left: String) -> Answer<()> {
    let is_at_list = window::is_at_list(&left);
    page.leave(left);
    desk.be_at(is_at_list).await
}

#[tauri::command]
pub async fn alerts(
    desk: State<'_, Desk>,
    filter: AlertFilter,
    before: Option<AlertCursor>,
    after: Option<AlertCursor>,
    limit: u32,
) -> Answer<AlertPage> {
    desk.answer(desk.store().alerts(&filter, AlertSide::of(before, after), limit).await)
}

#[tauri::command]
pub async fn alert_changes(desk: State<'_, Desk>, since: i64, limit: u32) -> Answer<AlertChanges> {
    desk.answer(desk.store().alert_changes(since, limit).await)
}

/// The open alerts of a filter, in groups.
#[tauri::command]
pub async fn alert_groups(desk: State<'_, Desk>, by: GroupBy, filter: AlertFilter) -> Answer<AlertGroups> {
    desk.answer(desk.store().alert_groups(by, &filter).await)
}

#[tauri::command]
pub async fn alert(desk: State<'_, Desk>, id: AlertId) -> Answer<AlertDetail> {
    desk.alert(id).await
}

#[tauri::command]
pub async fn transactions(
    desk: State<'_, Desk>,
    source: Option<SourceId>,
    before: Option<EventId>,
    after: Option<EventId>,
    limit: u32,
) -> Answer<TransactionPage> {
    desk.answer(desk.store().transactions(source, Side::of(before, after), limit).await)
}

#[tauri::command]
pub async fn activity(
    desk: State<'_, Desk>,
    source: Option<SourceId>,
    kind: Option<Kind>,
    before: Option<EventId>,
    after: Option<EventId>,
    limit: u32,
) -> Answer<ActivityPage> {
    desk.answer(desk.store().activity(source, kind, Side::of(before, after), limit).await)
}

/// The messages of the language that is spoken.
#[tauri::command]
pub async fn texts(desk: State<'_, Desk>) -> Answer<Texts> {
    let language = desk.language().await?;
    Ok(Texts { language: language.code(), messages: language.window() })
}

#[tauri::command]
pub async fn settings(desk: State<'_, Desk>) -> Answer<SettingsView> {
    desk.settings().await
}

#[tauri::command]
pub async fn set_settings(desk: State<'_, Desk>, settings: Settings) -> Answer<SettingsView> {
    desk.set(settings).await
}

#[tauri::command]
pub async fn search(
    desk: State<'_, Desk>,
    query: SearchQuery,
    before: Option<EventId>,
    limit: u32,
) -> Answer<Found> {
    desk.answer(desk.store().search(&query, before, limit).await)
}

#[tauri::command]
pub async fn search_values(desk: State<'_, Desk>) -> Answer<SearchValues> {
    desk.answer(desk.store().search_values().await)
}

#[tauri::command]
pub async fn act(desk: State<'_, Desk>, request: AlertAction) -> Answer<DeedId> {
    desk.act(request).await
}

#[tauri::command]
pub async fn outbox(desk: State<'_, Desk>) -> Answer<Vec<Deed>> {
    desk.outbox().await
}

#[tauri::command]
pub async fn withdraw(desk: State<'_, Desk>, deed: DeedId) -> Answer<()> {
    desk.withdraw(deed).await
}

#[tauri::command]
pub async fn undo(desk: State<'_, Desk>, deed: DeedId) -> Answer<()> {
    desk.undo(deed).await
}

#[tauri::command]
pub async fn take_back(desk: State<'_, Desk>) -> Answer<()> {
    desk.take_back().await
}

#[tauri::command]
pub async fn unacknowledge(desk: State<'_, Desk>, alerts: Vec<AlertId>) -> Answer<()> {
    desk.unacknowledge(alerts).await
}

#[tauri::command]
pub async fn snooze(desk: State<'_, Desk>, request: SnoozeRequest) -> Answer<Snoozed> {
    desk.snooze(request).await
}

#[tauri::command]
pub async fn look_for_update(updater: State<'_, Updater>) -> Answer<()> {
    updater.look().await
}

#[tauri::command]
pub async fn put_off_update(updater: State<'_, Updater>) -> Answer<()> {
    updater.put_off().await;
    Ok(())
}

#[tauri::command]
pub async fn install_update(updater: State<'_, Updater>) -> Answer<()> {
    updater.install().await
}

#[tauri::command]
pub async fn undo_snooze(desk: State<'_, Desk>, snoozed: Snoozed) -> Answer<()> {
    desk.undo_snooze(snoozed).await
}

#[tauri::command]
pub async fn wake(desk: State<'_, Desk>, alerts: Vec<AlertId>, snoozes: Vec<SnoozeId>) -> Answer<()> {
    desk.wake(alerts, snoozes).await
}

#[tauri::command]
pub async fn snoozes(desk: State<'_, Desk>) -> Answer<Vec<Snooze>> {
    desk.snoozes().await
}

#[tauri::command]
pub async fn insist(desk: State<'_, Desk>, deed: DeedId) -> Answer<()> {
    desk.insist(deed).await
}

#[tauri::command]
pub async fn analyse(desk: State<'_, Desk>, event: EventId) -> Answer<String> {
    desk.analyse(event).await
}

#[tauri::command]
pub async fn event(desk: State<'_, Desk>, id: EventId) -> Answer<EventDetail> {
    desk.event(id).await
}

#[tauri::command]
pub async fn charts(desk: State<'_, Desk>, span: Span, source: Option<SourceId>) -> Answer<Charts> {
    desk.charts(span, source).await
}

#[tauri::command]
pub async fn diagnostics(desk: State<'_, Desk>, log: State<'_, LogFolder>) -> Answer<Diagnostics> {
    Ok(Diagnostics { log: log.shown(), ..desk.diagnostics().await? })
}

/// Saves a report; gives where.
#[tauri::command]
pub async fn save_report(app: tauri::AppHandle, desk: State<'_, Desk>) -> Answer<String> {
    report::save(&app, &desk).await
}

#[tauri::command]
pub async fn profiles(desk: State<'_, Desk>) -> Answer<Vec<ProfileView>> {
    desk.profiles().await
}

#[tauri::command]
pub async fn sign_in(desk: State<'_, Desk>, request: SignIn) -> Answer<SourceId> {
    desk.sign_in(request).await
}

#[tauri::command]
pub async fn try_simulation(desk: State<'_, Desk>) -> Answer<SourceId> {
    desk.try_simulation().await
}

#[tauri::command]
pub async fn sign_out(desk: State<'_, Desk>, source: SourceId) -> Answer<()> {
    desk.sign_out(source).await
}

#[tauri::command]
pub async fn remove_source(desk: State<'_, Desk>, source: SourceId) -> Answer<()> {
    desk.remove_source(source).await
}

/// Tests a source, tells how its steps stand at each that is taken, and answers when there is no more to tell.
#[tauri::command]
pub async fn test_source(desk: State<'_, Desk>, tested: Tested, channel: Channel<Vec<Step>>) -> Answer<()> {
    let mut steps = desk.test(tested).await?;
    loop {
        let told = steps.borrow_and_update().clone();
        // A page that is gone needs no test.
        if channel.send(told).is_err() || steps.changed().await.is_err() {
            return Ok(());
        }
    }
}

#[tauri::command]
pub async fn stop_test(desk: State<'_, Desk>, source: Option<SourceId>) -> Answer<()> {
    desk.stop_test(source).await
}

#[tauri::command]
pub async fn edit_source(desk: State<'_, Desk>, edit: SourceEdit) -> Answer<()> {
    desk.edit_source(edit).await
}

#[tauri::command]
pub async fn pause_source(desk: State<'_, Desk>, source: SourceId, paused: bool) -> Answer<()> {
    desk.pause_source(source, paused).await
}

#[tauri::command]
pub async fn retry(desk: State<'_, Desk>, source: SourceId) -> Answer<()> {
    desk.retry(source).await
}

#[tauri::command]
pub async fn acknowledge(desk: State<'_, Desk>, alerts: Vec<AlertId>) -> Answer<()> {
    desk.acknowledge(alerts).await
}

#[tauri::command]
pub fn quit(app: tauri::AppHandle) {
    app.exit(0);
}

#[tauri::command]
pub async fn pause_notifications(desk: State<'_, Desk>, minutes: Option<u32>) -> Answer<()> {
    desk.pause_notifications(minutes.map(|minutes| Duration::from_secs(u64::from(minutes) * 60))).await
}
