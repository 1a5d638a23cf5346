import type { FoundRow } from '../bridge/types';
import { whereWords } from '../text/words';

/** The most places that have a line of their own; what happened elsewhere shares the last. */
const LINES = 4;

/** Something that happened, on a strip of time. */
export interface Mark {
  row: FoundRow;
  at: number;
  /** From the left, in percent. */
  left: number;
}

/** What happened at one place. */
export interface Line {
  /** Where; empty where nobody says. */
  place: string;
  /** Whether it is several places. */
  others: boolean;
  marks: Mark[];
}

/** When and where these happened: a line for each of the places with the most, from the first to the last. */
export function linesOf(rows: FoundRow[]): Line[] {
  const times = rows.map(({ facts, received_at }) => facts.occurred_at ?? received_at);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const byPlace = new Map<string, Mark[]>();
  for (const [index, row] of rows.entries()) {
    const at = times[index] ?? last;
    const place = whereWords(row.facts);
    // What happened at one moment stands in the middle.
    const left = first === last ? 50 : ((at - first) / (last - first)) * 100;
    byPlace.set(place, [...(byPlace.get(place) ?? []), { row, at, left }]);
  }
  const lines = [...byPlace].map(([place, marks]) => ({ place, others: false, marks })).sort((a, b) => b.marks.length - a.marks.length);
  if (lines.length <= LINES) return lines;
  const others = lines.slice(LINES - 1).flatMap(({ marks }) => marks);
  return [...lines.slice(0, LINES - 1), { place: '', others: true, marks: others }];
}
