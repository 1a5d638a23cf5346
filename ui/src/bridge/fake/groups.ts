import { order } from '../../state/merge';
import type { AlertFilter, AlertGroup, AlertGroups, GroupBy } from '../types';
import type { Record } from './record';

/** The open alerts in groups, as the store makes them. */
export function groupsOf(record: Record, by: GroupBy, filter: AlertFilter): AlertGroups {
  const groups = new Map<string, AlertGroup>();
  let without = 0;
  const open = record.listed({ ...filter, closed: false, snoozed: false, worst_first: true });
  for (const { source, severity, occurred_at, facts } of open) {
    const value = { customer: facts.customer ?? facts.customer_name, scenario: facts.scenario, source: String(source) }[by];
    if (value === null) {
      without++;
      continue;
    }
    const name = by === 'customer' ? (facts.customer_name ?? value) : value;
    const known = groups.get(value) ?? { value, name, worst: severity, open: 0, newest: 0 };
    groups.set(value, { ...known, open: known.open + 1, newest: Math.max(known.newest, occurred_at) });
  }
  const place = ({ worst, open, newest }: AlertGroup) => ({ severity: worst, occurred_at: open, id: newest });
  return { rows: [...groups.values()].sort((a, b) => order(place(a), place(b), true)), without, looked_at: null, more: false };
}
