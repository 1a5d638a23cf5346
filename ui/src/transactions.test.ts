import { flushSync } from 'svelte';
import { describe, expect, it } from 'vitest';

import { fakeBridge } from './bridge/fake';
import { sceneFrom } from './bridge/fake/scene';
import type { Transaction } from './bridge/types';
import type { View } from './state/view.svelte';
import { all, close, go, one, open, press, type, until, useWindow, words } from './window.fixture';

useWindow();

/** Opens the transactions on a desk to which more can come. */
async function openFeed(scene = '') {
  const { transactions } = fakeBridge(sceneFrom(new URLSearchParams(`still&${scene}`)));
  const arrived: Transaction[] = [];
  const view = await open(scene, {
    transactions: async (range) => {
      if (range.after === null) return transactions(range);
      return { rows: arrived.filter(({ id }) => id > (range.after ?? 0)).reverse(), next: null };
    },
  });
  await go('transactions');
  const arrive = (n: number) => {
    const overview = view.desk.overview;
    const [first] = view.transactions.rows;
    if (!overview || !first) throw new Error('there is nothing to begin with');
    const newest = overview.newest_transaction + n;
    for (let id = newest - n + 1; id <= newest; id++) arrived.push({ ...first, id });
    view.desk.receive({ ...overview, number: overview.number + 1, newest_transaction: newest });
    return newest;
  };
  return { view, arrive };
}

const top = (view: View) => view.transactions.rows[0]?.id;
const heads = () => all('transactions', ' [data-column]').map((head) => head.dataset['column']);
const edge = (column: string) => one('transactions', ` [data-column="${column}"] [role="separator"]`);
const width = (column: string) => Number(edge(column).getAttribute('aria-valuenow'));

describe('the feed of transactions in the window', () => {
  it('stands still at the key p, says so, counts what comes in, and shows it at p', async () => {
    const { view, arrive } = await openFeed();
    const before = top(view);
    expect(words(one('pause'))).toBe('Pause');
    type('p');
    expect(words(one('pause'))).toBe('Resume');
    expect(words(one('transactions'))).toContain('Paused. What comes in is kept.');
    const newest = arrive(34);
    await until(() => expect(words(one('new-rows'))).toBe('34 new'));
    expect(top(view)).toBe(before);
    type('p');
    await until(() => expect(top(view)).toBe(newest));
    expect(view.transactions.rows.findIndex(({ id }) => id === before)).toBe(34);
    flushSync();
    expect(all('new-rows')).toHaveLength(0);
  });

  it('goes on by the button as well', async () => {
    const { view, arrive } = await openFeed();
    press('pause');
    const newest = arrive(3);
    await until(() => expect(view.transactions.waiting).toBe(3));
    press('pause');
    await until(() => expect(top(view)).toBe(newest));
  });

  it('goes on at the top, wherever one has read meanwhile', async () => {
    const { view, arrive } = await openFeed();
    const list = one('transactions').querySelector<HTMLElement>('.list');
    if (!list) throw new Error('there is no list');
    const scroll = () => {
      list.scrollTop = 400;
      list.dispatchEvent(new Event('scroll'));
      flushSync();
    };
    // What only scrolls stays where it is.
    scroll();
    type('p');
    arrive(3);
    await until(() => expect(view.transactions.waiting).toBe(3));
    expect(list.scrollTop).toBe(400);
    type('p');
    await until(() => expect(list.scrollTop).toBe(0));
    expect(view.transactions.paused).toBe(false);
  });

  it('is paused nowhere else by p', async () => {
    const view = await open('');
    type('p');
    expect([view.transactions.paused, view.activity.paused]).toEqual([false, false]);
  });

  it('marks a high and a medium risk by a shape and a word, and no other', async () => {
    const { view } = await openFeed();
    for (const row of all('transaction-row')) {
      const score = view.transactions.rows.find(({ id }) => String(id) === row.dataset['id'])?.facts.score ?? 0;
      const badge = row.querySelector<HTMLElement>('[data-risk]');
      expect(badge?.dataset['risk']).toBe(score >= 0.7 ? 'high' : score >= 0.4 ? 'medium' : undefined);
      if (!badge) continue;
      expect(badge.querySelector('svg')).not.toBeNull();
      expect(words(badge)).toMatch(score >= 0.7 ? /^High risk \d+%$/ : /^Medium risk \d+%$/);
    }
    expect(document.querySelectorAll('[data-risk="high"]').length).toBeGreaterThan(0);
  });
});

describe('the columns', () => {
  it('are chosen in a menu, in head and rows alike, and kept when the window is made anew', async () => {
    await openFeed('sources=5');
    expect(heads()).toEqual(['time', 'customer', 'merchant', 'where', 'source', 'channel', 'score', 'amount']);
    press('columns');
    press('column-merchant');
    press('column-channel');
    const left = ['time', 'customer', 'where', 'source', 'score', 'amount'];
    expect(heads()).toEqual(left);
    expect(one('transaction-row').querySelector('.merchant')).toBeNull();
    await close();
    await openFeed('sources=5');
    expect(heads()).toEqual(left);
    press('columns');
    press('columns-usual');
    expect(heads()).toHaveLength(8);
  });

  it('never lose both the time and the amount', async () => {
    await openFeed();
    press('columns');
    press('column-amount');
    expect((one('column-time') as HTMLInputElement).disabled).toBe(true);
    press('column-amount');
    expect((one('column-time') as HTMLInputElement).disabled).toBe(false);
  });

  it('are left with Escape, which closes nothing behind them', async () => {
    const { view } = await openFeed();
    type('j');
    type('Enter');
    press('columns');
    type('Escape', {}, one('column-time'));
    expect(all('column-time')).toHaveLength(0);
    expect(document.activeElement).toBe(one('columns'));
    expect(view.transaction.id).not.toBeNull();
  });

  it('mark no text when an edge is drawn', async () => {
    await openFeed();
    const mouse = new MouseEvent('mousedown', { bubbles: true, cancelable: true });
    edge('customer').dispatchEvent(mouse);
    expect(mouse.defaultPrevented).toBe(true);
  });

  it('are drawn by keyboard, keep their width, and have the usual one again by a double click', async () => {
    await openFeed();
    type('End', {}, edge('customer'));
    type('ArrowLeft', {}, edge('customer'));
    // The amount's edge is on its left.
    type('Home', {}, edge('amount'));
    type('ArrowLeft', {}, edge('amount'));
    expect([width('customer'), width('amount')]).toEqual([464, 64]);
    await close();
    const { view } = await openFeed();
    expect([width('customer'), width('amount')]).toEqual([464, 64]);
    edge('customer').dispatchEvent(new MouseEvent('dblclick', { bubbles: true }));
    expect(view.preferences.liked.columns.widths).toEqual({ amount: 64 });
  });
});
