import type { Bridge } from '../bridge/bridge';
import type { Overview } from '../bridge/types';

/** The page asks by itself after this long without a word: a pushed message can get lost on its way. */
const SILENCE_LIMIT = 15_000;

/** The desk's state as it was last told. */
export class Desk {
  /** `null` until the desk has said anything. */
  overview = $state.raw<Overview | null>(null);
  /** Grows with each batch that arrived. */
  beats = $state(0);

  readonly #bridge: Bridge;
  readonly #followers: ((overview: Overview) => void)[];
  #told = 0;

  /** `followers` are told of each new state. */
  constructor(bridge: Bridge, followers: ((overview: Overview) => void)[]) {
    this.#bridge = bridge;
    this.#followers = followers;
  }

  /** Takes a pushed state, and says so once it is painted. */
  receive(overview: Overview): void {
    const skipped = this.overview !== null && overview.number > this.overview.number + 1;
    this.#take(overview);
    if (skipped) void this.ask().catch(console.error);
    requestAnimationFrame(() => {
      const { dataset } = document.documentElement;
      dataset['ready'] = 'true';
      dataset['number'] = String(overview.number);
      void this.#bridge.painted(overview.number).catch(console.error);
    });
  }

  /** Asks for the state as it stands. */
  async ask(): Promise<void> {
    this.#take(await this.#bridge.overview());
  }

  /** Asks again when nothing has been heard for a while and somebody looks. */
  async askIfSilent(): Promise<void> {
    if (!document.hidden && Date.now() - this.#told > SILENCE_LIMIT) await this.ask();
  }

  #take(overview: Overview): void {
    this.#told = Date.now();
    const before = this.overview;
    if (before && overview.number < before.number) return;
    this.overview = overview;
    if (before && hasNews(before, overview)) this.beats++;
    for (const follow of this.#followers) follow(overview);
  }
}

function hasNews(before: Overview, after: Overview): boolean {
  return (
    after.newest_transaction > before.newest_transaction ||
    after.newest_activity > before.newest_activity ||
    after.alerts_change > before.alerts_change
  );
}
