import { describe, expect, it } from 'vitest';

import { offersAt } from './complete';
import { asks, ofCustomer, questionOf, quoted, termsOf, without } from './question';

const NOW = new Date(2026, 0, 31, 14, 0).getTime();
const known = { now: NOW, sources: [{ id: 7, name: 'Retail cards' }], only: null };
const asked = (text: string) => questionOf(text, known);
const values = { scenarios: ['card_testing', 'velocity'], countries: ['FR', 'DE'], channels: ['card'], currencies: ['EUR'] };
const offers = (text: string, caret = text.length) => offersAt(text, caret, values, ['Retail cards']).map(({ words }) => words);

describe('a question', () => {
  it('names whatever a server does', () => {
    for (const name of ['Acme "Best" Ltd', '"', '""', ' a ', 'a:b>c', "O'Neil \\", '%_*', '', 'is:open" severity:low']) {
      const { query, wrong } = asked(`customer:${quoted(name)} is:open`);
      expect([query.customer ?? '', query.is, query.severities, wrong]).toEqual([name, ['open'], [], []]);
    }
    expect(ofCustomer('Acme "Best" Ltd').customer).toBe('Acme "Best" Ltd');
    const source = questionOf('source:"Retail ""old"""', { ...known, sources: [{ id: 9, name: 'Retail "old"' }] });
    expect(source.query.source).toBe(9);
    expect(offersAt('source:', 7, values, ['Retail "old"', 'a"b']).map(({ words }) => words)).toEqual(['source:"Retail ""old"""', 'source:"a""b"']);
  });

  it('is words, and what is asked for by name', () => {
    const { query, wrong } = asked('lovelace severity:high,critical country:FR amount>1000 is:open source:"Retail cards" pharmacie');
    expect(query).toMatchObject({
      text: 'lovelace pharmacie', severities: ['critical', 'high'], country: 'FR', more_than: 1000, is: ['open'], source: 7,
    });
    expect(wrong).toEqual([]);
  });

  it('knows days and how long ago', () => {
    const midnight = new Date(2026, 0, 31).getTime();
    expect(asked('after:today').query.since).toBe(midnight);
    expect(asked('before:yesterday').query.before).toBe(new Date(2026, 0, 30).getTime());
    expect(asked('after:2026-01-15').query.since).toBe(new Date(2026, 0, 15).getTime());
    expect(asked('after:3h').query.since).toBe(NOW - 3 * 3_600_000);
  });

  it.each(['severity:terrible', 'severity:high,terrible', 'amount>much', 'amount<-5', 'after:2026-02-30', 'after:soon', 'source:nowhere', 'is:lost'])(
    'says so of what it cannot understand, and narrows nothing by it: %s',
    (text) => {
      const { query, wrong } = asked(text);
      expect(wrong).toHaveLength(1);
      expect(asks(query)).toBe(false);
    },
  );

  it('takes what only looks like a name for words', () => {
    expect(asked('https://bank.example 12:30 a:b country>FR <img').query.text).toBe('https://bank.example 12:30 a:b country>FR <img');
  });

  it('is not wrong while it is being typed', () => {
    const { query, wrong } = asked('severity: amount> source:"');
    expect(wrong).toEqual([]);
    expect(asks(query)).toBe(false);
  });

  it('loses a part and keeps the rest', () => {
    const text = 'ada severity:high  paris';
    const [, severity] = termsOf(text);
    if (!severity) throw new Error('there is no such term');
    expect(without(text, severity)).toBe('ada paris');
  });
});

describe('what is offered', () => {
  it('is the names that begin so', () => {
    expect(offers('sev')).toEqual(['severity:']);
    expect(offers('am')).toEqual(['amount>']);
    expect(offers('')).toContain('kind:');
    expect(offers('lovelace')).toEqual([]);
  });

  it('is the values that begin so, the most frequent first', () => {
    expect(offers('country:')).toEqual(['country:FR', 'country:DE']);
    expect(offers('scenario:v')).toEqual(['scenario:velocity']);
    expect(offers('source:re')).toEqual(['source:"Retail cards"']);
    expect(offers('severity:high')).toEqual([]);
  });

  it('is put where the caret stands, and the rest stays', () => {
    const [first] = offersAt('ada sev paris', 7, values, []);
    expect(first).toEqual({ text: 'ada severity: paris', caret: 13, words: 'severity:' });
    const [value] = offersAt('is:op', 5, values, []);
    expect(value).toEqual({ text: 'is:open ', caret: 8, words: 'is:open' });
  });
});
