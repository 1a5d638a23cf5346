// Made from the Rust types by `cargo xtask bindings`. Do not edit.

/**
 * A point in time: milliseconds since 1970-01-01T00:00:00Z.
 */
export type Time = number;

/**
 * A source's number in the store.
 */
export type SourceId = number;

/**
 * How bad an alert is; ordered, `Critical` is the greatest.
 */
export type Severity = "low" | "medium" | "high" | "critical";

/**
 * A number of alerts for each severity.
 */
export type SeverityCounts = { 
/**
 * Number of low ones.
 */
low: number, 
/**
 * Number of medium ones.
 */
medium: number, 
/**
 * Number of high ones.
 */
high: number, 
/**
 * Number of critical ones.
 */
critical: number, };

/**
 * What has become of an alert.
 */
export type AlertState = "open" | "investigating" | "escalated" | "resolved" | "false_positive";

/**
 * What sort of thing happened.
 */
export type Kind = "transaction" | "alert" | "metrics" | "analysis" | "progress" | "portfolio" | "order" | "position" | "balance" | "watchlist" | "payment_stream" | "other";

/**
 * Something that a backend's judgement rests on.
 */
export type Factor = { 
/**
 * What it is.
 */
name: string, 
/**
 * How much it counts; the backend says in which unit.
 */
weight: number | null, 
/**
 * What it is, in a sentence.
 */
text: string | null, };

/**
 * A named value that has no field of its own.
 */
export type Detail = { 
/**
 * Its name, as the profile has it: `quantity`. Shared, for it is the same in every message.
 */
name: string, 
/**
 * Its value, as the server wrote it.
 */
value: string, };

/**
 * What a profile could read from a message. Every text is untrusted and bounded; what is absent or unreadable
 * is `None`, and the raw message still has it.
 */
export type Facts = { 
/**
 * When it happened, by the server's clock.
 */
occurred_at: Time | null, 
/**
 * How bad it is (alerts).
 */
severity: Severity | null, 
/**
 * The backend's fraud probability or risk score, 0 to 1.
 */
score: number | null, 
/**
 * What has become of it (alerts).
 */
state: AlertState | null, 
/**
 * Who has it (alerts).
 */
owner: string | null, 
/**
 * The scenario's code, `card_testing` say.
 */
scenario: string | null, 
/**
 * A sentence that says what happened.
 */
title: string | null, 
/**
 * The customer's identifier.
 */
customer: string | null, 
/**
 * The customer's name.
 */
customer_name: string | null, 
/**
 * A decimal number, exactly as the server wrote it.
 */
amount: string | null, 
/**
 * ISO 4217 code of the amount's currency.
 */
currency: string | null, 
/**
 * ISO 3166 code of the country where it happened.
 */
country: string | null, 
/**
 * The city where it happened.
 */
city: string | null, 
/**
 * The way it was paid: card, transfer, …
 */
channel: string | null, 
/**
 * Who was paid.
 */
merchant: string | null, 
/**
 * The identifier of the transaction that an alert is about.
 */
transaction: string | null, 
/**
 * How far a calculation is, 0 to 1.
 */
progress: number | null, 
/**
 * What the backend's judgement rests on, in its order.
 */
factors: Array<Factor>, 
/**
 * What else the profile reads, in its order.
 */
details: Array<Detail>, };

/**
 * An alert as it stands now.
 */
export type Alert = { 
/**
 * Its number here.
 */
id: number, 
/**
 * Where it comes from.
 */
source: SourceId, 
/**
 * The server's identifier.
 */
subject: string, 
/**
 * How bad it is.
 */
severity: Severity, 
/**
 * What has become of it.
 */
state: AlertState, 
/**
 * When it happened, by the server's clock; when it arrived, if the server did not say.
 */
occurred_at: Time, 
/**
 * When its first event arrived here.
 */
received_at: Time, 
/**
 * What is known of it.
 */
facts: Facts, 
/**
 * Whether the analyst has said "seen" on this desk.
 */
acknowledged: boolean, 
/**
 * Until when the analyst has snoozed it.
 */
snoozed_until: Time | null, 
/**
 * Grows whenever any alert changes; ask for what is above the greatest you have.
 */
change: number, };

/**
 * One step in an alert's life.
 */
export type HistoryEntry = { 
/**
 * The event.
 */
event: number, 
/**
 * When it arrived here.
 */
received_at: Time, 
/**
 * The state it brought.
 */
state: AlertState | null, 
/**
 * The severity it brought.
 */
severity: Severity | null, 
/**
 * Who had it then.
 */
owner: string | null, 
/**
 * What it said.
 */
title: string | null, };

/**
 * A row of the transactions feed.
 */
export type Transaction = { 
/**
 * Number of its event.
 */
id: number, 
/**
 * Where it comes from.
 */
source: SourceId, 
/**
 * The server's identifier.
 */
subject: string, 
/**
 * When it arrived here.
 */
received_at: Time, 
/**
 * What is known of it.
 */
facts: Facts, };

/**
 * A row of the activity feed: what is neither a transaction nor an alert.
 */
export type Activity = { 
/**
 * Number of its event.
 */
id: number, 
/**
 * Where it comes from.
 */
source: SourceId, 
/**
 * What sort of thing.
 */
kind: Kind, 
/**
 * What happened to it, as the server names the message: `order_placed`.
 */
what: string | null, 
/**
 * The server's identifier of the thing.
 */
subject: string, 
/**
 * When it arrived here.
 */
received_at: Time, 
/**
 * What is known of it.
 */
facts: Facts, };

/**
 * What a backend can be asked to do.
 */
export type ActionKind = "acknowledge" | "assign" | "change_state" | "analyse";

/**
 * How a deed stands.
 */
export type Standing = { "kind": "waiting" } | { "kind": "confirmed" } | { "kind": "refused", 
/**
 * The HTTP status that it answered with; `None`: this backend cannot be asked to.
 */
status: number | null, } | { "kind": "conflict" } | { "kind": "withdrawn" };

/**
 * What an analyst has done to an alert.
 */
export type Deed = { 
/**
 * Its number.
 */
id: number, 
/**
 * What it was done to.
 */
alert: number, 
/**
 * What it is: not `analyse`, which is for transactions.
 */
action: ActionKind, 
/**
 * The state that the alert is to have, of `change_state`.
 */
state: AlertState | null, 
/**
 * Who is to have it, of `assign`.
 */
owner: string | null, 
/**
 * The state that it had before.
 */
before_state: AlertState, 
/**
 * Who had it before.
 */
before_owner: string | null, 
/**
 * When the analyst asked for it.
 */
asked_at: Time, 
/**
 * How it stands.
 */
standing: Standing, 
/**
 * When it came to stand so; `None` while it waits.
 */
settled_at: Time | null, };

/**
 * What is snoozed.
 */
export type SnoozeOf = "alert" | "customer" | "scenario";

/**
 * For how long.
 */
export type SnoozeFor = "hour" | "four_hours" | "tomorrow";

/**
 * What the analyst asks for.
 */
export type SnoozeRequest = { 
/**
 * These alerts, or what they are of.
 */
alerts: Array<number>, 
/**
 * Which of the two.
 */
of: SnoozeOf, 
/**
 * For how long.
 */
lasts: SnoozeFor, };

/**
 * What was snoozed, and how it was before: by this it can be undone.
 */
export type Snoozed = { 
/**
 * The alerts.
 */
alerts: Array<SnoozedAlert>, 
/**
 * The customers and scenarios.
 */
others: Array<SnoozedOther>, };

/**
 * An alert that was snoozed, as it was before.
 */
export type SnoozedAlert = { 
/**
 * Which.
 */
id: number, 
/**
 * Until when it was snoozed, if it was.
 */
until: Time | null, 
/**
 * When the analyst had seen it, if that was.
 */
acknowledged_at: Time | null, };

/**
 * A customer or scenario that was snoozed, as it was before.
 */
export type SnoozedOther = { 
/**
 * Its number.
 */
id: number, 
/**
 * Until when it was snoozed, if it was.
 */
until: Time | null, };

/**
 * A customer or scenario that is snoozed.
 */
export type Snooze = { 
/**
 * Its number.
 */
id: number, 
/**
 * The source of which it is one.
 */
source: SourceId, 
/**
 * Which of the two.
 */
of: SnoozeOf, 
/**
 * The customer's name, or the scenario's code.
 */
name: string, 
/**
 * Until when.
 */
until: Time, };

/**
 * Everything about one alert.
 */
export type AlertDetail = { 
/**
 * The alert.
 */
alert: Alert, 
/**
 * Its events, newest first, at most `store::HISTORY_LIMIT`.
 */
history: Array<HistoryEntry>, 
/**
 * What the analyst has done to it, newest first, at most as many.
 */
deeds: Array<Deed>, 
/**
 * The transaction that it is about, if it is stored.
 */
transaction: Transaction | null, 
/**
 * Its newest message as it came: JSON.
 */
raw: string, };

/**
 * Everything about one event.
 */
export type EventDetail = { 
/**
 * Number of the event.
 */
id: number, 
/**
 * Where it comes from.
 */
source: SourceId, 
/**
 * What sort of thing.
 */
kind: Kind, 
/**
 * What happened to it, as the server names the message.
 */
what: string | null, 
/**
 * The server's identifier of the thing.
 */
subject: string, 
/**
 * When it arrived here.
 */
received_at: Time, 
/**
 * What is known of it.
 */
facts: Facts, 
/**
 * The message as it came: JSON.
 */
raw: string, };

/**
 * Why a source is signed out.
 */
export type SignedOutReason = "by_analyst" | "no_credential" | "password_refused" | "session_ended" | "credential_refused";

/**
 * What went wrong with a connection, in the kinds that an analyst can tell apart.
 */
export type Trouble = "unreachable" | "insecure" | "closed" | "ended" | "silent" | "unavailable" | "forbidden" | "not_understood" | "store_failed" | "disk_full" | "vault_locked" | "failed";

/**
 * How frames come from a server.
 */
export type TransportKind = "websocket" | "sse" | "polling";

/**
 * The state of a source's connection.
 */
export type Link = { "state": "signed_out", 
/**
 * Why.
 */
reason: SignedOutReason, } | { "state": "paused" } | { "state": "connecting" } | { "state": "catching_up", 
/**
 * How many events have been fetched so far, with messages that could not be read: all of them count as
 * received.
 */
fetched: number, } | { "state": "live", 
/**
 * Time a ping takes there and back, in milliseconds; `None` until the first has returned, and on a transport
 * that has no pings.
 */
round_trip_ms: number | null, 
/**
 * How the events come.
 */
transport: TransportKind, 
/**
 * Whether a better transport did not come up; it is tried again by itself.
 */
fallback: boolean, } | { "state": "retrying", 
/**
 * When.
 */
until: Time, 
/**
 * What broke it.
 */
why: Trouble, 
/**
 * How many tries have failed in a row.
 */
attempts: number, } | { "state": "refused", 
/**
 * What it said.
 */
why: Trouble, };

/**
 * Something that does not work on this computer.
 */
export type Notice = "no_vault" | "notifications_fail" | "no_tray" | "store_fails" | "disk_full" | "store_damaged" | "set_aside" | "profile_wrong" | "settings_wrong";

/**
 * How many of the analyst's actions are not confirmed.
 */
export type OutboxCounts = { 
/**
 * Those that wait to be sent.
 */
waiting: number, 
/**
 * Those that the server has refused.
 */
refused: number, 
/**
 * Those that somebody else has come before.
 */
conflicts: number, 
/**
 * Grows whenever any of the analyst's actions changes; what is shown of them is to be asked for again.
 */
change: number, };

/**
 * The open alerts below critical that were acknowledged together last, from the tray.
 */
export type AcknowledgedTogether = { 
/**
 * How many; 0 once it was taken back.
 */
alerts: number, 
/**
 * Grows with each time.
 */
change: number, };

/**
 * How much is snoozed.
 */
export type SnoozeCounts = { 
/**
 * Alerts.
 */
alerts: number, 
/**
 * Customers and scenarios.
 */
others: number, 
/**
 * Grows whenever a snooze begins or ends; the list of the latter is to be asked for again.
 */
change: number, };

/**
 * A source as the window shows it.
 */
export type SourceView = { 
/**
 * Its number.
 */
id: SourceId, 
/**
 * What the analyst calls it.
 */
name: string, 
/**
 * Where it is, without a credential.
 */
url: string, 
/**
 * The name of its profile.
 */
profile: string, 
/**
 * Who signs in; empty where the profile asks for nobody.
 */
user: string, 
/**
 * What of the backend is wanted, by the names of the profile's parameters.
 */
parameters: { [key in string]: Array<string> }, 
/**
 * What the backend can be asked to do.
 */
actions: Array<ActionKind>, 
/**
 * Whether it is the simulation in this very process.
 */
simulated: boolean, 
/**
 * How its connection stands.
 */
link: Link, 
/**
 * Until when everything is stored: the last moment the link was live. `None` before the first.
 */
stored_until: Time | null, 
/**
 * Whether the credential outlives the program: `false` where it is kept for this session only.
 */
remembered: boolean, 
/**
 * Frames that could not be read, since the program started.
 */
rejected: number, };

/**
 * What took the place of a damaged file.
 */
export type Begun = { "with": "backup", 
/**
 * When it was made.
 */
at: Time, } | { "with": "sources" } | { "with": "nothing" };

/**
 * A damaged file that was set aside.
 */
export type SetAside = { 
/**
 * Where it is now.
 */
path: string, 
/**
 * What took its place.
 */
begun: Begun, };

/**
 * A version that is newer than this one.
 */
export type Update = { 
/**
 * Its number.
 */
version: string, 
/**
 * What is new, in plain text.
 */
notes: string | null, };

/**
 * How it stands with newer versions.
 */
export type Updates = { "kind": "unavailable" } | { "kind": "off" } | { "kind": "current", 
/**
 * When that was asked last.
 */
looked_at: Time | null, } | { "kind": "offered", 
/**
 * Which.
 */
update: Update, 
/**
 * Whether the analyst is to be asked now, and has not put it off.
 */
asks: boolean, 
/**
 * Why it could not be put in place, if that was tried.
 */
failed: string | null, } | { "kind": "installing", 
/**
 * Which.
 */
update: Update, };

/**
 * The state of the whole desk, small enough to be pushed at every change.
 */
export type Overview = { 
/**
 * Grows by one with each update that is pushed. Whoever misses a number asks again.
 */
number: number, 
/**
 * The program's version.
 */
version: string, 
/**
 * The language of the program's own texts: `en` or `fr`.
 */
language: string, 
/**
 * The sources, in the order they were added.
 */
sources: Array<SourceView>, 
/**
 * Open alerts by severity.
 */
open: SeverityCounts, 
/**
 * Open alerts that the analyst has not acknowledged, by severity.
 */
unacknowledged: SeverityCounts, 
/**
 * The greatest `change` of any alert; what is newer than yours is to be asked for.
 */
alerts_change: number, 
/**
 * Number of the newest transaction's event; what is newer than yours is to be asked for.
 */
newest_transaction: number, 
/**
 * Number of stored transactions.
 */
transactions: number, 
/**
 * Number of the newest event that is neither a transaction nor an alert; what is newer than yours is to be asked
 * for.
 */
newest_activity: number, 
/**
 * Number of stored events that are neither transactions nor alerts.
 */
activity: number, 
/**
 * How the analyst's actions stand that are not confirmed.
 */
outbox: OutboxCounts, 
/**
 * How much is snoozed.
 */
snoozes: SnoozeCounts, 
/**
 * What was acknowledged together from the tray.
 */
acknowledged: AcknowledgedTogether, 
/**
 * Notifications are paused until then.
 */
paused_until: Time | null, 
/**
 * It is quiet until then, by the quiet hours that are set.
 */
quiet_until: Time | null, 
/**
 * What does not work on this computer, so that nobody waits for it in vain.
 */
notices: Array<Notice>, 
/**
 * The damaged database that was set aside at this start.
 */
set_aside: SetAside | null, 
/**
 * How it stands with newer versions of the program.
 */
updates: Updates, };

/**
 * Which alerts to list.
 */
export type AlertFilter = { 
/**
 * Only these severities; empty: all.
 */
severities: Array<Severity>, 
/**
 * Only alerts of this source.
 */
source: SourceId | null, 
/**
 * Also those that are resolved or were false positives.
 */
closed: boolean, 
/**
 * Only those that are snoozed.
 */
snoozed: boolean, 
/**
 * The worst first, and of those that are as bad the newest; else the newest of all.
 */
worst_first: boolean, };

/**
 * The place of an alert in the list: by severity where the worst are first, by time, then by number.
 */
export type AlertCursor = { 
/**
 * The alert's severity.
 */
severity: Severity, 
/**
 * The alert's `occurred_at`.
 */
occurred_at: Time, 
/**
 * The alert's number.
 */
id: number, };

/**
 * A page of alerts, newest first.
 */
export type AlertPage = { 
/**
 * The alerts.
 */
rows: Array<Alert>, 
/**
 * Where the next, older page begins; `None` at the end.
 */
next: AlertCursor | null, 
/**
 * How many match the filter in all.
 */
total: number, 
/**
 * The store's greatest `change` when this page was read: ask for changes above it.
 */
change: number, };

/**
 * Alerts that changed since a `change`, oldest change first.
 */
export type AlertChanges = { 
/**
 * The alerts as they stand now, whether or not they match any filter.
 */
rows: Array<Alert>, 
/**
 * Ask for changes above this next.
 */
change: number, 
/**
 * Too much has changed: load the list anew.
 */
reset: boolean, };

/**
 * What alerts are grouped by.
 */
export type GroupBy = "customer" | "scenario" | "source";

/**
 * Open alerts that have something in common.
 */
export type AlertGroup = { 
/**
 * What they have in common: the customer's identifier (or name), the scenario's code, the source's number.
 */
value: string, 
/**
 * The customer's name; else the same.
 */
name: string, 
/**
 * The worst of them.
 */
worst: Severity, 
/**
 * How many they are.
 */
open: number, 
/**
 * When the newest of them happened.
 */
newest: Time, };

/**
 * Open alerts by what they have in common, the worst groups first, and of those that are as bad the largest.
 */
export type AlertGroups = { 
/**
 * The groups, at most [`GROUPS_LIMIT`].
 */
rows: Array<AlertGroup>, 
/**
 * Alerts that do not say.
 */
without: number, 
/**
 * How many alerts were looked at, where those are as many as may be: the worst [`GROUPED_LIMIT`].
 */
looked_at: number | null, 
/**
 * Whether there are more groups.
 */
more: boolean, };

/**
 * A page of the transactions feed, newest first.
 */
export type TransactionPage = { 
/**
 * The transactions.
 */
rows: Array<Transaction>, 
/**
 * Number of the event where the next, older page begins (exclusive); `None` at the end.
 */
next: number | null, };

/**
 * A page of the activity feed, newest first. Of things that stand somewhere (a balance, a calculation) only the newest
 * word is in it.
 */
export type ActivityPage = { 
/**
 * What happened.
 */
rows: Array<Activity>, 
/**
 * Number of the event where the next, older page begins (exclusive); `None` at the end.
 */
next: number | null, };

/**
 * What has become of an alert.
 */
export type AlertIs = "open" | "closed" | "seen" | "unseen" | "snoozed";

/**
 * A question; what is empty does not matter.
 */
export type SearchQuery = { 
/**
 * What was typed: all of its words have to be there, the last only as a beginning.
 */
text: string, 
/**
 * Only these kinds; empty: all.
 */
kinds: Array<Kind>, 
/**
 * Only of this source.
 */
source: SourceId | null, 
/**
 * Only alerts that are so bad.
 */
severities: Array<Severity>, 
/**
 * Only alerts of which all of this is true.
 */
is: Array<AlertIs>, 
/**
 * Only of this customer: an identifier or a name, whole.
 */
customer: string | null, 
/**
 * Only of this scenario: its code.
 */
scenario: string | null, 
/**
 * Only in this country: an ISO 3166 code.
 */
country: string | null, 
/**
 * Only in this currency: an ISO 4217 code.
 */
currency: string | null, 
/**
 * Only paid this way: a code.
 */
channel: string | null, 
/**
 * Only more than this, in whatever currency.
 */
more_than: number | null, 
/**
 * Only less than this, in whatever currency.
 */
less_than: number | null, 
/**
 * Only what happened then or later.
 */
since: Time | null, 
/**
 * Only what happened before.
 */
before: Time | null, };

/**
 * An event that was found.
 */
export type FoundRow = { 
/**
 * The alert that stands by it.
 */
alert: number | null, 
/**
 * Number of its event.
 */
id: number, 
/**
 * Where it comes from.
 */
source: SourceId, 
/**
 * What sort of thing.
 */
kind: Kind, 
/**
 * What happened to it, as the server names the message: `order_placed`.
 */
what: string | null, 
/**
 * The server's identifier of the thing.
 */
subject: string, 
/**
 * When it arrived here.
 */
received_at: Time, 
/**
 * What is known of it.
 */
facts: Facts, };

/**
 * What was found, newest first.
 */
export type Found = { 
/**
 * The events.
 */
rows: Array<FoundRow>, 
/**
 * Number of the event where the next, older page begins (exclusive); `None` at the end.
 */
next: number | null, };

/**
 * What a question may ask for by name.
 */
export type SearchValues = { 
/**
 * Codes of scenarios.
 */
scenarios: Array<string>, 
/**
 * ISO 3166 codes.
 */
countries: Array<string>, 
/**
 * Codes of channels.
 */
channels: Array<string>, 
/**
 * ISO 4217 codes.
 */
currencies: Array<string>, };

/**
 * The stretch of time that is looked at; it ends now.
 */
export type Span = "hour" | "day" | "week";

/**
 * What was paid in one currency. Different currencies are never added up.
 */
export type CurrencyAmounts = { 
/**
 * Its code, as the server wrote it.
 */
currency: string, 
/**
 * How many payments.
 */
payments: number, 
/**
 * Their sum.
 */
sum: number, 
/**
 * The sum of each stretch.
 */
sums: Array<number>, };

/**
 * A value that many have in common.
 */
export type Ranked = { 
/**
 * The value, as the server wrote it.
 */
value: string, 
/**
 * What it is called, of a customer whose name is known.
 */
name: string | null, 
/**
 * How many alerts that were raised have it.
 */
alerts: number, 
/**
 * How many payments have it; none where only alerts are told apart by it.
 */
transactions: number, };

/**
 * Alerts that this desk saw come and saw decided.
 */
export type Decisions = { 
/**
 * How many.
 */
made: number, 
/**
 * How long half of them took at the most, from the alert's arrival here to its first decision, in milliseconds;
 * `None` where there are none.
 */
median_ms: number | null, };

/**
 * One span in figures. What is a list by time has a value for each stretch, oldest first; the last one is not over
 * yet.
 */
export type Charts = { 
/**
 * What was asked for.
 */
span: Span, 
/**
 * When the first stretch begins.
 */
from: Time, 
/**
 * How long a stretch is, in milliseconds.
 */
step: number, 
/**
 * When it was read.
 */
read_at: Time, 
/**
 * Alerts that were raised, by severity.
 */
alerts: Array<SeverityCounts>, 
/**
 * How many payments there were.
 */
transactions: Array<number>, 
/**
 * What was paid in the currencies with the most payments, most first; at most `store::CURRENCIES_LIMIT`.
 */
amounts: Array<CurrencyAmounts>, 
/**
 * The scenarios with the most alerts; this and the following lists have at most `store::TOP_LIMIT` values.
 */
scenarios: Array<Ranked>, 
/**
 * The countries with the most alerts.
 */
countries: Array<Ranked>, 
/**
 * The ways of payment with the most alerts.
 */
channels: Array<Ranked>, 
/**
 * The customers with the most alerts, by identifier, and name where a late alert has it.
 */
customers: Array<Ranked>, 
/**
 * Alerts that are open now, whenever they were raised.
 */
open: SeverityCounts, 
/**
 * Those of them that the analyst has acknowledged.
 */
acknowledged: SeverityCounts, 
/**
 * What was decided within the span.
 */
decisions: Decisions, 
/**
 * The newest figures of each backend's own, newest first, at most `store::METRICS_LIMIT`.
 */
metrics: Array<Activity>, };

/**
 * A sign-in, as the analyst typed it. The password goes to the vault and is not kept here.
 */
export type SignIn = { 
/**
 * The source to sign in to again, which keeps its history whatever else is changed of it; without one it is a new
 * source, or the one that has the same address, user and parameters.
 */
source: SourceId | null, 
/**
 * What to call it; empty: the host's name.
 */
name: string, 
/**
 * Where it is, `https://fraud.bank.example`.
 */
url: string, 
/**
 * The name of its profile.
 */
profile: string, 
/**
 * Who signs in; empty where the profile asks for nobody.
 */
user: string, 
/**
 * What of the backend is wanted, by the names of the profile's parameters.
 */
parameters: { [key in string]: Array<string> }, 
/**
 * The password, token or key; empty where the profile asks for none.
 */
password: string, 
/**
 * Whether to keep the password in the vault, or only until the program ends.
 */
remember: boolean, };

/**
 * What is tested.
 */
export type Tested = { "source": SourceId } | { "sign_in": SignIn };

/**
 * What of a source can be changed without signing in.
 */
export type SourceEdit = { 
/**
 * Which source.
 */
source: SourceId, 
/**
 * What to call it; empty: as before.
 */
name: string, 
/**
 * What of the backend is wanted, by the names of the profile's parameters.
 */
parameters: { [key in string]: Array<string> }, };

/**
 * What a secret is, in the words of whoever has it.
 */
export type SecretKind = "password" | "token" | "key";

/**
 * What signing in asks for.
 */
export type SignInView = { 
/**
 * Whether it asks who signs in.
 */
user: boolean, 
/**
 * What secret it asks for.
 */
secret: SecretKind | null, 
/**
 * Whether the secret may be left empty.
 */
optional: boolean, };

/**
 * Something that can be chosen of a backend.
 */
export type ParameterView = { 
/**
 * Its name.
 */
name: string, 
/**
 * What to call it on screen.
 */
title: string, 
/**
 * An example of a value.
 */
example: string, 
/**
 * Whether it may have several values.
 */
many: boolean, 
/**
 * Whether it must have one.
 */
required: boolean, };

/**
 * A profile that one can sign in with.
 */
export type ProfileView = { 
/**
 * Its name.
 */
name: string, 
/**
 * What to call it on screen.
 */
title: string, 
/**
 * The address it is usually found at.
 */
url: string, 
/**
 * What to ask the analyst for.
 */
sign_in: SignInView, 
/**
 * What of the backend can be chosen.
 */
parameters: Array<ParameterView>, 
/**
 * Whether it is a file of the analyst's own.
 */
own: boolean, };

/**
 * What could not be read, for the diagnostics.
 */
export type RejectedView = { 
/**
 * Where it came from.
 */
source: SourceId, 
/**
 * When it arrived.
 */
received_at: Time, 
/**
 * Why it was not read: `not_json`, `too_large`, …
 */
reason: string, 
/**
 * What exactly was wrong, in words.
 */
detail: string, 
/**
 * Its length in bytes.
 */
length: number, 
/**
 * Its beginning, at most [`crate::store::REJECTED_HEAD`] characters.
 */
head: string, };

/**
 * A stretch that was, or may have been, missed.
 */
export type GapView = { 
/**
 * The source that missed it.
 */
source: SourceId, 
/**
 * From when.
 */
start: Time, 
/**
 * Until when; `None` while it lasts.
 */
end: Time | null, 
/**
 * What brought it about: `not_running`, `signed_out`, `paused`, `unreachable`, `sequence`, …
 */
reason: string, 
/**
 * When it was filled from the server; `None` while it is open, and where it stays.
 */
closed_at: Time | null, 
/**
 * What filled it (`lists`, `replay`, `last_event_id`), that nothing was missing after all (`complete`), or why it
 * stays (`not_replayable`, …), which may be known while it is open.
 */
how: string | null, };

/**
 * A profile file of the analyst's own that is wrong.
 */
export type ProfileProblem = { 
/**
 * The file.
 */
file: string, 
/**
 * The line, the field and the cure, in words.
 */
message: string, };

/**
 * How long something took, in milliseconds.
 */
export type SpreadView = { 
/**
 * How many times.
 */
times: number, 
/**
 * Half of the times no longer than this.
 */
p50: number, 
/**
 * 99 of 100 times no longer than this.
 */
p99: number, 
/**
 * Never longer than this.
 */
max: number, };

/**
 * Messages that could not be read for one reason.
 */
export type ReasonFigure = { 
/**
 * Why: `not_json`, `too_large`, …
 */
reason: string, 
/**
 * How many.
 */
frames: number, };

/**
 * Gaps that are stored.
 */
export type GapFigures = { 
/**
 * All of them.
 */
all: number, 
/**
 * Those that last.
 */
lasting: number, 
/**
 * Those that are over and cannot be filled.
 */
lost: number, };

/**
 * Figures of one source. What was received was stored, known already or not readable, unless the store does not take
 * it yet.
 */
export type SourceFigures = { 
/**
 * The source.
 */
source: SourceId, 
/**
 * Events, and messages that could not be read.
 */
received: number, 
/**
 * Events stored.
 */
stored: number, 
/**
 * Events that were stored already.
 */
duplicates: number, 
/**
 * Messages that could not be read, by reason.
 */
rejected: Array<ReasonFigure>, 
/**
 * How often the link came live again; tries that failed are not counted.
 */
reconnects: number, 
/**
 * What may have been missed, also before the program started.
 */
gaps: GapFigures, 
/**
 * From when things happened, as the server says, until they were read; only of what arrived as news, where the two
 * clocks can both be right, and since this computer's was last set.
 */
lag: SpreadView | null, };

/**
 * What became of alerts: announced, or why not.
 */
export type NotificationFigures = { 
/**
 * Notifications about one alert.
 */
alone: number, 
/**
 * Storms: notifications about what came beyond a few in a short time.
 */
storms: number, 
/**
 * Alerts in those.
 */
in_storms: number, 
/**
 * Notifications about several.
 */
digests: number, 
/**
 * Alerts in those.
 */
in_digests: number, 
/**
 * Notifications that could not be shown.
 */
failed: number, 
/**
 * Alerts that are not bad enough.
 */
below_level: number, 
/**
 * Not announced: a rule wants it so.
 */
by_rule: number, 
/**
 * Alerts that were announced before and are no worse.
 */
known: number, 
/**
 * Alerts that somebody has dealt with.
 */
closed: number, 
/**
 * Alerts that the analyst has seen.
 */
acknowledged: number, 
/**
 * Alerts that were announced together because they arrived while their source was catching up.
 */
missed: number, 
/**
 * Alerts that a pause has held back.
 */
held: number, 
/**
 * Alerts that quiet hours have held back.
 */
quiet_hours: number, 
/**
 * Alerts that a snooze of their customer or scenario has held back.
 */
snoozed: number, 
/**
 * Alerts that wait for a digest now.
 */
waiting: number, };

/**
 * How long the program took from reading a frame.
 */
export type LatencyFigures = { 
/**
 * Until its events were committed.
 */
committed: SpreadView | null, 
/**
 * Until a notification about one alert was asked for; what is announced together waits on purpose.
 */
asked_for: SpreadView | null, 
/**
 * Until the window was handed an overview with its events in it.
 */
handed: SpreadView | null, };

/**
 * What the store holds.
 */
export type StoreFigures = { 
/**
 * Events.
 */
events: number, 
/**
 * The size of the database and its journal, in bytes.
 */
bytes: number, };

/**
 * What the program did since it started.
 */
export type FiguresView = { 
/**
 * When the program started.
 */
since: Time, 
/**
 * When these figures were taken.
 */
until: Time, 
/**
 * Of each source that anything came from, in the order they were added.
 */
sources: Array<SourceFigures>, 
/**
 * What became of alerts.
 */
notifications: NotificationFigures, 
/**
 * How long the program took.
 */
latency: LatencyFigures, 
/**
 * What the store holds.
 */
store: StoreFigures, };

/**
 * What the analyst, or whoever helps them, needs when something does not work.
 */
export type Diagnostics = { 
/**
 * Where the database is.
 */
store: string, 
/**
 * The folder of the log; `None` where there is none.
 */
log: string | null, 
/**
 * What the program did.
 */
figures: FiguresView, 
/**
 * The newest rejected frames, newest first.
 */
rejected: Array<RejectedView>, 
/**
 * The newest gaps, newest first.
 */
gaps: Array<GapView>, 
/**
 * The profile files that are wrong.
 */
profiles: Array<ProfileProblem>, };

/**
 * Something that an analyst does to an alert at the server.
 */
export type AlertAction = { 
/**
 * Which alert.
 */
alert: number, 
/**
 * What: not `analyse`, which is for transactions.
 */
action: ActionKind, 
/**
 * The state it is to have, for `change_state`.
 */
state: AlertState | null, 
/**
 * Who is to have it, for `assign`.
 */
owner: string | null, };

/**
 * Light or dark.
 */
export type Theme = "system" | "light" | "dark";

/**
 * A language, or the system's.
 */
export type LanguageChoice = "system" | "en" | "fr";

/**
 * How the window looks.
 */
export type WindowSettings = { 
/**
 * Light or dark.
 */
theme: Theme, 
/**
 * The language of the program's own texts.
 */
language: LanguageChoice, 
/**
 * Whether rows are low, so that there are more of them.
 */
dense: boolean, 
/**
 * Whether a letter alone is a command. Who speaks to the computer instead of typing may want none (WCAG 2.2,
 * 2.1.4).
 */
single_keys: boolean, 
/**
 * Payments of more than this are marked, in whatever currency.
 */
high_value: number, 
/**
 * Questions that are asked again and again, as they are typed: they stand in the side bar.
 */
views: Array<string>, };

/**
 * A day of the week.
 */
export type Weekday = "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun";

/**
 * A stretch of some days.
 */
export type QuietHours = { 
/**
 * The days on which it begins.
 */
days: Array<Weekday>, 
/**
 * When it begins: `22:00`.
 */
from: string, 
/**
 * When it ends: `07:00`; the same as `from` is a whole day.
 */
until: string, };

/**
 * What is announced, and how. Critical alerts are announced whatever is set.
 */
export type NotificationSettings = { 
/**
 * The least severity that is announced.
 */
from: Severity, 
/**
 * Whether names and amounts stay out of notifications: others may see the screen.
 */
private: boolean, 
/**
 * When only critical alerts are announced; what else comes is told afterwards.
 */
quiet_hours: Array<QuietHours>, 
/**
 * What is announced and what is not, before severity decides: the first that holds.
 */
rules: Array<Rule>, };

/**
 * A rule. What it does not say does not matter to it.
 */
export type Rule = { 
/**
 * What the analyst calls it; notifications of what is no alert say it.
 */
name: string, 
/**
 * What it does.
 */
then: Then, 
/**
 * Only what comes from this source, by the name that it has here.
 */
source: string | null, 
/**
 * Only these kinds; empty: alerts.
 */
kinds: Array<Kind>, 
/**
 * Only what is so bad, or worse: alerts have a severity.
 */
severity: Severity | null, 
/**
 * Only more than this, in whatever currency.
 */
more_than: number | null, 
/**
 * Only this scenario: its code.
 */
scenario: string | null, 
/**
 * Only where this stands in the title, in a name, an identifier or a place, in capitals or not.
 */
text: string | null, };

/**
 * What a rule does.
 */
export type Then = "announce" | "silent";

/**
 * How the program lives on this computer.
 */
export type DesktopSettings = { 
/**
 * Whether it starts, in the tray, when the analyst logs in.
 */
start_at_login: boolean, 
/**
 * Whether it looks for newer versions of itself, once a day; it asks before it installs one.
 */
updates: boolean, };

/**
 * How much is kept. Open alerts stay, however old they are.
 */
export type StorageSettings = { 
/**
 * For how many days.
 */
keep_days: number, 
/**
 * How large the database may be, in GiB.
 */
keep_gib: number, };

/**
 * Everything that can be set.
 */
export type Settings = { 
/**
 * How the window looks.
 */
window: WindowSettings, 
/**
 * What is announced, and how.
 */
notifications: NotificationSettings, 
/**
 * How the program lives on this computer.
 */
desktop: DesktopSettings, 
/**
 * How much is kept.
 */
storage: StorageSettings, };

/**
 * The settings as the window shows them.
 */
export type SettingsView = { 
/**
 * What counts.
 */
settings: Settings, 
/**
 * The analyst's own file; `None` where the system knows no folder for it.
 */
file: string | null, 
/**
 * The administrator's file, if there is one.
 */
managed: string | null, 
/**
 * What the administrator's file says, by names like `window.theme`: it cannot be changed here.
 */
locked: Array<string>, 
/**
 * What is wrong with a file, so that it does not count.
 */
problem: string | null, };

/**
 * Why a request failed.
 */
export type FailureCode = "bad_address" | "unknown_profile" | "password_refused" | "credential_refused" | "bad_parameter" | "not_offered" | "no_credential" | "forbidden" | "unreachable" | "insecure" | "unavailable" | "not_understood" | "vault" | "store" | "disk_full" | "store_damaged" | "not_found" | "bad_link" | "alert_not_here" | "bad_profile" | "outbox_full" | "snoozes_full" | "being_sent" | "same_source" | "too_many_sources" | "simulation" | "report_not_saved" | "bad_setting" | "settings_not_kept" | "login_not_set" | "not_updated" | "closing";

/**
 * What a failed request tells the window.
 */
export type Failure = { 
/**
 * One of a closed list; the window has a text for each.
 */
code: FailureCode, 
/**
 * The same in English, with what is particular to this case.
 */
message: string, };

/**
 * The steps, in their order.
 */
export type StepName = "address" | "connection" | "sign_in" | "stream" | "event";

/**
 * What a step has found.
 */
export type StepFound = { "what": "addresses", 
/**
 * The name.
 */
host: string, 
/**
 * How many.
 */
count: number, } | { "what": "proxy" } | { "what": "encrypted", 
/**
 * How: `TLS 1.3`; `None` where a proxy is in between.
 */
version: string | null, 
/**
 * Until when the server's certificate is valid, if that is told.
 */
valid_until: Time | null, } | { "what": "unencrypted" } | { "what": "accepted" } | { "what": "not_asked" } | { "what": "opened", 
/**
 * Over which transport.
 */
transport: TransportKind, 
/**
 * Whether a better one did not come up.
 */
fallback: boolean, } | { "what": "came" } | { "what": "nothing", 
/**
 * In seconds.
 */
seconds: number, } | { "what": "empty" };

/**
 * How a step stands.
 */
export type StepStanding = { "state": "waiting" } | { "state": "fine", 
/**
 * What it took, in milliseconds.
 */
ms: number, 
/**
 * What was found.
 */
found: StepFound, } | { "state": "failed", 
/**
 * Why.
 */
why: Failure, } | { "state": "not_reached" };

/**
 * A step of a trial, and how it stands.
 */
export type Step = { 
/**
 * Which.
 */
name: StepName, 
/**
 * How it stands.
 */
standing: StepStanding, };
