import type { Notice } from '../bridge/types';
import { USUAL_COLUMNS, type Columns } from './columns';

const KEPT_UNDER = 'vigie.preferences';

/** How far panes can be drawn, in pixels. */
export const SIDE = { least: 176, usual: 208, most: 320 } as const;
export const DETAIL = { least: 320, usual: 420, most: 720 } as const;

/** How the window was left. Nothing of the record is in here; what is set is in the settings. */
interface Liked {
  side: number;
  sideCollapsed: boolean;
  detail: number;
  /** Which columns the transactions have, and how wide. */
  columns: Columns;
  dismissed: Notice[];
  /** The commands last chosen from the palette, the newest first. */
  recent: string[];
}

const USUAL: Liked = {
  side: SIDE.usual,
  sideCollapsed: false,
  detail: DETAIL.usual,
  columns: USUAL_COLUMNS,
  dismissed: [],
  recent: [],
};

function kept(): Partial<Liked> {
  try {
    return JSON.parse(localStorage.getItem(KEPT_UNDER) ?? '{}') as Partial<Liked>;
  } catch (error) {
    console.warn('the preferences cannot be read; the usual ones are used', error);
    return {};
  }
}

/** Keeps the preferences when the window is closed and made anew. */
export class Preferences {
  liked = $state<Liked>({ ...USUAL, ...kept() });

  /** Changes some of them. */
  set(change: Partial<Liked>): void {
    Object.assign(this.liked, change);
    try {
      localStorage.setItem(KEPT_UNDER, JSON.stringify(this.liked));
    } catch (error) {
      console.warn('the preferences cannot be kept', error);
    }
  }
}
