/** Heights of a list's rows, in pixels. */
export function rowHeight(dense: boolean): number {
  return dense ? 32 : 40;
}

/** This near to an end of what is loaded, in rows, the next page is fetched. */
export const NEAR_END = 40;

/** The row to go on to from one: the next below that is left, else the nearest above. */
export function onward<Row>(rows: readonly Row[], from: number, isLeft: (row: Row) => boolean): Row | undefined {
  return rows.slice(from + 1).find(isLeft) ?? rows.slice(0, Math.max(0, from)).reverse().find(isLeft);
}
