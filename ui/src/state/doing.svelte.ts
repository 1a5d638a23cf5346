import { SvelteSet } from 'svelte/reactivity';

import { asProblem, type Bridge, type Problem } from '../bridge/bridge';
import type { AlertAction } from '../bridge/types';
import type { Decision } from './decisions';

/** Requests under way at once: enough to hide the way to the server, few enough not to press it. */
export const AT_ONCE = 4;

/** What a server would not do, and how often it said why. */
export interface Refused {
  decision: Decision;
  alerts: number[];
  reasons: { problem: Problem; n: number }[];
}

/** What the servers are being asked to do to alerts, beyond the one that is open. */
export class Doing {
  /** The alerts about which a server is being asked. */
  readonly busy = new SvelteSet<number>();
  /** What was refused the last time; `null`: nothing, or the analyst has taken note. */
  refused = $state.raw<Refused | null>(null);

  readonly #bridge: Bridge;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  /**
   * Asks for all of this, a few at a time; gives the alerts of which it is kept, and what it is kept as. None is asked
   * about twice at once.
   */
  async ask(decision: Decision, requests: readonly AlertAction[]): Promise<{ taken: number[]; deeds: number[] }> {
    const waiting = requests.filter(({ alert }) => !this.busy.has(alert));
    if (waiting.length === 0) return { taken: [], deeds: [] };
    for (const { alert } of waiting) this.busy.add(alert);
    this.refused = null;
    const taken: number[] = [];
    const deeds: number[] = [];
    const alerts: number[] = [];
    const reasons = new Map<string, { problem: Problem; n: number }>();
    const work = async () => {
      for (let request = waiting.shift(); request; request = waiting.shift()) {
        try {
          deeds.push(await this.#bridge.act(request));
          taken.push(request.alert);
        } catch (error) {
          const problem = asProblem(error);
          alerts.push(request.alert);
          reasons.set(problem.code, { problem, n: (reasons.get(problem.code)?.n ?? 0) + 1 });
        } finally {
          this.busy.delete(request.alert);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    if (reasons.size > 0) this.refused = { decision, alerts, reasons: [...reasons.values()] };
    return { taken, deeds };
  }
}
