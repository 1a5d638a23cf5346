import { SvelteSet } from 'svelte/reactivity';

import { asProblem, type Bridge, type Problem } from '../bridge/bridge';
import type { Alert, AlertCursor, AlertFilter, AlertPage } from '../bridge/types';
import { Chosen } from './chosen.svelte';
import { merge } from './merge';

/** Rows asked for at once; the desk gives no more. */
export const PAGE = 200;
/** The most alerts kept in the page: more than anybody scrolls through. */
export const ALERTS_KEPT = 4_000;

/** An alert that arrived this long ago is news. */
const FRESH_WITHIN = 60_000;

/** What is told of changes: the alerts as they stand now, or that the list was loaded anew. */
export type Told = { arrived: Alert[]; changed: Alert[] } | 'anew';

/** The list of alerts under a filter, kept up to date by asking for changes. */
export class AlertList {
  rows = $state.raw<Alert[]>([]);
  filter = $state.raw<AlertFilter>({ severities: [], source: null, closed: false });
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
  #end: AlertCursor | null = null;
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

  /** Loads the list anew, as far down as it was. */
  async load(): Promise<void> {
    const load = ++this.#load;
    const wanted = this.rows.length;
    this.#fetching = false;
    try {
      const first = await this.#page(null);
      const rows = first.rows;
      let end = first.next;
      while (load === this.#load && end && rows.length < wanted) {
        const page = await this.#page(end);
        rows.push(...page.rows);
        end = page.next;
      }
      const last = rows.length === 0 ? await this.#lastOfAll() : null;
      if (load !== this.#load) return;
      this.#change = first.change;
      this.#end = end;
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

  /** Loads the next older page, unless the list is as long as it may be. */
  async older(): Promise<void> {
    if (!this.#end || this.#fetching || this.rows.length >= ALERTS_KEPT) return;
    const load = this.#load;
    this.#fetching = true;
    try {
      const page = await this.#page(this.#end);
      if (load !== this.#load) return;
      this.#end = page.next;
      this.#list(merge(this.rows, page.rows, this.filter, page.next).rows);
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
        const answer = await this.#bridge.alertChanges(this.#change, PAGE);
        if (load !== this.#load) continue;
        if (answer.reset) {
          await this.load();
          this.#tell('anew');
        } else {
          this.#apply(answer.rows);
        }
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
    const { rows, added } = merge(this.rows, changed, this.filter, this.#end);
    this.#list(rows.length > ALERTS_KEPT ? this.#cut(rows) : rows);
    const isNew = new Set(added);
    const arrived = changed.filter((alert) => isNew.has(alert.id));
    // One that came long ago and matches again is no news.
    for (const { id, received_at } of arrived) if (Date.now() - received_at < FRESH_WITHIN) this.fresh.add(id);
    this.#tell({ arrived, changed });
  }

  #list(rows: Alert[]): void {
    this.rows = rows;
    this.chosen.keep(rows);
  }

  #cut(rows: Alert[]): Alert[] {
    const kept = rows.slice(0, ALERTS_KEPT);
    const last = kept.at(-1);
    if (last) this.#end = { occurred_at: last.occurred_at, id: last.id };
    return kept;
  }

  #page(before: AlertCursor | null): Promise<AlertPage> {
    return this.#bridge.alerts(this.filter, before, PAGE);
  }

  async #lastOfAll(): Promise<number | null> {
    const page = await this.#bridge.alerts({ severities: [], source: null, closed: true }, null, 1);
    return page.rows[0]?.occurred_at ?? null;
  }
}
