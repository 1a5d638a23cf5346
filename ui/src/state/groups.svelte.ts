import { asProblem, type Bridge, type Problem } from '../bridge/bridge';
import type { AlertFilter, AlertGroup, AlertGroups, GroupBy } from '../bridge/types';

/** How often they are read again while something arrives, in milliseconds: about as long as it takes to read a few. */
export const PACE = 5_000;

/** A group as a row of a list. */
export type GroupRow = AlertGroup & { id: number };

/** Open alerts in groups. While they are looked at their numbers follow what arrives, and each stays where it is. */
export class Groups {
  /** What they are grouped by; `null`: they are not. */
  by = $state<GroupBy | null>(null);
  rows = $state.raw<GroupRow[]>([]);
  /** What was last told of them. */
  told = $state.raw<AlertGroups | null>(null);
  /** Groups that are not among the rows yet. */
  fresh = $state(0);
  problem = $state.raw<Problem | null>(null);
  /** The group on which the cursor stands. */
  selected = $state<number | null>(null);

  readonly #bridge: Bridge;
  /** A row keeps its number as long as it is grouped so. */
  readonly #numbers = new Map<string, number>();
  #filter: AlertFilter | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  #stale = false;
  #load = 0;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  /** Groups by this, or no more. */
  choose(by: GroupBy | null): void {
    this.by = by;
    this.rows = [];
    this.told = null;
    this.selected = null;
    this.#numbers.clear();
  }

  /** They are looked at from now on, of these severities and this source; gives what ends it. */
  show(filter: AlertFilter): () => void {
    this.#filter = filter;
    void this.load(true);
    this.#timer = setInterval(() => {
      if (this.#stale && !document.hidden) void this.load(false);
    }, PACE);
    return () => clearInterval(this.#timer);
  }

  /** Something has arrived. */
  note(): void {
    this.#stale = true;
  }

  /** Reads them; `anew`: in their own order, and with those that have come. */
  async load(anew: boolean): Promise<void> {
    const [load, by, filter] = [++this.#load, this.by, this.#filter];
    if (by === null || filter === null) return;
    this.#stale = false;
    try {
      const told = await this.#bridge.alertGroups(by, filter);
      if (load !== this.#load || by !== this.by) return;
      this.told = told;
      this.problem = null;
      if (anew) this.sort();
      else this.#follow(told.rows);
    } catch (error) {
      if (load === this.#load) this.problem = asProblem(error);
    }
  }

  /** Puts them into their own order, the worst and largest first, with those that have come. */
  sort(): void {
    this.rows = (this.told?.rows ?? []).map((group) => ({ ...group, id: this.#numberOf(group) }));
    this.fresh = 0;
  }

  /** The same rows as they stand now; of one that is gone none is open. */
  #follow(groups: AlertGroup[]): void {
    const now = new Map(groups.map((group) => [this.#numberOf(group), group]));
    this.rows = this.rows.map((row) => ({ ...row, open: 0, ...now.get(row.id) }));
    for (const { id } of this.rows) now.delete(id);
    this.fresh = now.size;
  }

  #numberOf({ value }: AlertGroup): number {
    const key = value.toLowerCase();
    const number = this.#numbers.get(key) ?? this.#numbers.size + 1;
    this.#numbers.set(key, number);
    return number;
  }
}
