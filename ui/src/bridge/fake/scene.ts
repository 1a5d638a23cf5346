import type { AlertState, Begun, FailureCode, Notice } from '../types';

/** What the fake desk plays, chosen in the address: `fake.html?link=offline&language=fr`. */
export interface Scene {
  /** No source yet. */
  first: boolean;
  /** How many sources there are; more than two are of different profiles. */
  sources: number;
  /** Alerts, transactions and activity: some, or none. */
  filled: boolean;
  /** How the first source's link stands. */
  link: string;
  language: string;
  notices: Notice[];
  /** What took the place of a damaged database. */
  begun: Begun['with'];
  /** Every list fails so. */
  failing: FailureCode | null;
  /** Whatever the server is asked to do fails so. */
  refusing: FailureCode | null;
  /** Whatever is done to an alert, somebody else has made it this before. */
  overtaken: AlertState | null;
  /** An administrator has set some of the settings. */
  managed: boolean;
  /** The settings' file is wrong. */
  wrong: boolean;
  /** No alert is hostile: for pictures that are shown to people. */
  tame: boolean;
  /** The newer version that is offered; `none`: this copy does not update itself. */
  update: string | null;
  /** Nothing new arrives. */
  still: boolean;
  /** Each answer takes this long, in milliseconds. */
  delay: number;
}

/** Reads a scene from the address. */
export function sceneFrom(params: URLSearchParams): Scene {
  return {
    first: params.has('first'),
    sources: Number(params.get('sources') ?? 2),
    filled: !params.has('empty'),
    link: params.get('link') ?? 'live',
    language: params.get('language') ?? 'en',
    notices: (params.get('notices')?.split(',') ?? []) as Notice[],
    begun: (params.get('begun') ?? 'backup') as Begun['with'],
    failing: params.get('failing') as FailureCode | null,
    refusing: params.get('refusing') as FailureCode | null,
    overtaken: params.get('overtaken') as AlertState | null,
    managed: params.has('managed'),
    wrong: params.has('wrong'),
    tame: params.has('tame'),
    update: params.get('update'),
    still: params.has('still'),
    delay: Number(params.get('delay') ?? 0),
  };
}
