import { flushSync } from 'svelte';
import { describe, expect, it, vi } from 'vitest';

import type { Bridge } from './bridge/bridge';
import { all, fill, one, open, press, until, useWindow, words } from './window.fixture';

useWindow();

describe('signing in', () => {
  async function add(profile: string, over: Partial<Bridge> = {}) {
    await open('sources=5', over);
    press('nav-sources');
    press('add-source');
    await until(() => expect(one('sign-in-profile').querySelectorAll('option').length).toBeGreaterThan(1));
    fill(one('sign-in-profile'), profile);
  }
  const parameter = (name: string) => one('sign-in-parameter', `[data-parameter="${name}"]`) as HTMLInputElement;
  const labels = () => [...one('sign-in-form').querySelectorAll('.field > label')].map((label) => words(label as HTMLElement));

  it('asks for what the profile asks for', async () => {
    await add('flowfi');
    expect(labels()).toEqual(['Kind of system', 'Name in the lists (optional)', 'Address', 'Access token (optional)', 'Streams (optional)', 'Addresses (optional)', 'All streams (optional)']);
    expect(parameter('streams').placeholder).toBe('1, 2');
    fill(one('sign-in-profile'), 'credit');
    expect(labels()).toEqual(['Kind of system', 'Name in the lists (optional)', 'Address', 'User name or e-mail', 'Subscriptions (optional)', 'Calculation (optional)']);
    expect(all('sign-in-remember')).toHaveLength(0);
    fill(one('sign-in-profile'), 'branch-host');
    expect(labels()).toContain('API key');
  });

  it('groups the profiles of the analyst’s own apart', async () => {
    await add('aml');
    const groups = [...one('sign-in-profile').querySelectorAll('optgroup')];
    expect(groups.map((group) => [group.label, group.querySelectorAll('option').length])).toEqual([['Built in', 5], ['Your own', 1]]);
  });

  it('tells a required parameter that is missing at its field', async () => {
    const signIn = vi.fn();
    await add('branch-host', { signIn });
    fill(one('sign-in-password'), 'key');
    press('sign-in-submit');
    await until(() => expect(parameter('region').getAttribute('aria-invalid')).toBe('true'));
    expect(signIn).not.toHaveBeenCalled();
  });

  it('tells a refused value and a refused token at their fields', async () => {
    await add('flowfi');
    fill(parameter('users'), 'G1 0');
    press('sign-in-submit');
    await until(() => expect(parameter('users').getAttribute('aria-invalid')).toBe('true'));
    fill(parameter('users'), 'G1');
    fill(one('sign-in-password'), 'wrong');
    press('sign-in-submit');
    await until(() => expect(one('sign-in-password').getAttribute('aria-invalid')).toBe('true'));
    expect(words(one('sign-in-error'))).toBe('The server refused these sign-in details.');
  });

  it('again keeps the profile, and changes what is wanted', async () => {
    const signIn = vi.fn(async () => 5);
    await open('sources=5', { signIn });
    press('nav-sources');
    all('source-settings')[4]?.click();
    flushSync();
    expect((one('sign-in-profile') as HTMLSelectElement).disabled).toBe(true);
    fill(one('sign-in-password'), 'another');
    expect(parameter('streams').value).toBe('1, 2');
    fill(parameter('streams'), '7 8,9');
    press('sign-in-submit');
    await until(() => expect(signIn).toHaveBeenCalledTimes(1));
    expect(signIn).toHaveBeenCalledWith(
      expect.objectContaining({ source: 5, profile: 'flowfi', parameters: { streams: ['7', '8', '9'], users: ['GDQK7PXR4YQZ'] } }),
    );
  });
});
