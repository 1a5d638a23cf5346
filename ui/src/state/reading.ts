import type { Step } from '../commands/keys';

/** The list in sight, for keys and the palette to move in. */
export interface Reading {
  /** Moves the cursor; `choosing` what it passes over. */
  move(step: Step, choosing: boolean): void;
  /** Opens the row on which the cursor stands. */
  open(): void;
  /** Whether something is open beside it. */
  isOpen(): boolean;
  close(): void;
  /** The alert that is open or under the cursor, where the rows are not alerts; `null`: none. */
  alert?(): number | null;
  /** Goes on from these alerts, if the cursor is on one of them, to the next that is still to be decided. */
  goOn?(from: readonly number[]): void;
  /** Puts the cursor on this alert, and shows it if something is open; whether it is in the list. */
  point?(alert: number): boolean;
}
