import { flushSync } from 'svelte';
import { describe, expect, it, vi } from 'vitest';

import type { Bridge } from './bridge/bridge';
import { fakeBridge } from './bridge/fake';
import { sceneFrom } from './bridge/fake/scene';
import { all, fill, one, open, press, refuse, type, until, useWindow, words } from './window.fixture';

useWindow();

describe('the search', () => {
  const box = () => one('search-box') as HTMLInputElement;

  async function search(text: string, scene = '', over: Partial<Bridge> = {}) {
    const view = await open(scene, over);
    press('nav-search');
    fill(box(), text);
    await until(() => expect(view.search.phase).not.toBe('loading'));
    flushSync();
    return view;
  }

  it('finds everything that is stored, and opens what it is', async () => {
    const view = await search('kind:alert is:open');
    expect(all('found-row').length).toBeGreaterThan(5);
    press('found-row');
    await until(() => expect(view.alert.detail?.alert.id).toBe(view.search.rows[0]?.alert));
    flushSync();
    expect(all('alert-detail')).toHaveLength(1);
    fill(box(), 'kind:transaction');
    await until(() => expect(view.search.rows[0]?.kind).toBe('transaction'));
    flushSync();
    press('found-row');
    await until(() => expect(all('transaction-detail')).toHaveLength(1));
  });

  it('asks as one types, but never for more than the newest question', async () => {
    const asked = vi.fn();
    const { search: answer } = fakeBridge(sceneFrom(new URLSearchParams('still')));
    const view = await search('e', '', { search: (query, before, limit) => (asked(query.text), answer(query, before, limit)) });
    await until(() => expect(view.search.phase).toBe('ready'));
    asked.mockClear();
    for (const text of ['el', 'ele', 'elen', 'elena']) fill(box(), text);
    await until(() => expect(view.search.rows.every(({ facts }) => facts.customer_name === 'Elena Petrova')).toBe(true));
    const words = new Set(asked.mock.calls.map(([text]) => text));
    expect([...words]).toEqual(['el', 'elena']);
  });

  it('shows what is in sight at once, and asks for the rest only when no key follows', async () => {
    const asked: [string, number | null][] = [];
    const { search: answer } = fakeBridge(sceneFrom(new URLSearchParams('still')));
    const view = await search('', '', { search: (query, before, limit) => (asked.push([query.text, before]), answer(query, before, limit)) });
    for (const text of ['e', 'el']) {
      fill(box(), text);
      await until(() => expect(asked.at(-1)).toEqual([text, null]));
    }
    await until(() => expect(view.search.phase).toBe('ready'));
    const inSight = view.search.rows;
    await until(() => expect(view.search.rows.length).toBeGreaterThan(inSight.length));
    expect(view.search.rows.slice(0, inSight.length)).toEqual(inSight);
    expect(asked.filter(([text, before]) => text === 'e' && before !== null)).toEqual([]);
  });

  it('finds in the one source that all places show', async () => {
    const view = await search('kind:alert', 'sources=5');
    expect(new Set(view.search.rows.map(({ source }) => source)).size).toBeGreaterThan(1);
    view.only(2);
    await until(() => expect(view.search.rows.every(({ source }) => source === 2)).toBe(true));
    expect(view.search.rows.length).toBeGreaterThan(0);
  });

  it('shows what is asked for by name as chips that can be taken away, and what is not understood', async () => {
    const view = await search('ada severity:high is:lost');
    expect(all('chip').map((chip) => words(chip))).toEqual(['severity:high ×', 'is:lost not understood ×']);
    one('chip').querySelector('button')?.click();
    await until(() => expect(view.search.text).toBe('ada is:lost'));
  });

  it('offers what can be meant, taken by keyboard', async () => {
    const view = await search('sev');
    expect(all('search-offer').map(words)).toEqual(['severity:']);
    const press = (key: string) => box().dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    press('ArrowDown');
    flushSync();
    expect(box().getAttribute('aria-activedescendant')).toBe(one('search-offer').id);
    press('Enter');
    await until(() => expect(view.search.text).toBe('severity:'));
    await until(() => expect(all('search-offer').map(words)).toContain('severity:critical'));
  });

  it('takes the likeliest offer by Tab while one types, and is left by Tab else', async () => {
    const view = await search('sev');
    const tab = (more = {}) => type('Tab', more, box()).defaultPrevented;
    expect(tab({ shiftKey: true })).toBe(false);
    expect(tab()).toBe(true);
    await until(() => expect(view.search.text).toBe('severity:'));
    await until(() => expect(all('search-offer').map(words)).toContain('severity:critical'));
    expect(tab()).toBe(true);
    await until(() => expect(view.search.text).toBe('severity:critical '));
    await until(() => expect(all('search-offer')).toHaveLength(0));
    expect(tab()).toBe(false);
    fill(box(), '');
    type('ArrowDown', {}, box());
    expect(all('search-offer').length).toBeGreaterThan(0);
    expect(tab()).toBe(false);
  });

  it('keeps a question as a view, with how much it finds', async () => {
    const view = await search('severity:critical is:open');
    press('keep-view');
    await until(() => expect(words(one('saved-view'))).toMatch(/^severity:critical is:open \d+\+?$/));
    press('nav-alerts');
    fill((press('nav-search'), box()), '');
    press('saved-view');
    await until(() => expect(view.search.text).toBe('severity:critical is:open'));
    press('keep-view');
    await until(() => expect(all('saved-view')).toHaveLength(0));
  });

  it.each([
    ['', 'Search everything that is stored'],
    ['xylophagous', 'Nothing was found.'],
  ])('says what is the case where there are no rows (%s)', async (text, said) => {
    await search(text);
    expect(words(one('search'))).toContain(said);
  });

  it('says why it did not work', async () => {
    await search('ada', '', { search: refuse('store_damaged') });
    expect(words(one('search'))).toContain('The search did not work.');
  });
});
