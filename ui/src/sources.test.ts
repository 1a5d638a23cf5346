import { flushSync } from 'svelte';
import { describe, expect, it, vi } from 'vitest';

import type { Bridge } from './bridge/bridge';
import type { Step, StepFound, StepName } from './bridge/types';
import { entriesOf } from './commands/entries';
import { all, fill, one, open, press, refuse, type, until, useWindow, words } from './window.fixture';

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

describe('a source that is removed', () => {
  it('is told from another of the same name by its address and its kind', async () => {
    const removeSource = vi.fn(async () => {});
    const view = await open('sources=5', { removeSource });
    press('nav-sources');
    press('remove-source');
    const asked = words(document.querySelector<HTMLElement>('dialog') as HTMLElement);
    const [source] = view.desk.overview?.sources ?? [];
    expect(asked).toContain(source?.url);
    expect(asked).toContain(source && view.profileOf(source)?.title);
    press('remove-confirm');
    expect(removeSource).toHaveBeenCalledWith(source?.id);
  });
});

describe('a source that is edited', () => {
  /** Opens the form of the first source. */
  async function edit() {
    const [signIn, editSource] = [vi.fn(async () => 1), vi.fn(async () => {})];
    await open('', { signIn, editSource });
    press('nav-sources');
    press('source-settings');
    return { signIn, editSource };
  }
  const submit = () => words(one('sign-in-submit'));

  it('has its name and what is wanted changed without a password', async () => {
    const { signIn, editSource } = await edit();
    expect([submit(), all('sign-in-remember').length]).toEqual(['Apply', 0]);
    fill(one('sign-in-name'), 'Retail, north');
    press('sign-in-submit');
    await until(() => expect(editSource).toHaveBeenCalledWith({ source: 1, name: 'Retail, north', parameters: {} }));
    expect(signIn).not.toHaveBeenCalled();
    await until(() => expect(all('sign-in-form')).toHaveLength(0));
  });

  it('has to be signed in to where its address or its user is another', async () => {
    const { signIn, editSource } = await edit();
    fill(one('sign-in-url'), 'https://new.bank.example');
    expect([submit(), all('sign-in-remember').length]).toEqual(['Sign in', 1]);
    expect(words(one('sign-in-form'))).toContain('What was kept for the old one is removed.');
    press('sign-in-submit');
    await until(() => expect(one('sign-in-password').getAttribute('aria-invalid')).toBe('true'));
    expect(signIn).not.toHaveBeenCalled();
    fill(one('sign-in-password'), 'vigie');
    press('sign-in-submit');
    await until(() => expect(signIn).toHaveBeenCalledWith(expect.objectContaining({ source: 1, url: 'https://new.bank.example', password: 'vigie' })));
    expect(editSource).not.toHaveBeenCalled();
  });
});

describe('a test of a source', () => {
  const standings = () => all('test-steps', ' li').map(({ dataset }) => dataset['state']);

  it('shows each step as it goes, and ends when it is closed', async () => {
    let tell: (steps: Step[]) => void = () => {};
    const stopTest = vi.fn(async () => {});
    const names: StepName[] = ['address', 'connection', 'sign_in', 'stream', 'event'];
    const waiting = (names: StepName[]) => names.map((name): Step => ({ name, standing: { state: 'waiting' } }));
    await open('', { stopTest, testSource: (_tested, told) => new Promise(() => (tell = told)) });
    press('nav-sources');
    press('test-source');
    tell(waiting(names));
    flushSync();
    expect([words(one('test-steps')).match(/Under way/g)?.length, standings()[0]]).toEqual([1, 'waiting']);
    const found: StepFound = { what: 'addresses', host: '<img src=x>', count: 1 };
    tell([{ name: 'address', standing: { state: 'fine', ms: 12, found } }, ...waiting(names.slice(1))]);
    flushSync();
    expect(words(one('test-steps', ' [data-step="address"]'))).toBe('Address <img src=x>: 1 address 12 ms');
    expect(stopTest).not.toHaveBeenCalled();
    type('Escape', {}, document.body);
    document.querySelector('dialog')?.dispatchEvent(new Event('close'));
    flushSync();
    expect(stopTest).toHaveBeenCalledWith(1);
  });

  it('is begun again without an end that might be of the new one, and goes on while its source tells of itself', async () => {
    const [testSource, stopTest] = [vi.fn<Bridge['testSource']>(() => new Promise(() => {})), vi.fn(async () => {})];
    const view = await open('', { testSource, stopTest });
    press('nav-sources');
    press('test-source');
    press('test-again');
    expect([testSource.mock.calls.length, stopTest.mock.calls.length]).toEqual([2, 0]);
    const overview = structuredClone(await view.bridge.overview());
    view.desk.receive({ ...overview, number: overview.number + 1 });
    flushSync();
    expect(testSource).toHaveBeenCalledTimes(2);
    const [first, again] = testSource.mock.calls.map(([, tell]) => tell);
    again?.([{ name: 'address', standing: { state: 'waiting' } }]);
    first?.([{ name: 'address', standing: { state: 'not_reached' } }]);
    flushSync();
    expect(standings()).toEqual(['waiting']);
    document.querySelector('dialog')?.dispatchEvent(new Event('close'));
    flushSync();
    expect(stopTest).toHaveBeenCalledExactlyOnceWith(1);
  });

  it('says which step failed, what to do, and what was not reached', async () => {
    await open('refusing=unavailable');
    press('nav-sources');
    press('test-source');
    await until(() => expect(standings()).toEqual(['fine', 'fine', 'failed', 'not_reached', 'not_reached']));
    expect(words(one('test-steps'))).toContain('The server is busy or being repaired. Try again in a moment.');
    press('test-again');
    await until(() => expect(standings()).toContain('waiting'));
  });

  it('that cannot be begun says why where it was asked for', async () => {
    await open('', { testSource: refuse('bad_address', 'the address has no host') });
    press('nav-sources');
    press('test-source');
    await until(() => expect(words(one('test-steps', ' + *'))).toContain('the address has no host'));
    expect(document.querySelector('dialog')?.contains(one('test-steps'))).toBe(true);
  });

  it('is made of what was typed, before signing in', async () => {
    const [testSource, stopTest] = [vi.fn(async () => {}), vi.fn(async () => {})];
    await open('', { testSource, stopTest });
    press('nav-sources');
    press('add-source');
    fill(one('sign-in-profile'), 'big-defend');
    press('sign-in-test');
    await until(() => expect(one('sign-in-user').getAttribute('aria-invalid')).toBe('true'));
    expect(testSource).not.toHaveBeenCalled();
    fill(one('sign-in-user'), 'marie');
    fill(one('sign-in-password'), 'vigie');
    press('sign-in-test');
    expect(testSource).toHaveBeenCalledWith({ sign_in: expect.objectContaining({ source: null, user: 'marie', password: 'vigie' }) }, expect.anything());
    press('sign-in-test');
    expect([testSource.mock.calls.length, stopTest.mock.calls.length]).toEqual([2, 0]);
  });
});

describe('the rules of notifications', () => {
  it('are told beside the sources: which there are, what each does, and where they are changed', async () => {
    const view = await open('');
    press('nav-sources');
    await until(() => expect(all('rule-told')).toHaveLength(1));
    expect(words(one('rules-told'))).toContain('Notify of alerts from: High. You are always notified of critical alerts.');
    expect(words(one('rule-told'))).toBe('Large transfers Notify Transaction · Amount above 50,000');
    press('to-rules');
    await until(() => expect(view.place).toBe('settings'));
    expect(words(one('rule'))).toContain('Notifications of anything but alerts show it, private ones too.');
  });
});
