import type { SearchValues } from '../bridge/types';
import { IS, KEYS, KINDS, SEVERITIES, quoted, type Key, type Term, termsOf } from './question';

/** The most that is offered at once: what can be seen at a glance. */
const OFFERED = 8;

/** What may be put in the place of what is being typed. */
export interface Offer {
  /** What the text would be, and where the caret. */
  text: string;
  caret: number;
  /** What is put there: `severity:` or `severity:high`. */
  words: string;
}

/** What could be meant at the caret, the likeliest first. */
export function offersAt(text: string, caret: number, values: SearchValues, sources: string[]): Offer[] {
  const term = termsOf(text).find(({ from, to }) => from < caret && caret <= to);
  if (!term) return KEYS.map((key) => offer(text, caret, caret, signed(key))).slice(0, OFFERED);
  const wanted = (term.key === null ? text.slice(term.from, caret) : term.value).toLowerCase();
  const offers =
    term.key === null
      ? KEYS.filter((key) => key.startsWith(wanted)).map(signed)
      : valuesOf(term, values, sources).map((value) => `${term.key}${term.sign}${/[\s"]/.test(value) ? quoted(value) : value}`);
  const begun = (words: string) => words.replace(/^[a-z]+[:<>]"?/, '').toLowerCase().startsWith(wanted.split(',').at(-1) ?? '');
  return offers
    .filter((words) => (term.key === null || begun(words)) && words !== text.slice(term.from, term.to))
    .slice(0, OFFERED)
    .map((words) => offer(text, term.from, term.to, words));
}

function signed(key: Key): string {
  return key === 'amount' ? 'amount>' : `${key}:`;
}

function valuesOf({ key }: Term, values: SearchValues, sources: string[]): string[] {
  switch (key) {
    case 'kind':
      return KINDS;
    case 'severity':
      return SEVERITIES;
    case 'is':
      return IS;
    case 'source':
      return sources;
    case 'country':
      return values.countries;
    case 'currency':
      return values.currencies;
    case 'scenario':
      return values.scenarios;
    case 'channel':
      return values.channels;
    case 'after':
    case 'before':
      return ['today', 'yesterday', '1h', '24h', '7d'];
    default:
      return [];
  }
}

function offer(text: string, from: number, to: number, words: string): Offer {
  // A value is done with; a key waits for its value.
  const space = /[:<>]$/.test(words) || text[to] === ' ' ? '' : ' ';
  return { text: `${text.slice(0, from)}${words}${space}${text.slice(to)}`, caret: from + words.length + space.length, words };
}
