import type {
  ActivityPage,
  AlertAction,
  AlertChanges,
  AlertCursor,
  AlertDetail,
  AlertFilter,
  AlertGroups,
  AlertPage,
  Deed,
  Charts,
  Diagnostics,
  EventDetail,
  Failure,
  Found,
  GroupBy,
  Kind,
  Overview,
  ProfileView,
  SearchQuery,
  SearchValues,
  Settings,
  SettingsView,
  Snooze,
  SnoozeRequest,
  Snoozed,
  SignIn,
  SourceEdit,
  SourceId,
  Span,
  Step,
  Tested,
  TransactionPage,
} from './types';
import type { Language, Messages } from '../text/text.svelte';

/** What the desk pushes. */
export interface Watcher {
  /** The state as it stands; the next comes only after `painted`. */
  overview(overview: Overview): void;
  show(show: Show): void;
}

/** Where to go, and which alert to open. */
export interface Show {
  /** `null`: where the window is. */
  place: 'alerts' | 'sources' | null;
  alert: number | null;
  /** With which profile to sign in. */
  profile: string | null;
  /** Why something else is not shown. */
  told: Problem | null;
}

/** Which part of a feed to read: what is next to a number, on one side of it. */
export interface FeedRange {
  source: SourceId | null;
  before: number | null;
  after: number | null;
  limit: number;
}

/** Which part of the alerts to read: what is next to one of them, on one side of it. */
export interface AlertRange {
  before: AlertCursor | null;
  after: AlertCursor | null;
  limit: number;
}

/** Which part of the activity to read. */
export interface ActivityRange extends FeedRange {
  /** Only this kind; `null`: all that are neither transactions nor alerts. */
  kind: Kind | null;
}

/** All that the window can ask of the desk. Every rejection is a `Problem`. */
export interface Bridge {
  overview(): Promise<Overview>;
  watch(watcher: Watcher): Promise<void>;
  painted(number: number): Promise<void>;
  opened(): Promise<{ show: Show | null; left: string | null }>;
  /** Keeps where the analyst is, for the page after this one. */
  leave(left: string): Promise<void>;
  /** The messages of the language that is spoken. */
  texts(): Promise<{ language: Language; messages: Messages }>;

  alerts(filter: AlertFilter, range: AlertRange): Promise<AlertPage>;
  alertChanges(since: number, limit: number): Promise<AlertChanges>;
  /** The open alerts of a filter's severities and source, in groups. */
  alertGroups(by: GroupBy, filter: AlertFilter): Promise<AlertGroups>;
  alert(id: number): Promise<AlertDetail>;
  acknowledge(alerts: number[]): Promise<void>;
  /** Takes back that these were seen on this desk. */
  unacknowledge(alerts: number[]): Promise<void>;
  /** Takes back what was acknowledged from the tray. */
  takeBack(): Promise<void>;
  /** Snoozes alerts, or their customers or scenarios; tells how they were before. */
  snooze(request: SnoozeRequest): Promise<Snoozed>;
  /** Looks for a newer version of the program now. */
  lookForUpdate(): Promise<void>;
  /** The analyst does not want to be asked before tomorrow. */
  putOffUpdate(): Promise<void>;
  /** Puts the newer version in place; where that succeeds, the program starts anew. */
  installUpdate(): Promise<void>;
  /** Undoes a snooze: what it was about is as it was before. */
  undoSnooze(snoozed: Snoozed): Promise<void>;
  /** Ends these snoozes of alerts, and of customers and scenarios. */
  wake(alerts: number[], snoozes: number[]): Promise<void>;
  /** The customers and scenarios that are snoozed, the next to end first. */
  snoozes(): Promise<Snooze[]>;
  transactions(range: FeedRange): Promise<TransactionPage>;
  activity(range: ActivityRange): Promise<ActivityPage>;
  event(id: number): Promise<EventDetail>;
  /** A page of what a question finds, newest first; `before`: only what is older than this event. */
  search(query: SearchQuery, before: number | null, limit: number): Promise<Found>;
  searchValues(): Promise<SearchValues>;
  /** Does something to an alert at the server: kept at once, sent when it can be. Gives its number. */
  act(request: AlertAction): Promise<number>;
  /** The analyst's actions that are not confirmed, oldest first. */
  outbox(): Promise<Deed[]>;
  /** Takes back an action that is not confirmed. */
  withdraw(deed: number): Promise<void>;
  /** Undoes an action: takes it back, or has the server put back what was before. */
  undo(deed: number): Promise<void>;
  /** Sends an action all the same that was refused, or that somebody else came before. */
  insist(deed: number): Promise<void>;
  /** A span of time that ends now, in figures; of one source or all. */
  charts(span: Span, source: SourceId | null): Promise<Charts>;
  /** Has the server judge a transaction; the answer is its JSON and may be anything. */
  analyse(event: number): Promise<string>;

  profiles(): Promise<ProfileView[]>;
  signIn(request: SignIn): Promise<SourceId>;
  trySimulation(): Promise<SourceId>;
  signOut(source: SourceId): Promise<void>;
  removeSource(source: SourceId): Promise<void>;
  /** Tests a source, or what was typed to sign in to one, and tells its steps as they go; ends with the test. */
  testSource(tested: Tested, tell: (steps: Step[]) => void): Promise<void>;
  /** Ends the test of a source; `null`: of one that is still to be signed in to. */
  stopTest(source: SourceId | null): Promise<void>;
  /** Changes a source's name and what is wanted of it, without signing in. */
  editSource(edit: SourceEdit): Promise<void>;
  /** Pauses a source, or lets it go on. */
  pauseSource(source: SourceId, paused: boolean): Promise<void>;
  retry(source: SourceId): Promise<void>;

  settings(): Promise<SettingsView>;
  /** Sets everything; what an administrator has set stays as it is. */
  setSettings(settings: Settings): Promise<SettingsView>;
  pauseNotifications(minutes: number | null): Promise<void>;
  diagnostics(): Promise<Diagnostics>;
  /** Saves a report for whoever helps; gives where. */
  saveReport(): Promise<string>;
  quit(): Promise<void>;
}

/** A failure the desk has told, or one that it could not tell. */
export type Problem = Failure | { code: 'unexpected' | 'not_copied'; message: string };

/** Makes a problem of whatever was thrown. */
export function asProblem(thrown: unknown): Problem {
  if (typeof thrown === 'object' && thrown !== null && 'code' in thrown && 'message' in thrown) {
    return thrown as Problem;
  }
  return { code: 'unexpected', message: String(thrown) };
}
