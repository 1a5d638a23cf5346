import type { Bridge } from '../bridge/bridge';
import type { Activity, Kind, Transaction } from '../bridge/types';
import type { Feeding, FeedFilter } from './feed.svelte';
import { thingOf } from './standing';

/** Which activity is listed. */
export interface ActivityFilter extends FeedFilter {
  kind: Kind | null;
}

/** The kinds that the activity is made of. */
export const ACTIVITY_KINDS = [
  'metrics',
  'analysis',
  'progress',
  'portfolio',
  'order',
  'position',
  'balance',
  'watchlist',
  'payment_stream',
  'other',
] as const satisfies readonly Kind[];

/** The feed of transactions. */
export function transactionsOf(bridge: Bridge): Feeding<Transaction, FeedFilter> {
  return {
    filter: { source: null },
    page: (range) => bridge.transactions(range),
    newest: (overview) => overview.newest_transaction,
    thing: () => null,
  };
}

/** The feed of everything that is neither a transaction nor an alert. */
export function activityOf(bridge: Bridge): Feeding<Activity, ActivityFilter> {
  return {
    filter: { source: null, kind: null },
    page: (range) => bridge.activity(range),
    newest: (overview) => overview.newest_activity,
    thing: thingOf,
  };
}
