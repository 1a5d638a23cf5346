import { SvelteSet } from 'svelte/reactivity';

/** Any row of a list. */
interface Numbered {
  id: number;
}

/** The rows of a list that were chosen to do something to all of them. */
export class Chosen {
  readonly #ids = new SvelteSet<number>();
  /** Where a stretch that is being drawn began, and what had been chosen before. */
  #drawing: { from: number; before: number[] } | null = null;

  /** How many. */
  get size(): number {
    return this.#ids.size;
  }

  has(id: number): boolean {
    return this.#ids.has(id);
  }

  /** Those of these rows that are chosen. */
  of<Row extends Numbered>(rows: readonly Row[]): Row[] {
    return this.#ids.size === 0 ? [] : rows.filter(({ id }) => this.#ids.has(id));
  }

  /** Chooses one, or lets go of it. */
  toggle(id: number): void {
    this.settle();
    if (!this.#ids.delete(id)) this.#ids.add(id);
  }

  /** Chooses the stretch between two rows, in place of the one that was drawn until now. */
  draw(rows: readonly Numbered[], from: number, to: number): void {
    this.#drawing ??= { from, before: [...this.#ids] };
    const start = rows.findIndex(({ id }) => id === this.#drawing?.from);
    const end = rows.findIndex(({ id }) => id === to);
    if (start < 0 || end < 0) return;
    const stretch = rows.slice(Math.min(start, end), Math.max(start, end) + 1);
    this.#set([...this.#drawing.before, ...stretch.map(({ id }) => id)]);
  }

  /** The stretch that was drawn stays as it is: the next one begins elsewhere. */
  settle(): void {
    this.#drawing = null;
  }

  all(rows: readonly Numbered[]): void {
    this.settle();
    this.#set(rows.map(({ id }) => id));
  }

  /** Lets go of these. */
  drop(ids: readonly number[]): void {
    for (const id of ids) this.#ids.delete(id);
  }

  clear(): void {
    this.settle();
    this.#ids.clear();
  }

  /** Forgets what is no longer in the list. */
  keep(rows: readonly Numbered[]): void {
    if (this.#ids.size === 0 && this.#drawing === null) return;
    const there = new Set(rows.map(({ id }) => id));
    this.drop([...this.#ids].filter((id) => !there.has(id)));
    if (!this.#drawing) return;
    const { from, before } = this.#drawing;
    this.#drawing = there.has(from) ? { from, before: before.filter((id) => there.has(id)) } : null;
  }

  #set(ids: readonly number[]): void {
    const wanted = new Set(ids);
    this.drop([...this.#ids].filter((id) => !wanted.has(id)));
    for (const id of wanted) this.#ids.add(id);
  }
}
