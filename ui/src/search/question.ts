import type { AlertIs, Kind, SearchQuery, Severity, SourceId, Time } from '../bridge/types';

/** What can be asked for by name. */
export const KEYS = ['kind', 'severity', 'is', 'source', 'customer', 'country', 'currency', 'scenario', 'channel', 'amount', 'after', 'before'] as const;
export type Key = (typeof KEYS)[number];

export const SEVERITIES: Severity[] = ['critical', 'high', 'medium', 'low'];
export const IS: AlertIs[] = ['open', 'closed', 'seen', 'unseen', 'snoozed'];
export const KINDS: Kind[] = [
  'alert', 'transaction', 'metrics', 'analysis', 'progress', 'portfolio', 'order', 'position', 'balance', 'watchlist', 'payment_stream', 'other',
];

/** A part of what was typed: a word, or something that is asked for by name. */
export interface Term {
  /** Where it stands in the text. */
  from: number;
  to: number;
  key: Key | null;
  /** Between key and value; of a word nothing. */
  sign: ':' | '<' | '>' | '';
  value: string;
}

/** What was typed, understood. */
export interface Question {
  query: SearchQuery;
  terms: Term[];
  /** What asks for something by name and cannot be understood; it narrows nothing. */
  wrong: Term[];
}

/** What a question is read by. */
export interface Known {
  now: Time;
  sources: { id: SourceId; name: string }[];
  /** The one source that all places show; `null`: all sources. */
  only: SourceId | null;
}

/** In quotes a quote is doubled. */
const TERM = /([a-z]+)([:<>])(?:"([^"]*(?:""[^"]*)*)"?|(\S*))|\S+/gi;
const AGO = /^(\d{1,4})(m|h|d|w)$/;
const UNITS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const AMOUNT = /^\d{1,15}(?:[.,]\d{1,8})?$/;

/** The parts of a text. */
export function termsOf(text: string): Term[] {
  return [...text.matchAll(TERM)].map((match) => {
    const [whole, name = '', sign = '', quoted, bare] = match;
    const from = match.index;
    const key = KEYS.find((known) => known === name.toLowerCase()) ?? null;
    // An address or an hour has a colon too.
    if (key === null || (key === 'amount') !== (sign !== ':')) return { from, to: from + whole.length, key: null, sign: '', value: whole };
    return { from, to: from + whole.length, key, sign: sign as Term['sign'], value: quoted?.replaceAll('""', '"') ?? bare ?? '' };
  });
}

/** Understands a text. */
export function questionOf(text: string, known: Known): Question {
  const query: SearchQuery = {
    text: '', kinds: [], source: null, severities: [], is: [], customer: null, scenario: null, country: null, currency: null, channel: null,
    more_than: null, less_than: null, since: null, before: null,
  };
  const terms = termsOf(text);
  const words: string[] = [];
  const wrong: Term[] = [];
  for (const term of terms) {
    if (term.key === null) words.push(term.value);
    // What is still being typed is not wrong yet.
    else if (term.value !== '' && !take(query, term, known)) wrong.push(term);
  }
  // The index has words alone: they lead to the few that are then looked at.
  query.text = [...words, query.customer ?? ''].join(' ').trim();
  return { query, terms, wrong };
}

/** What is asked for: of the one source that all places show, unless it names another. */
export function narrowed({ query }: Question, { only }: Known): SearchQuery {
  return { ...query, source: query.source ?? only };
}

/** What asks for exactly this value by name. */
export function asking(key: Key, value: string): string {
  return `${key}:"${value.replaceAll('"', '""')}"`;
}

/** What a source is called in a question: its number where another has the name first. */
export function calledOf(id: SourceId, sources: Known['sources']): string {
  const name = sources.find((source) => source.id === id)?.name ?? '';
  return sourceOf(name, sources)?.id === id ? name : `#${id}`;
}

function sourceOf(called: string, sources: Known['sources']) {
  const isCalled = ({ name }: { name: string }) => name.toLowerCase() === called.toLowerCase();
  return sources.find(isCalled) ?? sources.find(({ id }) => called === `#${id}`);
}

/** Everything of a customer. */
export function ofCustomer(customer: string): SearchQuery {
  return questionOf(asking('customer', customer), { now: 0, sources: [], only: null }).query;
}

/** Whether a question asks for anything. */
export function asks(query: SearchQuery): boolean {
  return Object.values(query).some((value) => (Array.isArray(value) ? value.length > 0 : value !== null && value !== ''));
}

/** The text without one of its parts. */
export function without(text: string, { from, to }: Term): string {
  return `${text.slice(0, from).trimEnd()} ${text.slice(to).trimStart()}`.trim();
}

/** Takes what a term says into the query; whether it could be understood. */
function take(query: SearchQuery, { key, sign, value }: Term, { now, sources }: Known): boolean {
  switch (key) {
    case 'kind':
      return several(value, KINDS, query.kinds);
    case 'severity':
      return several(value, SEVERITIES, query.severities);
    case 'is':
      return several(value, IS, query.is);
    case 'source': {
      const found = sourceOf(value, sources);
      if (found) query.source = found.id;
      return found !== undefined;
    }
    case 'amount': {
      if (!AMOUNT.test(value)) return false;
      query[sign === '>' ? 'more_than' : 'less_than'] = Number(value.replace(',', '.'));
      return true;
    }
    case 'after':
    case 'before': {
      const time = timeOf(value, now);
      if (time !== null) query[key === 'after' ? 'since' : 'before'] = time;
      return time !== null;
    }
    case 'customer':
    case 'scenario':
    case 'country':
    case 'currency':
    case 'channel':
      query[key] = value;
      return true;
    default:
      return false;
  }
}

/** Reads `critical,high`; nothing of it counts if something is not known. */
function several<Value extends string>(value: string, known: Value[], into: Value[]): boolean {
  const wanted = value.toLowerCase().split(',').filter(Boolean);
  const found = known.filter((one) => wanted.includes(one));
  if (found.length !== new Set(wanted).size) return false;
  into.push(...found.filter((one) => !into.includes(one)));
  return true;
}

/** A day's beginning here, or so long ago: `2026-01-31`, `today`, `yesterday`, `90m`, `3h`, `2d`, `1w`. */
function timeOf(value: string, now: Time): Time | null {
  const ago = AGO.exec(value);
  if (ago) return now - Number(ago[1]) * (UNITS[ago[2] ?? ''] ?? 0);
  const day = new Date(now);
  day.setHours(0, 0, 0, 0);
  if (value === 'today') return day.getTime();
  if (value === 'yesterday') return day.setDate(day.getDate() - 1);
  if (!DAY.test(value)) return null;
  const [year = 0, month = 0, date = 0] = value.split('-').map(Number);
  const given = new Date(year, month - 1, date);
  return given.getMonth() === month - 1 ? given.getTime() : null;
}
