import type { ActionKind, Link, ParameterView, ProfileView, SourceView } from '../types';
import type { Scene } from './scene';

const MINUTE = 60_000;

function parameter(name: string, title: string, example: string, over: Partial<ParameterView> = {}): ParameterView {
  return { name, title, example, many: false, required: false, ...over };
}

/** The profiles of a scene. */
export const PROFILES: ProfileView[] = [
  {
    name: 'big-defend',
    title: 'Big Defend IA',
    url: 'http://localhost:8000',
    sign_in: { user: true, secret: 'password', optional: false },
    parameters: [],
    own: false,
  },
  {
    name: 'aml',
    title: 'AML monitoring',
    url: 'http://localhost:8000',
    sign_in: { user: false, secret: 'token', optional: true },
    parameters: [],
    own: false,
  },
  {
    name: 'credit',
    title: 'Credit desk',
    url: 'http://localhost:8000',
    sign_in: { user: true, secret: null, optional: false },
    parameters: [
      parameter('subscriptions', 'Subscriptions', 'credit_updates, market_alerts', { many: true }),
      parameter('calculation', 'Calculation', 'calc-1042'),
    ],
    own: false,
  },
  {
    name: 'trading',
    title: 'Trading',
    url: 'http://localhost:3000',
    sign_in: { user: true, secret: 'password', optional: false },
    parameters: [],
    own: false,
  },
  {
    name: 'flowfi',
    title: 'FlowFi payment streams',
    url: 'http://localhost:3001',
    sign_in: { user: false, secret: 'token', optional: true },
    parameters: [
      parameter('streams', 'Streams', '1, 2', { many: true }),
      parameter('users', 'Addresses', 'GABC…', { many: true }),
      parameter('all', 'All streams', 'true'),
    ],
    own: false,
  },
  {
    name: 'branch-host',
    title: 'Branch host (north)',
    url: 'https://host.bank.example',
    sign_in: { user: false, secret: 'key', optional: false },
    parameters: [parameter('region', 'Region', 'FR-75', { required: true })],
    own: true,
  },
];

/** A link in each of its states. */
export function linkOf(name: string, now: number): Link {
  const live = { state: 'live', round_trip_ms: null, transport: 'websocket', fallback: false } as const;
  const links: Record<string, Link> = {
    live: { ...live, round_trip_ms: 3 },
    sse: { ...live, transport: 'sse' },
    fallback: { ...live, transport: 'polling', fallback: true },
    paused: { state: 'paused' },
    connecting: { state: 'connecting' },
    catching_up: { state: 'catching_up', fetched: 1204 },
    retrying: { state: 'retrying', until: now + 9_000, why: 'closed', attempts: 1 },
    offline: { state: 'retrying', until: now + 42_000, why: 'unreachable', attempts: 7 },
    disk_full: { state: 'retrying', until: now + 2_000, why: 'disk_full', attempts: 3 },
    signed_out: { state: 'signed_out', reason: 'session_ended' },
    credential_refused: { state: 'signed_out', reason: 'credential_refused' },
    refused: { state: 'refused', why: 'forbidden' },
  };
  return links[name] ?? { state: 'connecting' };
}

const ALL_ACTIONS: ActionKind[] = ['change_state', 'assign', 'acknowledge', 'analyse'];

const RETAIL: SourceView = {
  id: 1,
  name: 'Retail cards',
  url: 'https://fraud.bank.example/',
  profile: 'big-defend',
  user: 'marie.laurent@bank.example',
  parameters: {},
  actions: ALL_ACTIONS,
  simulated: false,
  link: { state: 'connecting' },
  stored_until: null,
  remembered: true,
  rejected: 3,
};

const BUSINESS: SourceView = {
  ...RETAIL,
  id: 2,
  name: 'Business payments',
  url: 'https://payments.bank.example/',
  user: 'marie.laurent',
  actions: [],
  remembered: false,
  rejected: 0,
};

const OF_EVERY_PROFILE: readonly (readonly [Partial<SourceView>, string])[] = [
  [{ name: 'AML desk', profile: 'aml', url: 'https://aml.bank.example/', user: '' }, 'fallback'],
  [{ name: 'Credit desk', profile: 'credit', url: 'https://credit.bank.example/', parameters: { subscriptions: ['credit_updates', 'market_alerts'] } }, 'live'],
  [{ name: 'Trading floor', profile: 'trading', url: 'https://trading.bank.example/' }, 'signed_out'],
  [{ name: 'Payment streams', profile: 'flowfi', url: 'https://flows.bank.example/', user: '', parameters: { streams: ['1', '2'], users: ['GDQK7PXR4YQZ'] } }, 'sse'],
];

/** The sources of a scene: two of a kind, one of each profile, or as many as a side bar hardly holds. */
export function sourcesOf(scene: Scene, now: number): SourceView[] {
  if (scene.first) return [];
  const stored_until = scene.link === 'live' ? now : now - 23 * MINUTE;
  const first: SourceView = { ...RETAIL, link: linkOf(scene.link, now), stored_until };
  if (scene.sources === 2) return [first, { ...BUSINESS, link: linkOf('live', now), stored_until: now }];
  const others = OF_EVERY_PROFILE.map(([over, link], index): SourceView => {
    const stored = link === 'signed_out' ? now - 190 * MINUTE : now;
    return { ...BUSINESS, ...over, id: index + 2, link: linkOf(link, now), stored_until: stored };
  });
  const sources = [first, ...others];
  for (let id = sources.length + 1; id <= scene.sources; id++) {
    sources.push({ ...BUSINESS, id, name: `Branch ${id}`, link: linkOf(id === 9 ? 'retrying' : 'live', now), stored_until: now });
  }
  return sources;
}
