/**
 * A key as the table of commands names it: `j`, `Shift+j`, `ArrowDown`, `Mod+k` (Ctrl, or Cmd on a Mac), or two one after
 * the other: `g a`.
 */
export type Keys = string;

/** The first of two keys. */
export const LEADER = 'g';

/** Keys that buttons, panes and fields need themselves. */
const OWN = new Set(['ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'Home', 'End', 'Enter', 'Mod+a']);

/** Where text is written. */
const FIELD = 'input:not([type="checkbox"], [type="radio"]), select, textarea, [contenteditable]';
/** What has a use of its own for keys like Enter and the arrows. */
const CONTROL = 'button, a, summary, input, [role="separator"], [data-own-keys]';

const isLetter = (key: string) => /^\p{L}$/u.test(key);

/**
 * Whether keys are a letter or a sign alone, with Shift or without, or two of them: something that one may also say or
 * dictate.
 */
export const isSign = (keys: Keys) => [...keys.replace(/^Shift\+|^g /, '')].length === 1;

/** The key that was pressed, as the table names it; `null`: one that belongs to the system. */
export function keyOf(event: KeyboardEvent): Keys | null {
  if (event.altKey || event.isComposing) return null;
  // Where Shift is needed to type a sign it says nothing; with a letter it does, and Caps Lock does not.
  const key = isLetter(event.key) ? event.key.toLowerCase() : event.key;
  const shift = event.shiftKey && (isLetter(event.key) || event.key.length > 1) ? 'Shift+' : '';
  return `${event.ctrlKey || event.metaKey ? 'Mod+' : ''}${shift}${key}`;
}

/** Whether a key means a command where it was pressed. In a dialog none does, and the caller has to know of that. */
export function isHeard(keys: Keys, target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return true;
  const needed = OWN.has(keys.replace('Shift+', ''));
  if (target.closest(FIELD)) return keys.startsWith('Mod+') && !needed;
  return !needed || !target.closest(CONTROL);
}

/** Where a list is gone to. */
export type Step = { by: number } | { to: 'first' | 'last' };

/** Where the cursor was: on a row, or, as that row has left the list, just before the one that has its place now. */
export interface Whence {
  index: number;
  gone: boolean;
}

/** Where the cursor goes in a list of this length; it is nowhere yet where its index is -1. */
export function moved(step: Step, { index, gone }: Whence, length: number): number {
  if ('to' in step) return step.to === 'first' ? 0 : length - 1;
  const by = gone && step.by > 0 ? step.by - 1 : step.by;
  return Math.max(0, Math.min(length - 1, index < 0 ? 0 : index + by));
}
