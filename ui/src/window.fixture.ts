// Opens the real window on a made-up desk, and works in it, for tests.
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, expect, vi } from 'vitest';

import type { Bridge } from './bridge/bridge';
import { fakeBridge } from './bridge/fake';
import { sceneFrom } from './bridge/fake/scene';
import type { FailureCode } from './bridge/types';
import Lookout from './Lookout.svelte';
import { View } from './state/view.svelte';
import { speak } from './text/speak.fixture';

/** A window of this height shows some rows. */
const HEIGHT = 640;

/** Long enough for a slow computer; what is there is seen at once. */
const PATIENCE = 20_000;

let shown: Record<string, unknown> | undefined;
let opened: View | undefined;

export const until = (check: () => void) => vi.waitFor(check, { timeout: PATIENCE, interval: 5 });

/** Opens the window on a scene; `over` answers in place of the made-up desk. */
export async function open(scene: string, over: Partial<Bridge> = {}) {
  const bridge = { ...fakeBridge(sceneFrom(new URLSearchParams(`still&${scene}`))), ...over };
  const view = (opened = new View(bridge));
  await Promise.all([view.learn(), view.settings.load()]);
  shown = mount(Lookout, { target: document.body, props: { view } });
  void view.start();
  await until(() => expect(view.desk.overview).not.toBeNull());
  await until(() => expect(view.alerts.phase).not.toBe('loading'));
  flushSync();
  return view;
}

/** Closes the window. */
export async function close() {
  opened?.stop();
  if (shown) await unmount(shown);
  shown = undefined;
}

export const all = (hook: string, more = '') => [...document.querySelectorAll<HTMLElement>(`[data-testid="${hook}"]${more}`)];
export const one = (hook: string, more = '') => {
  const [found] = all(hook, more);
  if (!found) throw new Error(`there is no ${hook}`);
  return found;
};
export const words = (element: HTMLElement) => (element.textContent ?? '').replace(/\s+/g, ' ').trim();

export function press(hook: string, more = '') {
  one(hook, more).click();
  flushSync();
}

/** Goes to a feed, which is read when it is gone to. */
export async function go(place: 'transactions' | 'activity') {
  press(`nav-${place}`);
  await until(() => expect(opened?.[place].phase).not.toBe('loading'));
  flushSync();
}

export function fill(element: HTMLElement, text: string) {
  const input = element as HTMLInputElement;
  input.value = text;
  input.dispatchEvent(new Event('input', { bubbles: true }));
  input.dispatchEvent(new Event('change', { bubbles: true }));
  flushSync();
}

/** Presses a key, where the focus is unless it is said where. */
export function type(key: string, more: KeyboardEventInit = {}, on: Element = document.activeElement ?? document.body) {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
  on.dispatchEvent(event);
  flushSync();
  return event;
}

/** Puts the cursor on the first alert that is new at a source which takes every action, and gives it. */
export function onNew(view: View) {
  const index = view.alerts.rows.findIndex((alert) => alert.source === 1 && alert.state === 'open' && !alert.acknowledged);
  for (let row = 0; row <= index; row++) type('j');
  const alert = view.alerts.rows[index];
  if (!alert) throw new Error('there is no such alert');
  expect(view.selectedAlert).toBe(alert.id);
  return alert;
}

/** The numbers of the alerts that are chosen. */
export const chosen = (view: View) => view.alerts.chosen.of(view.alerts.rows).map(({ id }) => id);

/** Refuses whatever is asked. */
export const refuse = (code: FailureCode, message = '') => vi.fn(() => Promise.reject({ code, message }));

/** Each test of the file has a window of its own. */
export function useWindow() {
  vi.setConfig({ testTimeout: 2 * PATIENCE });
  beforeEach(() => {
    localStorage.clear();
    vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(HEIGHT);
    vi.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockReturnValue(HEIGHT);
    vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(HEIGHT);
  });

  afterEach(async () => {
    await close();
    speak('en');
    document.body.replaceChildren();
    vi.restoreAllMocks();
  });
}
