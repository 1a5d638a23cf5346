import { describe, expect, it } from 'vitest';

import { ageWords, axisWords, clockWords, exactWords, isoTime, stretchWords } from './time';

const NOW = new Date(2026, 2, 14, 14, 30).getTime();
const ago = (ms: number, locale = 'en') => ageWords(NOW - ms, NOW, locale, 'now').replace(/\s/g, ' ');

describe('times', () => {
  it('are ages in a list', () => {
    expect(ago(20_000)).toBe('now');
    expect(ago(4 * 60_000)).toBe('4m');
    expect(ago(3 * 3_600_000)).toBe('3h');
    expect(ago(2 * 86_400_000)).toBe('2d');
    expect(ago(4 * 60_000, 'fr')).toBe('4min');
  });

  it('are dates once they are old, or ahead of this clock', () => {
    expect(ago(30 * 86_400_000)).toContain('Feb');
    expect(ago(-86_400_000)).toContain('Mar');
  });

  it('allow for a server whose clock is slightly ahead', () => {
    expect(ago(-5_000)).toBe('now');
  });

  it('have their date unless it is today', () => {
    expect(clockWords(NOW - 60_000, NOW, 'en-GB')).toBe('14:29');
    expect(clockWords(NOW - 86_400_000, NOW, 'en-GB')).toContain('13 Mar');
  });

  it('name their zone when they are exact', () => {
    expect(exactWords(NOW, 'en-GB')).toMatch(/14:30:00 \S+/);
  });

  it('are only text where they are no time at all', () => {
    expect(exactWords(9e18, 'en')).toBe('9000000000000000000');
    expect(ageWords(-9e18, NOW, 'en', 'now')).toBe('-9000000000000000000');
    expect(isoTime(9e18)).toBe('');
  });

  it('are short at the edge of a chart, where a day that begins is named', () => {
    expect(axisWords(NOW, 'en-GB', false)).toBe('14:30');
    const midnight = new Date(2026, 2, 14).getTime();
    expect(axisWords(midnight, 'en-GB', false)).toBe('14 Mar');
    expect(axisWords(midnight, 'en-GB', true)).toBe('Sat 14');
  });

  it('are told from when until when, with the day where several are seen', () => {
    const words = (dated: boolean) => stretchWords(NOW, NOW + 1_800_000, 'en-GB', dated).replace(/\s/g, ' ');
    expect(words(false)).toBe('14:30–15:00');
    expect(words(true)).toMatch(/^Sat,? 14:30\s?–\s?15:00$/);
  });
});
