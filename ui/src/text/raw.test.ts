import { describe, expect, it } from 'vitest';

import { readable } from './raw';

const lay = (raw: string) => readable(raw, 10_000).text;

describe('a raw message', () => {
  it('is laid out in lines', () => {
    expect(lay('{"a":1,"b":[true,{}],"c":"x: {y}, \\" z"}')).toBe(
      '{\n  "a": 1,\n  "b": [\n    true,\n    {}\n  ],\n  "c": "x: {y}, \\" z"\n}',
    );
  });

  it('keeps every digit and every key', () => {
    expect(lay('{"n":12345678901234567890.10,"n":2}')).toBe('{\n  "n": 12345678901234567890.10,\n  "n": 2\n}');
  });

  it('stays as it came when it is not JSON', () => {
    expect(lay('<html>502, sorry: {}</html>')).toBe('<html>502, sorry: {}</html>');
    expect(lay('')).toBe('');
  });

  it('may be broken in the middle', () => {
    expect(lay('{"a":"unfinished')).toBe('{\n  "a": "unfinished');
    expect(lay('}}]')).toBe('}}]');
    expect(lay('[]]}')).toBe('[]\n]\n}');
  });

  it('may be nested without end and is cut', () => {
    const { text, cut } = readable('['.repeat(1_000_000), 1_500);
    expect(text).toHaveLength(1_500);
    expect(cut).toBe(true);
  });

  it('shows the characters that would turn text around', () => {
    expect(lay('"\u202eabc\u0000"')).toBe('"\\u202eabc\\u0000"');
  });
});
