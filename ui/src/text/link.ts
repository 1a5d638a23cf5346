import type { Link, SourceView, Time } from '../bridge/types';
import { clockWords } from './time';
import { locale, t } from './text.svelte';

/** After this many failures in a row a source counts as offline: a blip is over by then. */
export const OFFLINE_AFTER = 3;

/** A link's state as it is shown: one that keeps failing is offline, one that is live in a lesser way a fallback. */
export type Shown = SourceView['link']['state'] | 'offline' | 'fallback';

/** How a source's link is shown. */
export function shownState({ link }: SourceView): Shown {
  if (link.state === 'live' && link.fallback) return 'fallback';
  return link.state === 'retrying' && link.attempts >= OFFLINE_AFTER ? 'offline' : link.state;
}

/** Whether what is shown of this source may be out of date. */
export function isStale(source: SourceView): boolean {
  return ['offline', 'refused', 'signed_out', 'paused'].includes(shownState(source));
}

/** The link's state in a few words; brief: without how long a ping takes. */
export function linkWords(source: SourceView, now: Time, brief = false): string {
  const { link } = source;
  switch (link.state) {
    case 'live':
      return liveWords(link, brief);
    case 'catching_up':
      return link.fetched > 0 ? t('link.catching_up_count', { n: link.fetched }) : t('link.catching_up');
    case 'retrying':
      if (link.attempts < OFFLINE_AFTER) return countdownWords(link.until, now);
      return source.stored_until === null
        ? t('link.offline')
        : t('link.offline_until', { time: clockWords(source.stored_until, now, locale()) });
    case 'connecting':
    case 'paused':
    case 'signed_out':
    case 'refused':
      return t(`link.${link.state}`);
  }
}

function liveWords({ transport, fallback, round_trip_ms }: Link & { state: 'live' }, brief: boolean): string {
  const by = t(`transport.${transport}`);
  if (fallback) return t('link.fallback', { transport: by });
  if (brief || round_trip_ms === null) return t('link.live', { transport: by });
  return t('link.live_ms', { transport: by, ms: round_trip_ms });
}

/** When the next try is. */
export function countdownWords(until: Time, now: Time): string {
  const seconds = Math.ceil((until - now) / 1000);
  return seconds > 0 ? t('link.retrying', { n: seconds }) : t('link.retrying_now');
}

/** Why the link is not as it could be, and what that means; empty where there is nothing to explain. */
export function reasonWords({ link }: SourceView): string {
  switch (link.state) {
    case 'live':
      return link.fallback ? t('link.fallback_reason') : '';
    case 'retrying':
      return t(`trouble.${link.why}`);
    case 'refused':
      return t(`trouble.${link.why}`);
    case 'paused':
      return t('link.paused_reason');
    case 'signed_out':
      return t(`signed_out.${link.reason}`);
    default:
      return '';
  }
}
