import { flushSync } from 'svelte';
import { describe, expect, it, vi } from 'vitest';

import type { Snoozed } from './bridge/types';
import type { View } from './state/view.svelte';
import { all, fill, one, open, press, refuse, type, until, useWindow, words } from './window.fixture';

useWindow();

/** Puts the cursor on the first alert that has a customer and a scenario, and gives it. */
async function onAlert(view: View) {
  const index = view.alerts.rows.findIndex(({ facts }) => facts.customer_name !== null && facts.scenario !== null);
  for (let row = 0; row <= index; row++) type('j');
  const alert = view.alerts.rows[index];
  if (!alert) throw new Error('there is no such alert');
  return alert;
}

const isListed = (view: View, id: number) => view.alerts.rows.some((alert) => alert.id === id);
const choose = (which: string) => fill(one('state-filter'), which);
/** Presses what has the focus, as Enter does. */
const enter = () => {
  (document.activeElement as HTMLElement).click();
  flushSync();
};

describe('s puts off', () => {
  it('the alert for an hour by Enter, and u takes it back', async () => {
    const view = await open('');
    const { id } = await onAlert(view);
    const before = view.desk.overview?.open;
    type('s');
    expect(document.activeElement).toBe(one('snooze-alert-hour'));
    enter();
    await until(() => expect(isListed(view, id)).toBe(false));
    expect(all('snooze-menu')).toHaveLength(0);
    await until(() => expect(view.desk.overview?.snoozes.alerts).toBe(1));
    expect(view.desk.overview?.open).not.toEqual(before);
    type('u');
    await until(() => expect(isListed(view, id)).toBe(true));
    expect(view.desk.overview?.snoozes.alerts).toBe(0);
  });

  it('by the arrows whatever it is of, which stays in the list', async () => {
    const snoozed = { alerts: [], others: [{ id: 7, until: null }] };
    const snooze = vi.fn(async () => snoozed);
    const undoSnooze = vi.fn(async () => {});
    const view = await open('', { snooze, undoSnooze });
    const { id } = await onAlert(view);
    type('s');
    for (const key of ['ArrowUp', 'ArrowRight', 'ArrowDown', 'ArrowRight', 'ArrowRight', 'ArrowUp', 'ArrowLeft']) type(key);
    expect(document.activeElement).toBe(one('snooze-alert-tomorrow'));
    type('ArrowDown');
    enter();
    expect(snooze).toHaveBeenCalledExactlyOnceWith({ alerts: [id], of: 'customer', lasts: 'tomorrow' });
    await until(() => expect(view.deeds.undoing.can).toBe(true));
    type('u');
    await until(() => expect(undoSnooze).toHaveBeenCalledExactlyOnceWith(snoozed));
  });

  it('all that are chosen, which are then let go of', async () => {
    const view = await open('');
    for (const [key, more] of [['j', {}], ['J', { shiftKey: true }], ['J', { shiftKey: true }]] as const) type(key, more);
    const chosen = view.alerts.chosen.of(view.alerts.rows).map(({ id }) => id);
    expect(chosen).toHaveLength(3);
    press('chosen-snooze');
    expect(words(one('snooze-menu'))).toContain('3 alerts');
    press('snooze-alert-tomorrow');
    await until(() => expect(chosen.some((id) => isListed(view, id))).toBe(false));
    expect(view.alerts.chosen.size).toBe(0);
  });

  it('and what could not be taken back can be taken back again', async () => {
    const undoSnooze = vi.fn<(snoozed: Snoozed) => Promise<void>>(async () => {});
    undoSnooze.mockImplementationOnce(refuse('disk_full'));
    const view = await open('', { undoSnooze });
    const { id } = await onAlert(view);
    type('a');
    await until(() => expect(view.deeds.undoing.can).toBe(true));
    type('s');
    enter();
    await until(() => expect(view.announcement).toMatch(/^Snoozed: /));
    type('u');
    await until(() => expect(view.problem?.code).toBe('disk_full'));
    type('u');
    await until(() => expect(undoSnooze.mock.calls.map(([{ alerts }]) => alerts.map((one) => one.id))).toEqual([[id], [id]]));
  });

  it('nothing where nothing is selected or it is refused, and says so', async () => {
    const view = await open('', { snooze: refuse('snoozes_full') });
    type('s');
    expect(view.announcement).toContain('No alert is selected.');
    await onAlert(view);
    type('s');
    press('snooze-alert-hour');
    await until(() => expect(view.problem?.code).toBe('snoozes_full'));
    expect(view.deeds.undoing.can).toBe(false);
  });
});

describe('what is snoozed', () => {
  it('is listed with its time by a filter, and woken by hand or by s and Enter', async () => {
    const view = await open('');
    const { id } = await onAlert(view);
    type('s');
    press('snooze-customer-hour');
    type('s');
    press('snooze-alert-hour');
    await until(() => expect(view.desk.overview?.snoozes).toMatchObject({ alerts: 1, others: 1 }));
    flushSync();
    choose('snoozed');
    await until(() => expect(view.alerts.rows.map((alert) => alert.id)).toEqual([id]));
    flushSync();
    expect(words(one('row-snoozed'))).toMatch(/^Snoozed until .*\d:\d\d/);
    await until(() => expect(words(one('snoozes'))).toContain('Everything of this customer'));
    press('snooze-end');
    await until(() => expect(all('snoozes')).toHaveLength(0));
    type('j');
    type('s');
    expect(document.activeElement).toBe(one('snooze-wake'));
    enter();
    await until(() => expect(view.alerts.rows).toEqual([]));
    flushSync();
    expect(document.body.textContent).toContain('No alert is snoozed');
    choose('open');
    await until(() => expect(isListed(view, id)).toBe(true));
  });

  it('says so in its detail, and can be woken there', async () => {
    const view = await open('');
    const { id } = await onAlert(view);
    view.openAlert(id);
    await until(() => expect(view.alert.detail?.alert.id).toBe(id));
    flushSync();
    press('snooze');
    press('snooze-alert-four_hours');
    await until(() => expect(view.alert.id).not.toBe(id));
    view.openAlert(id);
    await until(() => expect(all('wake')).toHaveLength(1));
    press('wake');
    await until(() => expect(all('wake')).toHaveLength(0));
    expect(isListed(view, id)).toBe(true);
  });
});
