import { flushSync } from 'svelte';
import { describe, expect, it, vi } from 'vitest';

import { fakeBridge } from './bridge/fake';
import { sceneFrom } from './bridge/fake/scene';
import type { Overview } from './bridge/types';
import { all, close, fill, go, one, open, press, until, useWindow, words } from './window.fixture';

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

describe('the side bar', () => {
  it('is narrow where there is little room, until it is asked for; what the analyst likes elsewhere stays', async () => {
    const little = { matches: true, addEventListener: () => {}, removeEventListener: () => {} };
    vi.spyOn(window, 'matchMedia').mockReturnValue(little as unknown as MediaQueryList);
    const view = await open('');
    const toggle = () => document.querySelector<HTMLElement>('main [aria-expanded]');
    expect(toggle()?.getAttribute('aria-expanded')).toBe('false');
    expect(all('all-sources')).toHaveLength(0);
    toggle()?.click();
    flushSync();
    expect(toggle()?.getAttribute('aria-expanded')).toBe('true');
    expect(all('all-sources')).toHaveLength(1);
    expect(view.preferences.liked.sideCollapsed).toBe(false);
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
