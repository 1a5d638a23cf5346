import { flushSync } from 'svelte';
import { describe, expect, it, vi } from 'vitest';

import type { AlertAction } from './bridge/types';
import type { View } from './state/view.svelte';
import { all, chosen, one, open, press, type, until, useWindow, words } from './window.fixture';

useWindow();

const SHIFT = { shiftKey: true };
const CTRL = { ctrlKey: true };

const ids = (view: View, ...rows: number[]) => rows.map((row) => view.alerts.rows[row]?.id);

describe('several alerts', () => {
  it('are chosen with x and Shift, and let go with Escape, which leaves the detail open', async () => {
    const view = await open('');
    type('j');
    type('x');
    type('j');
    type('j');
    type('J', SHIFT);
    type('ArrowDown', SHIFT);
    expect(chosen(view)).toEqual(ids(view, 0, 2, 3, 4));
    type('ArrowUp', SHIFT);
    expect(chosen(view)).toEqual(ids(view, 0, 2, 3));
    expect(words(one('chosen-bar'))).toContain('3 selected');
    type('Enter');
    type('Escape');
    expect(chosen(view)).toEqual([]);
    expect(all('chosen-bar')).toHaveLength(0);
    expect(view.alert.id).not.toBeNull();
    type('Escape');
    expect(view.alert.id).toBeNull();
  });

  it('are told to those who hear the list', async () => {
    const view = await open('');
    type('j');
    type('x');
    type('j');
    const list = document.querySelector('[role=listbox]');
    expect(list?.getAttribute('aria-multiselectable')).toBe('true');
    const cursor = document.getElementById(list?.getAttribute('aria-activedescendant') ?? '');
    expect(cursor?.dataset['id']).toBe(String(view.selectedAlert));
    expect(cursor?.getAttribute('aria-selected')).toBe('false');
    expect(all('alert-row', '[aria-selected=true]').map(({ dataset }) => Number(dataset['id']))).toEqual(ids(view, 0));
  });

  it('are chosen with the mouse: a click on the shape, Ctrl and Shift', async () => {
    const view = await open('');
    const click = (row: number, more: MouseEventInit = {}, on = '') => {
      const target = all('alert-row')[row]?.querySelector(on || '.title');
      target?.dispatchEvent(new MouseEvent('click', { bubbles: true, ...more }));
      flushSync();
    };
    click(1, {}, '[data-testid=choose]');
    click(3, CTRL);
    click(5, SHIFT);
    expect(chosen(view)).toEqual(ids(view, 1, 3, 4, 5));
    click(1, {}, '[data-testid=choose] svg');
    expect(chosen(view)).toEqual(ids(view, 3, 4, 5));
    expect(view.alert.id).toBeNull();
    one('choose-none').focus();
    press('choose-none');
    expect(chosen(view)).toEqual([]);
    expect(document.activeElement?.getAttribute('role')).toBe('listbox');
  });

  it('are all with Ctrl+A, but a pane keeps it for its text', async () => {
    const view = await open('');
    type('a', CTRL);
    expect(chosen(view)).toHaveLength(view.alerts.rows.length);
    type('Escape');
    view.openAlert(view.alerts.rows[0]?.id ?? 0);
    await until(() => expect(document.querySelector('[data-own-keys] h2')).not.toBeNull());
    type('a', CTRL, document.querySelector('[data-own-keys] h2') ?? undefined);
    expect(chosen(view)).toEqual([]);
  });

  it('are acknowledged with one request', async () => {
    const acknowledge = vi.fn(async () => {});
    const view = await open('', { acknowledge });
    type('a', CTRL);
    const unseen = view.alerts.rows.filter(({ acknowledged }) => !acknowledged).map(({ id }) => id);
    press('chosen-seen');
    press('sure-go');
    await until(() => expect(acknowledge).toHaveBeenCalledExactlyOnceWith(unseen));
    await until(() => expect(chosen(view)).toHaveLength(view.alerts.rows.length - unseen.length));
  });

  it.each(['r', 'f', 'i', 'e', 'a'])('are asked about once more before many of them are decided at once (%s)', async (key) => {
    const done = vi.fn(async () => 1);
    const view = await open('', { act: done, acknowledge: async () => void (await done()) });
    view.only(1);
    await until(() => expect(view.alerts.phase).toBe('ready'));
    flushSync();
    type('a', CTRL);
    const all = chosen(view);
    expect(all.length).toBeGreaterThan(10);
    type(key);
    expect(words(document.querySelector('dialog h2') as HTMLElement)).toMatch(new RegExp(`: ${all.length} alerts\\?$`));
    expect(document.activeElement).toBe(one('sure-go'));
    document.querySelector('dialog')?.close();
    flushSync();
    expect(document.querySelector('dialog')).toBeNull();
    expect([done.mock.calls.length, chosen(view)]).toEqual([0, all]);
    type(key);
    press('sure-go');
    await until(() => expect(done).toHaveBeenCalled());
    expect(document.querySelector('dialog')).toBeNull();
  });

  it('are not asked about once they have all left, lest another be decided in their place', async () => {
    const act = vi.fn(async () => 1);
    const view = await open('', { act });
    view.only(1);
    await until(() => expect(view.alerts.phase).toBe('ready'));
    flushSync();
    type('a', CTRL);
    const [kept] = view.alerts.rows;
    if (!kept) throw new Error('there is none');
    view.alerts.chosen.toggle(kept.id);
    view.selectedAlert = kept.id;
    type('r');
    expect(all('sure-go')).toHaveLength(1);
    view.alerts.chosen.keep([kept]);
    flushSync();
    for (const go of all('sure-go')) go.click();
    await view.settings.makeDense();
    expect([all('sure-go').length, act.mock.calls]).toEqual([0, []]);
  });

  it('are not asked about where one sees them all', async () => {
    const act = vi.fn(async () => 1);
    const view = await open('', { act });
    view.only(1);
    await until(() => expect(view.alerts.phase).toBe('ready'));
    flushSync();
    type('j');
    for (let row = 0; row < 8; row++) type('j', SHIFT);
    type('r');
    await until(() => expect(act).toHaveBeenCalled());
    expect(document.querySelector('dialog')).toBeNull();
  });

  it('are decided together; those that are refused stay chosen, and it is said how many and why', async () => {
    const asked: number[] = [];
    const act = vi.fn(async ({ alert }: AlertAction) => {
      asked.push(alert);
      if (asked.length % 3 === 0) throw { code: 'forbidden', message: '403' };
      return alert;
    });
    const view = await open('', { act });
    view.only(1);
    await until(() => expect(view.alerts.phase).toBe('ready'));
    flushSync();
    type('j');
    for (let row = 0; row < 8; row++) type('j', SHIFT);
    const decided = view.alerts.chosen.of(view.alerts.rows).filter(({ state }) => state !== 'escalated').map(({ id }) => id);
    press('chosen-escalated');
    await until(() => expect(view.deeds.doing.busy.size).toBe(0));
    await until(() => expect(asked.sort()).toEqual(decided.sort()));
    const refused = Math.floor(decided.length / 3);
    await until(() => expect(words(one('refusals'))).toContain(`${refused} alert`));
    const left = view.alerts.chosen.of(view.alerts.rows).filter(({ state }) => state !== 'escalated');
    expect(left).toHaveLength(refused);
  });

  it('have only the actions that all of their sources offer', async () => {
    const view = await open('');
    type('a', CTRL);
    expect(new Set(view.alerts.rows.map(({ source }) => source)).size).toBe(2);
    expect([...one('chosen-bar').querySelectorAll('button')].map(words)).toEqual(['Acknowledge here', 'Snooze']);
  });
});
