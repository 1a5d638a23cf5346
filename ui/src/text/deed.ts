import type { Alert, Deed, HistoryEntry } from '../bridge/types';
import { locale, t } from './text.svelte';
import { exactWords } from './time';

/** What an analyst did, in words. */
export function deedWords({ action, state, owner }: Pick<Deed, 'action' | 'state' | 'owner'>): string {
  if (action === 'change_state' && state) return t(`state.${state}`);
  return action === 'assign' ? t('deed.assign', { owner: owner ?? '' }) : t('deed.acknowledge');
}

/**
 * How a deed stands that is not confirmed, in a sentence; `alert` is what it was done to, as it is now, and `newest` what the
 * server last told of it.
 */
export function unsettledWords(deed: Deed, alert: Alert, newest?: HistoryEntry): string {
  const words = deedWords(deed);
  switch (deed.standing.kind) {
    case 'refused':
      return t('deed.refused', { deed: words, why: whyWords(deed.standing.status) });
    case 'conflict':
      return [t('deed.conflict', { deed: words, theirs: theirsWords(deed, alert) }), newest && tellerWords(newest)].filter(Boolean).join(' ');
    default:
      return t('deed.waiting', { deed: words });
  }
}

/** Who has it by what the server told last, and when that came. */
function tellerWords({ owner, received_at }: HistoryEntry): string {
  const time = exactWords(received_at, locale());
  return owner === null ? t('deed.told', { time }) : t('deed.told_by', { owner, time });
}

/** What somebody else has made of it. */
function theirsWords({ action }: Deed, alert: Alert): string {
  if (action !== 'assign') return t(`state.${alert.state}`);
  const { owner } = alert.facts;
  return owner === null ? t('alert.nobody') : t('deed.assign', { owner });
}

function whyWords(status: number | null): string {
  switch (status) {
    case null:
      return t('deed.why.not_offered');
    case 403:
      return t('deed.why.forbidden');
    case 404:
    case 410:
      return t('deed.why.not_found');
    default:
      return t('deed.why.status', { status: String(status) });
  }
}
