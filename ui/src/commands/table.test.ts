import { describe, expect, it } from 'vitest';

import { isHeard, keyOf } from './keys';
import { COMMANDS, GROUPS } from './table';

/** Keys that mean one thing or another, by what there is to do: the first in the table that can. */
const SHARED = ['Escape'];

const keys = COMMANDS.flatMap((command) => command.keys);

describe('the table of commands', () => {
  it('has no two commands of one name', () => {
    const ids = COMMANDS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has no key that means two things', () => {
    const once = keys.filter((key) => !SHARED.includes(key));
    expect(new Set(once).size).toBe(once.length);
  });

  it('lets Escape clear the selection before it closes the detail', () => {
    expect(COMMANDS.filter((command) => command.keys.includes('Escape')).map(({ id }) => id)).toEqual(['choose_none', 'close']);
  });

  it.each([
    ['j', 'next'], ['k', 'previous'], ['ArrowDown', 'next'], ['ArrowUp', 'previous'], ['Home', 'first'], ['End', 'last'],
    ['PageDown', 'page_down'], ['PageUp', 'page_up'], ['Enter', 'open'],
    ['a', 'seen'], ['r', 'resolved'], ['f', 'false_positive'], ['i', 'investigating'], ['e', 'escalated'], ['m', 'assign'],
    ['x', 'choose'], ['Mod+a', 'choose_all'], ['/', 'search'], ['?', 'sheet'], ['Mod+k', 'palette'], ['Mod+q', 'quit'],
    ['g a', 'go_alerts'], ['g t', 'go_transactions'], ['g c', 'go_activity'], ['g s', 'go_sources'], ['p', 'pause'],
  ])('keeps the key that analysts have learned: %s is %s', (key, id) => {
    expect(COMMANDS.find((command) => command.keys.includes(key))?.id).toBe(id);
  });

  it('names each key as the keyboard gives it', () => {
    for (const key of keys.flatMap((two) => two.split(' '))) {
      const parts = key.split('+');
      const pressed = new KeyboardEvent('keydown', {
        key: parts.at(-1) ?? '',
        shiftKey: parts.includes('Shift'),
        ctrlKey: parts.includes('Mod'),
      });
      expect(keyOf(pressed)).toBe(key);
      expect(isHeard(key, document.body)).toBe(true);
    }
  });

  it('has every command in a group of the sheet', () => {
    for (const { group } of COMMANDS) expect(GROUPS).toContain(group);
  });
});
