import type {
  AlertChanges,
  AlertCursor,
  AlertDetail,
  AlertFilter,
  AlertPage,
  Diagnostics,
  EventDetail,
  Failure,
  Overview,
  ProfileView,
  SignIn,
  SourceId,
  TransactionPage,
} from './types';

/** What the desk pushes. */
export interface Watcher {
  /** The state as it stands; the next comes only after `painted`. */
  overview(overview: Overview): void;
  /** Open this alert; `null`: show the alerts. */
  show(alert: number | null): void;
}

/** Which transactions to read: those next to a number, on one side of it. */
export interface TransactionRange {
  source: SourceId | null;
  before: number | null;
  after: number | null;
  limit: number;
}

/** All that the window can ask of the desk. Every rejection is a `Problem`. */
export interface Bridge {
  overview(): Promise<Overview>;
  watch(watcher: Watcher): Promise<void>;
  painted(number: number): Promise<void>;
  opened(): Promise<number | null>;

  alerts(filter: AlertFilter, before: AlertCursor | null, limit: number): Promise<AlertPage>;
  alertChanges(since: number, limit: number): Promise<AlertChanges>;
  alert(id: number): Promise<AlertDetail>;
  acknowledge(alerts: number[]): Promise<void>;
  transactions(range: TransactionRange): Promise<TransactionPage>;
  event(id: number): Promise<EventDetail>;

  profiles(): Promise<ProfileView[]>;
  signIn(request: SignIn): Promise<SourceId>;
  trySimulation(): Promise<SourceId>;
  signOut(source: SourceId): Promise<void>;
  removeSource(source: SourceId): Promise<void>;
  retry(source: SourceId): Promise<void>;

  pauseNotifications(minutes: number | null): Promise<void>;
  diagnostics(): Promise<Diagnostics>;
  quit(): Promise<void>;
}

/** A failure the desk has told, or one that it could not tell. */
export type Problem = Failure | { code: 'unexpected'; message: string };

/** Makes a problem of whatever was thrown. */
export function asProblem(thrown: unknown): Problem {
  if (typeof thrown === 'object' && thrown !== null && 'code' in thrown && 'message' in thrown) {
    return thrown as Problem;
  }
  return { code: 'unexpected', message: String(thrown) };
}
