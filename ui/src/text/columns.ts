import type { Column } from '../state/columns';
import type { Key } from './text.svelte';

/** What stands above each column of the transactions. */
export const COLUMN_TEXTS = {
  time: 'column.time',
  customer: 'field.customer',
  merchant: 'field.merchant',
  where: 'field.where',
  source: 'field.source',
  channel: 'field.channel',
  score: 'column.score',
  amount: 'field.amount',
} as const satisfies Record<Column, Key>;
