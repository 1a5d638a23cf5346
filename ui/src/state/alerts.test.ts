import { describe, expect, it, vi } from 'vitest';

import type { Bridge } from '../bridge/bridge';
import type { AlertChanges, AlertPage } from '../bridge/types';
import { AlertList } from './alerts.svelte';
import { anAlert } from './fixtures';

function listOver(bridge: Partial<Bridge>, tell = vi.fn()) {
  return { list: new AlertList(bridge as Bridge, tell), tell };
}

const page = (over: Partial<AlertPage> = {}): AlertPage => ({
  rows: [anAlert(3), anAlert(2)],
  next: null,
  total: 2,
  change: 3,
  ...over,
});
const changes = (over: Partial<AlertChanges>): AlertChanges => ({ rows: [], change: 0, reset: false, ...over });
const ids = (list: AlertList) => list.rows.map(({ id }) => id);

describe('the list of alerts', () => {
  it('asks for changes until it has all that the desk announced', async () => {
    const told = [
      changes({ rows: [anAlert(4)], change: 4 }),
      changes({ rows: [anAlert(5)], change: 5 }),
    ];
    const alertChanges = vi.fn(async () => told.shift() ?? changes({ change: 5 }));
    const { list } = listOver({ alerts: async () => page(), alertChanges });
    await list.load();
    await list.follow(5);
    expect(ids(list)).toEqual([5, 4, 3, 2]);
    expect(alertChanges.mock.calls).toEqual([[3, 200], [4, 200]]);
  });

  it('loads anew when too much has changed', async () => {
    const pages = [page(), page({ rows: [anAlert(900)], change: 1000 })];
    const { list, tell } = listOver({
      alerts: async () => pages.shift() ?? page(),
      alertChanges: async () => changes({ change: 1000, reset: true }),
    });
    await list.load();
    await list.follow(1000);
    expect(ids(list)).toEqual([900]);
    expect(tell).toHaveBeenCalledWith('anew');
  });

  it('lets go of an answer to a filter that is no longer chosen', async () => {
    let release: (page: AlertPage) => void = () => {};
    const slow = new Promise<AlertPage>((resolve) => (release = resolve));
    const answers = [slow, Promise.resolve(page({ rows: [anAlert(7, { severity: 'critical' })], change: 7 }))];
    const { list } = listOver({ alerts: () => answers.shift() ?? slow });
    const first = list.load();
    await list.choose({ severities: ['critical'], source: null, closed: false, snoozed: false, worst_first: false });
    release(page());
    await first;
    expect(ids(list)).toEqual([7]);
  });

  it('appends older pages from the cursor that the desk gave', async () => {
    const next = { severity: 'high' as const, occurred_at: 2000, id: 2 };
    const alerts = vi
      .fn<Bridge['alerts']>()
      .mockResolvedValueOnce(page({ next }))
      .mockResolvedValueOnce(page({ rows: [anAlert(1)] }));
    const { list } = listOver({ alerts });
    await list.load();
    await list.older();
    expect(ids(list)).toEqual([3, 2, 1]);
    expect(alerts.mock.calls[1]?.[1]).toEqual({ before: next, after: null, limit: 200 });
    await list.older();
    expect(alerts).toHaveBeenCalledTimes(2);
  });

  it('says when the last alert was once the list is empty', async () => {
    const alerts = vi
      .fn<Bridge['alerts']>()
      .mockResolvedValueOnce(page({ rows: [] }))
      .mockResolvedValueOnce(page({ rows: [anAlert(9, { state: 'resolved' })] }));
    const { list } = listOver({ alerts });
    await list.load();
    expect(list.last).toBe(9000);
  });

  it('shows a failure and keeps its rows when changes cannot be had', async () => {
    const { list } = listOver({
      alerts: async () => page(),
      alertChanges: () => Promise.reject({ code: 'store', message: 'disk I/O error' }),
    });
    await list.load();
    await list.follow(9);
    expect(ids(list)).toEqual([3, 2]);
    expect(list.problem?.code).toBe('store');
  });

  it('marks as fresh only what has just arrived', async () => {
    const { list } = listOver({
      alerts: async () => page(),
      alertChanges: async () =>
        changes({ rows: [anAlert(8, { received_at: Date.now() }), anAlert(9, { received_at: 0 })], change: 9 }),
    });
    await list.load();
    await list.follow(9);
    expect([...list.fresh]).toEqual([8]);
  });

  it('keeps what is chosen while rows come in, and forgets what leaves it for good', async () => {
    const told = [
      changes({ rows: [anAlert(4, { change: 4 }), anAlert(2, { change: 5, state: 'resolved' })], change: 5 }),
      changes({ rows: [anAlert(2, { change: 6, state: 'open' })], change: 6 }),
    ];
    const { list } = listOver({ alerts: async () => page(), alertChanges: async () => told.shift() ?? changes({ change: 6 }) });
    await list.load();
    list.chosen.all(list.rows);
    await list.follow(5);
    expect(ids(list)).toEqual([4, 3]);
    await list.follow(6);
    expect(ids(list)).toEqual([4, 3, 2]);
    expect(list.chosen.of(list.rows).map(({ id }) => id)).toEqual([3]);
  });
});
