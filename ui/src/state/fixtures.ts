// Small made-up things for tests.
import type { Activity, Alert, EventDetail, Facts, Overview, ProfileView, SourceView } from '../bridge/types';

export const NO_FACTS: Facts = {
  occurred_at: null,
  severity: null,
  score: null,
  state: null,
  owner: null,
  scenario: null,
  title: null,
  customer: null,
  customer_name: null,
  amount: null,
  currency: null,
  country: null,
  city: null,
  channel: null,
  merchant: null,
  transaction: null,
  progress: null,
  factors: [],
  details: [],
};

export function anAlert(id: number, over: Partial<Alert> = {}): Alert {
  return {
    id,
    source: 1,
    subject: `ALR-${id}`,
    severity: 'high',
    state: 'open',
    occurred_at: id * 1000,
    received_at: id * 1000,
    facts: NO_FACTS,
    acknowledged: false,
    snoozed_until: null,
    change: id,
    ...over,
  };
}

export function anActivity(id: number, over: Partial<Activity> = {}): Activity {
  return { id, source: 1, kind: 'order', what: 'order_placed', subject: `ORD-${id}`, received_at: id, facts: NO_FACTS, ...over };
}

export function anEvent(id: number, over: Partial<EventDetail> = {}): EventDetail {
  return { ...anActivity(id), raw: '{}', ...over };
}

export function aProfile(over: Partial<ProfileView> = {}): ProfileView {
  return {
    name: 'big-defend',
    title: 'Big Defend IA',
    url: 'http://localhost:8000',
    sign_in: { user: true, secret: 'password', optional: false },
    parameters: [],
    own: false,
    ...over,
  };
}

export function anOverview(number: number, over: Partial<Overview> = {}): Overview {
  const none = { low: 0, medium: 0, high: 0, critical: 0 };
  return {
    number,
    version: '0.1.0',
    language: 'en',
    sources: [],
    open: none,
    unacknowledged: none,
    alerts_change: 0,
    newest_transaction: 0,
    transactions: 0,
    newest_activity: 0,
    activity: 0,
    outbox: { waiting: 0, refused: 0, conflicts: 0, change: 0 },
    acknowledged: { alerts: 0, change: 0 },
    snoozes: { alerts: 0, others: 0, change: 0 },
    paused_until: null,
    quiet_until: null,
    notices: [],
    set_aside: null,
    updates: { kind: 'unavailable' },
    ...over,
  };
}

export function aSource(over: Partial<SourceView> = {}): SourceView {
  return {
    id: 1,
    name: 'Retail cards',
    url: 'https://fraud.bank.example/',
    profile: 'big-defend',
    user: 'marie',
    parameters: {},
    actions: [],
    simulated: false,
    link: { state: 'live', round_trip_ms: 3, transport: 'websocket', fallback: false },
    stored_until: null,
    remembered: true,
    rejected: 0,
    ...over,
  };
}
