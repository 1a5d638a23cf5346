import type { Activity, Alert, Found, FoundRow, SearchQuery, SearchValues, Transaction } from '../types';
import type { Record } from './record';

/** Searches the made-up record as the store does. */
export function searched(record: Record, query: SearchQuery, before: number | null, limit: number): Found {
  // The made-up record numbers alerts by themselves; what was found has numbers of its own.
  const rows: FoundRow[] = [
    ...record.alerts.map((alert) => ({ ...asFound(alert, 'alert', null), id: 10_000_000 + alert.id, alert: alert.id })),
    ...record.transactions.map((transaction) => asFound(transaction, 'transaction', 'newTransaction')),
    ...record.activity.map((activity) => ({ ...activity, alert: null })),
  ];
  const words = query.text.toLowerCase().split(/\s+/).filter(Boolean);
  const alerts = new Map(record.alerts.map((alert) => [alert.id, alert]));
  const found = rows
    .filter((row) => before === null || row.id < before)
    .filter((row) => isSo(row, query, row.alert === null ? undefined : alerts.get(row.alert)))
    .filter((row) => words.every((word) => textOf(row).includes(word)))
    .sort((a, b) => b.id - a.id);
  return { rows: found.slice(0, limit), next: found.length > limit ? (found[limit - 1]?.id ?? null) : null };
}

export function valuesOf(record: Record): SearchValues {
  const all = [...record.alerts, ...record.transactions].map(({ facts }) => facts);
  const told = (values: (string | null)[]) => [...new Set(values.filter((value) => value !== null))].slice(0, 50);
  return {
    scenarios: told(all.map(({ scenario }) => scenario)),
    countries: told(all.map(({ country }) => country)),
    channels: told(all.map(({ channel }) => channel)),
    currencies: told(all.map(({ currency }) => currency)),
  };
}

function asFound(row: Alert | Transaction, kind: Activity['kind'], what: string | null): FoundRow {
  const { id, source, subject, received_at, facts } = row;
  return { id, source, kind, what, subject, received_at, facts, alert: null };
}

function isSo({ kind, source, facts, received_at }: FoundRow, query: SearchQuery, alert: Alert | undefined): boolean {
  const [isSeen, isSnoozed] = [alert?.acknowledged === true, typeof alert?.snoozed_until === 'number'];
  const amount = Number(facts.amount ?? Number.NaN);
  const at = facts.occurred_at ?? received_at;
  const isClosed = facts.state === 'resolved' || facts.state === 'false_positive';
  const is = { open: !isClosed && !isSnoozed, closed: isClosed, seen: isSeen, unseen: !isSeen, snoozed: isSnoozed };
  const same = (wanted: string | null, value: string | null) => wanted === null || wanted.toLowerCase() === value?.toLowerCase();
  return (
    (query.kinds.length === 0 || query.kinds.includes(kind)) &&
    (query.source === null || query.source === source) &&
    (query.severities.length === 0 || (kind === 'alert' && facts.severity !== null && query.severities.includes(facts.severity))) &&
    (query.is.length === 0 || (kind === 'alert' && query.is.every((one) => is[one]))) &&
    (query.customer === null || [facts.customer, facts.customer_name].some((name) => name !== null && same(query.customer, name))) &&
    same(query.scenario, facts.scenario) &&
    same(query.country, facts.country) &&
    same(query.currency, facts.currency) &&
    same(query.channel, facts.channel) &&
    (query.more_than === null || amount > query.more_than) &&
    (query.less_than === null || amount < query.less_than) &&
    (query.since === null || at >= query.since) &&
    (query.before === null || at < query.before)
  );
}

function textOf({ subject, what, facts }: FoundRow): string {
  const { title, owner, scenario, customer, customer_name, amount, currency, country, city, channel, merchant, transaction } = facts;
  return [subject, what, title, owner, scenario, customer, customer_name, amount, currency, country, city, channel, merchant, transaction]
    .join(' ')
    .toLowerCase();
}
