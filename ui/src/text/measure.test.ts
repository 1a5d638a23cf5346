import { describe, expect, it } from 'vitest';

import { durationWords, sizeWords } from './measure';

describe('a size', () => {
  it.each([
    [0, '0 byte'],
    [999, '999 byte'],
    [1_000, '1 kB'],
    [12_345_678, '12.3 MB'],
    [5e15, '5,000 TB'],
  ])('of %d bytes is %s', (bytes, words) => expect(sizeWords(bytes, 'en-GB')).toBe(words));

  it('is in the analyst’s language', () => expect(sizeWords(1_500_000, 'fr').replace(/\s/g, ' ')).toBe('1,5 Mo'));
});

describe('a duration', () => {
  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1_234, '1.23 s'],
    [119_000, '119 s'],
    [120_000, '2 min'],
    [86_507_519, '24 h'],
  ])('of %d ms is %s', (milliseconds, words) => expect(durationWords(milliseconds, 'en-GB').replace(/\s/g, ' ')).toBe(words));
});
