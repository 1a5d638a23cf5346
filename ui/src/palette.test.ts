import { describe, expect, it, vi } from 'vitest';

import type { Bridge } from './bridge/bridge';
import { all, fill, go, one, onNew, open, press, type, until, useWindow, words } from './window.fixture';

useWindow();

const SHIFT = { shiftKey: true };
const CTRL = { ctrlKey: true };

describe('the palette', () => {
  const entries = () => all('palette-entry').map(({ dataset }) => dataset['entry']);
  const current = () => document.getElementById(one('palette').getAttribute('aria-activedescendant') ?? '')?.dataset['entry'];

  it('has every place, every source and what can be done now', async () => {
    await open('sources=5');
    type('k', CTRL);
    expect(entries()).toEqual(expect.arrayContaining(['go_alerts', 'go_transactions', 'go_activity', 'go_sources', 'source_1', 'source_5', 'quit', 'next']));
    for (const vain of ['resolved', 'seen', 'choose', 'close', 'palette', 'source_all']) expect(entries()).not.toContain(vain);
  });

  it('is a box in which the arrows choose and Enter runs', async () => {
    const view = await open('');
    await go('activity');
    type('k', { metaKey: true });
    expect(document.activeElement).toBe(one('palette'));
    fill(one('palette'), 'go to');
    expect(entries()).toEqual(['go_search', 'go_alerts', 'go_transactions', 'go_activity', 'go_overview', 'go_sources', 'go_settings']);
    type('ArrowUp');
    expect(current()).toBe('go_settings');
    type('ArrowDown');
    type('ArrowDown');
    expect(current()).toBe('go_alerts');
    type('Enter');
    await until(() => expect(view.place).toBe('alerts'));
    expect(all('palette')).toHaveLength(0);
  });

  it('shows the keys that do the same', async () => {
    await open('');
    press('open-palette');
    expect(words(one('palette-entry', '[data-entry=go_activity]'))).toBe('Go to Activity GC');
  });

  it('has what was used last first, also in another window', async () => {
    await open('');
    for (const query of ['go act', 'go al']) {
      type('k', CTRL);
      fill(one('palette'), query);
      type('Enter');
      await until(() => expect(all('palette')).toHaveLength(0));
    }
    type('k', CTRL);
    expect(entries().slice(0, 2)).toEqual(['go_alerts', 'go_activity']);
    expect(localStorage.getItem('vigie.preferences')).toContain('"recent":["go_alerts","go_activity"]');
  });

  it('shows one source alone, whatever its name is made of', async () => {
    const view = await open('sources=5');
    type('k', CTRL);
    fill(one('palette'), 'credit');
    type('Enter');
    await until(() => expect(view.source).toBe(3));
  });

  it('does not run what has become impossible meanwhile', async () => {
    const act = vi.fn(async () => 1);
    const view = await open('', { act });
    onNew(view);
    type('k', CTRL);
    fill(one('palette'), 'resolve');
    expect(current()).toBe('resolved');
    view.selectedAlert = null;
    type('Enter');
    await until(() => expect(view.announcement).toBe('No alert is selected.'));
    expect(act).not.toHaveBeenCalled();
  });

  it('says when nothing begins like that, and runs nothing', async () => {
    const view = await open('');
    type('k', CTRL);
    fill(one('palette'), 'zebra');
    expect(words(document.querySelector<HTMLElement>('dialog [role=status]') ?? document.body)).toBe('No command begins like this');
    type('Enter');
    expect(view.aid).toBe('palette');
  });

  it('is not there before the first source', async () => {
    const quit = vi.fn<Bridge['quit']>(async () => {});
    await open('first', { quit });
    type('k', CTRL);
    type('?', SHIFT);
    expect(document.querySelector('dialog')).toBeNull();
  });
});
