import { flushSync } from 'svelte';
import { describe, expect, it, vi } from 'vitest';

import type { Bridge } from './bridge/bridge';
import { fakeBridge } from './bridge/fake';
import { sceneFrom } from './bridge/fake/scene';
import type { AlertGroups } from './bridge/types';
import { PACE } from './state/groups.svelte';
import type { View } from './state/view.svelte';
import { all, fill, one, open, press, type, until, useWindow, words } from './window.fixture';

useWindow();

const group = (value: string, open: number): AlertGroups['rows'][number] => ({ value, name: value, worst: 'high', open, newest: 0 });
const told = (...rows: AlertGroups['rows']): AlertGroups => ({ rows, without: 0, looked_at: null, more: false });

async function by(view: View, what: string) {
  fill(one('order'), what);
  await until(() => expect(view.groups.rows.length).toBeGreaterThan(0));
  flushSync();
}

describe('alerts in groups', () => {
  it('are opened by Enter as a question that can be kept, and Escape goes back to the same group', async () => {
    const view = await open('');
    press('count', '[data-severity="critical"]');
    await by(view, 'customer');
    type('j');
    type('j');
    const row = view.groups.rows[1];
    expect(view.groups.selected).toBe(row?.id);
    type('Enter');
    expect([view.place, view.search.text]).toEqual(['search', `customer:"${row?.value}" severity:critical is:open`]);
    await until(() => expect(view.search.phase).toBe('ready'));
    expect(view.search.rows).toHaveLength(row?.open ?? 0);
    flushSync();
    type('j');
    type('Enter');
    type('Escape');
    expect(view.place).toBe('search');
    type('Escape');
    flushSync();
    expect(view.place).toBe('alerts');
    await until(() => expect(all('group-row', '.cursor').map(({ dataset }) => dataset['subject'])).toEqual([row?.value]));
    type('Enter');
    press('to-groups');
    expect(view.place).toBe('alerts');
  });

  it('are those of each source by its name, the worst and largest first', async () => {
    const view = await open('sources=5');
    await by(view, 'source');
    const first = view.groups.rows[0];
    press('group-row');
    expect(view.search.text).toBe(`source:"${view.sourceName(Number(first?.value))}" is:open`);
    const sum = (numbers: number[]) => numbers.reduce((all, number) => all + number, 0);
    expect(sum(view.groups.rows.map(({ open }) => open))).toBe(sum(Object.values(view.desk.overview?.open ?? {})));
    expect(first?.worst).toBe('critical');
  });

  it('are each opened by itself where two sources have one name', async () => {
    const { overview } = fakeBridge(sceneFrom(new URLSearchParams('still')));
    const named = async () => {
      const told = await overview();
      return { ...told, sources: told.sources.map((source) => ({ ...source, name: 'Cards' })) };
    };
    const alertGroups = async () => told(group('1', 2), group('2', 1));
    const search = vi.fn<Bridge['search']>(async () => ({ rows: [], next: null }));
    const view = await open('', { watch: async () => {}, overview: named, alertGroups, search });
    await by(view, 'source');
    for (const row of [0, 1]) {
      all('group-row')[row]?.click();
      await until(() => expect(search).toHaveBeenLastCalledWith(expect.objectContaining({ source: row + 1, is: ['open'] }), null, expect.anything()));
      flushSync();
      press('to-groups');
      await until(() => expect(all('group-row')).toHaveLength(2));
    }
  });

  it('of a customer whose name has quotes are found', async () => {
    const alertGroups = async () => told(group('Bob "the roof" Smith', 2));
    const search = vi.fn<Bridge['search']>(async () => ({ rows: [], next: null }));
    const view = await open('', { alertGroups, search });
    await by(view, 'customer');
    press('group-row');
    await until(() => expect(search).toHaveBeenCalledWith(expect.objectContaining({ customer: 'Bob "the roof" Smith' }), null, expect.anything()));
  });

  it('are left for a view that is opened from one of them', async () => {
    const { settings } = fakeBridge(sceneFrom(new URLSearchParams('still')));
    const kept = async () => {
      const told = await settings();
      return { ...told, settings: { ...told.settings, window: { ...told.settings.window, views: ['is:unseen'] } } };
    };
    const view = await open('', { settings: kept });
    await by(view, 'customer');
    press('group-row');
    expect(view.inGroup).toBe(true);
    flushSync();
    press('saved-view');
    expect([view.inGroup, all('to-groups').length]).toEqual([false, 0]);
    type('Escape', {}, document.body);
    expect([view.place, view.search.text]).toEqual(['search', 'is:unseen']);
  });

  it('stay where they are while something arrives, and new ones come when they are wanted', async () => {
    const answers = [told(group('a', 2), group('b', 1)), told(group('c', 9), group('b', 5))];
    const alertGroups = vi.fn(async () => answers.shift() ?? told());
    const view = await open('', { alertGroups });
    vi.useFakeTimers();
    try {
      fill(one('order'), 'scenario');
      await vi.advanceTimersByTimeAsync(PACE);
      expect(alertGroups).toHaveBeenCalledTimes(1);
      view.groups.note();
      await vi.advanceTimersByTimeAsync(PACE);
      flushSync();
    } finally {
      vi.useRealTimers();
    }
    expect(view.groups.rows.map(({ value, open }) => [value, open])).toEqual([['a', 0], ['b', 5]]);
    expect(words(one('new-rows'))).toBe('1 new');
    press('new-rows');
    expect(view.groups.rows.map(({ value }) => value)).toEqual(['c', 'b']);
    expect(all('new-rows')).toHaveLength(0);
  });

  it('say what is not in them', async () => {
    const alertGroups = async () => ({ ...told(group('a', 9_998)), without: 2, looked_at: 10_000, more: true });
    const view = await open('', { alertGroups });
    await by(view, 'customer');
    expect(document.body.textContent).toContain('Only the 10,000 worst open alerts are grouped.');
    expect(words(one('without'))).toBe('2 open alerts do not say, and are in no group.');
  });

  it('leave no key that decides on an alert out of sight, and go when an alert is shown', async () => {
    const acknowledge = vi.fn(async () => {});
    const view = await open('', { acknowledge });
    type('j');
    await by(view, 'customer');
    for (const key of ['a', 'r', 's', 'x']) type(key);
    expect([acknowledge.mock.calls.length, view.deeds.snoozing, view.alerts.chosen.size]).toEqual([0, null, 0]);
    view.show(view.alerts.rows[0]?.id ?? null);
    flushSync();
    expect(all('group-row')).toHaveLength(0);
    expect(all('alert-row').length).toBeGreaterThan(0);
  });
});
