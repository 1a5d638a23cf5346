import { describe, expect, it, vi } from 'vitest';

import { all, one, open, press, refuse, until, useWindow, words } from './window.fixture';

useWindow();

describe('a newer version of the program', () => {
  it('is offered in every place, and put off until tomorrow', async () => {
    await open('update=1.2.0');
    expect(words(one('update'))).toContain('Vigie 1.2.0 is available.');
    press('put-off-update');
    await until(() => expect(all('update')).toHaveLength(0));
  });

  it('can be had before, from the settings', async () => {
    const view = await open('update=1.2.0');
    press('put-off-update');
    await until(() => expect(all('update')).toHaveLength(0));
    view.place = 'settings';
    await until(() => one('look-for-update'));
    press('look-for-update');
    await until(() => one('update'));
  });

  it('is installed only when it is asked for, and then there is nothing left to ask', async () => {
    await open('update=1.2.0');
    press('install-update');
    await until(() => expect(words(one('update'))).toContain('is being installed'));
    expect(all('install-update')).toHaveLength(0);
  });

  it('says when it could not be installed', async () => {
    const installUpdate = vi.fn(refuse('not_updated'));
    await open('update=1.2.0', { installUpdate });
    press('install-update');
    await until(() => expect(words(one('problem'))).toContain('could not be installed'));
  });

  it('is not looked for by a copy that does not update itself', async () => {
    const view = await open('update=none');
    view.place = 'settings';
    await until(() => expect(words(one('settings'))).toContain('does not update itself'));
    expect(all('look-for-update')).toHaveLength(0);
    const box = one('set-desktop.updates') as HTMLInputElement;
    expect([box.disabled, box.checked]).toEqual([true, false]);
    const why = box.getAttribute('aria-describedby') ?? '';
    expect(words(document.getElementById(why) ?? box)).toContain('does not update itself');
  });

  it('is looked for where the analyst wants it', async () => {
    const view = await open('update=1.2.0');
    view.place = 'settings';
    await until(() => one('look-for-update'));
    const box = one('set-desktop.updates') as HTMLInputElement;
    expect([box.disabled, box.checked]).toEqual([false, true]);
  });
});
