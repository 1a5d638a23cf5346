import { describe, expect, it, vi } from 'vitest';

import type { Bridge, FeedRange } from '../bridge/bridge';
import type { Activity, Transaction } from '../bridge/types';
import { PAGE } from './alerts.svelte';
import { Feed, FEED_KEPT, PAGES_BEHIND } from './feed.svelte';
import { activityOf, transactionsOf } from './feeds';
import { anActivity, anOverview, NO_FACTS } from './fixtures';

/** Answers as the store does, from rows oldest first. */
function answer<Row extends { id: number }>(all: Row[], { before, after, limit }: FeedRange) {
  const rows =
    after === null
      ? all.filter(({ id }) => id < (before ?? Infinity)).slice(-limit)
      : all.filter(({ id }) => id > after).slice(0, limit);
  rows.reverse();
  const last = rows.at(-1);
  const more = after === null && last && last !== all[0];
  return { rows, next: more ? last.id : null };
}

/** A store that holds the transactions 1 to `newest`. */
function storeOf(newest: number) {
  const store = {
    newest,
    transactions: vi.fn(async (range: FeedRange) => {
      const all = Array.from(
        { length: store.newest },
        (_, index): Transaction => ({ id: index + 1, source: 1, subject: '', received_at: index, facts: NO_FACTS }),
      );
      return answer(all, range);
    }),
  };
  return store;
}

async function feedOver(store: ReturnType<typeof storeOf>) {
  const feed = new Feed(transactionsOf(store as unknown as Bridge));
  await feed.load();
  return feed;
}

function told(newest: number) {
  return anOverview(1, { newest_transaction: newest, transactions: newest });
}

const ids = (feed: { rows: { id: number }[] }) => feed.rows.map(({ id }) => id);

describe('the feed of transactions', () => {
  it('puts what arrives on top, without a hole or a double', async () => {
    const store = storeOf(500);
    const feed = await feedOver(store);
    store.newest = 503;
    await feed.follow(told(503));
    expect(ids(feed).slice(0, 4)).toEqual([503, 502, 501, 500]);
    expect(new Set(ids(feed)).size).toBe(feed.rows.length);
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

  it('counts no more than a page of what waits, and then asks no more', async () => {
    const store = storeOf(500);
    const feed = await feedOver(store);
    await feed.follow(told(500));
    await feed.read(true);
    store.newest = 5_000;
    await feed.follow(told(5_000));
    expect(feed.waiting).toBe(PAGE);
    const asked = store.transactions.mock.calls.length;
    await feed.follow(told(5_001));
    expect(store.transactions).toHaveBeenCalledTimes(asked);
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

describe('a feed that is paused', () => {
  async function paused() {
    const store = storeOf(500);
    const feed = await feedOver(store);
    await feed.follow(told(500));
    await feed.pause(true);
    const arrive = async (newest: number) => {
      store.newest = newest;
      await feed.follow(told(newest));
    };
    return { store, feed, arrive };
  }

  it('stands still at the top, counts what comes in, and shows it when it goes on', async () => {
    const { feed, arrive } = await paused();
    await arrive(534);
    expect(feed.rows[0]?.id).toBe(500);
    expect(feed.waiting).toBe(34);
    await feed.pause(false);
    expect(ids(feed).slice(0, 36)).toEqual(Array.from({ length: 36 }, (_, index) => 534 - index));
    expect(feed.waiting).toBe(0);
  });

  it('loses nothing of a long pause: from the newest down there is no hole', async () => {
    const { feed, arrive } = await paused();
    await arrive(500 + (PAGES_BEHIND + 2) * PAGE);
    await feed.pause(false);
    while (feed.rows.at(-1)?.id !== 1) await feed.older();
    expect(ids(feed)).toEqual(Array.from({ length: 500 + (PAGES_BEHIND + 2) * PAGE }, (_, index) => feed.rows.length - index));
  });

  it('stands still while the reader goes down and comes back', async () => {
    const { feed, arrive } = await paused();
    await feed.read(true);
    await arrive(507);
    await feed.read(false);
    expect(feed.rows[0]?.id).toBe(500);
    expect(feed.waiting).toBe(7);
  });

  it('stands still when it comes into sight again', async () => {
    const { store, feed } = await paused();
    store.newest = 503;
    feed.note(told(503));
    await feed.show();
    expect(feed.rows[0]?.id).toBe(500);
    expect(feed.waiting).toBe(3);
  });

  it('does not let in what was on its way when it was paused', async () => {
    const store = storeOf(500);
    const feed = await feedOver(store);
    store.newest = 505;
    const following = feed.follow(told(505));
    await feed.pause(true);
    await following;
    expect(feed.rows[0]?.id).toBe(500);
    await feed.pause(false);
    expect(ids(feed).slice(0, 6)).toEqual([505, 504, 503, 502, 501, 500]);
  });

  it('finds its top again after the reader was far down, and goes no further', async () => {
    const store = storeOf(10_000);
    const feed = await feedOver(store);
    await feed.follow(told(10_000));
    await feed.pause(true);
    await feed.read(true);
    for (let page = 0; page < 20; page++) await feed.older();
    store.newest = 10_050;
    await feed.follow(told(10_050));
    expect(feed.rows[0]?.id).toBeLessThan(10_000);
    for (let page = 0; page < 20; page++) await feed.newer();
    expect(feed.rows[0]?.id).toBe(10_000);
    expect(feed.waiting).toBe(50);
  });

  it('goes on below where the reader is, and still counts what is above', async () => {
    const { feed, arrive } = await paused();
    await feed.read(true);
    await arrive(507);
    await feed.pause(false);
    expect(feed.rows[0]?.id).toBe(500);
    expect(feed.waiting).toBe(7);
    await feed.read(false);
    expect(feed.rows[0]?.id).toBe(507);
  });
});

describe('the feed of activity', () => {
  /** A store of these rows, oldest first. */
  function activityFeed(all: Activity[]) {
    const activity = vi.fn<Bridge['activity']>(async (range) =>
      answer(all.filter((row) => range.kind === null || row.kind === range.kind), range),
    );
    const replaced = vi.fn();
    const feed = new Feed(activityOf({ activity } as unknown as Bridge), replaced);
    const arrive = async (...rows: Activity[]) => {
      all.push(...rows);
      await feed.follow(anOverview(1, { newest_activity: all.at(-1)?.id ?? 0 }));
    };
    return { feed, activity, arrive, replaced };
  }
  const progress = (id: number, subject = 'CALC-1') => anActivity(id, { kind: 'progress', subject });

  it('keeps the newest word of a standing thing, on top', async () => {
    const { feed, arrive } = activityFeed([progress(1), anActivity(2), anActivity(3)]);
    await feed.load();
    await arrive(progress(4), progress(5), progress(6, 'CALC-2'));
    expect(ids(feed)).toEqual([6, 5, 3, 2]);
  });

  it('keeps every order: each is an event of its own', async () => {
    const order = (id: number) => anActivity(id, { kind: 'order', subject: 'ORD-1' });
    const { feed, arrive } = activityFeed([order(1)]);
    await feed.load();
    await arrive(order(2), order(3));
    expect(ids(feed)).toEqual([3, 2, 1]);
  });

  it('does not move what the cursor stands on: a newer word takes its place', async () => {
    const { feed, arrive, replaced } = activityFeed([anActivity(1), progress(2), anActivity(3)]);
    await feed.load();
    feed.selected = 2;
    await arrive(progress(4), anActivity(5), progress(6));
    expect(ids(feed)).toEqual([5, 3, 6, 1]);
    expect(feed.selected).toBe(6);
    expect(replaced).toHaveBeenCalledExactlyOnceWith(2, 6);
    await arrive(anActivity(7));
    expect(ids(feed)).toEqual([7, 5, 3, 6, 1]);
  });

  it('asks for older pages until one says something new', async () => {
    const words = Array.from({ length: 3 * PAGE }, (_, index) => progress(index + 2));
    const { feed } = activityFeed([anActivity(1), ...words]);
    await feed.load();
    expect(ids(feed)).toEqual([3 * PAGE + 1]);
    await feed.older();
    expect(ids(feed)).toEqual([3 * PAGE + 1, 1]);
  });

  it('counts what waits under the filter, and each thing once', async () => {
    const { feed, arrive } = activityFeed([anActivity(1), progress(2)]);
    await feed.choose({ source: null, kind: 'progress' });
    expect(ids(feed)).toEqual([2]);
    await feed.read(true);
    await arrive(anActivity(3));
    expect(feed.waiting).toBe(0);
    await arrive(progress(4), progress(5));
    expect(feed.waiting).toBe(1);
  });

  it('asks once about news of another kind', async () => {
    const { feed, arrive, activity } = activityFeed([progress(1)]);
    await feed.choose({ source: null, kind: 'progress' });
    await arrive(anActivity(2));
    const asked = activity.mock.calls.length;
    await feed.newer();
    expect(activity).toHaveBeenCalledTimes(asked);
  });
});
