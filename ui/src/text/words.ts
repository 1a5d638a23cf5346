import type { Problem } from '../bridge/bridge';
import type { Alert, Facts, GapView, Notice, SetAside } from '../bridge/types';
import { amountWords } from './amount';
import { has, locale, t } from './text.svelte';
import { exactWords } from './time';

/** What went wrong, in words. */
export function problemWords(problem: Problem): string {
  const key = `failure.${problem.code}`;
  return has(key) ? t(key) : t('failure.unexpected');
}

/** What does not work on this computer, in words. */
export function noticeWords(notice: Notice, setAside: SetAside | null): string {
  if (notice !== 'set_aside') return t(`notice.${notice}`);
  // The two come together; without the path there would be nothing to tell.
  if (!setAside) return '';
  const { path, begun } = setAside;
  const when = begun.with === 'backup' ? exactWords(begun.at, locale()) : '';
  return t(`notice.set_aside.${begun.with}`, { path, when });
}

/** Why the server did not do what it was asked for, in words. */
export function refusalWords(problem: Problem): string {
  const key = `refused.${problem.code}`;
  return has(key) ? t(key) : problemWords(problem);
}

/** A scenario's code in words; a server may have its own. */
export function scenarioWords(code: string | null): string {
  if (!code) return t('alert.unnamed');
  const key = `scenario.${code.toLowerCase()}`;
  return has(key) ? t(key) : humanised(code);
}

/** What a colleague would say aloud: the scenario, and what happened. */
export function alertWords(alert: Pick<Alert, 'facts'>): string {
  const { scenario, title } = alert.facts;
  if (!title) return scenarioWords(scenario);
  if (!scenario) return title;
  const words = scenarioWords(scenario);
  const said = title.toLowerCase().startsWith(words.toLowerCase());
  return said ? title : t('alert.title', { scenario: words, title });
}

/** The customer as the analyst knows them. */
export function customerWords(facts: Facts): string {
  return facts.customer_name ?? facts.customer ?? '';
}

/** How likely it is a fraud. */
export function scoreWords(score: number | null): string {
  return score === null ? '' : score.toLocaleString(locale(), { style: 'percent', maximumFractionDigits: 0 });
}

/** The amount in its own currency. */
export function moneyWords(facts: Facts): string {
  return amountWords(facts.amount, facts.currency, locale());
}

/** Where it happened. */
export function whereWords(facts: Facts): string {
  return [facts.city, countryWords(facts.country)].filter(Boolean).join(', ');
}

/** The way it was paid. */
export function channelWords(code: string | null): string {
  if (!code) return '';
  const key = `channel.${code.toLowerCase()}`;
  return has(key) ? t(key) : humanised(code);
}

/** Why a message was not read. */
export function reasonWords(reason: string): string {
  const key = `rejected.${reason}`;
  return has(key) ? t(key) : humanised(reason);
}

/** Why something was missed, and why it stays so where the server cannot give it. */
export function gapWords(gap: GapView): string {
  const stays = gap.closed_at === null && gap.how !== null && gap.how !== gap.reason;
  return [gap.reason, ...(stays && gap.how ? [gap.how] : [])].map(missedWords).join(' ');
}

function missedWords(why: string): string {
  const key = `missed.${why}`;
  return has(key) ? t(key) : t('missed.unknown');
}

/** A country's code in words; what is none stays as it came. */
export function countryWords(code: string | null): string {
  if (!code || !/^[A-Z]{2}$/.test(code)) return code ?? '';
  return new Intl.DisplayNames(locale(), { type: 'region' }).of(code) ?? code;
}

/** A code that there is no message for, made readable. */
export function humanised(code: string): string {
  const words = code.replace(/[_.-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
