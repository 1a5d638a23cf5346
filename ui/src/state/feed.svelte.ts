import { asProblem, type FeedRange, type Problem } from '../bridge/bridge';
import type { Overview, SourceId } from '../bridge/types';
import { PAGE } from './alerts.svelte';
import { extend, renew, type ThingOf } from './standing';

/** The most rows kept in the page; the end that nobody looks at is dropped and read again when needed. */
export const FEED_KEPT = 3_000;
/** Further behind than this many pages, the feed starts again from the top. */
export const PAGES_BEHIND = 3;
/** Pages read in a row that hold nothing but older words of what is shown; then the reader has to ask again. */
const PAGES_PASSED = 20;

/** What is listed. */
export interface FeedFilter {
  source: SourceId | null;
}

/** A page of a feed, newest first. */
interface Page<Row> {
  rows: Row[];
  next: number | null;
}

/** What a feed is of. */
export interface Feeding<Row, Filter extends FeedFilter> {
  /** What is listed at first. */
  filter: Filter;
  /** Reads a page. */
  page(range: Filter & FeedRange): Promise<Page<Row>>;
  /** Number of the newest one that the desk has. */
  newest(overview: Overview): number;
  /** What a row is the newest word of. */
  thing: ThingOf<Row>;
}

/** A feed: a stretch of it, newest first, that moves along with the reader. */
export class Feed<Row extends { id: number }, Filter extends FeedFilter> {
  rows = $state.raw<Row[]>([]);
  filter: Filter = $state.raw() as Filter;
  phase = $state<'loading' | 'ready' | 'failed'>('loading');
  problem = $state.raw<Problem | null>(null);
  /** The row on which the cursor stands. */
  selected = $state<number | null>(null);
  /** How many have come since the reader left the top or paused; no more than a page is counted. */
  waiting = $state(0);
  /** Whether the list stands still, wherever the reader is. What comes meanwhile stays with the desk. */
  paused = $state(false);

  readonly #feeding: Feeding<Row, Filter>;
  readonly #replaced: (before: number, now: number) => void;
  /** Where the next older page begins. */
  #older = $state<number | null>(null);
  /** Up to here all that is newer is known. */
  #top = 0;
  #newest = 0;
  /** Where the top was when the reader left it or paused. */
  #left = 0;
  /** The place in the feed of a row that took another's. */
  #places = new Map<number, number>();
  #away = false;
  #fetching = false;
  #counting = false;
  #load = 0;

  /** `replaced` is told when a newer word took the place of the row on which the cursor stands. */
  constructor(feeding: Feeding<Row, Filter>, replaced: (before: number, now: number) => void = () => {}) {
    this.#feeding = feeding;
    this.#replaced = replaced;
    this.filter = feeding.filter;
  }

  /** Lists under another filter. */
  async choose(filter: Filter): Promise<void> {
    this.filter = filter;
    this.phase = 'loading';
    this.rows = [];
    await this.load();
  }

  /** Whether the list goes on below the last row. */
  get goesOn(): boolean {
    return this.#older !== null;
  }

  /** Starts again from the top. */
  async load(): Promise<void> {
    const load = ++this.#load;
    this.#fetching = false;
    try {
      const page = await this.#page({});
      if (load !== this.#load) return;
      this.rows = extend([], page.rows, this.#feeding.thing);
      this.#older = page.next;
      this.#top = page.rows[0]?.id ?? 0;
      this.#left = this.#top;
      this.#places.clear();
      this.waiting = 0;
      this.phase = 'ready';
      this.problem = null;
    } catch (error) {
      if (load !== this.#load) return;
      this.phase = 'failed';
      this.problem = asProblem(error);
    }
  }

  /** Takes note of what the desk has. A feed out of sight does no more: it would work for nobody. */
  note(overview: Overview): void {
    this.#newest = this.#feeding.newest(overview);
  }

  /** Takes note of what the desk has, and fetches it unless the reader is further down or has paused. */
  async follow(overview: Overview): Promise<void> {
    this.note(overview);
    await this.#catchUp();
  }

  /** Comes into sight: for the first time, or with what came meanwhile. */
  async show(): Promise<void> {
    if (this.phase === 'ready') await this.#catchUp();
    else await this.load();
  }

  async #catchUp(): Promise<void> {
    if (this.#away || this.paused) await this.#count();
    else await this.newer();
  }

  /** The reader has scrolled away from the top, or has come back to it. */
  async read(away: boolean): Promise<void> {
    if (this.#away === away) return;
    this.#away = away;
    if (!this.paused) await this.#leave(this.#top);
  }

  /** Lets the list stand still, or go on with what came meanwhile. */
  async pause(paused: boolean): Promise<void> {
    if (this.paused === paused) return;
    this.paused = paused;
    // The reader further down may have let go of the top, but has seen it.
    if (paused) await this.#leave(Math.max(this.#left, this.#top));
    else if (this.#away) await this.#count();
    else await this.#leave(this.#top);
  }

  /** Counts from here on what comes, or goes on where nothing keeps the list. */
  async #leave(top: number): Promise<void> {
    this.#left = top;
    this.waiting = 0;
    await this.#catchUp();
  }

  /** Fetches what is newer than the first row; while paused no more than there was. */
  async newer(): Promise<void> {
    if (this.phase !== 'ready') return;
    await this.#alone(async (load) => {
      for (let pages = 0; this.#top < this.#end; pages++) {
        if (pages === PAGES_BEHIND) return this.paused ? undefined : this.load();
        const told = this.#newest;
        const page = await this.#page({ after: this.#top });
        if (load !== this.#load) return;
        // It may have been paused since it asked.
        const rows = this.paused ? page.rows.filter(({ id }) => id <= this.#left) : page.rows;
        // A page that is not full has all that there was.
        this.#top = Math.max(rows[0]?.id ?? this.#top, rows.length < PAGE ? Math.min(told, this.#end) : 0);
        if (rows.length > 0) this.#put(rows);
      }
    });
  }

  /** Fetches what is older than the last row. */
  async older(): Promise<void> {
    if (this.#older === null || this.phase !== 'ready') return;
    await this.#alone(async (load) => {
      for (let pages = 0; this.#older !== null && pages < PAGES_PASSED; pages++) {
        const page = await this.#page({ before: this.#older });
        if (load !== this.#load) return;
        this.#older = page.next;
        const rows = extend(this.rows, page.rows, this.#feeding.thing);
        if (rows.length > this.rows.length) return this.#keepEnd(rows);
      }
    });
  }

  /** How far up the list goes now. */
  get #end(): number {
    return this.paused ? this.#left : this.#newest;
  }

  #put(newer: Row[]): void {
    const { rows, inPlace } = renew(this.rows, newer, this.#feeding.thing, this.selected);
    this.rows = rows.slice(0, FEED_KEPT);
    if (rows.length > FEED_KEPT) this.#older = this.#placeOf(this.rows.at(-1)) ?? null;
    const before = this.selected;
    if (inPlace === null || before === null) return;
    this.#places.set(inPlace.id, this.#places.get(before) ?? before);
    this.selected = inPlace.id;
    this.#replaced(before, inPlace.id);
  }

  #keepEnd(rows: Row[]): void {
    this.rows = rows.slice(-FEED_KEPT);
    if (rows.length > FEED_KEPT) this.#top = this.#placeOf(this.rows[0]) ?? this.#top;
  }

  #placeOf(row: Row | undefined): number | undefined {
    return row && (this.#places.get(row.id) ?? row.id);
  }

  /** Counts what has come since the reader left the top or paused. */
  async #count(): Promise<void> {
    if (this.#counting || this.waiting >= PAGE || this.#newest <= this.#left) return;
    const [load, left] = [this.#load, this.#left];
    this.#counting = true;
    try {
      const { rows } = await this.#page({ after: left });
      if (load === this.#load && left === this.#left && (this.#away || this.paused)) {
        this.waiting = rows.length < PAGE ? extend([], rows, this.#feeding.thing).length : PAGE;
      }
    } catch (error) {
      this.problem = asProblem(error);
    } finally {
      this.#counting = false;
    }
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

  #page(range: { before?: number; after?: number }): Promise<Page<Row>> {
    const { before = null, after = null } = range;
    return this.#feeding.page({ ...this.filter, before, after, limit: PAGE });
  }
}
