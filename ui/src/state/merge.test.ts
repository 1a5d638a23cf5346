import { describe, expect, it } from 'vitest';

import type { AlertFilter } from '../bridge/types';
import { anAlert } from './fixtures';
import { matches, merge, type Stretch } from './merge';

const OPEN: AlertFilter = { severities: [], source: null, closed: false, snoozed: false, worst_first: false };
const ALL: Stretch = { start: null, end: null, worstFirst: false };
const ids = (rows: { id: number }[]) => rows.map(({ id }) => id);

describe('working changes into a list of alerts', () => {
  const rows = [anAlert(5), anAlert(3), anAlert(1)];

  it('puts new alerts where their time belongs', () => {
    const merged = merge(rows, [anAlert(4, { change: 6 }), anAlert(9, { change: 7 })], OPEN, ALL);
    expect(ids(merged.rows)).toEqual([9, 5, 4, 3, 1]);
    expect(merged.added).toEqual([9, 4]);
  });

  it('orders alerts of the same moment by number, the greatest first', () => {
    const merged = merge([anAlert(5)], [anAlert(6, { occurred_at: 5000 })], OPEN, ALL);
    expect(ids(merged.rows)).toEqual([6, 5]);
  });

  it('replaces an alert that changed and does not call it new', () => {
    const merged = merge(rows, [anAlert(3, { change: 8, acknowledged: true })], OPEN, ALL);
    expect(ids(merged.rows)).toEqual([5, 3, 1]);
    expect(merged.rows[1]?.acknowledged).toBe(true);
    expect(merged.added).toEqual([]);
  });

  it('removes an alert that no longer matches', () => {
    expect(ids(merge(rows, [anAlert(3, { change: 8, state: 'resolved' })], OPEN, ALL).rows)).toEqual([5, 1]);
    const critical: AlertFilter = { ...OPEN, severities: ['critical'] };
    expect(merge([], [anAlert(3)], critical, ALL).rows).toEqual([]);
    expect(merge([], [anAlert(3)], { ...OPEN, source: 2 }, ALL).rows).toEqual([]);
  });

  it('keeps closed alerts in a list that asks for them', () => {
    const all: AlertFilter = { ...OPEN, closed: true, worst_first: false };
    expect(ids(merge(rows, [anAlert(3, { change: 8, state: 'false_positive' })], all, ALL).rows)).toEqual([5, 3, 1]);
  });

  it('leaves what is older than the loaded pages to its page', () => {
    const end = { severity: 'high' as const, occurred_at: 1000, id: 1 };
    const changed = [anAlert(0, { change: 9 }), anAlert(2, { change: 10 })];
    expect(ids(merge(rows, changed, OPEN, { start: null, end, worstFirst: false }).rows)).toEqual([5, 3, 2, 1]);
  });

  it('leaves what is newer than the loaded pages to its page', () => {
    const start = { severity: 'high' as const, occurred_at: 5000, id: 5 };
    const merged = merge(rows, [anAlert(4, { change: 9 }), anAlert(6, { change: 10 })], OPEN, { start, end: null, worstFirst: false });
    expect(ids(merged.rows)).toEqual([5, 4, 3, 1]);
    expect(merged.added).toEqual([4]);
  });

  it('never lets an older change replace a newer one', () => {
    const newer = [anAlert(3, { change: 20, acknowledged: true })];
    expect(merge(newer, [anAlert(3, { change: 8 })], OPEN, ALL).rows).toEqual(newer);
    const twice = merge([], [anAlert(3, { change: 20, acknowledged: true }), anAlert(3, { change: 8 })], OPEN, ALL);
    expect(twice.rows[0]?.acknowledged).toBe(true);
  });

  it('has the worst first where that is wanted, and moves what has got worse', () => {
    const loaded: Stretch = { ...ALL, worstFirst: true };
    const rows = [anAlert(1, { severity: 'critical' }), anAlert(9, { severity: 'high' }), anAlert(5, { severity: 'low' })];
    const worse = anAlert(5, { severity: 'critical', change: 10 });
    expect(ids(merge(rows, [worse, anAlert(7, { severity: 'medium', change: 11 })], OPEN, loaded).rows)).toEqual([5, 1, 9, 7]);
  });
});

describe('a snoozed alert', () => {
  it('belongs into the list of what is snoozed, and into no other', () => {
    const snoozed = anAlert(1, { snoozed_until: 5 });
    for (const filter of [OPEN, { ...OPEN, closed: true }]) expect(matches(snoozed, filter)).toBe(false);
    expect(matches(snoozed, { ...OPEN, snoozed: true })).toBe(true);
    expect(matches(anAlert(1), { ...OPEN, snoozed: true })).toBe(false);
  });
});
