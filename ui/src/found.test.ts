import { flushSync } from 'svelte';
import { describe, expect, it, vi } from 'vitest';

import type { Bridge } from './bridge/bridge';
import { fakeBridge } from './bridge/fake';
import { sceneFrom } from './bridge/fake/scene';
import type { Alert, AlertDetail } from './bridge/types';
import type { View } from './state/view.svelte';
import { all, fill, one, open, press, refuse, type, until, useWindow, words } from './window.fixture';

useWindow();

const ASKED = 'kind:alert is:open is:unseen source:"Retail cards"';

/** Finds alerts, and puts the cursor on the first that nobody has decided on; gives its number. */
async function onFound(over: Partial<Bridge> = {}, scene = '', text = ASKED) {
  const view = await open(scene, over);
  press('nav-search');
  fill(one('search-box'), text);
  await until(() => expect(view.search.phase).toBe('ready'));
  flushSync();
  one('search-box').blur();
  const index = view.search.rows.findIndex(({ facts }) => facts.state === 'open');
  for (let row = 0; row <= index; row++) type('j');
  return { view, id: view.search.rows[index]?.alert ?? 0 };
}

const row = () => one('found-row', '.cursor');
/** The row of an alert, wherever the cursor is. */
const rowOf = (view: View, alert: number) => one('found-row', `[data-id="${view.search.rows.find((row) => row.alert === alert)?.id}"]`);
const subjects = (view: View) => view.search.rows.map(({ subject }) => subject);

describe('what is found', () => {
  it('shows the times by which it is ordered: those of arrival, and says so', async () => {
    const { view } = await onFound({}, '', 'kind:alert');
    expect(words(one('found-head'))).toMatch(/Arrived ↓$/);
    const shown = all('found-row').map((row) => row.querySelector('time')?.dateTime);
    expect(shown).toEqual(view.search.rows.slice(0, shown.length).map(({ received_at }) => new Date(received_at).toISOString()));
    expect(shown).toEqual([...shown].sort().reverse());
    const time = one('found-row').querySelector('time');
    time?.dispatchEvent(new PointerEvent('pointerenter'));
    expect(time?.title).toMatch(/^Arrived here: .+\nHappened: /);
  });
});

describe('an alert that was found', () => {
  it.each([
    ['r', 'resolved'], ['f', 'false_positive'], ['i', 'investigating'], ['e', 'escalated'],
  ] as const)('is decided by one key: %s, without its detail', async (key, state) => {
    const act = vi.fn<Bridge['act']>(async () => 1);
    const { view, id } = await onFound({ act });
    type(key);
    await until(() => expect(act).toHaveBeenCalledExactlyOnceWith({ alert: id, action: 'change_state', state, owner: null }));
    expect(all('alert-detail')).toHaveLength(0);
    await until(() => expect(view.announcement).toContain('waits for the server'));
  });

  it('is followed by the next, in the list and in the open detail, and is not decided twice', async () => {
    const act = vi.fn<Bridge['act']>(async () => 1);
    const { view, id } = await onFound({ act });
    type('Enter');
    await until(() => expect(view.alert.detail?.alert.id).toBe(id));
    type('r');
    const next = view.alert.id;
    expect(next).not.toBe(id);
    expect(row().dataset['id']).toBe(String(view.search.rows.find(({ alert }) => alert === next)?.id));
    await until(() => expect(view.alert.detail?.alert.id).toBe(next));
    type('f');
    await until(() => expect(act.mock.calls.map(([{ alert }]) => alert)).toEqual([id, next]));
  });

  it('is given to the analyst by m', async () => {
    const act = vi.fn<Bridge['act']>(async () => 1);
    const { id } = await onFound({ act });
    type('m');
    await until(() => expect(act).toHaveBeenCalledWith({ alert: id, action: 'assign', state: null, owner: 'marie.laurent@bank.example' }));
  });

  it('shows on its row what becomes of it, stays where it is, and u takes it back', async () => {
    const { view, id } = await onFound();
    const row = () => rowOf(view, id);
    const before = subjects(view);
    type('r');
    await until(() => expect(words(row())).toContain('Resolved waits'));
    await until(() => expect(all('row-deed')).toHaveLength(0));
    await until(() => expect(words(row())).toContain('Resolved'));
    expect(subjects(view)).toEqual(before);
    type('u');
    await until(() => expect(words(row())).toContain('Open'));
    expect(one('found-row', '.cursor')).toBe(row());
  });

  it('is seen by a, and says so', async () => {
    const { view } = await onFound();
    type('a');
    await until(() => expect(words(row())).toContain('Acknowledged'));
    type('a');
    await until(() => expect(view.announcement).toBe('It is so already.'));
  });

  it('is put off by s, until when its row says', async () => {
    const { view, id } = await onFound();
    type('s');
    await until(() => expect(all('snooze-menu')).toHaveLength(1));
    press('snooze-alert-hour');
    await until(() => expect(words(rowOf(view, id))).toMatch(/Snoozed until .*\d:\d\d/));
  });

  it('is the one that is open, also where that was opened from its customer, and is not asked for again', async () => {
    const act = vi.fn<Bridge['act']>(async () => 1);
    const { view, id } = await onFound({ act });
    type('Enter');
    await until(() => expect(view.alert.detail?.alert.id).toBe(id));
    type('i');
    expect(act).toHaveBeenLastCalledWith(expect.objectContaining({ alert: id }));
    await until(() => expect(view.deeds.doing.busy.size).toBe(0));
    const other = view.alerts.rows.find((alert) => alert.id !== id && alert.source === 1 && alert.state === 'open');
    view.openAlert(other?.id ?? 0);
    await until(() => expect(view.alert.detail?.alert.id).toBe(other?.id));
    type('i');
    expect(act).toHaveBeenLastCalledWith(expect.objectContaining({ alert: other?.id }));
  });

  it('is the one on which the cursor stood when the key was pressed, once', async () => {
    const { alert: ask } = fakeBridge(sceneFrom(new URLSearchParams('still')));
    const answers: (() => void)[] = [];
    const alert = vi.fn<Bridge['alert']>((id) => new Promise<AlertDetail>((resolve) => answers.push(() => void ask(id).then(resolve))));
    const act = vi.fn<Bridge['act']>(async () => 1);
    const { view, id } = await onFound({ alert, act });
    type('r');
    type('f');
    expect(view.announcement).toBe('Sending…');
    type('j');
    for (const answer of answers) answer();
    await until(() => expect(act).toHaveBeenCalled());
    expect(act.mock.calls.map(([{ alert: of, state }]) => [of, state])).toEqual([[id, 'resolved']]);
  });

  it('is decided as it stands, whatever its row was told when it was found', async () => {
    const { alert: ask } = fakeBridge(sceneFrom(new URLSearchParams('still')));
    const over = (stands: Partial<Alert>): Bridge['alert'] => async (id) => {
      const detail = await ask(id);
      return { ...detail, alert: { ...detail.alert, ...stands } };
    };
    const act = vi.fn<Bridge['act']>(async () => 1);
    const { view } = await onFound({ act, alert: over({ state: 'resolved' }) });
    type('r');
    await until(() => expect(view.announcement).toBe('It is so already.'));
    expect([words(row()).includes('Resolved'), act.mock.calls.length]).toEqual([true, 0]);
  });

  it('says why it was refused, and why it cannot be asked for', async () => {
    const { view } = await onFound({ act: refuse('forbidden') });
    type('r');
    await until(() => expect(words(one('refusals'))).toContain('The server does not allow you'));
    vi.spyOn(view.bridge, 'alert').mockRejectedValue({ code: 'not_found', message: '' });
    type('f');
    await until(() => expect(view.problem?.code).toBe('not_found'));
  });

  it('says what its source does not offer', async () => {
    const { view } = await onFound({}, '', 'kind:alert source:#2');
    expect(view.search.rows[0]?.source).toBe(2);
    view.search.selected = view.search.rows[0]?.id ?? null;
    type('r');
    await until(() => expect(view.announcement).toBe('The server does not offer this.'));
  });

  it('is in the palette with what can be done to it', async () => {
    const act = vi.fn<Bridge['act']>(async () => 1);
    const { id } = await onFound({ act });
    type('k', { ctrlKey: true });
    fill(one('palette'), 'resolve');
    type('Enter');
    await until(() => expect(act).toHaveBeenCalledWith({ alert: id, action: 'change_state', state: 'resolved', owner: null }));
  });

  it('is decided in a group that was opened, too', async () => {
    const act = vi.fn<Bridge['act']>(async () => 1);
    const view = await open('', { act });
    view.only(1);
    fill(one('order'), 'scenario');
    await until(() => expect(view.groups.rows.length).toBeGreaterThan(0));
    flushSync();
    press('group-row');
    await until(() => expect(view.search.phase).toBe('ready'));
    flushSync();
    type('j');
    type('e');
    await until(() => expect(act).toHaveBeenCalledWith(expect.objectContaining({ alert: view.search.rows[0]?.alert })));
  });
});

describe('a key that decides', () => {
  it('says that there is no alert where the cursor is on something else, and where several are selected', async () => {
    const view = await open('');
    press('nav-search');
    fill(one('search-box'), 'kind:transaction');
    await until(() => expect(view.search.rows[0]?.kind).toBe('transaction'));
    flushSync();
    one('search-box').blur();
    type('j');
    for (const key of ['a', 'r', 'f', 'i', 'e', 'm', 's']) {
      view.announcement = '';
      type(key);
      expect(view.announcement.trim()).toBe('No alert is selected.');
    }
    type('x');
    expect(view.announcement).toBe('Alerts are selected only in the place “Alerts”.');
  });
});
