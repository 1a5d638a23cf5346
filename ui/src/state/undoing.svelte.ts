import type { Bridge } from '../bridge/bridge';
import type { Snoozed } from '../bridge/types';

/** What can be undone of what was done: the last of it first. */
const KEPT = 50;

/** Something that was done: deeds at a server, alerts that were seen on this desk, all at once (which time), or what was snoozed. */
type Done = { alerts: readonly number[] } & ({ deeds: number[] } | { seen: number[] } | { all: number } | { snoozed: Snoozed });

/** What the analyst did in this window, to be undone one after the other. */
export class Undoing {
  #done = $state.raw<Done[]>([]);

  readonly #bridge: Bridge;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  /** Whether there is anything to undo. */
  get can(): boolean {
    return this.#done.length > 0;
  }

  /** Takes note of what was done. */
  note(done: Done): void {
    // Only the last time that all were seen can be taken back.
    if ('all' in done) this.#done = this.#done.filter((one) => !('all' in one));
    if ('all' in done || done.alerts.length > 0) this.#done = [...this.#done, done].slice(-KEPT);
  }

  /**
   * Undoes what was done last, and gives the alerts that it was done to; fails with the first thing that cannot be undone, after
   * the rest has been. What was done on this desk can always be undone: it is tried again the next time.
   */
  async undo(): Promise<readonly number[]> {
    const last = this.#done.at(-1);
    if (!last) return [];
    this.#done = this.#done.slice(0, -1);
    if (!('deeds' in last)) {
      try {
        await ('all' in last
          ? this.#bridge.takeBack()
          : 'seen' in last
            ? this.#bridge.unacknowledge(last.seen)
            : this.#bridge.undoSnooze(last.snoozed));
        return last.alerts;
      } catch (error) {
        this.note(last);
        throw error;
      }
    }
    const failed = (await Promise.allSettled(last.deeds.map((id) => this.#bridge.undo(id)))).find(
      (outcome) => outcome.status === 'rejected',
    );
    if (failed) throw failed.reason;
    return last.alerts;
  }
}
