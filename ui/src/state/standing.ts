import type { Activity, Kind } from '../bridge/types';

/** Kinds of which only the newest word counts: a figure, a state, how far something is. */
const STANDING: ReadonlySet<Kind> = new Set(['metrics', 'progress', 'portfolio', 'position', 'balance']);

/** What a row is a word of: rows with the same answer replace each other. `null`: it stands for itself. */
export type ThingOf<Row> = (row: Row) => string | null;

/** The standing thing that an activity is about. */
export function thingOf({ source, kind, subject }: Activity): string | null {
  return STANDING.has(kind) ? `${source} ${kind} ${subject}` : null;
}

/** A feed with newer rows put in. */
export interface Renewed<Row> {
  rows: Row[];
  /** The row that took the place of the one that is held. */
  inPlace: Row | null;
}

/**
 * Puts newer rows above those of a feed, newest first; each thing keeps only its newest word. The row whose number
 * is `held` is being read: a newer word of it takes its place instead of the top.
 */
export function renew<Row extends { id: number }>(
  rows: Row[],
  newer: Row[],
  of: ThingOf<Row>,
  held: number | null,
): Renewed<Row> {
  const newest = new Map<string, Row>();
  for (const row of newer) {
    const thing = of(row);
    if (thing !== null && !newest.has(thing)) newest.set(thing, row);
  }
  if (newest.size === 0) return { rows: newer.concat(rows), inPlace: null };

  let inPlace: Row | null = null;
  const kept: Row[] = [];
  for (const row of rows) {
    const thing = of(row);
    const word = thing === null ? undefined : newest.get(thing);
    if (thing === null || word === undefined) {
      kept.push(row);
    } else if (word.id <= row.id) {
      kept.push(row);
      newest.delete(thing);
    } else if (row.id === held) {
      kept.push(word);
      inPlace = word;
      newest.delete(thing);
    }
  }
  const told = newer.filter((row) => {
    const thing = of(row);
    return thing === null || newest.get(thing) === row;
  });
  return { rows: told.concat(kept), inPlace };
}

/** Puts older rows below those of a feed, without what has a newer word above. */
export function extend<Row extends { id: number }>(rows: Row[], older: Row[], of: ThingOf<Row>): Row[] {
  const told = new Set(rows.map(of));
  const added = older.filter((row) => {
    const thing = of(row);
    if (thing === null) return true;
    const isNew = !told.has(thing);
    told.add(thing);
    return isNew;
  });
  return rows.concat(added);
}
