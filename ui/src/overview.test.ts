import { flushSync } from 'svelte';
import { describe, expect, it, vi } from 'vitest';

import type { Bridge } from './bridge/bridge';
import { fakeBridge } from './bridge/fake';
import { sceneFrom } from './bridge/fake/scene';
import type { Overview } from './bridge/types';
import { all, one, open, press, until, useWindow, words } from './window.fixture';

useWindow();

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

  it('says nothing of alerts where no channel has one', async () => {
    const { charts: answer } = fakeBridge(sceneFrom(new URLSearchParams('still')));
    const charts: Bridge['charts'] = async (span, source) => ({
      ...(await answer(span, source)),
      channels: [
        { value: 'card', name: null, alerts: 0, transactions: 12 },
        { value: 'wire', name: null, alerts: 0, transactions: 6 },
      ],
    });
    await look('', { charts });
    const ranking = (hook: string) => one('ranking', `[data-ranking="${hook}"]`);
    const columns = (hook: string) => [...ranking(hook).querySelectorAll<HTMLElement>('thead .number')].map(words);
    expect(columns('channels')).toEqual(['Transactions']);
    expect(columns('countries')).toEqual(['Alerts', 'Transactions']);
    const bars = [...ranking('channels').querySelectorAll<HTMLElement>('.bar i')].map(({ style }) => style.width);
    expect(bars).toEqual(['100%', '50%']);
  });

  it('says what is open as it stands', async () => {
    const view = await look('');
    const { open: counts } = view.desk.overview as Overview;
    const total = Object.values(counts).reduce((sum, n) => sum + n, 0);
    expect(figure('open')).toContain(`Open now, of any age ${total}`);
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
        countries: [{ value: hostile, name: null, alerts: 1, transactions: 1 }],
        amounts: amounts ? [{ ...amounts, currency: hostile }] : [],
      };
    };
    await look('', { charts });
    expect(document.querySelector('img')).toBeNull();
    expect(words(one('overview'))).toContain(`Amounts in ${hostile}`);
    expect(words(one('ranking', '[data-ranking="countries"]'))).toContain(hostile);
  });
});

describe('what a figure says', () => {
  it('is who a customer is, where the name is known, and the number where it is not', async () => {
    const { charts } = fakeBridge(sceneFrom(new URLSearchParams('still')));
    const customers = ['Ada', null].map((name, index) => ({ value: `CUS-${index}`, name, alerts: 1, transactions: 0 }));
    await open('', { charts: async (span, source) => ({ ...(await charts(span, source)), customers }) });
    press('nav-overview');
    const rows = () => [...one('ranking', '[data-ranking=customers]').querySelectorAll<HTMLElement>('tbody th')];
    await until(() => expect(rows().map(words)).toEqual(['Ada', 'CUS-1']));
    expect(rows()[0]?.title).toBe('CUS-0');
  });

  it('is a risk of 0 % where a server says so, and none where it has judged nothing; and new is told from open', async () => {
    let judged = '0';
    const { charts } = fakeBridge(sceneFrom(new URLSearchParams('still')));
    await open('', {
      charts: async (span, source) => {
        const told = await charts(span, source);
        return { ...told, metrics: told.metrics.map((one) => ({ ...one, facts: { ...one.facts, score: 0, details: [{ name: 'total_transactions', value: judged }] } })) };
      },
    });
    press('nav-overview');
    await until(() => expect(all('backend-metrics')).toHaveLength(1));
    const figures = () => words(one('backend-metrics'));
    expect(figures()).toContain('Transactions in all 0');
    expect(figures()).not.toContain('0%');
    judged = '9000';
    press('span-week');
    await until(() => expect(figures()).toContain('Risk 0%'));
    expect(words(one('figures-now'))).toContain('Open now, of any age');
    expect(words(one('figures-now'))).toContain('also those decided since');
  });
});
