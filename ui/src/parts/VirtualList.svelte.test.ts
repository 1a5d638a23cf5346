import { createRawSnippet, flushSync, mount, tick, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import VirtualList from './VirtualList.svelte';

const ROW = 40;
const rowsOf = (...ids: number[]) => ids.map((id) => ({ id }));

let shown: Record<string, unknown> | undefined;

/** A list that shows ten rows of what `reading` holds. */
function show(reading: { rows: { id: number }[]; selected: number | null; away?: boolean }) {
  const row = createRawSnippet<[{ id: number }]>((given) => ({ render: () => `<b>${given().id}</b>` }));
  shown = mount(VirtualList<{ id: number }>, {
    target: document.body,
    props: {
      get rows() {
        return reading.rows;
      },
      get selected() {
        return reading.selected;
      },
      get away() {
        return reading.away ?? false;
      },
      rowHeight: ROW,
      label: 'list',
      row,
      describe: ({ id }: { id: number }) => ({ hook: 'row', subject: String(id) }),
      onopen: () => {},
      onsight: () => {},
    },
  });
  flushSync();
  const list = document.querySelector<HTMLElement>('.list');
  if (!list) throw new Error('there is no list');
  return list;
}

beforeEach(() => {
  for (const size of ['offsetHeight', 'offsetWidth', 'clientHeight'] as const) {
    vi.spyOn(HTMLElement.prototype, size, 'get').mockReturnValue(10 * ROW);
  }
});

afterEach(async () => {
  if (shown) await unmount(shown);
  vi.restoreAllMocks();
});

const thirty = Array.from({ length: 30 }, (_, index) => 30 - index);

describe('a list', () => {
  const drawn = (list: HTMLElement) => [...list.querySelectorAll('[role=option]')].map((row) => Number(row.getAttribute('aria-posinset')));
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  const scroll = (list: HTMLElement, rows: number) => {
    list.scrollTop = rows * ROW;
    list.dispatchEvent(new Event('scroll'));
    flushSync();
  };

  it('draws what is in sight and a few rows beyond, wherever it is scrolled', () => {
    const list = show({ rows: rowsOf(...hundred), selected: null });
    expect([drawn(list)[0], drawn(list).at(-1)]).toEqual([1, 22]);
    scroll(list, 50);
    expect([drawn(list)[0], drawn(list).at(-1)]).toEqual([39, 72]);
    scroll(list, 90);
    expect([drawn(list)[0], drawn(list).at(-1)]).toEqual([79, 100]);
  });

  it('draws its last rows when it becomes shorter than it was scrolled', () => {
    const reading = $state({ rows: rowsOf(...hundred), selected: null as number | null });
    const list = show(reading);
    scroll(list, 90);
    reading.rows = rowsOf(...thirty);
    flushSync();
    expect([drawn(list)[0], drawn(list).at(-1)]).toEqual([9, 30]);
  });

  it('scrolls no further than it must to bring a row into sight', () => {
    const list = show({ rows: rowsOf(...hundred), selected: null });
    const { reveal } = shown as { reveal: (index: number) => void };
    reveal(4);
    expect(list.scrollTop).toBe(0);
    reveal(14);
    expect(list.scrollTop).toBe(5 * ROW);
    reveal(2);
    expect(list.scrollTop).toBe(2 * ROW);
  });
});

describe('a list while rows come in', () => {

  async function arrive(reading: { rows: { id: number }[]; selected: number | null }, ids: number[], selected = reading.selected) {
    reading.rows = rowsOf(...ids);
    reading.selected = selected;
    flushSync();
    await tick();
  }

  it('shows what is new while nothing is being read', async () => {
    const reading = $state({ rows: rowsOf(...thirty), selected: null as number | null });
    const list = show(reading);
    await arrive(reading, [31, ...thirty]);
    expect(list.scrollTop).toBe(0);
  });

  it('keeps a row that is being read in its place', async () => {
    const reading = $state({ rows: rowsOf(...thirty), selected: 28 as number | null });
    const list = show(reading);
    await arrive(reading, [32, 31, ...thirty]);
    expect(list.scrollTop).toBe(2 * ROW);
  });

  it('keeps it when a newer word takes its place', async () => {
    const reading = $state({ rows: rowsOf(...thirty), selected: 28 as number | null });
    const list = show(reading);
    // 32 is a newer word of 28, which is being read.
    const after = [33, 31, ...thirty.map((id) => (id === 28 ? 32 : id))];
    await arrive(reading, after, 32);
    expect(list.scrollTop).toBe(2 * ROW);
    await arrive(reading, [34, ...after]);
    expect(list.scrollTop).toBe(3 * ROW);
  });

  it('goes to the top when asked, whatever is being read', async () => {
    const reading = $state({ rows: rowsOf(...thirty), selected: 28 as number | null });
    const list = show(reading);
    list.scrollTop = 5 * ROW;
    reading.rows = rowsOf(32, 31, ...thirty);
    await (shown as { toTop?: () => Promise<void> }).toTop?.();
    await tick();
    expect(list.scrollTop).toBe(0);
  });

  it('keeps the place of a reader further down when a newer word takes a row away', async () => {
    const reading = $state({ rows: rowsOf(...thirty), selected: null as number | null });
    const list = show(reading);
    list.scrollTop = 5 * ROW;
    list.dispatchEvent(new Event('scroll'));
    flushSync();
    // The first row in sight, 25, is replaced by 31 at the top: what is below it stays where it is.
    await arrive(reading, [31, ...thirty.filter((id) => id !== 25)]);
    expect(list.scrollTop).toBe(5 * ROW);
    await arrive(reading, [33, 32, 31, ...thirty.filter((id) => id !== 25)]);
    expect(list.scrollTop).toBe(7 * ROW);
  });

  it('keeps the place of a reader at the first row where the list goes on above', async () => {
    const reading = $state({ rows: rowsOf(...thirty), selected: null as number | null, away: true });
    const list = show(reading);
    reading.away = false;
    await arrive(reading, [33, 32, 31, ...thirty]);
    expect(list.scrollTop).toBe(3 * ROW);
  });
});
