import { flushSync } from 'svelte';
import { expect, describe, it, vi } from 'vitest';

import type { Bridge } from './bridge/bridge';
import { fakeBridge } from './bridge/fake';
import { sceneFrom } from './bridge/fake/scene';
import type { Found, FoundRow } from './bridge/types';
import { NO_FACTS } from './state/fixtures';
import { all, open, until, useWindow, words } from './window.fixture';

useWindow();

/** Longer than it is waited between two rounds, in milliseconds. */
const LATER = 15_000;

/** Opens the window with these views kept. */
async function openWith(views: string[], search: Bridge['search']) {
  const { settings } = fakeBridge(sceneFrom(new URLSearchParams('still')));
  const told = await settings();
  const { window } = told.settings;
  return open('', { search, settings: async () => ({ ...told, settings: { ...told.settings, window: { ...window, views } } }) });
}

const shown = () => all('saved-view').map(words);
const none: Found = { rows: [], next: null };
const found: FoundRow = { id: 1, source: 2, kind: 'transaction', what: null, subject: 's', received_at: 0, facts: NO_FACTS, alert: null };

describe('views that are kept', () => {
  it('are counted one after the other, the next round after the last, and not while the window is hidden', async () => {
    const answers: ((found: Found) => void)[] = [];
    const search = vi.fn<Bridge['search']>(() => new Promise((resolve) => answers.push(resolve)));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'], shouldAdvanceTime: true });
    try {
      await openWith(['is:open', 'is:closed'], search);
      const asked = () => search.mock.calls.map(([{ is }]) => is[0]);
      await vi.advanceTimersByTimeAsync(LATER);
      expect(asked()).toEqual(['open']);
      answers[0]?.(none);
      await vi.advanceTimersByTimeAsync(LATER);
      expect(asked()).toEqual(['open', 'closed']);
      const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
      answers[1]?.(none);
      await vi.advanceTimersByTimeAsync(3 * LATER);
      expect(asked()).toEqual(['open', 'closed']);
      hidden.mockReturnValue(false);
      await vi.advanceTimersByTimeAsync(LATER);
      expect(asked()).toEqual(['open', 'closed', 'open']);
    } finally {
      vi.useRealTimers();
    }
  });

  it('have no number where it cannot be told, and the others have theirs', async () => {
    const search = vi.fn<Bridge['search']>(({ is }) => (is[0] === 'open' ? Promise.reject({ code: 'store_damaged', message: '' }) : Promise.resolve(none)));
    const view = await openWith(['is:open', 'is:closed'], search);
    await until(() => expect(shown()).toEqual(['is:open', 'is:closed 0']));
    expect(view.problem).toBeNull();
  });

  it('have the number of what a click on them shows, also where one source alone is shown', async () => {
    const two = { ...none, rows: [found, found] };
    let answer = () => new Promise<Found>(() => {});
    const search = vi.fn<Bridge['search']>(async ({ source }) => (source === 1 ? answer() : source === 2 ? { ...none, rows: [found] } : two));
    const view = await openWith(['is:open', 'source:"Retail cards"'], search);
    await until(() => expect(shown()).toEqual(['is:open 2', 'source:"Retail cards"']));
    // At once, not with the next round.
    answer = async () => two;
    view.only(2);
    flushSync();
    // A view that names its source shows that one.
    await until(() => expect(shown()).toEqual(['is:open 1', 'source:"Retail cards" 2']));
    view.find('is:open');
    await until(() => expect(view.search.rows).toHaveLength(1));
  });

  it('are counted at once where one took the place of another', async () => {
    const search = vi.fn<Bridge['search']>(async () => none);
    const view = await openWith(['is:open', 'is:closed'], search);
    await until(() => expect(shown()).toEqual(['is:open 0', 'is:closed 0']));
    search.mockClear();
    await view.settings.change(({ window }) => (window.views = ['is:open', 'is:seen']));
    flushSync();
    await until(() => expect(shown()).toEqual(['is:open 0', 'is:seen 0']));
    expect(search.mock.calls[0]?.[0].is).toEqual(['seen']);
  });
});
