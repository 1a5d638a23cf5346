import { flushSync } from 'svelte';
import { describe, expect, it } from 'vitest';

import { entriesOf } from './commands/entries';
import { all, one, open, press, until, useWindow, words } from './window.fixture';

useWindow();

const link = () => {
  const [state] = all('source', ' [data-testid="link-state"]');
  return state ? words(state) : '';
};

describe('a source that is paused', () => {
  it('says so on its card and over the lists, and goes on from either', async () => {
    await open('');
    press('nav-sources');
    press('pause-source');
    await until(() => expect(link()).toBe('Paused Go on'));
    expect(words(one('source'))).toContain('What is missed is fetched when it goes on.');
    const [card] = all('source');
    expect(card?.querySelector('[data-testid="pause-source"]')).toBeNull();
    press('nav-alerts');
    expect(words(one('offline-banner'))).toContain('Go on');
    one('offline-banner', ' button').click();
    await until(() => expect(all('offline-banner')).toHaveLength(0));
  });

  it('is paused and goes on from the palette', async () => {
    const view = await open('');
    const entry = () => entriesOf(view).find(({ id }) => id === 'pause_1');
    expect(entry()?.words).toBe('Pause the source Retail cards');
    entry()?.run();
    await until(() => expect(entry()?.words).toBe('Go on with the source Retail cards'));
    entry()?.run();
    flushSync();
    await until(() => expect(entry()?.words).toBe('Pause the source Retail cards'));
  });
});
