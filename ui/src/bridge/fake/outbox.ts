import type { Alert, AlertAction, Deed, OutboxCounts, Standing } from '../types';
import { failure } from './answers';

/** The made-up desk's outbox. */
export class FakeOutbox {
  #deeds: Deed[] = [];
  #change = 0;

  /** Keeps a deed that waits. */
  keep({ action, state, owner }: AlertAction, alert: Alert, now: number): Deed {
    const deed: Deed = {
      id: this.#deeds.length + 1,
      alert: alert.id,
      action,
      state,
      owner,
      before_state: alert.state,
      before_owner: alert.facts.owner,
      asked_at: now,
      standing: { kind: 'waiting' },
      settled_at: null,
    };
    this.#deeds.push(deed);
    this.#change++;
    return deed;
  }

  deed(id: number): Deed {
    const deed = this.#deeds.find((one) => one.id === id);
    if (!deed) throw failure('not_found');
    return deed;
  }

  /** A deed stands so now. */
  settle(id: number, standing: Standing, now: number): void {
    if (!this.#deeds.some((deed) => deed.id === id)) throw failure('not_found');
    this.#deeds = this.#deeds.map((deed) => (deed.id === id ? { ...deed, standing, settled_at: now } : deed));
    this.#change++;
  }

  /** All deeds of an alert, newest first. */
  of(alert: number): Deed[] {
    return this.#deeds.filter((deed) => deed.alert === alert).reverse();
  }

  /** Those that are not confirmed. */
  unsettled(): Deed[] {
    return this.#deeds.filter(({ standing }) => ['waiting', 'refused', 'conflict'].includes(standing.kind));
  }

  counts(): OutboxCounts {
    const count = (kind: Standing['kind']) => this.#deeds.filter(({ standing }) => standing.kind === kind).length;
    return { waiting: count('waiting'), refused: count('refused'), conflicts: count('conflict'), change: this.#change };
  }
}
