/** What a key asks of a list. */
export type Ask =
  | { move: number }
  | { jump: 'first' | 'last' }
  | 'open'
  | 'close'
  | 'acknowledge';

/** Rows that a page key moves by. */
const PAGE_STEP = 10;

const ANYWHERE: Record<string, Ask> = {
  j: { move: 1 },
  k: { move: -1 },
  a: 'acknowledge',
  Escape: 'close',
};

const IN_LIST: Record<string, Ask> = {
  ArrowDown: { move: 1 },
  ArrowUp: { move: -1 },
  PageDown: { move: PAGE_STEP },
  PageUp: { move: -PAGE_STEP },
  Home: { jump: 'first' },
  End: { jump: 'last' },
  Enter: 'open',
};

/** What a key asks for, by where it was pressed: text fields and controls keep the keys they need. */
export function askOf(event: KeyboardEvent): Ask | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return null;
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest('input, select, textarea, dialog')) return null;
  const elsewhere = target?.closest('button, a, summary, [role="separator"], [data-own-keys]');
  return ANYWHERE[event.key] ?? (elsewhere ? null : IN_LIST[event.key]) ?? null;
}

/** Where the cursor goes in a list of this length; `from` is -1 while it is nowhere. */
export function moved(ask: Exclude<Ask, string>, from: number, length: number): number {
  if ('jump' in ask) return ask.jump === 'first' ? 0 : length - 1;
  return Math.max(0, Math.min(length - 1, from < 0 ? 0 : from + ask.move));
}
