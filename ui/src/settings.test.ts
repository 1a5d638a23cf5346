import { flushSync } from 'svelte';
import { describe, expect, it } from 'vitest';

import type { Bridge } from './bridge/bridge';
import type { Overview } from './bridge/types';
import { all, one, open, press, refuse, until, useWindow, words } from './window.fixture';

useWindow();

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

  it('hold rules, in the order in which they are asked', async () => {
    const view = await openSettings();
    const rules = () => view.settings.view?.settings.notifications.rules ?? [];
    press('rule-add');
    await until(() => expect(all('rule')).toHaveLength(2));
    const type = (hook: string, value: string) => {
      const [control] = [...(all('rule')[1]?.querySelectorAll<HTMLInputElement>(`[data-testid="rule-${hook}"]`) ?? [])];
      if (!control) throw new Error(`there is no ${hook}`);
      control.value = value;
      control.dispatchEvent(new Event('change', { bubbles: true }));
      flushSync();
    };
    // Faster than any is kept: none may undo another.
    type('name', 'Tests');
    type('severity', 'high');
    type('more_than', '12.5');
    type('text', 'acme');
    await until(() => expect(rules()[1]).toMatchObject({ name: 'Tests', then: 'silent', severity: 'high', more_than: 12.5, text: 'acme' }));
    press('rule-up');
    await until(() => expect(rules().map(({ name }) => name)).toEqual(['Tests', 'Large transfers']));
    press('rule-remove');
    await until(() => expect(rules().map(({ name }) => name)).toEqual(['Large transfers']));
  });

  it('lose one rule by two clicks, not the one that comes after it', async () => {
    const view = await openSettings();
    const rules = () => view.settings.view?.settings.notifications.rules ?? [];
    press('rule-add');
    await until(() => expect(all('rule')).toHaveLength(2));
    const control = all('rule')[1]?.querySelector<HTMLInputElement>('[data-testid="rule-text"]');
    if (!control) throw new Error('there is no text');
    control.value = 'acme';
    control.dispatchEvent(new Event('change', { bubbles: true }));
    await until(() => expect(rules()).toHaveLength(2));
    flushSync();
    const second = rules()[1];
    press('rule-remove');
    press('rule-remove');
    await view.settings.makeDense();
    expect(rules()).toEqual([second]);
  });

  it('are changed from how they are by now, and not from how the window saw them last', async () => {
    const view = await openSettings();
    const now = structuredClone((await view.bridge.settings()).settings);
    now.window.high_value = 77;
    await view.bridge.setSettings(now);
    await view.settings.makeDense();
    expect(view.settings.window).toMatchObject({ high_value: 77, dense: true });
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
    expect(words(one('quiet'))).toMatch(/^Quiet hours until .* You are still notified of critical alerts\.$/);
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
