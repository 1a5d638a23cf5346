/** Heights of a list's rows, in pixels. */
export function rowHeight(dense: boolean): number {
  return dense ? 32 : 40;
}

/** This near to an end of what is loaded, in rows, the next page is fetched. */
export const NEAR_END = 40;
