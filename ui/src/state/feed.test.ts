import { describe, expect, it, vi } from 'vitest';

import type { Bridge, TransactionRange } from '../bridge/bridge';
import type { Transaction } from '../bridge/types';
import { PAGE } from './alerts.svelte';
import { Feed, FEED_KEPT, PAGES_BEHIND } from './feed.svelte';
import { anOverview, NO_FACTS } from './fixtures';

/** A store that holds the transactions 1 to `newest`. */
function storeOf(newest: number) {
  const store = {
    newest,
    transactions: vi.fn(async ({ before, after, limit }: TransactionRange) => {
      const all = Array.from({ length: store.newest }, (_, index) => index + 1);
      const ids =
        after === null
          ? all.filter((id) => id < (before ?? Infinity)).slice(-limit)
          : all.filter((id) => id > after).slice(0, limit);
      const rows = ids.reverse().map((id): Transaction => ({ id, source: 1, subject: '', received_at: id, facts: NO_FACTS }));
      const last = rows.at(-1)?.id ?? 1;
      return { rows, next: after === null && last > 1 ? last : null };
    }),
  };
  return store;
}

async function feedOver(store: ReturnType<typeof storeOf>) {
  const feed = new Feed(store as unknown as Bridge);
  await feed.load();
  return feed;
}

function told(newest: number) {
  return anOverview(1, { newest_transaction: newest, transactions: newest });
}

describe('the feed of transactions', () => {
  it('puts what arrives on top, without a hole or a double', async () => {
    const store = storeOf(500);
    const feed = await feedOver(store);
    store.newest = 503;
    await feed.follow(told(503));
    expect(feed.rows.slice(0, 4).map(({ id }) => id)).toEqual([503, 502, 501, 500]);
    expect(new Set(feed.rows.map(({ id }) => id)).size).toBe(feed.rows.length);
  });

  it('starts again from the top when it is far behind', async () => {
    const store = storeOf(500);
    const feed = await feedOver(store);
    store.newest = 50_000;
    await feed.follow(told(50_000));
    expect(feed.rows[0]?.id).toBe(50_000);
    expect(feed.rows).toHaveLength(PAGE);
    expect(store.transactions).toHaveBeenCalledTimes(1 + PAGES_BEHIND + 1);
  });

  it('leaves the rows alone while the reader is further down, and counts what waits', async () => {
    const store = storeOf(500);
    const feed = await feedOver(store);
    await feed.follow(told(500));
    await feed.read(true);
    store.newest = 507;
    await feed.follow(told(507));
    expect(feed.rows[0]?.id).toBe(500);
    expect(feed.waiting).toBe(7);
    await feed.read(false);
    expect(feed.rows[0]?.id).toBe(507);
    expect(feed.waiting).toBe(0);
  });

  it('keeps a bounded stretch, and can go back to what it dropped', async () => {
    const store = storeOf(10_000);
    const feed = await feedOver(store);
    await feed.follow(told(10_000));
    await feed.read(true);
    for (let page = 0; page < 20; page++) await feed.older();
    expect(feed.rows).toHaveLength(FEED_KEPT);
    const top = feed.rows[0]?.id ?? 0;
    expect(top).toBeLessThan(10_000);
    await feed.newer();
    expect(feed.rows[0]?.id).toBeGreaterThan(top);
    expect(feed.rows.length).toBeLessThanOrEqual(FEED_KEPT);
  });

  it('ends at the oldest', async () => {
    const store = storeOf(10);
    const feed = await feedOver(store);
    await feed.older();
    expect(store.transactions).toHaveBeenCalledTimes(1);
  });
});
