import { describe, expect, it } from 'vitest';

import { amountWords, sumWords } from './amount';

const plain = (words: string) => words.replace(/\s/g, ' ');

describe('amounts', () => {
  it('stand in their own currency, as the language writes it', () => {
    expect(amountWords('1234.5', 'EUR', 'en')).toBe('€1,234.50');
    expect(plain(amountWords('1234.5', 'EUR', 'fr'))).toBe('1 234,50 €');
    expect(amountWords('1200', 'JPY', 'en')).toBe('¥1,200');
  });

  it('keep every digit that the server wrote', () => {
    expect(amountWords('123456789012345.67', 'EUR', 'en')).toBe('€123,456,789,012,345.67');
    expect(amountWords('0.12345', 'EUR', 'en')).toBe('€0.12345');
    expect(amountWords('-12.30', 'USD', 'en')).toBe('-$12.30');
  });

  it('stay as they came where they are not money', () => {
    expect(plain(amountWords('9'.repeat(40), 'EUR', 'en'))).toBe(`${'9'.repeat(40)} EUR`);
    expect(plain(amountWords('1e400', 'EUR', 'en'))).toBe('1e400 EUR');
    expect(plain(amountWords('12.5', 'bitcoin', 'en'))).toBe('12.5 bitcoin');
    expect(plain(amountWords('86400000000', 'USDC', 'en'))).toBe('86,400,000,000 USDC');
    expect(amountWords('12.5', null, 'en')).toBe('12.5');
    expect(amountWords(null, 'EUR', 'en')).toBe('');
  });

  it('leaves out the zeros at the end of an amount that has no currency', () => {
    expect(amountWords('2076048000.0000000', null, 'en')).toBe('2,076,048,000.00');
    expect(amountWords('8640.1250000', null, 'en')).toBe('8,640.125');
    expect(amountWords('8640', null, 'en')).toBe('8,640');
  });
});

describe('a sum of amounts', () => {
  it('is told in its currency, and brief at the edge of a chart', () => {
    expect(sumWords(1_119_987.4, 'EUR', 'en-GB', false)).toBe('€1,119,987');
    expect(sumWords(12.3, 'EUR', 'fr-FR', false)).toBe('12,30\u00a0€');
    expect(sumWords(60_000, 'EUR', 'en-GB', true)).toBe('60k');
  });

  it('shows no more digits than adding up gives', () => {
    expect(sumWords(0.1 + 0.2, 'EUR', 'en-GB', false)).toBe('€0.30');
    expect(sumWords(0.1 + 0.2, 'a token', 'en-GB', false)).toBe('0.3\u00a0a token');
  });
});
