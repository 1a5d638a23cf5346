import type { Time } from '../bridge/types';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** From this age on, a date says more than a number of days. */
const DATED_AFTER = 7 * DAY;
/** A server's clock may be this much ahead of ours before it is worth showing. */
const CLOCK_SKEW = MINUTE;
/** The greatest time that a date can hold; a server may say anything. */
const TIME_LIMIT = 8.64e15;

const formats = new Map<string, Intl.DateTimeFormat>();
const units = new Map<string, Intl.NumberFormat>();

/** How long ago, in as few words as a column has room for. */
export function ageWords(time: Time, now: Time, locale: string, justNow: string): string {
  const age = now - time;
  if (age < -CLOCK_SKEW || age >= DATED_AFTER) return dateWords(time, locale);
  if (age < MINUTE) return justNow;
  if (age < HOUR) return unit(Math.floor(age / MINUTE), 'minute', locale);
  if (age < DAY) return unit(Math.floor(age / HOUR), 'hour', locale);
  return unit(Math.floor(age / DAY), 'day', locale);
}

/** The exact local time with its zone. */
export function exactWords(time: Time, locale: string): string {
  return format(time, locale, { dateStyle: 'medium', timeStyle: 'long' });
}

/** The time of day, to the second if asked; with its date, and then to the minute, unless it is today. */
export function clockWords(time: Time, now: Time, locale: string, precision: 'minute' | 'second' = 'minute'): string {
  const hour = { hour: '2-digit', minute: '2-digit' } as const;
  if (!isSameDay(time, now)) return format(time, locale, { ...hour, day: 'numeric', month: 'short' });
  return format(time, locale, precision === 'second' ? { ...hour, second: '2-digit' } : hour);
}

/** A moment at the edge of a chart: the time of day, or the day where days are seen or one begins. */
export function axisWords(time: Time, locale: string, dated: boolean): string {
  const begins = isTime(time) && new Date(time).getHours() === 0 && new Date(time).getMinutes() === 0;
  if (begins) return format(time, locale, dated ? { weekday: 'short', day: 'numeric' } : { day: 'numeric', month: 'short' });
  return format(time, locale, { hour: '2-digit', minute: '2-digit' });
}

/** From when until when, with the day if asked. */
export function stretchWords(from: Time, until: Time, locale: string, dated: boolean): string {
  const hour = { hour: '2-digit', minute: '2-digit' } as const;
  return made(locale, dated ? { weekday: 'short', ...hour } : hour).formatRange(from, until);
}

/** A time as a field: to the second, and exact on hover. */
export function whenWords(time: Time, now: Time, locale: string): { text: string; exact: string } {
  return { text: clockWords(time, now, locale, 'second'), exact: exactWords(time, locale) };
}

/** For machines; empty for a time that is none. */
export function isoTime(time: Time): string {
  return isTime(time) ? new Date(time).toISOString() : '';
}

/** The day. */
export function dateWords(time: Time, locale: string): string {
  return format(time, locale, { day: 'numeric', month: 'short', year: '2-digit' });
}

function isSameDay(a: Time, b: Time): boolean {
  return isTime(a) && new Date(a).toDateString() === new Date(b).toDateString();
}

function isTime(time: Time): boolean {
  return Math.abs(time) <= TIME_LIMIT;
}

function format(time: Time, locale: string, options: Intl.DateTimeFormatOptions): string {
  return isTime(time) ? made(locale, options).format(time) : String(time);
}

function made(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.DateTimeFormat(locale, options)));
  return found;
}

function unit(count: number, name: string, locale: string): string {
  const key = locale + name;
  let found = units.get(key);
  if (!found) units.set(key, (found = new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'narrow' })));
  return found.format(count);
}
