import { SvelteSet } from 'svelte/reactivity';

import { asProblem, type AlertRange, type Bridge, type Problem } from '../bridge/bridge';
import type { Alert, AlertCursor, AlertFilter, AlertPage } from '../bridge/types';
import { Chosen } from './chosen.svelte';
import { isAbove, matches, merge, type Merged, type Stretch } from './merge';
import { NEAR_END } from './rows';

/** Rows asked for at once; the desk gives no more. */
export const PAGE = 200;
/** The most alerts kept in the page: the end that nobody looks at is dropped and read again when needed. */
export const ALERTS_KEPT = 4_000;

/** An alert that arrived this long ago is news. */
const FRESH_WITHIN = 60_000;

/** What is told of changes: the alerts as they stand now, or that the list was loaded anew. */
export type Told = { arrived: Alert[]; changed: Alert[] } | 'anew';

/** The list of alerts under a filter: a stretch of it that moves along with the reader, kept up to date by asking for changes. */
export class AlertList {
  rows = $state.raw<Alert[]>([]);
  filter = $state.raw<AlertFilter>({ severities: [], source: null, closed: false, snoozed: false, worst_first: false });
  phase = $state<'loading' | 'ready' | 'failed'>('loading');
  problem = $state.raw<Problem | null>(null);
  /** When the newest alert of all happened, for a list that is empty. */
  last = $state<number | null>(null);
  /** Alerts that have just come into the list and have not been looked at. */
  readonly fresh = new SvelteSet<number>();
  /** Those to do something to all at once. */
  readonly chosen = new Chosen();

  readonly #bridge: Bridge;
  readonly #tell: (told: Told) => void;
  /** Where the stretch begins and ends; `null`: with the first, with the last of all. */
  #start = $state.raw<AlertCursor | null>(null);
  #end: AlertCursor | null = null;
  /** Whether the reader is nearer to its end than to its beginning. */
  #low = false;
  /** The greatest number of an alert that was told of: a greater one is new, wherever it belongs. */
  #newest = 0;
  #change = 0;
  #wanted = 0;
  #following = false;
  #fetching = false;
  /** Grows with each load, so that an answer to an older question is let go. */
  #load = 0;

  constructor(bridge: Bridge, tell: (told: Told) => void) {
    this.#bridge = bridge;
    this.#tell = tell;
  }

  /** Lists under another filter. */
  async choose(filter: AlertFilter): Promise<void> {
    this.filter = filter;
    this.phase = 'loading';
    this.rows = [];
    await this.load();
  }

  /** Whether the list goes on above the first row. */
  get away(): boolean {
    return this.#start !== null;
  }

  /** Goes back to the first of all. */
  async top(): Promise<void> {
    if (this.away) await this.load(PAGE);
  }

  /** Loads the list anew, as far down as it was. */
  async load(wanted = this.rows.length): Promise<void> {
    const load = ++this.#load;
    this.#fetching = false;
    try {
      const first = await this.#page({});
      const rows = first.rows;
      let end = first.next;
      while (load === this.#load && end && rows.length < wanted) {
        const page = await this.#page({ before: end });
        rows.push(...page.rows);
        end = page.next;
      }
      const last = rows.length === 0 ? await this.#lastOfAll() : null;
      if (load !== this.#load) return;
      this.#change = first.change;
      this.#start = null;
      this.#end = end;
      this.#low = false;
      this.#note(rows);
      this.#list(rows);
      this.last = last;
      this.fresh.clear();
      this.phase = 'ready';
      this.problem = null;
    } catch (error) {
      if (load !== this.#load) return;
      this.phase = 'failed';
      this.problem = asProblem(error);
      return;
    }
    await this.follow(this.#wanted);
  }

  /** The reader sees these rows: what is next to them is fetched before they come to it. */
  async read(first: number, last: number): Promise<void> {
    this.#low = first + last > this.rows.length;
    if (last >= this.rows.length - NEAR_END) await this.older();
    else if (first < NEAR_END) await this.newer();
  }

  /** Loads the next older page. */
  async older(): Promise<void> {
    const before = this.#end;
    if (!before) return;
    await this.#fetch({ before }, (page) => (this.#end = page.next));
  }

  /** Loads the next newer page, where those above have been dropped. */
  async newer(): Promise<void> {
    const after = this.#start;
    if (!after) return;
    await this.#fetch({ after }, ({ rows }) => (this.#start = rows.length < PAGE ? null : cursorOf(rows[0])));
  }

  /** Fetches a page next to the stretch, which then `reaches` further. One at a time: two would not know of each other. */
  async #fetch(range: Partial<AlertRange>, reach: (page: AlertPage) => void): Promise<void> {
    if (this.#fetching) return;
    const load = this.#load;
    this.#fetching = true;
    try {
      const page = await this.#page(range);
      if (load !== this.#load) return;
      reach(page);
      this.#list(this.#merge(page.rows).rows);
      // Changes that came after the page had been read were left to it: they are asked for again.
      if (page.change < this.#change) {
        this.#change = page.change;
        void this.follow(this.#wanted);
      }
    } catch (error) {
      this.problem = asProblem(error);
    } finally {
      if (load === this.#load) this.#fetching = false;
    }
  }

  /** Asks for changes until the list knows of this one. */
  async follow(change: number): Promise<void> {
    this.#wanted = Math.max(this.#wanted, change);
    if (this.#following || this.phase !== 'ready') return;
    this.#following = true;
    try {
      while (this.#change < this.#wanted) {
        const load = this.#load;
        const since = this.#change;
        const answer = await this.#bridge.alertChanges(since, PAGE);
        if (load !== this.#load) continue;
        if (answer.reset) {
          await this.load();
          this.#tell('anew');
        } else {
          this.#apply(answer.rows);
        }
        if (this.#change < since) continue;
        this.#change = Math.max(this.#change, answer.change);
        // The desk has told all it has: what is still wanted comes with the next number.
        if (answer.rows.length === 0) break;
      }
      this.problem = null;
    } catch (error) {
      this.problem = asProblem(error);
    } finally {
      this.#following = false;
    }
  }

  #apply(changed: Alert[]): void {
    const { rows, added } = this.#merge(changed);
    const isAdded = new Set(added);
    const isNews = (alert: Alert) =>
      isAdded.has(alert.id) ||
      (alert.id > this.#newest && matches(alert, this.filter) && isAbove(alert, this.#stretch));
    const arrived = changed.filter((alert) => isNews(alert) && !this.fresh.has(alert.id));
    for (const alert of changed) if (!matches(alert, this.filter)) this.fresh.delete(alert.id);
    // One that came long ago and matches again is no news.
    for (const { id, received_at } of arrived) if (Date.now() - received_at < FRESH_WITHIN) this.fresh.add(id);
    this.#note(changed);
    this.#list(rows);
    this.#tell({ arrived, changed });
  }

  get #stretch(): Stretch {
    return { start: this.#start, end: this.#end, worstFirst: this.filter.worst_first };
  }

  #merge(changed: Alert[]): Merged {
    return merge(this.rows, changed, this.filter, this.#stretch);
  }

  #note(alerts: Alert[]): void {
    for (const { id } of alerts) this.#newest = Math.max(this.#newest, id);
  }

  /** Lists these, less what is furthest from the reader where they are too many. */
  #list(rows: Alert[]): void {
    const isTooLong = rows.length > ALERTS_KEPT;
    this.rows = !isTooLong ? rows : this.#low ? rows.slice(-ALERTS_KEPT) : rows.slice(0, ALERTS_KEPT);
    if (isTooLong && this.#low) this.#start = cursorOf(this.rows[0]);
    else if (isTooLong) this.#end = cursorOf(this.rows.at(-1));
    this.chosen.keep(this.rows);
  }

  #page(range: Partial<AlertRange>): Promise<AlertPage> {
    return this.#bridge.alerts(this.filter, { before: null, after: null, limit: PAGE, ...range });
  }

  async #lastOfAll(): Promise<number | null> {
    const page = await this.#bridge.alerts({ severities: [], source: null, closed: true, snoozed: false, worst_first: false }, { before: null, after: null, limit: 1 });
    return page.rows[0]?.occurred_at ?? null;
  }
}

function cursorOf(alert: Alert | undefined): AlertCursor | null {
  return alert ? { severity: alert.severity, occurred_at: alert.occurred_at, id: alert.id } : null;
}
