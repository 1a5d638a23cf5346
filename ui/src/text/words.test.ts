import { beforeEach, describe, expect, it } from 'vitest';

import type { GapView } from '../bridge/types';
import { speak } from './speak.fixture';
import { gapWords } from './words';

const gap = (reason: string, how: string | null = null, closed_at: number | null = null): GapView => ({
  source: 1,
  start: 0,
  end: how === null ? null : 1,
  reason,
  closed_at,
  how,
});

describe('a gap', () => {
  beforeEach(() => speak('en'));

  it.each([
    ['not_running', 'Vigie was not running.', 'Vigie ne tournait pas.'],
    ['signed_out', 'You were signed out.', 'Vous étiez déconnecté de cette source.'],
    ['unreachable', 'The server could not be reached.', 'Le serveur était injoignable.'],
    ['closed', 'The connection was lost: the server closed it.', 'La connexion a été perdue : le serveur l’a fermée.'],
    ['disconnected', 'Nothing was connected.', 'Rien n’était connecté.'],
  ])('says why nothing was connected: %s', (reason, english, french) => {
    expect(gapWords(gap(reason))).toBe(english);
    speak('fr');
    expect(gapWords(gap(reason))).toBe(french);
  });

  it('also says why it stays, once', () => {
    expect(gapWords(gap('not_running', 'not_replayable'))).toBe('Vigie was not running. The server cannot give what was missed.');
    expect(gapWords(gap('list_full', 'list_full'))).toBe('More was missed than the server gives.');
    expect(gapWords(gap('silent', 'lists', 2))).toBe('The connection was lost: the server stopped answering.');
  });

  it('never shows a word that is no text', () => {
    expect(gapWords(gap('of_tomorrow'))).toBe('The reason is not known to this version.');
  });
});
