import type { Alert, AlertCursor, AlertFilter, Severity } from '../bridge/types';

const CLOSED: readonly Alert['state'][] = ['resolved', 'false_positive'];

/** Whether there is something left to do about an alert. */
export const isOpen = (alert: Alert) => !CLOSED.includes(alert.state);

/** Whether an alert belongs into a list under this filter. */
export function matches(alert: Alert, filter: AlertFilter): boolean {
  return (
    (filter.severities.length === 0 || filter.severities.includes(alert.severity)) &&
    (filter.source === null || filter.source === alert.source) &&
    filter.snoozed === (alert.snoozed_until !== null) &&
    (filter.closed || isOpen(alert))
  );
}

/** How bad a severity is: more is worse. */
const RANK: Record<Severity, number> = { low: 0, medium: 1, high: 2, critical: 3 };

/** The order of a list: the worst first where that is wanted, then the newest, then by number. */
export function order(a: AlertCursor, b: AlertCursor, worstFirst: boolean): number {
  return (worstFirst ? RANK[b.severity] - RANK[a.severity] : 0) || b.occurred_at - a.occurred_at || b.id - a.id;
}

/** A list with changes worked in, and which alerts it did not have before. */
export interface Merged {
  rows: Alert[];
  added: number[];
}

/** The part of a list that is loaded: where it begins and ends; `null`: with the first, with the last of all. */
export interface Stretch {
  /** Whether the worst are first in it. */
  worstFirst: boolean;
  start: AlertCursor | null;
  end: AlertCursor | null;
}

/** Whether this place is in the part that is loaded. */
export function isWithin(place: AlertCursor, loaded: Stretch): boolean {
  const { end, worstFirst } = loaded;
  return !isAbove(place, loaded) && (end === null || order(place, end, worstFirst) <= 0);
}

/** Whether this place is above the part that is loaded. */
export function isAbove(place: AlertCursor, { start, worstFirst }: Stretch): boolean {
  return start !== null && order(place, start, worstFirst) < 0;
}

/** Works changed alerts into the loaded part of a list: what belongs above or below it comes with its page. */
export function merge(rows: Alert[], changed: Alert[], filter: AlertFilter, loaded: Stretch): Merged {
  const newest = new Map<number, Alert>();
  for (const alert of changed) {
    if (alert.change >= (newest.get(alert.id)?.change ?? 0)) newest.set(alert.id, alert);
  }
  const had = new Set<number>();
  const kept = rows.filter((row) => {
    had.add(row.id);
    const change = newest.get(row.id);
    if (change && change.change < row.change) newest.delete(row.id);
    return !newest.has(row.id);
  });
  const inserted = [...newest.values()]
    .filter((alert) => matches(alert, filter) && isWithin(alert, loaded))
    .sort((a, b) => order(a, b, loaded.worstFirst));
  return {
    rows: interleave(kept, inserted, loaded.worstFirst),
    added: inserted.filter(({ id }) => !had.has(id)).map(({ id }) => id),
  };
}

function interleave(a: Alert[], b: Alert[], worstFirst: boolean): Alert[] {
  if (b.length === 0) return a;
  const out: Alert[] = [];
  let next = 0;
  for (const row of a) {
    for (let other = b[next]; other && order(other, row, worstFirst) < 0; other = b[++next]) out.push(other);
    out.push(row);
  }
  return out.concat(b.slice(next));
}
