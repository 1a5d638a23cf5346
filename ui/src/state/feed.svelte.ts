import { asProblem, type Bridge, type Problem } from '../bridge/bridge';
import type { Overview, SourceId, Transaction, TransactionPage } from '../bridge/types';
import { PAGE } from './alerts.svelte';

/** The most transactions kept in the page; the end that nobody looks at is dropped and read again when needed. */
export const FEED_KEPT = 3_000;
/** Further behind than this many pages, the feed starts again from the top. */
export const PAGES_BEHIND = 3;

/** The feed of transactions: a stretch of it, newest first, that moves along with the reader. */
export class Feed {
  rows = $state.raw<Transaction[]>([]);
  source = $state<SourceId | null>(null);
  phase = $state<'loading' | 'ready' | 'failed'>('loading');
  problem = $state.raw<Problem | null>(null);
  /** How many have come since the reader left the top. */
  waiting = $state(0);

  readonly #bridge: Bridge;
  #older: number | null = null;
  #newest = 0;
  #stored = 0;
  #storedAtTop = 0;
  #away = false;
  #fetching = false;
  #load = 0;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  /** Shows only this source, or all. */
  async choose(source: SourceId | null): Promise<void> {
    this.source = source;
    this.phase = 'loading';
    this.rows = [];
    await this.load();
  }

  /** Starts again from the top. */
  async load(): Promise<void> {
    const load = ++this.#load;
    this.#fetching = false;
    try {
      const page = await this.#page({});
      if (load !== this.#load) return;
      this.rows = page.rows;
      this.#older = page.next;
      this.#storedAtTop = this.#stored;
      this.waiting = 0;
      this.phase = 'ready';
      this.problem = null;
    } catch (error) {
      if (load !== this.#load) return;
      this.phase = 'failed';
      this.problem = asProblem(error);
    }
  }

  /** Takes note of what the desk has, and fetches it unless the reader is further down. */
  async follow(overview: Overview): Promise<void> {
    this.#newest = overview.newest_transaction;
    this.#stored = overview.transactions;
    if (this.#away) this.waiting = Math.max(0, this.#stored - this.#storedAtTop);
    else await this.newer();
  }

  /** The reader has scrolled away from the top, or has come back to it. */
  async read(away: boolean): Promise<void> {
    if (this.#away === away) return;
    this.#away = away;
    this.#storedAtTop = this.#stored;
    this.waiting = 0;
    if (!away) await this.newer();
  }

  /** Fetches what is newer than the first row. */
  async newer(): Promise<void> {
    if (this.phase !== 'ready') return;
    await this.#alone(async (load) => {
      for (let pages = 0; this.#top < this.#newest; pages++) {
        if (pages === PAGES_BEHIND) return this.load();
        const { rows } = await this.#page({ after: this.#top });
        if (load !== this.#load || rows.length === 0) return;
        const joined = rows.concat(this.rows);
        this.rows = joined.slice(0, FEED_KEPT);
        if (joined.length > FEED_KEPT) this.#older = this.rows.at(-1)?.id ?? null;
        if (rows.length < PAGE) return;
      }
    });
  }

  /** Fetches what is older than the last row. */
  async older(): Promise<void> {
    const before = this.#older;
    if (before === null) return;
    await this.#alone(async (load) => {
      const page = await this.#page({ before });
      if (load !== this.#load) return;
      this.rows = this.rows.concat(page.rows).slice(-FEED_KEPT);
      this.#older = page.next;
    });
  }

  /** Number of the first row; with none, everything is newer. */
  get #top(): number {
    return this.rows[0]?.id ?? 0;
  }

  /** One question at a time: two answers would not know of each other. */
  async #alone(ask: (load: number) => Promise<void>): Promise<void> {
    if (this.#fetching) return;
    const load = this.#load;
    this.#fetching = true;
    try {
      await ask(load);
      this.problem = null;
    } catch (error) {
      this.problem = asProblem(error);
    } finally {
      if (load === this.#load) this.#fetching = false;
    }
  }

  #page(range: { before?: number; after?: number }): Promise<TransactionPage> {
    const { before = null, after = null } = range;
    return this.#bridge.transactions({ source: this.source, before, after, limit: PAGE });
  }
}
