import { flushSync } from 'svelte';
import { describe, expect, it, vi } from 'vitest';

import type { Bridge } from './bridge/bridge';
import type { AlertAction } from './bridge/types';
import type { View } from './state/view.svelte';
import { all, fill, go, one, open, press, refuse, type, until, useWindow, words } from './window.fixture';

useWindow();

const SHIFT = { shiftKey: true };
const CTRL = { ctrlKey: true };

/** Puts the cursor on the first alert that is new at a source which takes every action, and gives it. */
function onNew(view: View) {
  const index = view.alerts.rows.findIndex((alert) => alert.source === 1 && alert.state === 'open' && !alert.acknowledged);
  for (let row = 0; row <= index; row++) type('j');
  const alert = view.alerts.rows[index];
  if (!alert) throw new Error('there is no such alert');
  expect(view.selectedAlert).toBe(alert.id);
  return alert;
}

const chosen = (view: View) => view.alerts.chosen.of(view.alerts.rows).map(({ id }) => id);
const ids = (view: View, ...rows: number[]) => rows.map((row) => view.alerts.rows[row]?.id);

describe('from a new alert to its decision', () => {
  it.each([
    ['r', 'resolved'], ['f', 'false_positive'], ['i', 'investigating'], ['e', 'escalated'],
  ] as const)('it is one key: %s, without the detail', async (key, state) => {
    const act = vi.fn(async () => 1);
    const view = await open('', { act });
    const alert = onNew(view);
    type(key);
    expect(act).toHaveBeenCalledExactlyOnceWith({ alert: alert.id, action: 'change_state', state, owner: null });
    expect(all('alert-detail')).toHaveLength(0);
    await until(() => expect(view.announcement).toContain('on its way to the server'));
  });

  it('m gives it to the analyst', async () => {
    const act = vi.fn(async () => 1);
    const view = await open('', { act });
    const alert = onNew(view);
    type('m');
    expect(act).toHaveBeenCalledExactlyOnceWith({ alert: alert.id, action: 'assign', state: null, owner: 'marie.laurent@bank.example' });
  });

  it('u takes back what was decided last, and then what was before it', async () => {
    const view = await open('');
    const alert = onNew(view);
    type('a');
    await until(() => expect(view.alerts.rows.find(({ id }) => id === alert.id)?.acknowledged).toBe(true));
    type('r');
    await until(() => expect(view.outbox.of(alert.id)?.standing.kind).toBe('waiting'));
    type('u');
    await until(() => expect(view.outbox.of(alert.id)).toBeUndefined());
    type('u');
    await until(() => expect(view.alerts.rows.find(({ id }) => id === alert.id)?.acknowledged).toBe(false));
    type('u');
    await until(() => expect(view.announcement).toContain('There is nothing to undo.'));
  });

  it('a key that is held down, or pressed again, decides once', async () => {
    const act = vi.fn(() => new Promise<number>(() => {}));
    const view = await open('', { act });
    onNew(view);
    type('r');
    type('r', { repeat: true });
    type('r');
    expect(act).toHaveBeenCalledTimes(1);
    type('x');
    type('x', { repeat: true });
    expect(view.alerts.chosen.size).toBe(1);
  });

  it('acts on nothing where nothing is selected, and says so', async () => {
    const [act, acknowledge] = [vi.fn(async () => 1), vi.fn(async () => {})];
    const view = await open('', { act, acknowledge });
    for (const key of ['r', 'f', 'i', 'e', 'm', 'a', 'x']) {
      view.announcement = '';
      type(key);
      expect(view.announcement.trim()).toBe('No alert is selected.');
    }
    expect([...act.mock.calls, ...acknowledge.mock.calls]).toEqual([]);
  });

  it('acts on nothing once the alert has left the list', async () => {
    const act = vi.fn(async () => 1);
    const view = await open('', { act });
    onNew(view);
    await view.alerts.choose({ ...view.alerts.filter, severities: ['low'], source: 2 });
    type('r');
    expect(act).not.toHaveBeenCalled();
  });

  it('goes on with the alert that followed the one that has left, whatever has come in above', async () => {
    const view = await open('');
    type('j');
    type('j');
    const [, second, third, fourth] = view.alerts.rows;
    if (!second || !third || !fourth) throw new Error('there are too few alerts');
    expect(view.selectedAlert).toBe(second.id);
    flushSync();
    const come = view.alerts.rows.slice(-3).map((alert, index) => ({ ...alert, id: 90_000 + index }));
    view.alerts.rows = [...come, ...view.alerts.rows.filter(({ id }) => id !== second.id)];
    flushSync();
    type('j');
    await until(() => expect(view.selectedAlert).toBe(third.id));
    // It and the one after it leave together.
    view.alerts.rows = view.alerts.rows.filter(({ id }) => id !== third.id && id !== fourth.id);
    const fifth = view.alerts.rows[come.length + 1];
    flushSync();
    type('j');
    await until(() => expect(view.selectedAlert).toBe(fifth?.id));
  });

  it('is said to be done where it is seen, with the key that undoes it', async () => {
    const view = await open('');
    onNew(view);
    type('i');
    await until(() => expect(words(one('said'))).toMatch(/^1 .* U Undo$/));
    view.stop();
  });

  it('that cannot be undone says so, and takes no room', async () => {
    const view = await open('', { undo: refuse('not_offered') });
    onNew(view);
    type('m');
    await until(() => expect(view.deeds.undoing.can).toBe(true));
    type('u');
    await until(() => expect(words(one('said'))).toBe('This cannot be undone at that server.'));
    expect(view.problem).toBeNull();
  });

  it('says what a source does not offer, and does not list it', async () => {
    const act = vi.fn(async () => 1);
    const view = await open('', { act });
    view.selectedAlert = view.alerts.rows.find(({ source }) => source === 2)?.id ?? null;
    type('r');
    expect(view.announcement).toBe('The server does not offer this.');
    expect(act).not.toHaveBeenCalled();
    type('k', CTRL);
    expect(all('palette-entry').map(({ dataset }) => dataset['entry'])).not.toContain('resolved');
  });

  it('is shown where it was refused, with the reason', async () => {
    const view = await open('', { act: refuse('forbidden') });
    onNew(view);
    type('r');
    await until(() => expect(words(one('refusals'))).toContain('Resolve as fraud: 1 alert was refused. The server does not allow you'));
  });

  it('is no key in another place', async () => {
    const act = vi.fn(async () => 1);
    const view = await open('', { act });
    onNew(view);
    await go('transactions');
    type('r');
    expect(act).not.toHaveBeenCalled();
    expect(view.announcement).toBe('');
  });
});

describe('letters', () => {
  it('never act while one types, with a modifier, or in a dialog', async () => {
    const act = vi.fn(async () => 1);
    const view = await open('', { act });
    onNew(view);
    const field = document.createElement('input');
    document.body.append(field);
    expect(type('r', {}, field).defaultPrevented).toBe(false);
    for (const more of [CTRL, { metaKey: true }, { altKey: true }]) type('r', more);
    type('?', SHIFT);
    expect(document.querySelector('dialog')?.open).toBe(true);
    type('r');
    type('r', {}, document.body);
    expect(act).not.toHaveBeenCalled();
  });
});

describe('g and a letter', () => {
  it.each([['t', 'transactions'], ['c', 'activity'], ['s', 'sources'], ['a', 'alerts']] as const)('g %s goes to %s', async (letter, place) => {
    const view = await open('');
    view.place = place === 'alerts' ? 'sources' : 'alerts';
    flushSync();
    type('g');
    type(letter);
    expect(view.place).toBe(place);
  });

  it('is never the letter alone', async () => {
    const [act, acknowledge] = [vi.fn(async () => 1), vi.fn(async () => {})];
    const view = await open('', { act, acknowledge });
    onNew(view);
    for (const letter of ['r', 'f', 'x', 'a']) {
      type('g');
      type(letter);
    }
    expect([...act.mock.calls, ...acknowledge.mock.calls, ...chosen(view)]).toEqual([]);
  });
});

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
    expect([...one('chosen-bar').querySelectorAll('button')].map(words)).toEqual(['Acknowledge', 'Snooze']);
  });
});

describe('the palette', () => {
  const entries = () => all('palette-entry').map(({ dataset }) => dataset['entry']);
  const current = () => document.getElementById(one('palette').getAttribute('aria-activedescendant') ?? '')?.dataset['entry'];

  it('has every place, every source and what can be done now', async () => {
    await open('sources=5');
    type('k', CTRL);
    expect(entries()).toEqual(expect.arrayContaining(['go_alerts', 'go_transactions', 'go_activity', 'go_sources', 'source_1', 'source_5', 'quit', 'next']));
    for (const vain of ['resolved', 'seen', 'choose', 'close', 'palette', 'source_all']) expect(entries()).not.toContain(vain);
  });

  it('is a box in which the arrows choose and Enter runs', async () => {
    const view = await open('');
    await go('activity');
    type('k', { metaKey: true });
    expect(document.activeElement).toBe(one('palette'));
    fill(one('palette'), 'go to');
    expect(entries()).toEqual(['go_search', 'go_alerts', 'go_transactions', 'go_activity', 'go_overview', 'go_sources', 'go_settings']);
    type('ArrowUp');
    expect(current()).toBe('go_settings');
    type('ArrowDown');
    type('ArrowDown');
    expect(current()).toBe('go_alerts');
    type('Enter');
    await until(() => expect(view.place).toBe('alerts'));
    expect(all('palette')).toHaveLength(0);
  });

  it('shows the keys that do the same', async () => {
    await open('');
    press('open-palette');
    expect(words(one('palette-entry', '[data-entry=go_activity]'))).toBe('Go to Activity GC');
  });

  it('has what was used last first, also in another window', async () => {
    await open('');
    for (const query of ['go act', 'go al']) {
      type('k', CTRL);
      fill(one('palette'), query);
      type('Enter');
      await until(() => expect(all('palette')).toHaveLength(0));
    }
    type('k', CTRL);
    expect(entries().slice(0, 2)).toEqual(['go_alerts', 'go_activity']);
    expect(localStorage.getItem('vigie.preferences')).toContain('"recent":["go_alerts","go_activity"]');
  });

  it('shows one source alone, whatever its name is made of', async () => {
    const view = await open('sources=5');
    type('k', CTRL);
    fill(one('palette'), 'credit');
    type('Enter');
    await until(() => expect(view.source).toBe(3));
  });

  it('does not run what has become impossible meanwhile', async () => {
    const act = vi.fn(async () => 1);
    const view = await open('', { act });
    onNew(view);
    type('k', CTRL);
    fill(one('palette'), 'resolve');
    expect(current()).toBe('resolved');
    view.selectedAlert = null;
    type('Enter');
    await until(() => expect(view.announcement).toBe('No alert is selected.'));
    expect(act).not.toHaveBeenCalled();
  });

  it('says when nothing begins like that, and runs nothing', async () => {
    const view = await open('');
    type('k', CTRL);
    fill(one('palette'), 'zebra');
    expect(words(document.querySelector<HTMLElement>('dialog [role=status]') ?? document.body)).toBe('No command begins like this');
    type('Enter');
    expect(view.aid).toBe('palette');
  });

  it('is not there before the first source', async () => {
    const quit = vi.fn<Bridge['quit']>(async () => {});
    await open('first', { quit });
    type('k', CTRL);
    type('?', SHIFT);
    expect(document.querySelector('dialog')).toBeNull();
  });
});

describe('the sheet of keys', () => {
  it('has every key of the table, by ? and by the mouse', async () => {
    await open('');
    type('?', SHIFT);
    expect(words(one('sheet').querySelector<HTMLElement>('[data-command=resolved]') ?? document.body)).toBe('Resolve as fraud R');
    expect(one('sheet').querySelectorAll('section')).toHaveLength(5);
    one('sheet').closest('dialog')?.querySelector('button')?.click();
    flushSync();
    expect(all('sheet')).toHaveLength(0);
    press('open-sheet');
    expect(all('sheet')).toHaveLength(1);
  });

  it('is opened by the palette, and stays open as that one goes', async () => {
    const view = await open('');
    type('k', CTRL);
    fill(one('palette'), 'keys');
    const palette = one('palette').closest('dialog');
    type('Enter');
    await until(() => expect(all('sheet')).toHaveLength(1));
    // A browser tells that a dialog was closed when it is gone.
    palette?.dispatchEvent(new Event('close'));
    flushSync();
    expect(view.aid).toBe('sheet');
  });
});

describe('/', () => {
  it('goes to the search, and back into its box from what was found', async () => {
    await open('sources=5');
    await go('activity');
    type('/');
    await until(() => expect(document.activeElement).toBe(one('search-box')));
    (document.activeElement as HTMLElement).blur();
    type('/');
    expect(document.activeElement).toBe(one('search-box'));
  });
});
