import { flushSync } from 'svelte';
import { describe, expect, it, vi } from 'vitest';

import type { Bridge } from './bridge/bridge';
import { fakeBridge } from './bridge/fake';
import { sceneFrom } from './bridge/fake/scene';
import type { Overview } from './bridge/types';
import { all, close, fill, go, one, open, press, refuse, type, until, useWindow, words } from './window.fixture';

useWindow();

describe('quitting', () => {
  it.each(['', 'first'])('is done with Ctrl+Q in every place (%s)', async (scene) => {
    const quit = vi.fn(() => Promise.resolve());
    await open(scene, { quit });
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'q', bubbles: true }));
    expect(quit).not.toHaveBeenCalled();
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'q', ctrlKey: true, bubbles: true }));
    await until(() => expect(quit).toHaveBeenCalledOnce());
  });

  it.each(['', 'first&'])('is a button where there is no tray to do it in (%s)', async (scene) => {
    const quit = vi.fn(() => Promise.resolve());
    await open(`${scene}notices=no_tray`, { quit });
    press('quit');
    await until(() => expect(quit).toHaveBeenCalledOnce());
  });
});

describe('a feed', () => {
  it('asks for nothing while it is out of sight, and for all of it when it comes into sight', async () => {
    const asked = vi.fn();
    const { transactions } = fakeBridge(sceneFrom(new URLSearchParams('still')));
    const view = await open('', { transactions: (range) => (asked(), transactions(range)) });
    const { overview } = view.desk;
    if (!overview) throw new Error('there is no overview');
    await go('transactions');
    press('nav-alerts');
    asked.mockClear();
    for (let n = 1; n < 4; n++) {
      view.desk.receive({ ...overview, number: overview.number + n, newest_transaction: overview.newest_transaction + n });
    }
    expect(asked).not.toHaveBeenCalled();
    await go('transactions');
    expect(asked).toHaveBeenCalled();
    expect(view.transactions.rows.length).toBeGreaterThan(0);
  });
});

describe('several sources', () => {
  it('are shown together, each row with the name of its source', async () => {
    const view = await open('sources=5');
    await go('transactions');
    const named = new Set(all('transaction-row').map((row) => row.querySelector('.source')?.textContent));
    expect(named).toEqual(new Set(['Retail cards', 'AML desk']));
    expect(view.source).toBeNull();
  });

  it('are shown apart in every list after a click in the side bar, and together after another', async () => {
    const view = await open('sources=5');
    press('side-source', '[data-source="2"]');
    await until(() => expect(view.alerts.phase).toBe('ready'));
    await until(() => expect(view.transactions.phase).toBe('ready'));
    await until(() => expect(view.activity.phase).toBe('ready'));
    for (const { rows } of [view.alerts, view.transactions, view.activity]) {
      expect(rows.length).toBeGreaterThan(0);
      expect(new Set<number>(rows.map(({ source }) => source))).toEqual(new Set([2]));
    }
    flushSync();
    expect(one('side-source', '[data-source="2"]').getAttribute('aria-pressed')).toBe('true');
    expect(one('alert-row').querySelector('.source')).toBeNull();
    press('side-source', '[data-source="2"]');
    expect(view.source).toBeNull();
    expect(one('all-sources').getAttribute('aria-pressed')).toBe('true');
  });

  it('share one filter, which lets go of a source that was removed', async () => {
    const view = await open('sources=5');
    fill(one('source-filter'), '4');
    expect([view.alerts, view.transactions, view.activity].map(({ filter }) => filter.source)).toEqual([4, 4, 4]);
    await view.bridge.removeSource(4);
    expect(view.source).toBeNull();
  });

  it('that are out of date take no more than two lines', async () => {
    await open('sources=5&link=offline');
    expect(all('offline-banner')).toHaveLength(2);
    await close();
    const bridge = fakeBridge(sceneFrom(new URLSearchParams('still&sources=16&link=offline')));
    const overview = await bridge.overview();
    const signedOut: Overview = {
      ...overview,
      sources: overview.sources.map((source) => ({ ...source, link: { state: 'signed_out', reason: 'session_ended' } })),
    };
    const view = await open('sources=16', { overview: async () => signedOut, watch: async () => {} });
    expect(all('offline-banner').map(words)).toEqual([expect.stringContaining('16 sources show what was stored')]);
    expect(view.desk.overview?.sources).toHaveLength(16);
  });
});

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
    await until(() => expect(view.announcement).toBe('It is copied.'));
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

describe('the settings', () => {
  const set = (name: string) => one(`set-${name}`);

  async function choose(name: string, value: string) {
    const control = set(name) as HTMLInputElement;
    control.value = value;
    control.dispatchEvent(new Event('change', { bubbles: true }));
    flushSync();
  }

  async function openSettings(scene = '', over: Partial<Bridge> = {}) {
    const view = await open(scene, over);
    press('nav-settings');
    await until(() => expect(view.settings.view).not.toBeNull());
    flushSync();
    return view;
  }

  it('are followed at once, and so is the language', async () => {
    const view = await openSettings();
    await choose('window.high_value', '250');
    await until(() => expect(view.settings.view?.settings.window.high_value).toBe(250));
    await choose('window.language', 'fr');
    await until(() => expect(words(one('settings'))).toContain('Réglages'));
    press('nav-transactions');
    await until(() => expect(view.transactions.phase).toBe('ready'));
    flushSync();
    const marked = all('transaction-row').filter((row) => row.querySelector('.amount.high'));
    expect(marked.length).toBeGreaterThan(0);
    for (const row of marked) {
      const shown = view.transactions.rows.find(({ id }) => String(id) === row.dataset['id']);
      expect(Number(shown?.facts.amount)).toBeGreaterThan(250);
      expect(words(row)).toContain('Montant élevé');
    }
  });

  it('hold quiet hours, by day and hour', async () => {
    const view = await openSettings();
    press('quiet-sat');
    const hours = () => view.settings.view?.settings.notifications.quiet_hours;
    await until(() => expect(hours()?.[0]?.days).toEqual(['mon', 'tue', 'wed', 'thu', 'fri', 'sat']));
    press('quiet-add');
    await until(() => expect(all('quiet-stretch')).toHaveLength(2));
    press('quiet-remove');
    await until(() => expect(hours()).toEqual([{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '20:00', until: '07:00' }]));
  });

  it('say in the side bar until when it is quiet', async () => {
    const view = await open('');
    const overview = view.desk.overview as Overview;
    view.desk.receive({ ...overview, number: overview.number + 1, quiet_until: Date.now() + 3_600_000 });
    flushSync();
    expect(words(one('quiet'))).toMatch(/^Quiet until .* Critical alerts still notify\.$/);
  });

  it('that an administrator has set cannot be changed, and say so', async () => {
    await openSettings('managed');
    expect((set('notifications.private') as HTMLInputElement).disabled).toBe(true);
    expect((set('notifications.from') as HTMLInputElement).disabled).toBe(false);
    expect(words(one('settings'))).toContain('Set by your administrator.');
    expect(words(one('settings'))).toContain('/etc/vigie/settings.toml');
  });

  it('that cannot be are refused in words, and shown as they count', async () => {
    const view = await openSettings('', { setSettings: refuse('bad_setting', 'storage.keep_days: from 1 to 3660') });
    await choose('storage.keep_days', '0');
    await until(() => expect(words(one('settings-refused'))).toContain('from 1 to 3660'));
    expect(view.settings.view?.settings.storage.keep_days).toBe(400);
  });

  it('say which file is wrong', async () => {
    await openSettings('wrong');
    expect(words(one('settings-wrong'))).toContain('line 2');
  });
});

describe('the search', () => {
  const box = () => one('search-box') as HTMLInputElement;

  async function search(text: string, scene = '', over: Partial<Bridge> = {}) {
    const view = await open(scene, over);
    press('nav-search');
    fill(box(), text);
    await until(() => expect(view.search.phase).not.toBe('loading'));
    flushSync();
    return view;
  }

  it('finds everything that is stored, and opens what it is', async () => {
    const view = await search('kind:alert is:open');
    expect(all('found-row').length).toBeGreaterThan(5);
    press('found-row');
    await until(() => expect(view.alert.detail?.alert.id).toBe(view.search.rows[0]?.alert));
    flushSync();
    expect(all('alert-detail')).toHaveLength(1);
    fill(box(), 'kind:transaction');
    await until(() => expect(view.search.rows[0]?.kind).toBe('transaction'));
    flushSync();
    press('found-row');
    await until(() => expect(all('transaction-detail')).toHaveLength(1));
  });

  it('asks as one types, but never for more than the newest question', async () => {
    const asked = vi.fn();
    const { search: answer } = fakeBridge(sceneFrom(new URLSearchParams('still')));
    const view = await search('e', '', { search: (query, before, limit) => (asked(query.text), answer(query, before, limit)) });
    await until(() => expect(view.search.phase).toBe('ready'));
    asked.mockClear();
    for (const text of ['el', 'ele', 'elen', 'elena']) fill(box(), text);
    await until(() => expect(view.search.rows.every(({ facts }) => facts.customer_name === 'Elena Petrova')).toBe(true));
    const words = new Set(asked.mock.calls.map(([text]) => text));
    expect([...words]).toEqual(['el', 'elena']);
  });

  it('finds in the one source that all places show', async () => {
    const view = await search('kind:alert', 'sources=5');
    expect(new Set(view.search.rows.map(({ source }) => source)).size).toBeGreaterThan(1);
    view.only(2);
    await until(() => expect(view.search.rows.every(({ source }) => source === 2)).toBe(true));
    expect(view.search.rows.length).toBeGreaterThan(0);
  });

  it('shows what is asked for by name as chips that can be taken away, and what is not understood', async () => {
    const view = await search('ada severity:high is:lost');
    expect(all('chip').map((chip) => words(chip))).toEqual(['severity:high ×', 'is:lost not understood ×']);
    one('chip').querySelector('button')?.click();
    await until(() => expect(view.search.text).toBe('ada is:lost'));
  });

  it('offers what can be meant, taken by keyboard', async () => {
    const view = await search('sev');
    expect(all('search-offer').map(words)).toEqual(['severity:']);
    const press = (key: string) => box().dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    press('ArrowDown');
    flushSync();
    expect(box().getAttribute('aria-activedescendant')).toBe(one('search-offer').id);
    press('Enter');
    await until(() => expect(view.search.text).toBe('severity:'));
    await until(() => expect(all('search-offer').map(words)).toContain('severity:critical'));
  });

  it('keeps a question as a view, with how much it finds', async () => {
    const view = await search('severity:critical is:open');
    press('keep-view');
    await until(() => expect(words(one('saved-view'))).toMatch(/^severity:critical is:open \d+\+?$/));
    press('nav-alerts');
    fill((press('nav-search'), box()), '');
    press('saved-view');
    await until(() => expect(view.search.text).toBe('severity:critical is:open'));
    press('keep-view');
    expect(all('saved-view')).toHaveLength(0);
  });

  it.each([
    ['', 'Search everything that is stored'],
    ['xylophagous', 'Nothing was found.'],
  ])('says what is the case where there are no rows (%s)', async (text, said) => {
    await search(text);
    expect(words(one('search'))).toContain(said);
  });

  it('says why it did not work', async () => {
    await search('ada', '', { search: refuse('store_damaged') });
    expect(words(one('search'))).toContain('The search did not work.');
  });
});

describe('the activity', () => {
  it('lists what is neither transaction nor alert, each kind with its own shape', async () => {
    const view = await open('sources=5');
    await go('activity');
    expect(all('activity-row').length).toBeGreaterThan(5);
    const shapes = new Map(
      all('activity-row').map((row) => [row.querySelector('[role=img]')?.getAttribute('aria-label'), row.querySelector('path')?.getAttribute('d')]),
    );
    expect(shapes.size).toBeGreaterThan(3);
    expect(new Set(shapes.values()).size).toBe(shapes.size);
    expect(view.activity.rows.some(({ kind }) => kind === 'transaction' || kind === 'alert')).toBe(false);
  });

  it('is narrowed to a kind, and widened again where there is none', async () => {
    const view = await open('sources=2');
    await go('activity');
    const kinds = [...one('kind-filter').querySelectorAll('option')].map((option) => option.value);
    expect(kinds).not.toContain('transaction');
    expect(kinds).not.toContain('alert');
    fill(one('kind-filter'), 'order');
    await until(() => expect(view.activity.phase).toBe('ready'));
    flushSync();
    const blank = document.querySelector<HTMLElement>('.blank');
    expect(blank && words(blank)).toContain('Nothing matches the filter');
    blank?.querySelector('button')?.click();
    await until(() => expect(view.activity.rows.length).toBeGreaterThan(0));
    expect(view.activity.filter.kind).toBeNull();
  });

  it('goes by the keyboard, and opens and closes the detail', async () => {
    const view = await open('sources=5');
    await go('activity');
    type('j');
    type('j');
    expect(view.activity.selected).toBe(view.activity.rows[1]?.id);
    type('Enter');
    await until(() => expect(all('activity-detail', `[data-subject="${view.activity.rows[1]?.subject}"]`)).toHaveLength(1));
    type('Escape');
    expect(all('activity-detail')).toHaveLength(0);
  });

  it('shows how far something is as a real progress bar', async () => {
    const view = await open('sources=5');
    await go('activity');
    fill(one('kind-filter'), 'progress');
    await until(() => expect(all('activity-row').length).toBeGreaterThan(0));
    const bar = document.querySelector('[role=progressbar]');
    expect(bar?.getAttribute('aria-valuenow')).toBe(String(Math.round((view.activity.rows[0]?.facts.progress ?? -1) * 100)));
    expect(bar?.getAttribute('aria-label')).toBe('Calculation');
  });

  it('shows details and factors in words', async () => {
    await open('sources=5');
    await go('activity');
    fill(one('kind-filter'), 'analysis');
    await until(() => expect(all('activity-row').length).toBeGreaterThan(0));
    press('activity-row');
    await until(() => expect(words(one('activity-detail'))).toContain('Recommendation Ask for proof of income'));
    const factors = [...one('factors').querySelectorAll('li')].map(words);
    expect(factors[0]).toBe('Payment history +0.34 Paid late twice in twelve months');
    expect(factors[2]).toContain('-0.18');
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

  it('asks for what the analyst chose', async () => {
    const act = vi.fn(async () => 1);
    const { alert } = await openAlert({ act });
    press('act-resolved');
    expect(act).toHaveBeenLastCalledWith({ alert: alert.id, action: 'change_state', state: 'resolved', owner: null });
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
        'You chose “Resolved”. Meanwhile it has become “No fraud”.',
      ),
    );
    press('deed-withdraw');
    await until(() => expect(all('deed')).toHaveLength(0));
  });

  it.each([
    ['outbox_full', 'too many actions that wait'],
    ['not_offered', 'The server does not offer this.'],
  ] as const)('that cannot be kept is refused in words: %s', async (code, said) => {
    await openAlert({ act: refuse(code) });
    press('act-resolved');
    await until(() => expect(words(one('act-refused'))).toContain(said));
  });

  it('is not offered for a source that cannot; “seen on this desk” always is', async () => {
    const view = await open('');
    const alert = view.alerts.rows.find(({ source, acknowledged }) => source === 2 && !acknowledged);
    view.openAlert(alert?.id ?? 0);
    await until(() => expect(all('alert-detail', `[data-subject="${alert?.subject}"]`)).toHaveLength(1));
    expect(all('alert-actions')).toHaveLength(0);
    expect(words(one('acknowledge'))).toBe('Acknowledge');
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

describe('signing in', () => {
  async function add(profile: string, over: Partial<Bridge> = {}) {
    await open('sources=5', over);
    press('nav-sources');
    press('add-source');
    await until(() => expect(one('sign-in-profile').querySelectorAll('option').length).toBeGreaterThan(1));
    fill(one('sign-in-profile'), profile);
  }
  const parameter = (name: string) => one('sign-in-parameter', `[data-parameter="${name}"]`) as HTMLInputElement;
  const labels = () => [...one('sign-in-form').querySelectorAll('.field > label')].map((label) => words(label as HTMLElement));

  it('asks for what the profile asks for', async () => {
    await add('flowfi');
    expect(labels()).toEqual(['Kind of system', 'Name in the lists (optional)', 'Address', 'Access token (optional)', 'Streams (optional)', 'Addresses (optional)', 'All streams (optional)']);
    expect(parameter('streams').placeholder).toBe('1, 2');
    fill(one('sign-in-profile'), 'credit');
    expect(labels()).toEqual(['Kind of system', 'Name in the lists (optional)', 'Address', 'User name or e-mail', 'Subscriptions (optional)', 'Calculation (optional)']);
    expect(all('sign-in-remember')).toHaveLength(0);
    fill(one('sign-in-profile'), 'branch-host');
    expect(labels()).toContain('API key');
  });

  it('groups the profiles of the analyst’s own apart', async () => {
    await add('aml');
    const groups = [...one('sign-in-profile').querySelectorAll('optgroup')];
    expect(groups.map((group) => [group.label, group.querySelectorAll('option').length])).toEqual([['Built in', 5], ['Your own', 1]]);
  });

  it('tells a required parameter that is missing at its field', async () => {
    const signIn = vi.fn();
    await add('branch-host', { signIn });
    fill(one('sign-in-password'), 'key');
    press('sign-in-submit');
    await until(() => expect(parameter('region').getAttribute('aria-invalid')).toBe('true'));
    expect(signIn).not.toHaveBeenCalled();
  });

  it('tells a refused value and a refused token at their fields', async () => {
    await add('flowfi');
    fill(parameter('users'), 'G1 0');
    press('sign-in-submit');
    await until(() => expect(parameter('users').getAttribute('aria-invalid')).toBe('true'));
    fill(parameter('users'), 'G1');
    fill(one('sign-in-password'), 'wrong');
    press('sign-in-submit');
    await until(() => expect(one('sign-in-password').getAttribute('aria-invalid')).toBe('true'));
    expect(words(one('sign-in-error'))).toBe('The server refused these sign-in details.');
  });

  it('again keeps the profile, and changes what is wanted', async () => {
    const signIn = vi.fn(async () => 5);
    await open('sources=5', { signIn });
    press('nav-sources');
    all('source-settings')[4]?.click();
    flushSync();
    expect((one('sign-in-profile') as HTMLSelectElement).disabled).toBe(true);
    fill(one('sign-in-password'), 'another');
    expect(parameter('streams').value).toBe('1, 2');
    fill(parameter('streams'), '7 8,9');
    press('sign-in-submit');
    await until(() => expect(signIn).toHaveBeenCalledTimes(1));
    expect(signIn).toHaveBeenCalledWith(
      expect.objectContaining({ source: 5, profile: 'flowfi', parameters: { streams: ['7', '8', '9'], users: ['GDQK7PXR4YQZ'] } }),
    );
  });
});

describe('the links', () => {
  it('show a fallback in shape and word', async () => {
    await open('sources=5');
    const states = all('link-state').map((state) => [state.dataset['state'], state.dataset['fallback'], words(state)]);
    expect(states).toEqual([
      ['live', 'false', 'Live · WebSocket'],
      ['live', 'true', 'Live by polling'],
      ['live', 'false', 'Live · WebSocket'],
      ['signed_out', 'false', 'Signed out Sign in'],
      ['live', 'false', 'Live · Server-Sent Events'],
    ]);
    const shapes = all('link-state').map((state) => state.querySelector('svg')?.innerHTML);
    expect(shapes[1]).not.toBe(shapes[0]);
  });
});

describe('a profile file that is wrong', () => {
  it('is a notice that leads to the diagnostics, which name file and line first', async () => {
    await open('notices=profile_wrong');
    press('to-diagnostics');
    await until(() => expect(words(one('profile-problems'))).toContain('branch.toml line 14'));
    expect(document.activeElement).toBe(one('diagnostics'));
    const texts = words(one('diagnostics'));
    expect(texts.indexOf('branch.toml')).toBeLessThan(texts.indexOf('Stretches that may have been missed'));
    expect(texts).toContain('More was missed than the server gives.');
  });
});

describe('the diagnostics', () => {
  /** Opens them on a scene, read. */
  async function diagnose(scene: string, over: Partial<Bridge> = {}) {
    const view = await open(scene, over);
    press('nav-sources');
    await until(() => expect(all('latencies')).toHaveLength(1));
    flushSync();
    return view;
  }
  const cellsOf = (row: Element | null) => [...(row?.querySelectorAll<HTMLElement>('td, th') ?? [])].map(words);
  const row = (source: number) => cellsOf(one('figures').querySelector(`[data-source="${source}"]`));
  const rows = (hook: string) => [...one(hook).querySelectorAll('tbody tr')].map(cellsOf);

  it('tell what became of what each source has sent', async () => {
    await diagnose('sources=5');
    expect(row(1)).toEqual(['Retail cards', '48,215', '47,010', '1,202', '3 Not JSON 2 · Too large 1', '1', '2 · 1 open', '12 ms · 80 ms · 1.9 s']);
    expect(row(2)[6]).toBe('4 · 4 not recoverable');
    expect(row(3)[7]).toBe('–');
  });

  it('say of which moment they are: what arrives meanwhile is not in them yet', async () => {
    await diagnose('sources=2');
    expect(words(one('diagnostics'))).toMatch(/What Vigie did since \S.* · as of \S*\d:\d\d:\d\d/);
  });

  it('tell how long everything took, and what became of alerts', async () => {
    await diagnose('sources=2');
    expect(rows('latencies')).toEqual([
      ['From arrival until stored', '2 ms', '9 ms', '31 ms'],
      ['From arrival until notified alone', '6 ms', '18 ms', '18 ms'],
      ['From arrival until in the window', 'nothing measured yet'],
    ]);
    expect(rows('notifications')).toEqual(
      expect.arrayContaining([
        ['Notified together, 31 alerts in all', '2'],
        ['Not bad enough', '204'],
        ['Held back by a pause', '6'],
      ]),
    );
  });

  it('say where the data and the log are, and how much there is', async () => {
    await diagnose('sources=2');
    const said = words(one('diagnostics'));
    expect(said).toContain('vigie.db (912.4 MB, 1,204,518 events)');
    expect(said).toContain('The log is in /home/marie/.local/share/example.vigie/logs');
  });

  it('are read anew while they are looked at, and no longer', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const { diagnostics } = fakeBridge(sceneFrom(new URLSearchParams('still')));
      const asked = vi.fn(diagnostics);
      await diagnose('sources=2', { diagnostics: asked });
      const before = asked.mock.calls.length;
      vi.advanceTimersByTime(5_000);
      expect(asked.mock.calls.length).toBe(before + 1);
      press('nav-alerts');
      vi.advanceTimersByTime(60_000);
      expect(asked.mock.calls.length).toBe(before + 1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('save a report and say where it is', async () => {
    const saveReport = vi.fn(async () => '/home/marie/Downloads/vigie-report.json');
    await diagnose('sources=2', { saveReport });
    press('save-report');
    await until(() => expect(words(one('report-saved'))).toContain('/home/marie/Downloads/vigie-report.json'));
    expect(saveReport).toHaveBeenCalledTimes(1);
    expect((one('save-report') as HTMLButtonElement).disabled).toBe(false);
  });

  it('say why a report was not saved', async () => {
    await diagnose('sources=2', { saveReport: refuse('report_not_saved') });
    press('save-report');
    await until(() => expect(words(one('diagnostics'))).toContain('The report could not be saved.'));
  });
});

describe('the overview', () => {
  /** Goes to it, read. */
  async function look(scene: string, over: Partial<Bridge> = {}) {
    const view = await open(scene, over);
    press('nav-overview');
    await until(() => expect(view.charts.phase).not.toBe('loading'));
    flushSync();
    return view;
  }
  const figure = (name: string) => words(one('figure', `[data-figure="${name}"]`));
  const charts = () => all('chart').map(({ dataset }) => dataset['chart']);

  it('draws what there was, each currency by itself, and names what there was most of', async () => {
    await look('');
    expect(charts()).toEqual(['alerts', 'payments', 'amounts', 'amounts', 'amounts', 'amounts']);
    expect(all('chart').map((chart) => chart.getAttribute('aria-label'))).toContain('Amounts in JPY');
    const [first] = one('ranking', '[data-ranking="scenarios"]').querySelectorAll('tbody tr');
    expect(words(first as HTMLElement)).toMatch(/^Card testing\s*\d+$/);
    expect(figure('median')).toContain('4 min');
    expect(words(one('backend-metrics'))).toContain('Open alerts');
  });

  it('says what is open as it stands', async () => {
    const view = await look('');
    const { open: counts } = view.desk.overview as Overview;
    const total = Object.values(counts).reduce((sum, n) => sum + n, 0);
    expect(figure('open')).toContain(`Open now ${total}`);
    const told = [...one('figure', '[data-figure="open"]').querySelectorAll('.severity')].map((shown) => [
      shown.querySelector('svg')?.getAttribute('aria-label'),
      Number(shown.textContent),
    ]);
    expect(told).toEqual([['Critical', counts.critical], ['High', counts.high], ['Medium', counts.medium], ['Low', counts.low]]);
  });

  it('has every chart as a table with the same numbers', async () => {
    const view = await look('');
    for (const toggle of all('as-table')) toggle.click();
    flushSync();
    const rows = [...one('chart', '[data-chart="alerts"]').querySelectorAll('tbody tr')];
    const told = view.charts.told?.alerts ?? [];
    expect(rows).toHaveLength(told.length);
    const numbers = rows.map((row) => [...row.querySelectorAll('td')].map((cell) => Number(cell.textContent)));
    expect(numbers).toEqual(told.map(({ critical, high, medium, low }) => [critical, high, medium, low]));
    for (const chart of all('chart')) expect(chart.querySelectorAll('table')).toHaveLength(1);
  });

  it('looks further back, and at one source alone', async () => {
    const { charts: answer } = fakeBridge(sceneFrom(new URLSearchParams('still')));
    const asked = vi.fn(answer);
    const view = await look('', { charts: asked });
    press('span-week');
    await until(() => expect(view.charts.told?.span).toBe('week'));
    press('side-source', '[data-source="2"]');
    await until(() => expect(asked).toHaveBeenLastCalledWith('week', 2));
    expect(one('span-week').getAttribute('aria-pressed')).toBe('true');
  });

  it('says that nothing has come yet', async () => {
    await look('empty');
    expect(words(one('overview'))).toContain('Nothing to draw yet');
    expect(charts()).toEqual([]);
  });

  it('says that nothing happened in a short time, and leads to a longer one', async () => {
    const full = fakeBridge(sceneFrom(new URLSearchParams('still')));
    const none = fakeBridge(sceneFrom(new URLSearchParams('still&empty')));
    const answer: Bridge['charts'] = (span, source) => (span === 'week' ? full : none).charts(span, source);
    const view = await look('', { charts: answer });
    expect(words(one('overview'))).toContain('Nothing in the last day');
    press('longer');
    await until(() => expect(view.charts.told?.span).toBe('week'));
    flushSync();
    expect(charts()).toContain('alerts');
  });

  it('says why it cannot be shown, and tries again', async () => {
    const { charts: answer } = fakeBridge(sceneFrom(new URLSearchParams('still')));
    const failing = vi.fn(answer).mockRejectedValueOnce({ code: 'store', message: 'no' });
    await look('', { charts: failing });
    expect(words(one('overview'))).toContain('The overview cannot be shown');
    one('overview').querySelector<HTMLElement>('.blank button')?.click();
    await until(() => expect(charts()).toContain('alerts'));
  });

  it('shows what a server calls a country or a currency as text', async () => {
    const { charts: answer } = fakeBridge(sceneFrom(new URLSearchParams('still')));
    const hostile = '<img src=x onerror=alert(1)>';
    const charts: Bridge['charts'] = async (span, source) => {
      const told = await answer(span, source);
      const [amounts] = told.amounts;
      return {
        ...told,
        countries: [{ value: hostile, alerts: 1, transactions: 1 }],
        amounts: amounts ? [{ ...amounts, currency: hostile }] : [],
      };
    };
    await look('', { charts });
    expect(document.querySelector('img')).toBeNull();
    expect(words(one('overview'))).toContain(`Amounts in ${hostile}`);
    expect(words(one('ranking', '[data-ranking="countries"]'))).toContain(hostile);
  });
});

describe('a database that is not as it should be', () => {
  const notice = () => words(one('notice'));

  it.each([
    ['backup', 'the backup of'],
    ['sources', 'with your sources'],
    ['nothing', 'Add your sources again'],
  ])('was set aside: the notice names the file and says that it was replaced with %s', async (begun, meaning) => {
    await open(`notices=set_aside&begun=${begun}`);
    expect(notice()).toContain('vigie.damaged-2026-11-26T05-41-02Z.sqlite');
    expect(notice()).toContain(meaning);
  });

  it('was set aside: once waved away the notice stays away, and another file is told anew', async () => {
    const view = await open('notices=set_aside');
    one('notice').querySelector('button')?.click();
    flushSync();
    expect(all('notice')).toEqual([]);
    const overview = view.desk.overview as Overview;
    const path = '/elsewhere/vigie.damaged-2026-11-27T05-41-02Z.sqlite';
    view.desk.receive({ ...overview, number: overview.number + 1, set_aside: { path, begun: { with: 'sources' } } });
    await until(() => expect(notice()).toContain(path));
  });

  it.each(['disk_full', 'store_damaged', 'store_fails'])('cannot be waved away while it lasts: %s', async (what) => {
    await open(`notices=${what}`);
    expect(one('notice').dataset['notice']).toBe(what);
    expect(one('notice').querySelector('button')).toBeNull();
  });

  it('has no room: the link does not claim to be live, and says why', async () => {
    await open('link=disk_full&notices=disk_full');
    expect(words(one('link-state'))).not.toContain('Live');
    expect(notice()).toContain('Nothing that was stored is lost');
  });
});
