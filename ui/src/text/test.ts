import type { Failure, StepFound, StepStanding } from '../bridge/types';
import { locale, t } from './text.svelte';
import { dateWords } from './time';
import { problemWords } from './words';

/** How a step of a test stands; `current`: it is the one that is under way. */
export function stepWords(standing: StepStanding, current: boolean): string {
  switch (standing.state) {
    case 'fine':
      return foundWords(standing.found);
    case 'failed':
      return problemWords(standing.why);
    case 'waiting':
      return current ? t('step.current') : '';
    case 'not_reached':
      return t('step.not_reached');
  }
}

/** What whoever helps wants to know of a failure; the vault's and the server's refusals say all. */
export function detailWords({ code, message }: Failure): string {
  return code.endsWith('_refused') || code === 'no_credential' ? '' : message;
}

function foundWords(found: StepFound): string {
  switch (found.what) {
    case 'addresses':
      return t('found.addresses', { host: found.host, n: found.count });
    case 'encrypted':
      return encryptedWords(found);
    case 'opened':
      return t(found.fallback ? 'found.opened_fallback' : 'found.opened', { transport: t(`transport.${found.transport}`) });
    case 'nothing':
      return t('found.nothing', { n: found.seconds });
    default:
      return t(`found.${found.what}`);
  }
}

function encryptedWords({ version, valid_until }: StepFound & { what: 'encrypted' }): string {
  if (version === null) return t('found.encrypted');
  return valid_until === null ? version : t('found.encrypted_until', { version, date: dateWords(valid_until, locale()) });
}
