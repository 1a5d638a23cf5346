import { asProblem, type Bridge, type Problem } from '../bridge/bridge';
import type { LanguageChoice, Settings, SettingsView, Theme, WindowSettings } from '../bridge/types';

export const THEMES: readonly Theme[] = ['system', 'light', 'dark'];
export const LANGUAGES: readonly LanguageChoice[] = ['system', 'en', 'fr'];

/** How the window is until the settings are known. */
const UNSET: WindowSettings = { theme: 'system', language: 'system', dense: false, single_keys: true, high_value: Infinity, views: [] };

/** The settings, as the program keeps them. */
export class SettingsOf {
  /** `null` until they have been read. */
  view = $state.raw<SettingsView | null>(null);
  /** Why they could not be read, or what was set last could not be kept. */
  problem = $state.raw<Problem | null>(null);

  /** Ends with the last change. */
  #changing: Promise<void> = Promise.resolve();

  readonly #bridge: Bridge;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  get window(): WindowSettings {
    return this.view?.settings.window ?? UNSET;
  }

  async load(): Promise<void> {
    await this.#take(() => this.#bridge.settings());
  }

  /**
   * Changes some of them, one after the other, from how they are by now: the program changes rules too, as a source is renamed.
   * What cannot be is said, and stays as it was.
   */
  change(by: (settings: Settings) => void): Promise<void> {
    this.#changing = this.#changing.then(async () => {
      if (!this.view) return;
      await this.#take(async () => {
        const { settings } = await this.#bridge.settings();
        const wanted = structuredClone(settings);
        by(wanted);
        return this.#bridge.setSettings(wanted);
      });
    });
    return this.#changing;
  }

  /** Makes rows low, or high again. */
  makeDense(): Promise<void> {
    return this.change(({ window }) => (window.dense = !window.dense));
  }

  /** Whether an administrator has set this, or all of what it is part of: `notifications.private`. */
  isLocked(name: string): boolean {
    return this.view?.locked.some((locked) => name === locked || name.startsWith(`${locked}.`)) ?? false;
  }

  async #take(ask: () => Promise<SettingsView>): Promise<void> {
    try {
      this.view = await ask();
      this.problem = null;
    } catch (error) {
      this.problem = asProblem(error);
      // What is shown is what counts, also where somebody typed something else.
      if (this.view) this.view = { ...this.view };
    }
  }
}
