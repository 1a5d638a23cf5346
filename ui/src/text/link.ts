import type { SourceView, Time } from '../bridge/types';
import { clockWords } from './time';
import { locale, t } from './text.svelte';

/** After this many failures in a row a source counts as offline: a blip is over by then. */
export const OFFLINE_AFTER = 3;

/** A link's state as it is shown: a link that keeps failing is offline. */
export type Shown = SourceView['link']['state'] | 'offline';

/** How a source's link is shown. */
export function shownState({ link }: SourceView): Shown {
  return link.state === 'retrying' && link.attempts >= OFFLINE_AFTER ? 'offline' : link.state;
}

/** Whether what is shown of this source may be out of date. */
export function isStale(source: SourceView): boolean {
  return ['offline', 'refused', 'signed_out'].includes(shownState(source));
}

/** The link's state in a few words. */
export function linkWords(source: SourceView, now: Time): string {
  const { link } = source;
  switch (link.state) {
    case 'live':
      return link.round_trip_ms === null ? t('link.live') : t('link.live_ms', { ms: link.round_trip_ms });
    case 'catching_up':
      return link.fetched > 0 ? t('link.catching_up_count', { n: link.fetched }) : t('link.catching_up');
    case 'retrying':
      if (link.attempts < OFFLINE_AFTER) return countdownWords(link.until, now);
      return source.stored_until === null
        ? t('link.offline')
        : t('link.offline_until', { time: clockWords(source.stored_until, now, locale()) });
    case 'connecting':
    case 'signed_out':
    case 'refused':
      return t(`link.${link.state}`);
  }
}

/** When the next try is. */
export function countdownWords(until: Time, now: Time): string {
  const seconds = Math.ceil((until - now) / 1000);
  return seconds > 0 ? t('link.retrying', { n: seconds }) : t('link.retrying_now');
}

/** Why the link is not live, and what that means; empty where there is nothing to explain. */
export function reasonWords({ link }: SourceView): string {
  switch (link.state) {
    case 'retrying':
      return t(`trouble.${link.why}`);
    case 'refused':
      return t(`trouble.${link.why}`);
    case 'signed_out':
      return t(`signed_out.${link.reason}`);
    default:
      return '';
  }
}
