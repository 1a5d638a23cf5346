import type en from '../../../src-tauri/crates/core/messages/en.json';

import { apart } from './apart';

/** A message of the one table, shared with tray and notifications; those under `native.` are theirs alone. */
export type Key = Exclude<keyof typeof en, `native.${string}`>;
export type Params = Record<string, string | number>;
export type Language = 'en' | 'fr';

export type Message = string | ({ other: string } & Partial<Record<Intl.LDMLPluralRule, string>>);
/** A language's messages, by key. The program has them; the page is told those of the language that is spoken. */
export type Messages = Record<string, Message>;

/** What is costly to make is made once for each language. */
const numbers = new Map<string, Intl.NumberFormat>();
const plurals = new Map<string, Intl.PluralRules>();

let spoken = $state<Language>('en');
let messages = $state.raw<Messages>({});

/** The language that is spoken. */
export function language(): Language {
  return spoken;
}

/** Speaks this language from now on. */
export function speak(wanted: Language, learned: Messages): void {
  spoken = wanted;
  messages = learned;
  document.documentElement.lang = wanted;
}

/** The analyst's own variety of the language (`en-GB`), which decides how dates and numbers are written. */
export function locale(): string {
  const own = navigator.languages.find((tag) => tag === spoken || tag.startsWith(`${spoken}-`));
  return own ?? spoken;
}

/** The message in the analyst's language. A message with plurals is chosen by `n`. */
export function t(key: Key, params: Params = {}): string {
  const message = messages[key] ?? key;
  return fill(typeof message === 'string' ? message : plural(message, params), params);
}

/** Whether the table has this message: for codes that a server makes up. */
export function has(key: string): key is Key {
  return Object.hasOwn(messages, key);
}

/** A whole number as the analyst writes it. */
export function count(number: number): string {
  return of(numbers, locale(), (tag) => new Intl.NumberFormat(tag)).format(number);
}

function of<T>(made: Map<string, T>, tag: string, make: (tag: string) => T): T {
  let found = made.get(tag);
  if (!found) made.set(tag, (found = make(tag)));
  return found;
}

function plural(message: Exclude<Message, string>, params: Params): string {
  const rule = of(plurals, spoken, (tag) => new Intl.PluralRules(tag)).select(Number(params['n']));
  return message[rule] ?? message.other;
}

function fill(message: string, params: Params): string {
  return message.replace(/\{(\w+)\}/g, (hole, name: string) => {
    const value = params[name];
    if (value === undefined) return hole;
    return typeof value === 'number' ? count(value) : apart(value);
  });
}
