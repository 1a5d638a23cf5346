import { flushSync } from 'svelte';
import { describe, expect, it, vi } from 'vitest';

import type { Bridge } from './bridge/bridge';
import { fakeBridge } from './bridge/fake';
import { sceneFrom } from './bridge/fake/scene';
import { all, go, one, open, press, refuse, until, useWindow, words } from './window.fixture';

useWindow();

describe('the order of the alerts', () => {
  it('is the newest first, or the worst', async () => {
    const view = await open('');
    const order = one('order') as HTMLSelectElement;
    order.value = 'worst';
    order.dispatchEvent(new Event('change', { bubbles: true }));
    await until(() => expect(view.alerts.filter.worst_first && view.alerts.phase).toBe('ready'));
    const ranks = view.alerts.rows.map(({ severity }) => ['critical', 'high', 'medium', 'low'].indexOf(severity));
    expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
    expect(new Set(ranks).size).toBeGreaterThan(1);
  });
});

describe('the detail of an alert', () => {
  async function openFirst(over: Partial<Bridge> = {}) {
    const view = await open('', over);
    const alert = view.alerts.rows.find(({ facts }) => facts.customer !== null);
    if (!alert) throw new Error('no alert has a customer');
    view.openAlert(alert.id);
    await until(() => expect(view.alert.detail?.alert.id).toBe(alert.id));
    flushSync();
    return { view, alert };
  }

  it('shows what else is stored of the customer, where and when, and leads to it', async () => {
    const { view, alert } = await openFirst();
    await until(() => expect(all('customer-row').length).toBeGreaterThan(0));
    expect(one('customer-strip').getAttribute('aria-label')).toMatch(/\d+ entries of this customer/);
    expect(one('customer-strip').querySelectorAll('.this')).toHaveLength(1);
    press('customer-all');
    await until(() => expect(view.search.phase).toBe('ready'));
    expect(view.search.rows.every(({ facts }) => facts.customer === alert.facts.customer)).toBe(true);
  });

  it('is copied as text, and as the message came', async () => {
    const copied: string[] = [];
    vi.spyOn(navigator.clipboard, 'writeText').mockImplementation(async (text) => void copied.push(text));
    const { view, alert } = await openFirst();
    press('copy-text');
    await until(() => expect(view.announcement).toBe('Copied.'));
    press('copy-json');
    await until(() => expect(copied).toHaveLength(2));
    expect(copied[0]).toContain(`Alert number: ${alert.subject}`);
    expect(copied[1]).toBe(view.alert.detail?.raw);
  });

  it('says when it could not be copied', async () => {
    vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new Error('not allowed'));
    const { view } = await openFirst();
    press('copy-text');
    await until(() => expect(view.problem?.code).toBe('not_copied'));
  });
});

describe('what a source can be asked to do', () => {
  /** Opens the newest open alert of the first source. */
  async function openAlert(over: Partial<Bridge> = {}, scene = '') {
    const view = await open(scene, over);
    const alert = view.alerts.rows.find((row) => row.source === 1 && row.state === 'open');
    if (!alert) throw new Error('there is no such alert');
    view.openAlert(alert.id);
    await until(() => expect(view.alert.detail).not.toBeNull());
    flushSync();
    return { view, alert };
  }

  it('is kept and shown at once, and confirmed by the server', async () => {
    const { alert } = await openAlert();
    expect(all('alert-actions').flatMap((group) => [...group.querySelectorAll('button')].map(words))).toEqual([
      'Investigate', 'Escalate', 'Resolve as fraud', 'False positive', 'Assign to me', 'Acknowledge at the server',
    ]);
    press('act-investigating');
    await until(() => expect(words(one('deed'))).toContain('Investigating: waits to be sent.'));
    const row = `[data-id="${alert.id}"] [data-testid="row-deed"]`;
    expect(document.querySelector(row)?.getAttribute('data-standing')).toBe('waiting');
    await until(() => expect(words(one('history-deed'))).toContain('confirmed by the server'));
    expect(all('deed')).toHaveLength(0);
    expect(document.querySelector(row)).toBeNull();
  });

  it('keeps its place once it is so, and asks for nothing then', async () => {
    const { act: answer } = fakeBridge(sceneFrom(new URLSearchParams('still')));
    const act = vi.fn(answer);
    const { view } = await openAlert({ act });
    const offered = () => [...one('alert-actions').querySelectorAll('button')].map(words);
    const before = offered();
    press('act-false_positive');
    const alert = view.alert.detail?.alert;
    if (!view.alert.detail || !alert) throw new Error('no alert is open');
    view.alert.detail = { ...view.alert.detail, alert: { ...alert, state: 'false_positive' } };
    flushSync();
    expect(offered()).toEqual(before);
    expect(all('alert-actions', ' [aria-disabled="true"]').map(words)).toEqual(['False positive']);
    press('act-false_positive');
    expect(act).toHaveBeenCalledTimes(1);
    expect(view.announcement).toBe('It is so already.');
  });

  it('asks for what the analyst chose', async () => {
    const act = vi.fn(async () => 1);
    const { view, alert } = await openAlert({ act });
    press('act-resolved');
    expect(act).toHaveBeenLastCalledWith({ alert: alert.id, action: 'change_state', state: 'resolved', owner: null });
    await until(() => expect(view.deeds.doing.busy.size).toBe(0));
    press('act-assign');
    expect(act).toHaveBeenLastCalledWith({ alert: alert.id, action: 'assign', state: null, owner: 'marie.laurent@bank.example' });
  });

  it('can be withdrawn while it waits, and says that it is kept while there is no connection', async () => {
    await openAlert({}, 'link=offline');
    press('act-resolved');
    await until(() => expect(words(one('outbox-waiting'))).toContain('1 action of yours is kept'));
    await until(() => expect(all('deed-withdraw')).toHaveLength(1));
    press('deed-withdraw');
    await until(() => expect(words(one('history-deed'))).toContain('withdrawn'));
    expect(all('outbox-waiting')).toHaveLength(0);
  });

  it('says why the server refused, and can be tried again', async () => {
    await openAlert({}, 'refusing=forbidden');
    press('act-resolved');
    await until(() => expect(words(one('deed', '[data-standing="refused"]'))).toContain('You are not allowed to do this.'));
    expect(words(one('outbox-to-decide'))).toContain('1 action of yours was not done.');
    press('deed-insist');
    await until(() => expect(words(one('history-deed'))).toContain('confirmed by the server'));
  });

  it('shows both where somebody else was first, and asks', async () => {
    const { view } = await openAlert({}, 'overtaken=false_positive');
    press('act-resolved');
    await until(() => expect(view.alert.detail?.alert.state).toBe('false_positive'));
    await until(() =>
      expect(words(one('deed', '[data-standing="conflict"]'))).toContain(
        'You chose “Resolved”. Meanwhile it has become “False positive”.',
      ),
    );
    // Who has it, and when the server told.
    expect(words(one('deed'))).toMatch(/Told by the server: .*\d?\d:\d\d:\d\d.*\. Who has it: /);
    press('deed-withdraw');
    await until(() => expect(all('deed')).toHaveLength(0));
  });

  it.each([
    ['outbox_full', 'too many actions that wait'],
    ['not_offered', 'The server does not offer this.'],
  ] as const)('that cannot be kept is refused in words: %s', async (code, said) => {
    await openAlert({ act: refuse(code) });
    press('act-resolved');
    await until(() => expect(words(one('refusals'))).toContain(said));
  });

  it('is not offered for a source that cannot; “seen on this desk” always is', async () => {
    const view = await open('');
    const alert = view.alerts.rows.find(({ source, acknowledged }) => source === 2 && !acknowledged);
    view.openAlert(alert?.id ?? 0);
    await until(() => expect(all('alert-detail', `[data-subject="${alert?.subject}"]`)).toHaveLength(1));
    expect(all('alert-actions')).toHaveLength(0);
    expect(words(one('acknowledge'))).toBe('Acknowledge here');
  });

  async function openTransaction(source: number, over: Partial<Bridge> = {}) {
    const view = await open('', over);
    await go('transactions');
    const row = view.transactions.rows.find((transaction) => transaction.source === source);
    void view.transaction.open(row?.id ?? 0);
    await until(() => expect(view.transaction.detail?.id).toBe(row?.id));
    flushSync();
    return row?.id ?? 0;
  }

  it('includes judging a transaction, whose answer is fields and factors', async () => {
    const analyse = vi.fn(async () => '{"risk_level":"high","factors":[{"factor":"new_device","impact":0.5}]}');
    const id = await openTransaction(1, { analyse });
    press('analyse');
    expect(words(one('analyse'))).toBe('Being analysed…');
    await until(() => expect(words(one('analysis'))).toContain('Risk level High'));
    expect(words(one('factors'))).toBe('New device +0.5');
    expect(analyse).toHaveBeenCalledExactlyOnceWith(id);
  });

  it('shows any other answer as text', async () => {
    const hostile = '{"a":{"b":"<img src=x onerror=alert(1)>"}}';
    await openTransaction(1, { analyse: async () => hostile });
    press('analyse');
    await until(() => expect(words(one('analysis-raw'))).toContain('<img src=x onerror=alert(1)>'));
    expect(document.querySelector('img')).toBeNull();
  });

  it('says why there is no answer', async () => {
    await openTransaction(1, { analyse: refuse('unavailable') });
    press('analyse');
    await until(() => expect(words(one('analysis'))).toContain('The server is busy or being repaired.'));
  });

  it('does not include judging where the source cannot', async () => {
    await openTransaction(2);
    expect(all('analyse')).toHaveLength(0);
  });
});
