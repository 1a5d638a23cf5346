/** The columns of the transactions, in their order. */
export const COLUMNS = ['time', 'customer', 'merchant', 'where', 'source', 'channel', 'score', 'amount'] as const;
export type Column = (typeof COLUMNS)[number];

/** How the analyst likes them. */
export interface Columns {
  hidden: readonly Column[];
  /** Widths that were drawn, in pixels; the others are as usual. */
  widths: Readonly<Partial<Record<Column, number>>>;
}

export const USUAL_COLUMNS: Columns = { hidden: [], widths: {} };

/** How far a column can be drawn, in pixels: below, no word is read; above, it would fill a small window. */
export const WIDTH = { least: 48, most: 480 } as const;

/** Of these one always stays: a row without both says nothing. */
const ANCHORS: readonly Column[] = ['time', 'amount'];

/** What a colleague would say last goes first when room is short. */
const FIRST_TO_GO: readonly Column[] = ['channel', 'source', 'where', 'score', 'merchant'];

/** The room that a column needs to be of use, and what it has where nobody has drawn it, in pixels. */
const USUAL: Record<Column, { needs: number; track: string }> = {
  time: { needs: 104, track: '104px' },
  customer: { needs: 120, track: `minmax(${WIDTH.least}px, 1fr)` },
  merchant: { needs: 120, track: `minmax(${WIDTH.least}px, 1fr)` },
  where: { needs: 120, track: `minmax(${WIDTH.least}px, 1fr)` },
  source: { needs: 80, track: `minmax(${WIDTH.least}px, 112px)` },
  channel: { needs: 104, track: '104px' },
  score: { needs: 72, track: '72px' },
  amount: { needs: 124, track: '124px' },
};

/** Between two columns, and at both ends of a row with the bar that scrolls it, in pixels. */
const GAP = 12;
const ENDS = 40;

/** The columns that can be chosen; the source is told where there are several. */
export function choosable(sourced: boolean): Column[] {
  return COLUMNS.filter((column) => sourced || column !== 'source');
}

/** The columns that are shown in this much room, in pixels. */
export function shown({ hidden }: Columns, sourced: boolean, room: number): Column[] {
  let columns = choosable(sourced).filter((column) => !hidden.includes(column));
  for (const column of FIRST_TO_GO) {
    if (needs(columns) <= room) break;
    columns = columns.filter((other) => other !== column);
  }
  return columns;
}

const needs = (columns: Column[]) => columns.reduce((sum, column) => sum + USUAL[column].needs + GAP, ENDS - GAP);

/** Their widths, as a grid's template; those that were drawn give way where there is not room for all. */
export function tracks(columns: Column[], { widths }: Columns): string {
  const track = (column: Column) => {
    const width = widths[column];
    return width === undefined ? USUAL[column].track : `minmax(${WIDTH.least}px, ${width}px)`;
  };
  return columns.map(track).join(' ');
}

/** Whether a column can be hidden. */
export function canHide(column: Column, { hidden }: Columns): boolean {
  return !ANCHORS.includes(column) || ANCHORS.every((anchor) => anchor === column || !hidden.includes(anchor));
}

/** The columns with this one hidden, or shown again. */
export function toggled(columns: Columns, column: Column): Columns {
  const { hidden } = columns;
  if (hidden.includes(column)) return { ...columns, hidden: hidden.filter((other) => other !== column) };
  return canHide(column, columns) ? { ...columns, hidden: [...hidden, column] } : columns;
}

/** The columns with this one drawn to a width; `null`: as usual. */
export function drawn(columns: Columns, column: Column, width: number | null): Columns {
  const { [column]: _, ...others } = columns.widths;
  return { ...columns, widths: width === null ? others : { ...others, [column]: width } };
}
