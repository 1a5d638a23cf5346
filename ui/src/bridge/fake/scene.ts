import type { FailureCode, Link, Notice, SourceView } from '../types';

/** What the fake desk plays, chosen in the address: `fake.html?link=offline&language=fr`. */
export interface Scene {
  /** No source yet. */
  first: boolean;
  /** Alerts and transactions: some, or none. */
  filled: boolean;
  /** How the first source's link stands. */
  link: string;
  language: string;
  notices: Notice[];
  /** Every list fails so. */
  failing: FailureCode | null;
  /** Nothing new arrives. */
  still: boolean;
  /** Each answer takes this long, in milliseconds. */
  delay: number;
}

/** Reads a scene from the address. */
export function sceneFrom(params: URLSearchParams): Scene {
  return {
    first: params.has('first'),
    filled: !params.has('empty'),
    link: params.get('link') ?? 'live',
    language: params.get('language') ?? 'en',
    notices: (params.get('notices')?.split(',') ?? []) as Notice[],
    failing: params.get('failing') as FailureCode | null,
    still: params.has('still'),
    delay: Number(params.get('delay') ?? 0),
  };
}

const MINUTE = 60_000;

/** A link in each of its states. */
export function linkOf(name: string, now: number): Link {
  const links: Record<string, Link> = {
    live: { state: 'live', round_trip_ms: 3 },
    connecting: { state: 'connecting' },
    catching_up: { state: 'catching_up', fetched: 1204 },
    retrying: { state: 'retrying', until: now + 9_000, why: 'closed', attempts: 1 },
    offline: { state: 'retrying', until: now + 42_000, why: 'unreachable', attempts: 7 },
    signed_out: { state: 'signed_out', reason: 'session_ended' },
    refused: { state: 'refused', why: 'forbidden' },
  };
  return links[name] ?? { state: 'connecting' };
}

/** The sources of a scene. */
export function sourcesOf(scene: Scene, now: number): SourceView[] {
  if (scene.first) return [];
  return [
    {
      id: 1,
      name: 'Retail cards',
      url: 'https://fraud.bank.example/',
      profile: 'big-defend',
      user: 'marie.laurent@bank.example',
      simulated: false,
      link: linkOf(scene.link, now),
      stored_until: scene.link === 'live' ? now : now - 23 * MINUTE,
      remembered: true,
      rejected: 3,
    },
    {
      id: 2,
      name: 'Business payments',
      url: 'https://payments.bank.example/',
      profile: 'big-defend',
      user: 'marie.laurent',
      simulated: false,
      link: { state: 'live', round_trip_ms: 41 },
      stored_until: now,
      remembered: false,
      rejected: 0,
    },
  ];
}
