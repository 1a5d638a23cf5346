import { describe, expect, it } from 'vitest';

import type { FoundRow } from '../bridge/types';
import { anActivity, NO_FACTS } from '../state/fixtures';
import { linesOf } from './strip';

const happened = (id: number, at: number, city: string | null): FoundRow => ({
  ...anActivity(id, { kind: 'transaction', facts: { ...NO_FACTS, occurred_at: at, city } }),
  alert: null,
});

describe('a strip of time', () => {
  it('has a line for each place, the busiest first, from the first moment to the last', () => {
    const lines = linesOf([happened(1, 1_000, 'Paris'), happened(2, 2_000, 'Osaka'), happened(3, 3_000, 'Paris')]);
    expect(lines.map(({ place, marks }) => [place, marks.map(({ left }) => left)])).toEqual([
      ['Paris', [0, 100]],
      ['Osaka', [50]],
    ]);
  });

  it('puts the rest of many places on one line, and loses none', () => {
    const many = Array.from({ length: 9 }, (_, index) => happened(index, index, `Town ${index}`));
    const lines = linesOf(many);
    expect(lines).toHaveLength(4);
    expect(lines.at(-1)?.others).toBe(true);
    expect(lines.flatMap(({ marks }) => marks)).toHaveLength(9);
  });

  it('has one moment in the middle, and nothing of nothing', () => {
    expect(linesOf([happened(1, 5, null)])[0]?.marks[0]?.left).toBe(50);
    expect(linesOf([])).toEqual([]);
  });
});
