import type { Alert, AlertCursor, AlertFilter } from '../bridge/types';

const CLOSED: readonly Alert['state'][] = ['resolved', 'false_positive'];

/** Whether an alert belongs into a list under this filter. */
export function matches(alert: Alert, filter: AlertFilter): boolean {
  return (
    (filter.severities.length === 0 || filter.severities.includes(alert.severity)) &&
    (filter.source === null || filter.source === alert.source) &&
    (filter.closed || !CLOSED.includes(alert.state))
  );
}

/** The order of a list: newest first, by time, then by number. */
export function order(a: AlertCursor, b: AlertCursor): number {
  return b.occurred_at - a.occurred_at || b.id - a.id;
}

/** A list with changes worked in, and which alerts it did not have before. */
export interface Merged {
  rows: Alert[];
  added: number[];
}

/** The part of a list that is loaded: where it begins and ends; `null`: with the first, with the last of all. */
export interface Stretch {
  start: AlertCursor | null;
  end: AlertCursor | null;
}

/** Whether this place is in the part that is loaded. */
export function isWithin(place: AlertCursor, { start, end }: Stretch): boolean {
  return !isAbove(place, start) && (end === null || order(place, end) <= 0);
}

/** Whether this place is above the part that is loaded, which begins there. */
export function isAbove(place: AlertCursor, start: AlertCursor | null): boolean {
  return start !== null && order(place, start) < 0;
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
    .sort(order);
  return {
    rows: interleave(kept, inserted),
    added: inserted.filter(({ id }) => !had.has(id)).map(({ id }) => id),
  };
}

function interleave(a: Alert[], b: Alert[]): Alert[] {
  if (b.length === 0) return a;
  const out: Alert[] = [];
  let next = 0;
  for (const row of a) {
    for (let other = b[next]; other && order(other, row) < 0; other = b[++next]) out.push(other);
    out.push(row);
  }
  return out.concat(b.slice(next));
}
