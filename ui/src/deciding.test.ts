import { flushSync } from 'svelte';
import { describe, expect, it, vi } from 'vitest';

import { all, go, one, onNew, open, refuse, type, until, useWindow, words } from './window.fixture';

useWindow();

const CTRL = { ctrlKey: true };

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
