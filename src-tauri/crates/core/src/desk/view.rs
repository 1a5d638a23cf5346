//! What the window sees of the desk, and what it may ask. All of it is small and bounded; the record itself
//! stays in the store. The TypeScript types are made from these (see `bindings`).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::figures::FiguresView;
use crate::model::{
    ActionKind, Activity, Alert, AlertId, AlertState, EventId, Link, Parameters, ProfileProblem, Severity,
    SeverityCounts, SignInView, SourceId, Time, Transaction,
};
use crate::profile::Profile;
use crate::store::SetAside;
use crate::updating::Updates;

/// The state of the whole desk, small enough to be pushed at every change.
#[derive(Debug, Clone, Default, PartialEq, Serialize, TS)]
pub struct Overview {
    /// Grows by one with each update that is pushed. Whoever misses a number asks again.
    pub number: u64,
    /// The program's version.
    pub version: String,
    /// The language of the program's own texts: `en` or `fr`.
    pub language: String,
    /// The sources, in the order they were added.
    pub sources: Vec<SourceView>,
    /// Open alerts by severity.
    pub open: SeverityCounts,
    /// Open alerts that the analyst has not acknowledged, by severity.
    pub unacknowledged: SeverityCounts,
    /// The greatest `change` of any alert; what is newer than yours is to be asked for.
    pub alerts_change: i64,
    /// Number of the newest transaction's event; what is newer than yours is to be asked for.
    pub newest_transaction: EventId,
    /// Number of stored transactions.
    pub transactions: u64,
    /// Number of the newest event that is neither a transaction nor an alert; what is newer than yours is to be asked
    /// for.
    pub newest_activity: EventId,
    /// Number of stored events that are neither transactions nor alerts.
    pub activity: u64,
    /// How the analyst's actions stand that are not confirmed.
    pub outbox: OutboxCounts,
    /// How much is snoozed.
    pub snoozes: SnoozeCounts,
    /// What was acknowledged together from the tray.
    pub acknowledged: AcknowledgedTogether,
    /// Notifications are paused until then.
    pub paused_until: Option<Time>,
    /// It is quiet until then, by the quiet hours that are set.
    pub quiet_until: Option<Time>,
    /// What does not work on this computer, so that nobody waits for it in vain.
    pub notices: Vec<Notice>,
    /// The damaged database that was set aside at this start.
    pub set_aside: Option<SetAside>,
    /// How it stands with newer versions of the program.
    pub updates: Updates,
}

/// How many of the analyst's actions are not confirmed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct OutboxCounts {
    /// Those that wait to be sent.
    pub waiting: u32,
    /// Those that the server has refused.
    pub refused: u32,
    /// Those that somebody else has come before.
    pub conflicts: u32,
    /// Grows whenever any of the analyst's actions changes; what is shown of them is to be asked for again.
    pub change: u64,
}

/// How much is snoozed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct SnoozeCounts {
    /// Alerts.
    pub alerts: u32,
    /// Customers and scenarios.
    pub others: u32,
    /// Grows whenever a snooze begins or ends; the list of the latter is to be asked for again.
    pub change: u64,
}

/// The open alerts below critical that were acknowledged together last, from the tray.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct AcknowledgedTogether {
    /// How many; 0 once it was taken back.
    pub alerts: u32,
    /// Grows with each time.
    pub change: u64,
}

/// A source as the window shows it.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct SourceView {
    /// Its number.
    pub id: SourceId,
    /// What the analyst calls it.
    pub name: String,
    /// Where it is, without a credential.
    pub url: String,
    /// The name of its profile.
    pub profile: String,
    /// Who signs in; empty where the profile asks for nobody.
    pub user: String,
    /// What of the backend is wanted, by the names of the profile's parameters.
    pub parameters: Parameters,
    /// What the backend can be asked to do.
    pub actions: Vec<ActionKind>,
    /// Whether it is the simulation in this very process.
    pub simulated: bool,
    /// How its connection stands.
    pub link: Link,
    /// Until when everything is stored: the last moment the link was live. `None` before the first.
    pub stored_until: Option<Time>,
    /// Whether the credential outlives the program: `false` where it is kept for this session only.
    pub remembered: bool,
    /// Frames that could not be read, since the program started.
    pub rejected: u32,
}

/// Something that does not work on this computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// No vault: credentials are kept until the program ends.
    NoVault,
    /// The last notification could not be shown.
    NotificationsFail,
    /// There is no tray here: closing the window would hide the program.
    NoTray,
    /// The store did not take what arrived.
    StoreFails,
    /// The disk is full: nothing is read until there is room.
    DiskFull,
    /// The database is damaged: the next start sets it aside and replaces it.
    StoreDamaged,
    /// The database was damaged, and was set aside and replaced at this start: see [`Overview::set_aside`].
    SetAside,
    /// A profile file of the analyst's own is wrong: see the diagnostics.
    ProfileWrong,
    /// A settings file is wrong and does not count: its view says which and why.
    SettingsWrong,
}

/// Which alerts to list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct AlertFilter {
    /// Only these severities; empty: all.
    pub severities: Vec<Severity>,
    /// Only alerts of this source.
    pub source: Option<SourceId>,
    /// Also those that are resolved or were false positives.
    pub closed: bool,
    /// Only those that are snoozed.
    pub snoozed: bool,
    /// The worst first, and of those that are as bad the newest; else the newest of all.
    pub worst_first: bool,
}

/// The place of an alert in the list: by severity where the worst are first, by time, then by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AlertCursor {
    /// The alert's severity.
    pub severity: Severity,
    /// The alert's `occurred_at`.
    pub occurred_at: Time,
    /// The alert's number.
    pub id: AlertId,
}

/// A page of alerts, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct AlertPage {
    /// The alerts.
    pub rows: Vec<Alert>,
    /// Where the next, older page begins; `None` at the end.
    pub next: Option<AlertCursor>,
    /// How many match the filter in all.
    pub total: u64,
    /// The store's greatest `change` when this page was read: ask for changes above it.
    pub change: i64,
}

/// Alerts that changed since a `change`, oldest change first.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct AlertChanges {
    /// The alerts as they stand now, whether or not they match any filter.
    pub rows: Vec<Alert>,
    /// Ask for changes above this next.
    pub change: i64,
    /// Too much has changed: load the list anew.
    pub reset: bool,
}

/// A page of the transactions feed, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct TransactionPage {
    /// The transactions.
    pub rows: Vec<Transaction>,
    /// Number of the event where the next, older page begins (exclusive); `None` at the end.
    pub next: Option<EventId>,
}

/// A page of the activity feed, newest first. Of things that stand somewhere (a balance, a calculation) only the newest
/// word is in it.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct ActivityPage {
    /// What happened.
    pub rows: Vec<Activity>,
    /// Number of the event where the next, older page begins (exclusive); `None` at the end.
    pub next: Option<EventId>,
}

/// A sign-in, as the analyst typed it. The password goes to the vault and is not kept here.
#[derive(Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The source to sign in to again, which keeps its history whatever else is changed of it; without one it is a new
    /// source, or the one that has the same address, user and parameters.
    pub source: Option<SourceId>,
    /// What to call it; empty: the host's name.
    pub name: String,
    /// Where it is, `https://fraud.bank.example`.
    pub url: String,
    /// The name of its profile.
    pub profile: String,
    /// Who signs in; empty where the profile asks for nobody.
    pub user: String,
    /// What of the backend is wanted, by the names of the profile's parameters.
    pub parameters: Parameters,
    /// The password, token or key; empty where the profile asks for none.
    #[ts(type = "string")]
    pub password: secrecy::SecretString,
    /// Whether to keep the password in the vault, or only until the program ends.
    pub remember: bool,
}

/// What is tested.
#[derive(Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Tested {
    /// A source as it is.
    Source(SourceId),
    /// What the analyst has typed; with an empty password what is kept for that user at that address, if it is.
    SignIn(SignIn),
}

/// What of a source can be changed without signing in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SourceEdit {
    /// Which source.
    pub source: SourceId,
    /// What to call it; empty: as before.
    pub name: String,
    /// What of the backend is wanted, by the names of the profile's parameters.
    pub parameters: Parameters,
}

/// A profile that one can sign in with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ProfileView {
    /// Its name.
    pub name: String,
    /// What to call it on screen.
    pub title: String,
    /// The address it is usually found at.
    pub url: String,
    /// What to ask the analyst for.
    pub sign_in: SignInView,
    /// What of the backend can be chosen.
    pub parameters: Vec<ParameterView>,
    /// Whether it is a file of the analyst's own.
    pub own: bool,
}

impl From<&Profile> for ProfileView {
    fn from(profile: &Profile) -> Self {
        let parameters = profile.parameters.iter().map(|parameter| ParameterView {
            name: parameter.name.clone(),
            title: parameter.title.clone(),
            example: parameter.example.clone(),
            many: parameter.many,
            required: parameter.required,
        });
        Self {
            name: profile.name.clone(),
            title: profile.title.clone(),
            url: profile.url.to_string(),
            sign_in: profile.sign_in.asks(),
            parameters: parameters.collect(),
            own: profile.own,
        }
    }
}

/// Something that can be chosen of a backend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ParameterView {
    /// Its name.
    pub name: String,
    /// What to call it on screen.
    pub title: String,
    /// An example of a value.
    pub example: String,
    /// Whether it may have several values.
    pub many: bool,
    /// Whether it must have one.
    pub required: bool,
}

/// Something that an analyst does to an alert at the server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AlertAction {
    /// Which alert.
    pub alert: AlertId,
    /// What: not `analyse`, which is for transactions.
    pub action: ActionKind,
    /// The state it is to have, for `change_state`.
    pub state: Option<AlertState>,
    /// Who is to have it, for `assign`.
    pub owner: Option<String>,
}

/// What could not be read, for the diagnostics.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct RejectedView {
    /// Where it came from.
    pub source: SourceId,
    /// When it arrived.
    pub received_at: Time,
    /// Why it was not read: `not_json`, `too_large`, …
    pub reason: String,
    /// What exactly was wrong, in words.
    pub detail: String,
    /// Its length in bytes.
    pub length: u32,
    /// Its beginning, at most [`crate::store::REJECTED_HEAD`] characters.
    pub head: String,
}

/// A stretch that was, or may have been, missed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct GapView {
    /// The source that missed it.
    pub source: SourceId,
    /// From when.
    pub start: Time,
    /// Until when; `None` while it lasts.
    pub end: Option<Time>,
    /// What brought it about: `not_running`, `signed_out`, `paused`, `unreachable`, `sequence`, …
    pub reason: String,
    /// When it was filled from the server; `None` while it is open, and where it stays.
    pub closed_at: Option<Time>,
    /// What filled it (`lists`, `replay`, `last_event_id`), that nothing was missing after all (`complete`), or why it
    /// stays (`not_replayable`, …), which may be known while it is open.
    pub how: Option<String>,
}

/// What the analyst, or whoever helps them, needs when something does not work.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Diagnostics {
    /// Where the database is.
    pub store: String,
    /// The folder of the log; `None` where there is none.
    pub log: Option<String>,
    /// What the program did.
    pub figures: FiguresView,
    /// The newest rejected frames, newest first.
    pub rejected: Vec<RejectedView>,
    /// The newest gaps, newest first.
    pub gaps: Vec<GapView>,
    /// The profile files that are wrong.
    pub profiles: Vec<ProfileProblem>,
}

/// What a failed request tells the window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Failure {
    /// One of a closed list; the window has a text for each.
    pub code: FailureCode,
    /// The same in English, with what is particular to this case.
    pub message: String,
}

/// Why a request failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FailureCode {
    /// The address is not one: needs `https://` (or `http://` to this computer) and a host.
    BadAddress,
    /// No such profile.
    UnknownProfile,
    /// The server refused the name or the password.
    PasswordRefused,
    /// The server refused the token or key.
    CredentialRefused,
    /// A parameter is missing or wrong; the message names it.
    BadParameter,
    /// The backend cannot be asked to do this.
    NotOffered,
    /// No credential is kept on this computer.
    NoCredential,
    /// The server forbids this user.
    Forbidden,
    /// The server could not be reached.
    Unreachable,
    /// The server's certificate is not trusted here.
    Insecure,
    /// The server is busy or broken.
    Unavailable,
    /// The server did not speak as the profile says.
    NotUnderstood,
    /// The vault could not keep the credential.
    Vault,
    /// The store failed.
    Store,
    /// The disk is full.
    DiskFull,
    /// The database is damaged.
    StoreDamaged,
    /// It is not there, or no longer.
    NotFound,
    /// What was to be opened is no link to an alert.
    BadLink,
    /// The alert of a link is not stored here.
    AlertNotHere,
    /// A file that was opened is no profile, or cannot be kept; the message says why.
    BadProfile,
    /// As many of the analyst's actions wait as may.
    OutboxFull,
    /// As much is snoozed as may be.
    SnoozesFull,
    /// The action is on its way to the server.
    BeingSent,
    /// Another source is the same: its address, user and parameters.
    SameSource,
    /// There are as many sources as there may be.
    TooManySources,
    /// The simulation could not be started.
    Simulation,
    /// The report could not be saved.
    ReportNotSaved,
    /// What was set cannot be, or the file says something that cannot; the message names it.
    BadSetting,
    /// The settings could not be written to their file.
    SettingsNotKept,
    /// The system does not let the program say whether to start at login.
    LoginNotSet,
    /// There is no newer version, or it could not be put in place; the message says why.
    NotUpdated,
    /// The program is ending.
    Closing,
}
