import type { Notice, Overview } from '../bridge/types';
import type { Preferences } from './preferences.svelte';

/** Notices that nobody may wave away: what arrives is not being kept, or may not be found again. */
const LASTING: Notice[] = ['store_fails', 'disk_full', 'store_damaged'];

/** What does not work on this computer, less what the analyst has taken note of. */
export class Notices {
  #told = $state.raw<Overview | null>(null);
  /** The damaged file of which the analyst has taken note. Another one is told anew, so it is no preference. */
  #setAsideSeen = $state<string | null>(null);

  readonly #preferences: Preferences;

  constructor(preferences: Preferences) {
    this.#preferences = preferences;
  }

  /** Those that are shown. */
  get shown(): Notice[] {
    const { dismissed } = this.#preferences.liked;
    const isDismissed = (notice: Notice) =>
      notice === 'set_aside'
        ? this.#setAsideSeen === (this.#told?.set_aside?.path ?? null)
        : !this.lasts(notice) && dismissed.includes(notice);
    return (this.#told?.notices ?? []).filter((notice) => !isDismissed(notice));
  }

  /** Whether it stays for as long as it is so. */
  lasts(notice: Notice): boolean {
    return LASTING.includes(notice);
  }

  dismiss(notice: Notice): void {
    if (notice === 'set_aside') this.#setAsideSeen = this.#told?.set_aside?.path ?? null;
    else this.#preferences.set({ dismissed: [...this.#preferences.liked.dismissed, notice] });
  }

  /** Takes note of what does not work now. What is over is worth telling again should it come back. */
  follow(overview: Overview): void {
    this.#told = overview;
    const { dismissed } = this.#preferences.liked;
    const still = dismissed.filter((notice) => overview.notices.includes(notice));
    if (still.length < dismissed.length) this.#preferences.set({ dismissed: still });
  }
}
