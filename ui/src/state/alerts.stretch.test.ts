import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { AlertRange, Bridge } from '../bridge/bridge';
import type { Alert, AlertChanges, AlertPage } from '../bridge/types';
import { AlertList, ALERTS_KEPT, PAGE, type Told } from './alerts.svelte';
import { anAlert } from './fixtures';

const STORED = 1_000_000;

/** A desk with a million alerts, of which alert `n` happened at `n` seconds and was the `n`th change. */
class Desk {
  count = STORED;
  /** Changes after the first of all. */
  changes: Alert[] = [];
  /** An answer is read at once, and given when this is done. */
  held: Promise<void> = Promise.resolve();
  heldChanges: Promise<void> = Promise.resolve();

  readonly bridge = {
    alerts: async (_: unknown, range: AlertRange) => {
      const page = this.#page(range);
      await this.held;
      return page;
    },
    alertChanges: async (since: number): Promise<AlertChanges> => {
      const rows = this.changes.filter(({ change }) => change > since);
      await this.heldChanges;
      return { rows, change: Math.max(since, ...rows.map(({ change }) => change)), reset: false };
    },
  } as unknown as Bridge;

  /** An alert comes. */
  raise(): number {
    this.count++;
    this.changes.push(anAlert(this.count, { received_at: Date.now(), change: this.count }));
    return this.count;
  }

  #page({ before, after, limit }: AlertRange): AlertPage {
    const first = after ? Math.min(this.count, after.id + limit) : before ? before.id - 1 : this.count;
    const last = after ? after.id + 1 : Math.max(1, first - limit + 1);
    const rows = Array.from({ length: Math.max(0, first - last + 1) }, (_, index) => anAlert(first - index));
    const end = rows.at(-1);
    const next = !after && end && end.id > 1 ? { severity: end.severity, occurred_at: end.occurred_at, id: end.id } : null;
    return { rows, next, total: this.count, change: this.count };
  }
}

/** Something that is waited for until it is released. */
function hold() {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  return { held, release: () => release() };
}

describe('a list of a million alerts', () => {
  let desk: Desk;
  let list: AlertList;
  let arrived: number[];
  const ids = () => list.rows.map(({ id }) => id);

  /** Whether the rows are one stretch without a hole. */
  const isWhole = () => ids().every((id, index, all) => index === 0 || id === (all[index - 1] ?? 0) - 1);

  async function down(pages: number) {
    for (let page = 0; page < pages; page++) await list.read(list.rows.length - 20, list.rows.length - 1);
  }

  async function up(pages: number) {
    for (let page = 0; page < pages && list.away; page++) await list.read(0, 20);
  }

  beforeEach(async () => {
    desk = new Desk();
    arrived = [];
    list = new AlertList(desk.bridge, (told: Told) => told !== 'anew' && arrived.push(...told.arrived.map(({ id }) => id)));
    await list.load();
  });

  it('keeps a bounded part of it however far one scrolls, and finds its way back', async () => {
    await down(100);
    expect(list.rows).toHaveLength(ALERTS_KEPT);
    expect(ids().at(-1)).toBe(STORED - 101 * PAGE + 1);
    expect(list.away).toBe(true);
    expect(isWhole()).toBe(true);
    await up(100);
    expect(list.away).toBe(false);
    expect(ids()[0]).toBe(STORED);
    expect(list.rows).toHaveLength(ALERTS_KEPT);
    expect(isWhole()).toBe(true);
  });

  it('goes back to the first of all at once', async () => {
    await down(30);
    await list.top();
    expect([ids()[0], list.rows.length, list.away]).toEqual([STORED, PAGE, false]);
  });

  it('tells of new ones once, while they are far above and when they come into sight', async () => {
    await down(30);
    const before = ids();
    const id = desk.raise();
    await list.follow(id);
    expect(ids()).toEqual(before);
    expect(arrived).toEqual([id]);
    expect(list.fresh.has(id)).toBe(true);
    await up(100);
    expect(ids()[0]).toBe(id);
    expect(arrived).toEqual([id]);
  });

  it('drops what is far above and not what is being read, when new ones come', async () => {
    await down(19);
    expect([list.rows.length, list.away]).toEqual([ALERTS_KEPT, false]);
    const last = ids().at(-1);
    await list.read(ALERTS_KEPT - 100, ALERTS_KEPT - 80);
    await list.follow(desk.raise());
    expect(ids().at(-1)).toBe(last);
    expect(list.away).toBe(true);
  });

  it('does not lose an alert that came while the page it belongs to was on its way', async () => {
    await down(20);
    await list.follow(desk.raise());
    await up(1);
    expect(ids()[0]).toBe(STORED);
    const page = hold();
    desk.held = page.held;
    const fetched = list.read(0, 20);
    const id = desk.raise();
    await list.follow(id);
    page.release();
    await fetched;
    await vi.waitFor(() => expect(ids().slice(0, 3)).toEqual([id, id - 1, STORED]));
    expect(isWhole()).toBe(true);
    expect(arrived).toEqual([id - 1, id]);
  });

  it('does not lose it either when more changes are on their way as that page comes', async () => {
    await down(20);
    await list.follow(desk.raise());
    await up(1);
    const [page, changes] = [hold(), hold()];
    desk.held = page.held;
    const fetched = list.read(0, 20);
    await list.follow(desk.raise());
    desk.heldChanges = changes.held;
    const id = desk.raise();
    const followed = list.follow(id);
    page.release();
    await fetched;
    changes.release();
    await followed;
    expect(ids().slice(0, 4)).toEqual([id, id - 1, id - 2, STORED]);
  });
});
