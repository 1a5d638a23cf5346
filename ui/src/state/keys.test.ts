import { afterEach, describe, expect, it } from 'vitest';

import { askOf, moved } from './keys';

function press(key: string, on: HTMLElement = document.body, more: KeyboardEventInit = {}) {
  let ask: ReturnType<typeof askOf> = null;
  const hear = (event: KeyboardEvent) => (ask = askOf(event));
  document.body.append(on === document.body ? document.createElement('i') : on);
  window.addEventListener('keydown', hear, { once: true });
  on.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, ...more }));
  return ask;
}

afterEach(() => document.body.replaceChildren());

describe('keys of a list', () => {
  it('moves by arrows and by j and k', () => {
    expect(press('ArrowDown')).toEqual({ move: 1 });
    expect(press('j')).toEqual({ move: 1 });
    expect(press('k')).toEqual({ move: -1 });
  });

  it('leaves text fields alone', () => {
    expect(press('a', document.createElement('input'))).toBeNull();
  });

  it('leaves a button its Enter but not the letter keys', () => {
    expect(press('Enter', document.createElement('button'))).toBeNull();
    expect(press('a', document.createElement('button'))).toBe('acknowledge');
  });

  it('leaves the system its shortcuts', () => {
    expect(press('a', document.body, { ctrlKey: true })).toBeNull();
  });

  it('stays within the list', () => {
    expect(moved({ move: -1 }, 0, 5)).toBe(0);
    expect(moved({ move: 10 }, 2, 5)).toBe(4);
    expect(moved({ move: 1 }, -1, 5)).toBe(0);
    expect(moved({ jump: 'last' }, 0, 5)).toBe(4);
  });
});
