import { describe, expect, it } from 'vitest';

import { stacked, type Drawing } from './plot';

const drawing = (layers: number[][]): Drawing => ({
  times: [60_000, 120_000],
  step: 60_000,
  layers: layers.map((values) => ({ values, token: '--chart' })),
  whole: true,
  time: String,
  value: String,
});

describe('a column', () => {
  it('has its layers one upon the other, and the highest is drawn first', () => {
    expect(stacked(drawing([[1, 4], [2, 5]]))).toEqual([[60, 120], [3, 9], [1, 4]]);
  });

  it('has no layer where there is nothing, and those above rest on what is below', () => {
    expect(stacked(drawing([[1, 0], [0, 0], [2, 5]]))).toEqual([[60, 120], [3, 5], [null, null], [1, null]]);
  });
});
