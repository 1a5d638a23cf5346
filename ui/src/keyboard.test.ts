import { flushSync } from 'svelte';
import { describe, expect, it, vi } from 'vitest';

import { all, chosen, fill, go, one, onNew, open, press, type, until, useWindow, words } from './window.fixture';

useWindow();

const SHIFT = { shiftKey: true };
const CTRL = { ctrlKey: true };

describe('letters', () => {
  it('never act while one types, with a modifier, or in a dialog', async () => {
    const act = vi.fn(async () => 1);
    const view = await open('', { act });
    onNew(view);
    const field = document.createElement('input');
    document.body.append(field);
    expect(type('r', {}, field).defaultPrevented).toBe(false);
    for (const more of [CTRL, { metaKey: true }, { altKey: true }]) type('r', more);
    type('?', SHIFT);
    expect(document.querySelector('dialog')?.open).toBe(true);
    type('r');
    type('r', {}, document.body);
    expect(act).not.toHaveBeenCalled();
  });
});

describe('letters and signs', () => {
  it('are no commands where that is switched off, and all else is', async () => {
    const act = vi.fn(async () => 1);
    const view = await open('', { act });
    onNew(view);
    await view.settings.change(({ window }) => (window.single_keys = false));
    for (const key of ['r', 'f', '/', '?', 'g', 's']) expect(type(key).defaultPrevented, key).toBe(false);
    type('X', SHIFT);
    expect(act).not.toHaveBeenCalled();
    expect([view.place, document.querySelector('dialog[open]')]).toEqual(['alerts', null]);
    expect(type('ArrowDown').defaultPrevented).toBe(true);
    expect(words(one('open-sheet'))).not.toContain('?');
    type('k', CTRL);
    expect(document.querySelector('dialog')?.open).toBe(true);
  });
});

describe('moving through a list', () => {
  it('takes the focus along from a button', async () => {
    const view = await open('');
    const list = document.querySelector<HTMLElement>('[role=listbox]');
    one('nav-alerts').focus();
    type('j');
    flushSync();
    expect(view.selectedAlert).not.toBe(null);
    expect(document.activeElement).toBe(list);
  });
});

describe('g and a letter', () => {
  it.each([['t', 'transactions'], ['c', 'activity'], ['s', 'sources'], ['a', 'alerts']] as const)('g %s goes to %s', async (letter, place) => {
    const view = await open('');
    view.place = place === 'alerts' ? 'sources' : 'alerts';
    flushSync();
    type('g');
    type(letter);
    expect(view.place).toBe(place);
  });

  it('is never the letter alone', async () => {
    const [act, acknowledge] = [vi.fn(async () => 1), vi.fn(async () => {})];
    const view = await open('', { act, acknowledge });
    onNew(view);
    for (const letter of ['r', 'f', 'x', 'a']) {
      type('g');
      type(letter);
    }
    expect([...act.mock.calls, ...acknowledge.mock.calls, ...chosen(view)]).toEqual([]);
  });
});

describe('the sheet of keys', () => {
  it('has every key of the table, by ? and by the mouse', async () => {
    await open('');
    type('?', SHIFT);
    expect(words(one('sheet').querySelector<HTMLElement>('[data-command=resolved]') ?? document.body)).toBe('Resolve as fraud R');
    expect(one('sheet').querySelectorAll('section')).toHaveLength(5);
    one('sheet').closest('dialog')?.querySelector('button')?.click();
    flushSync();
    expect(all('sheet')).toHaveLength(0);
    press('open-sheet');
    expect(all('sheet')).toHaveLength(1);
  });

  it('is opened by the palette, and stays open as that one goes', async () => {
    const view = await open('');
    type('k', CTRL);
    fill(one('palette'), 'keys');
    const palette = one('palette').closest('dialog');
    type('Enter');
    await until(() => expect(all('sheet')).toHaveLength(1));
    // A browser tells that a dialog was closed when it is gone.
    palette?.dispatchEvent(new Event('close'));
    flushSync();
    expect(view.aid).toBe('sheet');
  });
});

describe('/', () => {
  it('goes to the search, and back into its box from what was found', async () => {
    await open('sources=5');
    await go('activity');
    type('/');
    await until(() => expect(document.activeElement).toBe(one('search-box')));
    (document.activeElement as HTMLElement).blur();
    type('/');
    expect(document.activeElement).toBe(one('search-box'));
  });
});
