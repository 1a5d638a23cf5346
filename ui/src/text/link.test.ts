import { beforeEach, describe, expect, it } from 'vitest';

import type { Link } from '../bridge/types';
import { aSource } from '../state/fixtures';
import { isStale, linkWords, reasonWords, shownState } from './link';
import { speak } from './speak.fixture';

const NOW = new Date(2026, 2, 14, 14, 30).getTime();
const STORED = new Date(2026, 2, 14, 14, 2).getTime();

function words(link: Link, stored_until: number | null = STORED) {
  return linkWords(aSource({ link, stored_until }), NOW);
}

describe('a link in words', () => {
  beforeEach(() => speak('en'));

  const live = (over: Partial<Link & { state: 'live' }>): Link => ({
    state: 'live',
    round_trip_ms: null,
    transport: 'websocket',
    fallback: false,
    ...over,
  });

  it('is live, with its transport and how long a ping takes', () => {
    expect(words(live({ round_trip_ms: 3 }))).toBe('Live · WebSocket · 3 ms');
    expect(linkWords(aSource({ link: live({ round_trip_ms: 3 }) }), NOW, true)).toBe('Live · WebSocket');
    expect(words(live({ transport: 'sse' }))).toBe('Live · Server-Sent Events');
    expect(words(live({ transport: 'polling' }))).toBe('Live · polling');
  });

  it('says that a fallback is one, and is not out of date for it', () => {
    const source = aSource({ link: live({ transport: 'polling', fallback: true }) });
    expect(shownState(source)).toBe('fallback');
    expect(linkWords(source, NOW)).toBe('Live by polling');
    expect(reasonWords(source)).toBe('A better connection did not come up. Vigie keeps trying.');
    expect(isStale(source)).toBe(false);
  });

  it('counts what it has fetched', () => {
    expect(words({ state: 'catching_up', fetched: 1204 })).toBe('Catching up · 1,204 fetched');
  });

  it('counts down to the next try', () => {
    const link: Link = { state: 'retrying', until: NOW + 3_200, why: 'closed', attempts: 1 };
    expect(words(link)).toBe('Trying again in 4 s');
    expect(words({ ...link, until: NOW - 1 })).toBe('Trying again now');
  });

  it('is offline once it has failed for a while, and says until when all is stored', () => {
    const link: Link = { state: 'retrying', until: NOW + 30_000, why: 'unreachable', attempts: 3 };
    expect(shownState(aSource({ link }))).toBe('offline');
    expect(words(link)).toMatch(/^Offline · stored until (14:02|02:02 PM)$/);
    expect(words(link, null)).toBe('Offline');
    expect(isStale(aSource({ link }))).toBe(true);
    expect(isStale(aSource({ link: { ...link, attempts: 1 } }))).toBe(false);
  });

  it('says why it does not try any more', () => {
    const source = aSource({ link: { state: 'signed_out', reason: 'password_refused' } });
    expect(linkWords(source, NOW)).toBe('Signed out');
    expect(reasonWords(source)).toBe('The server refused the name or the password.');
  });

  it('speaks French', () => {
    speak('fr');
    expect(words(live({ round_trip_ms: 3 }))).toBe('En direct · WebSocket · 3 ms');
  });
});
