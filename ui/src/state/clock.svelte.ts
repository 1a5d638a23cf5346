import type { Time } from '../bridge/types';

/** How often what depends on the time is written anew: a countdown shows seconds. */
const TICK = 1000;

/** The one clock that all of the window reads, so that ages and countdowns change together. */
class Clock {
  now = $state<Time>(Date.now());

  /** Starts to tick. */
  start(): void {
    setInterval(() => (this.now = Date.now()), TICK);
  }
}

export const clock = new Clock();
