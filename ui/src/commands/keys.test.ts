import { afterEach, describe, expect, it } from 'vitest';

import { isHeard, keyOf, moved } from './keys';

const key = (key: string, more: KeyboardEventInit = {}) => keyOf(new KeyboardEvent('keydown', { key, ...more }));

function inside(html: string): Element {
  document.body.innerHTML = html;
  const target = document.body.querySelector('[id]');
  if (!target) throw new Error('nothing to press a key on');
  return target;
}

afterEach(() => document.body.replaceChildren());

describe('a key', () => {
  it('is the letter on it, whatever Caps Lock says; with Shift it is another', () => {
    expect(key('r')).toBe('r');
    expect(key('R')).toBe('r');
    expect(key('J', { shiftKey: true })).toBe('Shift+j');
    expect(key('ArrowDown', { shiftKey: true })).toBe('Shift+ArrowDown');
  });

  it('is the sign that is typed where Shift is needed to type it', () => {
    expect(key('?', { shiftKey: true })).toBe('?');
    expect(key('/', { shiftKey: true })).toBe('/');
  });

  it('with Ctrl or Cmd is never the letter alone', () => {
    expect(key('r', { ctrlKey: true })).toBe('Mod+r');
    expect(key('k', { metaKey: true })).toBe('Mod+k');
  });

  it('belongs to the system with Alt, and to the keyboard while it composes', () => {
    expect(key('f', { altKey: true })).toBeNull();
    expect(key('a', { isComposing: true })).toBeNull();
  });
});

describe('where a key is pressed', () => {
  it.each(['<input id="it">', '<textarea id="it"></textarea>', '<select id="it"></select>', '<p contenteditable><b id="it">a</b></p>'])(
    'letters are text in %s, and the palette opens all the same',
    (html) => {
      const field = inside(html);
      for (const letter of ['a', 'r', 'f', 'g', '?', '/', 'Escape', 'Mod+a']) expect(isHeard(letter, field)).toBe(false);
      expect(isHeard('Mod+k', field)).toBe(true);
    },
  );

  it('a button keeps Enter and a pane the arrows, but not the letters', () => {
    for (const html of ['<button><i id="it"></i></button>', '<div data-own-keys><p id="it"></p></div>', '<input type="checkbox" id="it">']) {
      const control = inside(html);
      for (const own of ['Enter', 'ArrowDown', 'Shift+ArrowDown', 'Mod+a']) expect(isHeard(own, control)).toBe(false);
      for (const letter of ['a', 'r', 'j', 'Escape', '?']) expect(isHeard(letter, control)).toBe(true);
    }
  });
});

describe('the cursor', () => {
  const on = (index: number) => ({ index, gone: false });

  it('stays within the list', () => {
    expect(moved({ by: -1 }, on(0), 5)).toBe(0);
    expect(moved({ by: 10 }, on(2), 5)).toBe(4);
    expect(moved({ to: 'last' }, on(4), 5)).toBe(4);
  });

  it('begins at the first row', () => {
    expect(moved({ by: 1 }, on(-1), 5)).toBe(0);
  });

  it('passes over nothing once its row has left the list', () => {
    const gone = { index: 2, gone: true };
    expect(moved({ by: 1 }, gone, 5)).toBe(2);
    expect(moved({ by: -1 }, gone, 5)).toBe(1);
    expect(moved({ by: 1 }, gone, 2)).toBe(1);
  });
});
