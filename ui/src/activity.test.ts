import { flushSync } from 'svelte';
import { describe, expect, it } from 'vitest';

import { all, fill, go, one, open, press, type, until, useWindow, words } from './window.fixture';

useWindow();

describe('the activity', () => {
  it('lists what is neither transaction nor alert, each kind with its own shape', async () => {
    const view = await open('sources=5');
    await go('activity');
    expect(all('activity-row').length).toBeGreaterThan(5);
    const shapes = new Map(
      all('activity-row').map((row) => [row.querySelector('[role=img]')?.getAttribute('aria-label'), row.querySelector('path')?.getAttribute('d')]),
    );
    expect(shapes.size).toBeGreaterThan(3);
    expect(new Set(shapes.values()).size).toBe(shapes.size);
    expect(view.activity.rows.some(({ kind }) => kind === 'transaction' || kind === 'alert')).toBe(false);
  });

  it('is narrowed to a kind, and widened again where there is none', async () => {
    const view = await open('sources=2');
    await go('activity');
    const kinds = [...one('kind-filter').querySelectorAll('option')].map((option) => option.value);
    expect(kinds).not.toContain('transaction');
    expect(kinds).not.toContain('alert');
    fill(one('kind-filter'), 'order');
    await until(() => expect(view.activity.phase).toBe('ready'));
    flushSync();
    const blank = document.querySelector<HTMLElement>('.blank');
    expect(blank && words(blank)).toContain('Nothing matches the filter');
    blank?.querySelector('button')?.click();
    await until(() => expect(view.activity.rows.length).toBeGreaterThan(0));
    expect(view.activity.filter.kind).toBeNull();
  });

  it('goes by the keyboard, and opens and closes the detail', async () => {
    const view = await open('sources=5');
    await go('activity');
    type('j');
    type('j');
    expect(view.activity.selected).toBe(view.activity.rows[1]?.id);
    type('Enter');
    await until(() => expect(all('activity-detail', `[data-subject="${view.activity.rows[1]?.subject}"]`)).toHaveLength(1));
    type('Escape');
    expect(all('activity-detail')).toHaveLength(0);
  });

  it('shows how far something is as a real progress bar', async () => {
    const view = await open('sources=5');
    await go('activity');
    fill(one('kind-filter'), 'progress');
    await until(() => expect(all('activity-row').length).toBeGreaterThan(0));
    const bar = document.querySelector('[role=progressbar]');
    expect(bar?.getAttribute('aria-valuenow')).toBe(String(Math.round((view.activity.rows[0]?.facts.progress ?? -1) * 100)));
    expect(bar?.getAttribute('aria-label')).toBe('Calculation');
  });

  it('shows details and factors in words', async () => {
    await open('sources=5');
    await go('activity');
    fill(one('kind-filter'), 'analysis');
    await until(() => expect(all('activity-row').length).toBeGreaterThan(0));
    press('activity-row');
    await until(() => expect(words(one('activity-detail'))).toContain('Recommendation Ask for proof of income'));
    const factors = [...one('factors').querySelectorAll('li')].map(words);
    expect(factors[0]).toBe('Payment history +0.34 Paid late twice in twelve months');
    expect(factors[2]).toContain('-0.18');
  });

  it('says of a list how much of what is stored it shows', async () => {
    const view = await open('sources=5');
    await go('activity');
    fill(one('kind-filter'), 'analysis');
    await until(() => expect(view.activity.phase).toBe('ready'));
    flushSync();
    const { length } = view.activity.rows;
    expect(words(one('stored'))).toBe(`${length} listed, ${view.desk.overview?.activity} stored here`);
    expect(one('stored').title).toBe('Of figures, states and progress only the newest is listed.');
  });
});
