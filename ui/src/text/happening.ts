import type { Activity, Detail, EventDetail, Facts, Kind } from '../bridge/types';
import { amountWords, decimalWords } from './amount';
import { has, locale, t } from './text.svelte';
import { humanised } from './words';

/** Details that are amounts in the currency of the event. */
const MONEY = new Set([
  'price',
  'average_price',
  'current_price',
  'unrealized_pnl',
  'balance',
  'available_margin',
  'used_margin',
  'total_value',
]);
/** Details that are numbers, and not identifiers made of digits. */
const NUMBERS = new Set([
  'quantity',
  'rate_per_second',
  'deposited',
  'withdrawn',
  'refunded',
  'transactions',
  'amount',
  'score',
  'previous',
  'total_transactions',
  'total_alerts',
  'open_alerts',
  'critical_alerts',
  'average_risk_score',
  'amount_at_risk',
]);
/** Details that are a share of a hundred. */
const PERCENT = new Set(['change_percent']);
/** Details whose values are codes that there are words for. */
const CODES = new Set(['side', 'status', 'risk_level']);
/** Details that are identifiers. */
const IDENTIFIERS = new Set(['sender', 'recipient', 'token', 'transaction_hash', 'account', 'calculation', 'analysis']);
/** Details that say what they are without their name. */
const PLAIN = new Set(['side', 'quantity', 'symbol', 'name', 'item', 'step', 'recommendation']);

/** The most telling details of each kind, in the order in which one would say them. */
const TELLING: Partial<Record<Kind, readonly string[]>> = {
  order: ['side', 'quantity', 'symbol', 'price'],
  position: ['quantity', 'symbol', 'unrealized_pnl', 'current_price'],
  balance: ['balance', 'available_margin', 'used_margin'],
  watchlist: ['symbol', 'name', 'item', 'watchlist'],
  payment_stream: ['sender', 'recipient', 'rate_per_second'],
  portfolio: ['total_value', 'change_percent', 'transactions'],
  analysis: ['recommendation', 'risk_level'],
  progress: ['step'],
};
/** How many details a row tells of a kind that is not known better. */
const TOLD = 3;
/** One long word of letters and digits is an address: its ends are enough to recognise it. */
const ADDRESS = /^(?=.*[A-Za-z])\w{17,}$/;

/** A code as the message table writes it: `stream.topped_up` and `streamToppedUp` are the same. */
export function codeOf(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/[\s.-]+/g, '_')
    .toLowerCase();
}

/** What happened, in words; what the table does not know is shown as the server names it. */
export function whatWords({ kind, what }: Pick<Activity | EventDetail, 'kind' | 'what'>): string {
  if (!what) return t(`kind.${kind}`);
  const key = `what.${codeOf(what)}`;
  return has(key) ? t(key) : t('what.unknown', { kind: t(`kind.${kind}`), what: humanised(codeOf(what)) });
}

/** The name of a detail, or of a factor, in words. */
export function nameWords(name: string): string {
  const key = `named.${codeOf(name)}`;
  return has(key) ? t(key) : humanised(codeOf(name));
}

/** A detail's value as the language writes it; every digit of it stays. */
export function valueWords({ name, value }: Detail, currency: string | null): string {
  const code = codeOf(name);
  if (MONEY.has(code)) return currency ? amountWords(value, currency, locale()) : decimalWords(value, locale());
  if (NUMBERS.has(code)) return decimalWords(value, locale());
  if (PERCENT.has(code)) return decimalWords(value, locale(), { style: 'unit', unit: 'percent', signDisplay: 'exceptZero' });
  const key = `value.${codeOf(value)}`;
  return CODES.has(code) && has(key) ? t(key) : value;
}

/** A detail as a field: its name and value in words, an identifier monospaced. */
export function fieldOf(detail: Detail, currency: string | null): { name: string; text: string; mono: boolean } {
  return {
    name: nameWords(detail.name),
    text: valueWords(detail, currency),
    mono: IDENTIFIERS.has(codeOf(detail.name)),
  };
}

/** What a row says of it: the title, or else the most telling details. */
export function tellingWords({ kind, facts }: Pick<Activity, 'kind' | 'facts'>): string {
  if (facts.title) return facts.title;
  return told(kind, facts)
    .map((detail) => {
      const value = shortened(valueWords(detail, facts.currency));
      return PLAIN.has(codeOf(detail.name)) ? { plain: true, words: value } : { plain: false, words: `${nameWords(detail.name)} ${value}` };
    })
    .reduce((said, { plain, words }, index, all) => {
      if (index === 0) return words;
      return said + (plain && all[index - 1]?.plain ? ' ' : ' · ') + words;
    }, '');
}

function told(kind: Kind, { details }: Facts): Detail[] {
  const wanted = TELLING[kind] ?? [];
  const found = wanted.flatMap((name) => details.find((detail) => codeOf(detail.name) === name) ?? []);
  return found.length > 0 ? found : details.slice(0, TOLD);
}

function shortened(value: string): string {
  return ADDRESS.test(value) ? `${value.slice(0, 6)}…${value.slice(-4)}` : value;
}
