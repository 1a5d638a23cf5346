import { beforeEach, describe, expect, it } from 'vitest';

import type { Detail, Kind } from '../bridge/types';
import { NO_FACTS } from '../state/fixtures';
import { codeOf, nameWords, tellingWords, valueWords, whatWords } from './happening';
import { speak } from './speak.fixture';

const details = (given: Record<string, string>): Detail[] => Object.entries(given).map(([name, value]) => ({ name, value }));
const telling = (kind: Kind, given: Record<string, string>, more: Partial<typeof NO_FACTS> = {}) =>
  tellingWords({ kind, facts: { ...NO_FACTS, ...more, details: details(given) } }).replace(/\s/g, ' ');

describe('what happened, in words', () => {
  beforeEach(() => speak('en'));

  it('is known however a backend spells it', () => {
    expect(whatWords({ kind: 'order', what: 'order_placed' })).toBe('Order placed');
    expect(whatWords({ kind: 'payment_stream', what: 'stream.topped_up' })).toBe('Stream topped up');
    expect(whatWords({ kind: 'metrics', what: 'riskUpdate' })).toBe('Risk figures');
    speak('fr');
    expect(whatWords({ kind: 'order', what: 'order_placed' })).toBe('Ordre passé');
  });

  it('is shown as it is where it is not known, with its kind', () => {
    expect(whatWords({ kind: 'order', what: 'order.partly-filled' })).toBe('Order: Order partly filled');
    expect(whatWords({ kind: 'other', what: 'branchHours' })).toBe('Other: Branch hours');
    expect(whatWords({ kind: 'other', what: null })).toBe('Other');
  });

  it('is told by its title, or by what says the most', () => {
    expect(telling('order', { status: 'PENDING', symbol: 'ACME', quantity: '1200', side: 'BUY', price: '12.50' }, { currency: 'EUR' })).toBe(
      'Buy 1,200 ACME · Price €12.50',
    );
    expect(telling('order', { symbol: 'ACME' }, { title: 'Bought by hand' })).toBe('Bought by hand');
    expect(telling('portfolio', { change_percent: '-0.42' })).toBe('Change -0.42%');
    expect(telling('other', { ' weird ': '1', b: '2', c: '3', d: '4' })).toBe('Weird 1 · B 2 · C 3');
  });

  it('shortens identifiers to their ends', () => {
    expect(telling('payment_stream', { sender: `G${'A'.repeat(54)}X`, recipient: 'Bob' })).toBe('From GAAAAA…AAAX · To Bob');
    expect(telling('other', { at: '2026-11-20T12:00:00Z', n: '12345678901234567890' })).toBe(
      'At 2026-11-20T12:00:00Z · N 12345678901234567890',
    );
  });

  it('writes the numbers of a value digit for digit, and leaves identifiers alone', () => {
    const value = (name: string, text: string, currency: string | null = null) => valueWords({ name, value: text }, currency);
    expect(value('deposited', '86400000000')).toBe('86,400,000,000');
    expect(value('deposited', '123456789012345678901')).toBe('123456789012345678901');
    expect(value('availableMargin', '1000.50', 'USD')).toBe('$1,000.50');
    expect(value('account', '1000000')).toBe('1000000');
    expect(value('side', 'SELL')).toBe('Sell');
    expect(value('side', 'SIDEWAYS')).toBe('SIDEWAYS');
    expect(value('change_percent', '1.5')).toBe('+1.5%');
  });

  it('names details in words', () => {
    expect(nameWords('available_margin')).toBe('Available margin');
    expect(nameWords('ratePerSecond')).toBe('Rate per second');
    expect(nameWords('x-unknown')).toBe('X unknown');
    expect(codeOf('stream.topped-up')).toBe('stream_topped_up');
  });
});
