import { flushSync } from 'svelte';
import { describe, expect, it, vi } from 'vitest';

import { all, go, one, onNew, open, press, refuse, type, until, useWindow, words } from './window.fixture';

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
    await until(() => expect(view.announcement).toContain('waits for the server'));
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

  it('a key that is held down decides once', async () => {
    const act = vi.fn(() => new Promise<number>(() => {}));
    const view = await open('', { act });
    onNew(view);
    type('r');
    type('r', { repeat: true });
    type('r', { repeat: true });
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
    await until(() => expect(words(one('said'))).toMatch(/^Investigating, waits for the server: .* U Undo$/));
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

describe('after a decision', () => {
  /** Opens the detail of the first alert that is new, on a desk that keeps what is decided and tells nothing of it. */
  async function opened(act = vi.fn(async () => 1)) {
    const view = await open('', { act });
    const { id } = onNew(view);
    type('Enter');
    await until(() => expect(view.alert.detail?.alert.id).toBe(id));
    flushSync();
    return { view, act, id };
  }
  const decided = (act: ReturnType<typeof vi.fn>) => act.mock.calls.map(([{ alert }]) => alert as number);

  it('the next alert is chosen and shown, so that a quick second key is about that one', async () => {
    const { view, act, id } = await opened(vi.fn(() => new Promise<number>(() => {})));
    view.only(1);
    await until(() => expect(view.alerts.phase).toBe('ready'));
    flushSync();
    const left = view.alerts.rows.slice(view.alerts.rows.findIndex((row) => row.id === id) + 1).filter((row) => view.deeds.isLeft(row));
    type('r');
    expect([view.selectedAlert, view.alert.id]).toEqual([left[0]?.id, left[0]?.id]);
    await until(() => expect(view.alert.detail?.alert.id).toBe(left[0]?.id));
    type('f');
    expect(decided(act)).toEqual([id, left[0]?.id]);
    expect(view.alert.id).toBe(left[1]?.id);
  });

  it.each(['m', 'a'])('%s, which only begins the work with an alert, stays on it', async (key) => {
    const { view, id } = await opened();
    type(key);
    await until(() => expect(view.said?.undone).toBe(true));
    expect([view.selectedAlert, view.alert.id]).toEqual([id, id]);
  });

  it('none is chosen where none is left, and no key decides again', async () => {
    const { view, act } = await opened(vi.fn(() => new Promise<number>(() => {})));
    view.alerts.rows = view.alerts.rows.filter(({ id }) => id === view.selectedAlert);
    flushSync();
    type('r');
    type('f');
    expect(act).toHaveBeenCalledTimes(1);
    expect([view.selectedAlert, view.alert.id]).toEqual([null, null]);
    expect(view.announcement).toBe('No alert is selected.');
  });

  it('the same decision is not sent twice while it waits', async () => {
    const view = await open('link=offline');
    const { id } = onNew(view);
    type('e');
    await until(() => expect(view.outbox.of(id)?.standing.kind).toBe('waiting'));
    view.selectedAlert = id;
    type('e');
    expect(view.announcement).toBe('It is so already.');
    expect(view.outbox.deeds).toHaveLength(1);
  });

  it('a second click of two decides nothing', async () => {
    const { act } = await opened();
    one('act-resolved').dispatchEvent(new MouseEvent('click', { bubbles: true, detail: 2 }));
    expect(act).not.toHaveBeenCalled();
  });

  it('row and detail say the same of what waits, also without a connection', async () => {
    const view = await open('link=offline');
    const { id } = onNew(view);
    view.openAlert(id);
    view.deeds.do('resolved', view.deeds.meant, true);
    await until(() => expect(all('row-deed')).toHaveLength(2));
    const [row, detail] = all('row-deed').map(words);
    expect(detail).toBe(row);
    expect(row).toContain('Resolved');
  });

  it('what was refused is shown again by a button', async () => {
    const { view, id } = await opened(vi.fn(refuse('outbox_full') as () => Promise<number>));
    type('r');
    await until(() => expect(all('refused-show')).toHaveLength(1));
    press('refused-show');
    expect([view.selectedAlert, view.alert.id]).toEqual([id, id]);
  });

  it('u shows the alert that it brought back, and says which', async () => {
    const view = await open('');
    const { id } = onNew(view);
    type('Enter');
    type('r');
    await until(() => expect(view.deeds.undoing.can).toBe(true));
    expect(view.selectedAlert).not.toBe(id);
    type('u');
    await until(() => expect([view.selectedAlert, view.alert.id]).toEqual([id, id]));
    await until(() => expect(words(one('said'))).toMatch(/^Undone: .+/));
  });

  it('u elsewhere says where it is', async () => {
    const view = await open('');
    onNew(view);
    type('r');
    await until(() => expect(view.deeds.undoing.can).toBe(true));
    await go('transactions');
    type('u');
    await until(() => expect(view.announcement).toMatch(/^Undone: .* It is in the place “Alerts”\.$/));
  });
});

describe('the two acknowledgements', () => {
  it('are told apart by words and keys: a here, Shift+A at the server', async () => {
    const [act, acknowledge] = [vi.fn(async () => 1), vi.fn(async () => {})];
    const view = await open('', { act, acknowledge });
    const { id } = onNew(view);
    type('A', { shiftKey: true });
    expect(act).toHaveBeenCalledExactlyOnceWith({ alert: id, action: 'acknowledge', state: null, owner: null });
    expect(acknowledge).not.toHaveBeenCalled();
    await until(() => expect(view.announcement).toContain('Acknowledged at the server, waits for the server'));
    type('a');
    await until(() => expect(view.announcement).toMatch(/^Acknowledged here: /));
    type('?', { shiftKey: true });
    const said = (command: string) => words(one('sheet').querySelector<HTMLElement>(`[data-command=${command}]`) ?? document.body);
    expect([said('seen'), said('acknowledge')]).toEqual(['Acknowledge here A', 'Acknowledge at the server ShiftA']);
  });
});
