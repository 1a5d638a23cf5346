import { beforeEach, describe, expect, it } from 'vitest';

import { Chosen } from './chosen.svelte';

const rowsOf = (...ids: number[]) => ids.map((id) => ({ id }));
const rows = rowsOf(9, 8, 7, 6, 5, 4);

describe('a selection', () => {
  let chosen: Chosen;
  const ids = () => chosen.of(rowsOf(10, 9, 8, 7, 6, 5, 4)).map(({ id }) => id);

  beforeEach(() => (chosen = new Chosen()));

  it('takes a row, and lets go of it', () => {
    chosen.toggle(8);
    chosen.toggle(5);
    expect(ids()).toEqual([8, 5]);
    chosen.toggle(8);
    expect(ids()).toEqual([5]);
  });

  it('grows and shrinks with the stretch that is drawn, and keeps what was chosen before', () => {
    chosen.toggle(4);
    chosen.draw(rows, 8, 7);
    chosen.draw(rows, 7, 6);
    expect(ids()).toEqual([8, 7, 6, 4]);
    chosen.draw(rows, 6, 7);
    expect(ids()).toEqual([8, 7, 4]);
    chosen.draw(rows, 7, 9);
    expect(ids()).toEqual([9, 8, 4]);
  });

  it('begins another stretch once the cursor has moved alone', () => {
    chosen.draw(rows, 9, 8);
    chosen.settle();
    chosen.draw(rows, 5, 4);
    expect(ids()).toEqual([9, 8, 5, 4]);
  });

  it('forgets what leaves the list, also when it comes back', () => {
    chosen.all(rows);
    chosen.keep(rowsOf(10, 9, 7));
    chosen.keep(rowsOf(10, 9, 8, 7));
    expect(ids()).toEqual([9, 7]);
  });

  it('does not draw from a row that has left the list', () => {
    chosen.draw(rows, 8, 7);
    chosen.keep(rowsOf(9, 7, 6, 5));
    chosen.draw(rowsOf(9, 7, 6, 5), 7, 6);
    expect(ids()).toEqual([7, 6]);
  });

  it('is cleared', () => {
    chosen.all(rows);
    chosen.clear();
    expect(chosen.size).toBe(0);
  });
});
