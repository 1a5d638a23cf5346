// What a window begins with: where the one before was, what was clicked outside, and what was done in the tray.
import { flushSync } from 'svelte';
import { describe, expect, it, vi } from 'vitest';

import type { Show, Watcher } from './bridge/bridge';
import { all, close, one, open, press, until, useWindow, words } from './window.fixture';

useWindow();

const nowhere: Show = { place: null, alert: null, profile: null, told: null };

describe('a window', () => {
  it('goes on where the one before was', async () => {
    let left = '';
    const leave = vi.fn(async (state: string) => void (left = state));
    const before = await open('', { leave });
    const [, alert] = before.alerts.rows;
    if (!alert) throw new Error('there are no alerts');
    before.openAlert(alert.id);
    before.only(alert.source);
    press('nav-transactions');
    await until(() => expect(JSON.parse(left)).toEqual({ place: 'transactions', source: alert.source, alert: alert.id, search: '' }));
    await close();

    const after = await open('', { opened: async () => ({ show: null, left }) });
    await until(() => expect([after.place, after.source, after.alert.id]).toEqual(['transactions', alert.source, alert.id]));
  });

  it('shows what was clicked rather than what was there before', async () => {
    const left = JSON.stringify({ place: 'search', source: null, alert: null, search: 'x' });
    const view = await open('', { opened: async () => ({ show: { ...nowhere, place: 'sources' }, left }) });
    await until(() => expect(view.place).toBe('sources'));
    expect(view.search.text).toBe('');
  });

  it('asks what was clicked before only once it hears what is clicked from then on', async () => {
    let hears = false;
    const watch = async () => {
      await Promise.resolve();
      hears = true;
    };
    const opened = async () => ({ show: hears ? { ...nowhere, place: 'sources' as const } : null, left: null });
    const view = await open('', { watch, opened });
    await until(() => expect(view.place).toBe('sources'));
  });

  it('offers the profile that was opened, and says why a link cannot be', async () => {
    let watcher: Watcher | undefined;
    const view = await open('', { watch: async (given) => void (watcher = given) });
    watcher?.show({ ...nowhere, place: 'sources', profile: 'trading' });
    expect(view.signingIn?.profile).toBe('trading');
    await until(() => expect([...document.querySelectorAll('select')].some((select) => select.value === 'trading')).toBe(true));
    watcher?.show({ ...nowhere, told: { code: 'alert_not_here', message: '' } });
    flushSync();
    expect(document.body.textContent).toContain('The alert of this link is not stored here.');
  });

  it('says no longer that a link or a file led nowhere once something else is opened, or it was taken note of', async () => {
    let watcher: Watcher | undefined;
    const view = await open('', { watch: async (given) => void (watcher = given) });
    const [alert] = view.alerts.rows;
    function lead(told: Show['told'], where: Partial<Show> = {}) {
      watcher?.show({ ...nowhere, ...where, told });
      flushSync();
      expect(all('problem')).toHaveLength(told ? 1 : 0);
    }
    const [wrongLink, wrongFile] = (['bad_link', 'bad_profile'] as const).map((code) => ({ code, message: '' }));
    view.place = 'transactions';
    await until(() => expect(all('transaction-row').length).toBeGreaterThan(0));
    const others = [() => press('transaction-row'), () => press('nav-sources'), () => lead(null, { place: 'alerts', alert: alert?.id ?? 0 }), () => press('alert-row', ':not(.cursor)'), () => one('problem').querySelector('button')?.click()];
    for (const other of others) {
      lead(wrongLink ?? null);
      lead(wrongFile ?? null);
      other();
      flushSync();
      expect(all('problem')).toHaveLength(0);
    }
    // What the analyst did in vain is said until it is taken note of.
    await view.try(() => Promise.reject({ code: 'store', message: '' }));
    press('nav-overview');
    expect(all('problem')).toHaveLength(1);
  });

  it('begins with the profile that was opened where there is no source yet', async () => {
    let watcher: Watcher | undefined;
    await open('first', { watch: async (given) => void (watcher = given) });
    watcher?.show({ ...nowhere, place: 'sources', profile: 'trading' });
    await until(() => expect([...document.querySelectorAll('select')].some((select) => select.value === 'trading')).toBe(true));
  });

  it('says what was acknowledged in the tray, and takes it back', async () => {
    const takeBack = vi.fn(async () => {});
    const view = await open('', { takeBack });
    const { overview } = view.desk;
    if (!overview) throw new Error('there is no overview');
    view.desk.receive({ ...overview, number: overview.number + 1, acknowledged: { alerts: 3, change: 1 } });
    flushSync();
    expect(words(one('said'))).toContain('3 alerts acknowledged from the tray.');
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'u', bubbles: true }));
    await until(() => expect(takeBack).toHaveBeenCalledOnce());
  });
});

describe('a link to an alert', () => {
  it('names it as its server does, whatever that writes', async () => {
    const { alertLink } = await import('./text/copy');
    const view = await open('');
    const [alert] = view.alerts.rows;
    const [source] = view.desk.overview?.sources ?? [];
    if (!alert || !source) throw new Error('there are none');
    expect(alertLink({ ...alert, subject: 'a 1/2?#&' }, { ...source, url: 'https://bank.example/' })).toBe(
      'vigie://alert/a%201%2F2%3F%23%26?at=https%3A%2F%2Fbank.example%2F',
    );
    expect(alertLink({ ...alert, subject: 'a-1' })).toBe('vigie://alert/a-1');
  });
});
