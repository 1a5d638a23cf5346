import { describe, expect, it } from 'vitest';

import { fit } from './find';

describe('what is typed into the palette', () => {
  it.each(['f', 'fp', 'fa po', 'FALSE', 'false positive', 'positive', ''])('fits by the beginnings of words: “%s”', (query) => {
    expect(fit(query, 'False positive')).not.toBeNull();
  });

  it.each(['alse', 'pf', 'falsepositives', 'x'])('does not fit by anything else: “%s”', (query) => {
    expect(fit(query, 'False positive')).toBeNull();
  });

  it('needs no accents and no capitals', () => {
    expect(fit('enqueter', 'Enquêter')).toBe(0);
    expect(fit('ÉNQ', 'enquêter')).toBe(0);
    expect(fit('me lattr', 'Me l’attribuer')).toBe(0);
  });

  it('goes back where the longest beginning leads nowhere', () => {
    expect(fit('sealert', 'se seal alert')).toBe(0);
    expect(fit('aab', 'aa ab')).toBe(0);
  });

  it('says how many words it passes over', () => {
    expect(fit('alerts', 'Go to Alerts')).toBe(2);
  });

  it('comes to an end with a name made to have none', () => {
    const hostile = Array.from({ length: 2_000 }, () => 'aaaaaaaa').join(' ');
    expect(fit(`${'a'.repeat(60)}b`, hostile)).toBeNull();
  });
});
