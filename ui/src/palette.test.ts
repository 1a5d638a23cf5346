import { describe, expect, it, vi } from 'vitest';

import type { Bridge } from './bridge/bridge';
import type { View } from './state/view.svelte';
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

  it.each([
    ['theme dark', 'Theme: Dark', (view: View) => view.settings.window.theme, 'dark'],
    ['language fr', 'Language: Français', (view: View) => view.settings.window.language, 'fr'],
    ['dense', 'Dense rows', (view: View) => String(view.settings.window.dense), 'true'],
  ] as const)('sets how the window looks and speaks: %s', async (typed, said, read, set) => {
    const view = await open('');
    type('k', CTRL);
    fill(one('palette'), typed);
    expect(words(one('palette-entry'))).toBe(said);
    type('Enter');
    await until(() => expect(read(view)).toBe(set));
  });

  it('pauses notifications for a while or until tomorrow, and resumes them', async () => {
    const pauseNotifications = vi.fn(async () => {});
    const view = await open('', { pauseNotifications });
    for (const typed of ['pause notifications 15', 'pause notifications 1 hour', 'pause notifications until']) {
      type('k', CTRL);
      fill(one('palette'), typed);
      type('Enter');
      await until(() => expect(all('palette')).toHaveLength(0));
    }
    const overview = view.desk.overview;
    if (overview) view.desk.receive({ ...overview, number: overview.number + 1, paused_until: Date.now() + 60_000 });
    type('k', CTRL);
    fill(one('palette'), 'resume');
    type('Enter');
    const minutes = () => (pauseNotifications.mock.calls as unknown as [number | null][]).map(([one]) => one);
    await until(() => expect(minutes()).toHaveLength(4));
    const morning = new Date(Date.now() + (minutes()[2] ?? 0) * 60_000);
    expect([minutes()[0], minutes()[1], morning.getHours(), minutes()[3]]).toEqual([15, 60, 8, null]);
  });

  it('offers all pauses to who asks for one in the side bar', async () => {
    const pauseNotifications = vi.fn(async (_minutes: number | null) => {});
    const view = await open('', { pauseNotifications });
    const ask = (label: string) => document.querySelector<HTMLElement>(`[aria-label='${label}']`)?.click();
    ask('Pause notifications');
    await until(() => expect(entries()).toEqual(['quiet_0', 'quiet_1', 'quiet_2']));
    type('Enter');
    await until(() => expect(pauseNotifications.mock.calls).toEqual([[15]]));
    const overview = view.desk.overview;
    if (overview) view.desk.receive({ ...overview, number: overview.number + 1, paused_until: Date.now() + 60_000 });
    await until(() => expect(document.querySelector(`[aria-label='Resume notifications']`)).not.toBeNull());
    ask('Resume notifications');
    await until(() => expect(pauseNotifications.mock.calls).toEqual([[15], [null]]));
    type('k', CTRL);
    await until(() => expect((one('palette') as HTMLInputElement).value).toBe(''));
  });

  it('says why something that is looked for cannot be done now, and does not do it', async () => {
    const act = vi.fn(async () => 1);
    const view = await open('', { act });
    type('k', CTRL);
    for (const [typed, said] of [
      ['resolve', 'Resolve as fraud No alert is selected.'],
      ['undo', 'Undo There is nothing to undo.'],
      ['resume', 'Resume notifications Notifications are not paused.'],
      ['theme as', 'Theme: As the system This is set already.'],
    ] as const) {
      fill(one('palette'), typed);
      expect(words(one('palette-entry', '[aria-disabled=true]'))).toBe(said);
    }
    fill(one('palette'), 'resolve');
    type('Enter');
    expect(view.announcement).toBe('No alert is selected.');
    expect(act).not.toHaveBeenCalled();
    expect(all('palette')).toHaveLength(1);
  });

  it('is not there before the first source', async () => {
    const quit = vi.fn<Bridge['quit']>(async () => {});
    await open('first', { quit });
    type('k', CTRL);
    type('?', SHIFT);
    expect(document.querySelector('dialog')).toBeNull();
  });
});
