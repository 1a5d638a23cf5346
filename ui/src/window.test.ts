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
  async function openAlert(over: Partial<Bridge> = {}) {
    const view = await open('', over);
    const alert = view.alerts.rows.find((row) => row.source === 1 && row.state === 'open');
    if (!alert) throw new Error('there is no such alert');
    view.openAlert(alert.id);
    await until(() => expect(view.alert.detail).not.toBeNull());
    flushSync();
    return { view, alert };
  }

  it('is sent, and said to be taken; the state stays until the server tells another', async () => {
    const act = vi.fn(async () => {});
    const { view, alert } = await openAlert({ act });
    expect(all('alert-actions').flatMap((group) => [...group.querySelectorAll('button')].map(words))).toEqual([
      'Investigate', 'Escalate', 'Resolve as fraud', 'False positive', 'Assign to me', 'Acknowledge at the server',
    ]);
    press('act-investigating');
    expect(act).toHaveBeenCalledWith({ alert: alert.id, action: 'change_state', state: 'investigating', owner: null });
    expect(one('act-investigating').getAttribute('aria-busy')).toBe('true');
    press('act-assign');
    expect(act).toHaveBeenCalledTimes(1);
    await until(() => expect(words(one('alert-actions'))).toContain('The server has taken it.'));
    expect(view.alert.detail?.alert.state).toBe('open');
    press('act-assign');
    expect(act).toHaveBeenLastCalledWith({ alert: alert.id, action: 'assign', state: null, owner: 'marie.laurent@bank.example' });
  });

  it.each([
    ['forbidden', 'The server does not allow you to do this.'],
    ['not_offered', 'The server does not offer this.'],
    ['unreachable', 'nothing was changed'],
  ] as const)('is refused in words: %s', async (code, said) => {
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

  it('again keeps address and profile, and changes what is wanted', async () => {
    const signIn = vi.fn(async () => 5);
    await open('sources=5', { signIn });
    press('nav-sources');
    all('source-settings')[4]?.click();
    flushSync();
    expect((one('sign-in-profile') as HTMLSelectElement).disabled).toBe(true);
    expect((one('sign-in-url') as HTMLInputElement).readOnly).toBe(true);
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
